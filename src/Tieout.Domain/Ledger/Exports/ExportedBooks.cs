namespace Tieout.Domain.Ledger.Exports;

/// <summary>The programs whose files can be written. <see cref="Words"/> spells it outside the program.</summary>
public enum ExportFormat
{
    /// <summary>hledger; Ledger reads most of it, too.</summary>
    Hledger,

    /// <summary>beancount, version 2 or 3.</summary>
    Beancount,
}

/// <summary>What a file begins with.</summary>
/// <param name="Currencies">All that occur, each declared with its decimals.</param>
/// <param name="BooksCurrency">Of the legal entity's books.</param>
public sealed record ExportHead(
    string Entity, string Name, Currency BooksCurrency, AccountingMonth From, AccountingMonth Until, ChartOfAccounts Chart, IReadOnlyList<Currency> Currencies);

/// <summary>What an account comes to in one currency.</summary>
public readonly record struct ExportBalance(ChartAccount Account, Money Amount);

/// <summary>An entry on its way into a file.</summary>
/// <param name="Number">The document's number.</param>
/// <param name="Kind">What it is for, as <see cref="Words"/> spells it.</param>
/// <param name="Month">The accounting month; told where it is not the date's.</param>
/// <param name="Reverses">Number of the entry it takes back; empty for none.</param>
public sealed record ExportEntry(
    Guid Id, string Number, string Kind, DateOnly Date, AccountingMonth Month, string Text, Guid Correlation, string Reverses, IReadOnlyList<ExportLine> Lines);

/// <summary>A line of an entry on its way into a file; debit positive.</summary>
/// <param name="BillingAccount">Code of the billing account; empty for none.</param>
/// <param name="Settles">Number of the invoice whose open item it clears; empty for none.</param>
/// <param name="Functional">In the currency of the books; null where the line is in that already.</param>
public sealed record ExportLine(ChartAccount Account, Money Amount, string BillingAccount, string Settles, string Text, Money? Functional = null)
{
    /// <summary>What it is sorted by beside its account.</summary>
    public LineDimensions Dimensions { get; init; } = LineDimensions.None;
}
