namespace Tieout.Domain.Ledger;

/// <summary>What an open invoice still asks for, and since when.</summary>
public readonly record struct OpenAmount(DateOnly DueOn, Money Open);

/// <summary>What is owed in one currency, by how long it has been due.</summary>
/// <param name="Current">Due today or later.</param>
/// <param name="Days1To30">Due for 1 to 30 days.</param>
/// <param name="Days31To60">Due for 31 to 60 days.</param>
/// <param name="Days61To90">Due for 61 to 90 days.</param>
/// <param name="Over90">Due for longer.</param>
public sealed record Ageing(Money Current, Money Days1To30, Money Days31To60, Money Days61To90, Money Over90)
{
    /// <summary>All of it.</summary>
    public Money Total => Current + Days1To30 + Days31To60 + Days61To90 + Over90;

    /// <summary>Days that something has been due; zero until the day after it fell due.</summary>
    public static int DaysOverdue(DateOnly dueOn, DateOnly on) => Math.Max(0, on.DayNumber - dueOn.DayNumber);

    /// <summary>What is open, by age; what is not above zero is no debt and left out.</summary>
    public static Ageing Of(IEnumerable<OpenAmount> open, DateOnly on, Currency currency)
    {
        var buckets = new decimal[5];
        foreach (var item in open)
        {
            if (item.Open.Amount <= 0) continue;
            if (!ReferenceEquals(item.Open.Currency, currency)) throw new ArgumentException("What is owed is in one currency.", nameof(open));
            buckets[Bucket(DaysOverdue(item.DueOn, on))] += item.Open.Amount;
        }
        Money Of(int bucket) => new(buckets[bucket], currency);
        return new Ageing(Of(0), Of(1), Of(2), Of(3), Of(4));
    }

    private static int Bucket(int days) => days switch { 0 => 0, <= 30 => 1, <= 60 => 2, <= 90 => 3, _ => 4 };
}
