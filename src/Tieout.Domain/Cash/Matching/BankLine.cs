using Tieout.Domain.Cash.Statements;
using Tieout.Domain.Customers;

namespace Tieout.Domain.Cash.Matching;

/// <summary>One payment of a bank statement, as far as it decides what it settles.</summary>
/// <param name="Key">The same in every file that reports it.</param>
/// <param name="Amount">Positive for money that came.</param>
/// <param name="Charges">What the statement says that banks kept of it; zero for nothing.</param>
/// <param name="Ids">Its references, the payer's own first.</param>
/// <param name="Returned">It takes an earlier payment back.</param>
/// <param name="Count">More than one where the bank gives many payments as one amount.</param>
public sealed record BankLine(
    string Key, Money Amount, DateOnly On, StatementParty Payer, string Text, IReadOnlyList<string> References, IReadOnlyList<AdvisedDocument> Documents,
    decimal Charges, IReadOnlyList<string> Ids, bool Returned = false, int Count = 1)
{
    /// <summary>Which time it would be booked: above 1, what booked it was taken back, and nothing is certain any more.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>The bank's own word for it, domain, family and sub-family of ISO 20022 such as <c>ACMT/MDOP/CHRG</c>; empty for none.</summary>
    public string Code { get; init; } = "";

    /// <summary>The day on which the money came, which decides about discounts: that of the line, or an earlier one.</summary>
    public DateOnly ReceivedOn { get; init; } = On;

    /// <summary>Whose account it came to; null where that says nothing.</summary>
    public Guid? LegalEntity { get; init; }

    /// <summary>The payments of an entry.</summary>
    public static IEnumerable<BankLine> Of(StatementEntry entry) => entry.Transactions.Select(part => new BankLine(
        FormattableString.Invariant($"{entry.Key.Value}-{part.No}"), part.Amount, entry.BookedOn, part.Other, part.Text, part.References, part.Documents,
        part.Charges, [.. new[] { part.EndToEndId, entry.BankReference }.Concat(part.Ids).Where(id => id.Length > 0)], part.Returned, part.Count)
    { Code = entry.TransactionCode });
}

/// <summary>An invoice that money may settle.</summary>
/// <param name="Open">What it still asks for; zero and less for one that is settled and may be named all the same.</param>
/// <param name="Discount">What may be kept for paying early, days of grace included; null for nothing.</param>
public sealed record OpenItem(
    Guid Invoice, string Number, Guid Account, Currency Currency, DateOnly Date, decimal Open, DiscountTerms? Discount = null)
{
    /// <summary>Who issued it; null where that says nothing.</summary>
    public Guid? LegalEntity { get; init; }

    /// <summary>What a payment may differ from it by and settles it all the same; zero for nothing.</summary>
    public decimal Tolerance { get; init; }

    /// <summary>What may be kept of it by who pays on a day; zero when it is too late or nothing was agreed.</summary>
    public decimal DiscountOn(DateOnly day) => Discount is { } terms && Open > 0 && day <= Date.AddDays(terms.Days) ? terms.Of(Open, Currency) : 0m;
}

/// <summary>Who may pay.</summary>
/// <param name="Account">The billing account.</param>
/// <param name="Numbers">Its known accounts at banks, without spaces.</param>
public sealed record KnownPayer(Guid Account, string Name, IReadOnlyList<string> Numbers);

/// <summary>A payment that stands in the books: what a return may take back.</summary>
/// <param name="Ids">The references it came with.</param>
/// <param name="PaidFrom">The payer's account; empty when unknown.</param>
public sealed record EarlierReceipt(
    Guid Payment, string Number, Guid Account, Money Amount, DateOnly On, string PaidFrom, IReadOnlyList<string> Ids, bool TakenBack = false);

/// <summary>How far a match may go.</summary>
/// <param name="ChargesMost">What banks may have kept at most, in the currency of the money; more is a short payment.</param>
/// <param name="ItemsMost">Invoices among which a sum is looked for; of more only the sum of all.</param>
/// <param name="ProposalsMost">Proposals of one line.</param>
public sealed record MatchPolicy(decimal ChargesMost = 25m, int ItemsMost = 20, int ProposalsMost = 5)
{
    /// <summary>Invoices of an amount that are worth a look where nothing else is known; of more none is proposed.</summary>
    public const int AmountAlone = 5;

    /// <summary>Without anything said.</summary>
    public static MatchPolicy Default { get; } = new();
}
