namespace Tieout.Domain.Ledger;

/// <summary>An amount in its own currency, and what it stands at in the currency of the books. Debit positive.</summary>
public readonly record struct Carried(decimal Amount, decimal Functional)
{
    /// <summary>Both together.</summary>
    public static Carried operator +(Carried left, Carried right) => new(left.Amount + right.Amount, left.Functional + right.Functional);

    /// <summary>What a part of it stands at, rounded to minor units; all of it is exactly all.</summary>
    /// <param name="part">Of <see cref="Amount"/>, which is not zero.</param>
    public decimal Of(decimal part, Currency books) =>
        part == Amount ? Functional : Rounding.JournalLine(new Money(part * Functional / Amount, books)).Amount;
}

/// <summary>What a line puts into or takes out of: what an invoice still asks for, a payment's unapplied cash, what a gateway holds.</summary>
/// <param name="Stands">What lies there before the entry.</param>
/// <param name="Began">What it began with, if it is one thing that began once: what comes back to it comes back at that rate.</param>
public sealed record CarriedItem(Carried Stands, Carried? Began = null)
{
    /// <summary>Whether an amount takes out of what lies there, and does not add to it.</summary>
    public bool IsReducedBy(decimal amount) => Stands.Amount != 0 && Math.Sign(amount) == -Math.Sign(Stands.Amount);
}
