namespace Tieout.Domain.Posting.Lanes;

/// <summary>
/// How many calls at once an ERP takes just now, found by trying: one more after every ten rounds of answers, a quarter fewer when it
/// turns calls away (additive increase, multiplicative decrease, as TCP does). Never above what is configured, never below one.
/// </summary>
/// <param name="Now">With its fraction; <see cref="Slots"/> is what counts.</param>
/// <param name="LoweredAt">When it was lowered last.</param>
public sealed record SlotLimit(decimal Now, DateTimeOffset LoweredAt)
{
    /// <summary>Calls that were on the wire together are turned away together: that is one sign, not many.</summary>
    public static readonly TimeSpan Settle = TimeSpan.FromSeconds(1);

    private const decimal RoundsToGrow = 10m;

    /// <summary>All that is configured: a limit is looked for only once there is a sign of it.</summary>
    public static SlotLimit Unlimited(int most) => new(Checked(most), DateTimeOffset.MinValue);

    /// <summary>Whole slots, from 1 to <paramref name="most"/>.</summary>
    public int Slots(int most) => (int)Math.Clamp(decimal.Floor(Now), 1m, Checked(most));

    /// <summary>After calls were answered and, perhaps, some turned away.</summary>
    /// <param name="answered">Calls that were answered since.</param>
    /// <param name="turnedAway">Calls that were turned away (429) since.</param>
    /// <param name="most">As configured.</param>
    /// <param name="now">Instant.</param>
    public SlotLimit After(int answered, int turnedAway, int most, DateTimeOffset now)
    {
        var present = Math.Clamp(Now, 1m, Checked(most));
        if (turnedAway > 0)
            return now - LoweredAt < Settle ? this with { Now = present } : new SlotLimit(Math.Max(1m, present * 3m / 4m), now);
        return this with { Now = Math.Min(most, present + answered / (RoundsToGrow * present)) };
    }

    private static int Checked(int most) => most >= 1 ? most : throw new ArgumentOutOfRangeException(nameof(most), most, "At least one slot.");
}
