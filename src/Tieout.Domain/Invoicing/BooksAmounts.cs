using Tieout.Domain.Exchange;

namespace Tieout.Domain.Invoicing;

/// <summary>A document in the currency of its company's books.</summary>
/// <param name="Net">Converted by the rate, rounded as a journal line.</param>
/// <param name="Tax">Converted by itself: it is what the authorities are owed.</param>
/// <param name="Rate">The rate with its day, its source and the way it was found.</param>
public sealed record BooksAmounts(Money Net, Money Tax, AppliedRate Rate)
{
    /// <summary>Sum of the two.</summary>
    public Money Total => Net + Tax;
}
