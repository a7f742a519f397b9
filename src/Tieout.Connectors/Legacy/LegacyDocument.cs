namespace Tieout.Connectors.Legacy;

/// <summary>A document in the neutral shape both legacy systems carry: a head and signed lines that balance. See docs/legacy.md.</summary>
/// <param name="Key">Our business key.</param>
/// <param name="Kind">Three letters of <see cref="LegacyKind"/>.</param>
/// <param name="Currency">ISO code of all amounts.</param>
/// <param name="Date">The day it is posted on.</param>
/// <param name="Text">What it is.</param>
/// <param name="Lines">Debit positive, credit negative; in sum zero.</param>
internal sealed record LegacyDocument(string Key, string Kind, string Currency, DateOnly Date, string Text, IReadOnlyList<LegacyLine> Lines)
{
    /// <summary>When an invoice is to be paid; null for entries.</summary>
    public DateOnly? Due { get; init; }

    /// <summary>Key of the first document it corrects or takes back; empty otherwise.</summary>
    public string RefersTo { get; init; } = "";

    /// <summary>What the customer wants to find on it; mostly empty.</summary>
    public string CustomerReference { get; init; } = "";

    /// <summary>The ERP's number; empty on its way there.</summary>
    public string Number { get; init; } = "";

    /// <summary>Whether it is an invoice or credit memo.</summary>
    public bool IsInvoice => Kind is LegacyKind.Invoice or LegacyKind.CreditMemo;

    /// <summary>What it does to what customers owe.</summary>
    public decimal Owed => Sum(LegacyLine.OfCustomer);

    /// <summary>Tax of an invoice, positive where the customer owes it.</summary>
    public decimal Tax => -Sum(LegacyLine.OfTax);

    /// <summary>Net of an invoice, positive where the customer owes it.</summary>
    public decimal Net => -Sum(LegacyLine.OfLedger);

    private decimal Sum(char type) => Lines.Where(line => line.Type == type).Sum(line => line.Amount);
}

/// <summary>One line.</summary>
/// <param name="Type"><c>C</c> a customer's account, <c>G</c> the general ledger, <c>T</c> tax.</param>
/// <param name="Account">Theirs.</param>
/// <param name="Amount">Debit positive, credit negative; zero on lines of tax or of what is owed only.</param>
/// <param name="Text">What it is for.</param>
internal sealed record LegacyLine(char Type, string Account, decimal Amount, string Text)
{
    /// <summary>A line of a customer's account.</summary>
    public const char OfCustomer = 'C';

    /// <summary>A line of the general ledger.</summary>
    public const char OfLedger = 'G';

    /// <summary>A line of tax.</summary>
    public const char OfTax = 'T';

    public string TaxCode { get; init; } = "";

    /// <summary>What a line of tax is computed on; signed as the line.</summary>
    public decimal TaxBase { get; init; }

    /// <summary>Their id of the customer.</summary>
    public string Customer { get; init; } = "";

    /// <summary>Our code of the customer; told by the ERP in what it exports, empty on the way there.</summary>
    public string CustomerCode { get; init; } = "";

    /// <summary>Key of the document whose open item it clears.</summary>
    public string Settles { get; init; } = "";

    public DateOnly? Due { get; init; }

    /// <summary>Values of the three dimension fields, empty where none.</summary>
    public IReadOnlyList<string> Dimensions { get; init; } = NoDimensions;

    /// <summary>A line without any.</summary>
    public static IReadOnlyList<string> NoDimensions { get; } = ["", "", ""];
}

/// <summary>Kinds of documents, as the formats write them.</summary>
internal static class LegacyKind
{
    public const string Invoice = "INV";
    public const string CreditMemo = "CRM";
    public const string Payment = "PAY";
    public const string Refund = "REF";
    public const string Dispute = "DIS";
    public const string WriteOff = "WOF";
    public const string RevenueJournal = "REV";
    public const string ManualJournal = "MAN";
    public const string Reversal = "RVS";
}
