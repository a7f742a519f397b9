namespace Tieout.Domain.Posting.Lanes;

/// <summary>
/// Calls a minute, all programs together: tokens drip in evenly, a call takes one. Up to ten seconds' worth is saved, so that no
/// minute sees more than seven sixths of the rate and a long one sees the rate. Tokens are handed out in advance; what was not used
/// comes back, what was used beyond them is owed.
/// </summary>
/// <param name="Tokens">In it now; below zero while some are owed.</param>
/// <param name="At">Up to when they have dripped in.</param>
public sealed record TokenBucket(decimal Tokens, DateTimeOffset At)
{
    private const decimal SharesSaved = 6m;

    /// <summary>Full.</summary>
    public static TokenBucket Full(int perMinute, DateTimeOffset now) => new(Room(perMinute), now);

    /// <summary>With what dripped in until now. A clock that was set back takes nothing away.</summary>
    public TokenBucket Until(DateTimeOffset now, int perMinute)
    {
        if (now <= At) return this;
        var dripped = (decimal)(now - At).Ticks * perMinute / TimeSpan.TicksPerMinute;
        return new TokenBucket(Math.Min(Room(perMinute), Tokens + dripped), now);
    }

    /// <summary>With what a program gives back of its tokens, or owes beyond them.</summary>
    public TokenBucket Settled(int granted, int spent) => this with { Tokens = Tokens + granted - spent };

    /// <summary>Hands out an equal share of what is in it, whole tokens, to one of <paramref name="programs"/>; nothing while some are owed.</summary>
    public (TokenBucket Left, int Granted) Take(int programs)
    {
        var share = Tokens < 1m ? 0 : (int)Math.Max(1m, decimal.Floor(Tokens / Math.Max(1, programs)));
        return (this with { Tokens = Tokens - share }, share);
    }

    private static decimal Room(int perMinute) =>
        perMinute >= 1 ? Math.Max(1m, perMinute / SharesSaved) : throw new ArgumentOutOfRangeException(nameof(perMinute), perMinute, "At least one call a minute.");
}
