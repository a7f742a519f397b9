namespace Tieout.Domain.Rating;

/// <summary>
/// What was measured cannot be rated by this price: a business refusal for a person, never a wrong or wrapped figure.
/// The message says why; nothing of the charge may be used.
/// </summary>
public sealed class RatingException : Exception
{
    /// <summary>A refusal.</summary>
    /// <param name="code">Stable: <c>negative-quantity</c>, <c>overflow</c>, <c>no-tier</c>, <c>tiers-not-rising</c>, <c>no-cell</c>,
    /// <c>groups-missing</c>, <c>bad-group</c>, <c>transactions-missing</c>, <c>bad-model</c>, <c>bad-grant</c>.</param>
    /// <param name="reason">A sentence.</param>
    /// <param name="remedy">What to do about it.</param>
    public RatingException(string code, string reason, string remedy) : base(reason) => (Code, Remedy) = (code, remedy);

    /// <summary>For serializers only.</summary>
    public RatingException() { }

    /// <summary>For serializers only.</summary>
    public RatingException(string message) : base(message) { }

    /// <summary>For serializers only.</summary>
    public RatingException(string message, Exception inner) : base(message, inner) { }

    /// <summary>Stable and machine-readable.</summary>
    public string Code { get; } = "";

    /// <summary>What to do about it.</summary>
    public string Remedy { get; } = "";

    internal static RatingException Negative(string what, decimal quantity) => new(
        "negative-quantity", $"{what} is below zero: {StepWords.Number(quantity)}.",
        "Correct the quantity; what is given back is a credit memo, not a negative quantity.");

    internal static RatingException Overflow() => new(
        "overflow", "The amount has more than 28 digits and cannot be kept exactly.",
            "Check the quantity and the price; one of them is far too large.");

    internal static RatingException NoTier(decimal quantity) => new(
        "no-tier", $"No tier holds {StepWords.Number(quantity)} units: there is none, or the last one has an end.",
        "Leave 'up-to' out of the last tier, so that it is open.");

    internal static RatingException NotRising(int tier) => new(
        "tiers-not-rising", $"Tier {tier} ends where it begins, or before.", "Give each tier an 'up-to' above the one before.");

    internal static RatingException BadModel(string reason, string remedy) => new("bad-model", reason, remedy);
}
