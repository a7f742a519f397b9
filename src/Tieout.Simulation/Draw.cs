namespace Tieout.Simulation;

/// <summary>Chance of one run, all of it from one seed.</summary>
internal sealed class Draw(int seed)
{
    /// <summary>The source.</summary>
    public Random Random { get; } = new(seed);

    /// <summary>True once in so many times.</summary>
    public bool OneIn(int times) => Random.Next(times) == 0;

    /// <summary>Both ends included.</summary>
    public int Between(int least, int most) => Random.Next(least, most + 1);

    /// <summary>Anything between, to the millisecond.</summary>
    public TimeSpan Between(TimeSpan least, TimeSpan most) =>
        most <= least ? least : least + TimeSpan.FromMilliseconds(Random.NextInt64((long)(most - least).TotalMilliseconds + 1));

    /// <summary>Anything between, in seconds.</summary>
    public TimeSpan Seconds(int least, int most) => Between(TimeSpan.FromSeconds(least), TimeSpan.FromSeconds(most));

    /// <summary>One of them.</summary>
    public T Pick<T>(IReadOnlyList<T> several) => several[Random.Next(several.Count)];

    /// <summary>From 0 to 1, as the pipeline's own jitter.</summary>
    public decimal Jitter() => Random.Next(1000) / 1000m;
}
