using System.Globalization;

namespace Tieout.Sandbox.SapS4;

/// <summary>A posted document. Its number and place are given by the ledger when it is booked.</summary>
internal sealed class SapDocument(
    string companyCode, string type, string reference, string reference1, string headerText, DateOnly documentDate, DateOnly postingDate, SapItem[] items)
{
    private const long FirstNumber = 1_800_000_000;

    public string CompanyCode => companyCode;
    public string Type => type;
    public string Reference => reference;
    public string Reference1 => reference1;
    public string HeaderText => headerText;
    public DateOnly DocumentDate => documentDate;
    public DateOnly PostingDate => postingDate;
    public SapItem[] Items => items;

    /// <summary>How many documents its company code had before it.</summary>
    public int Sequence { get; set; }

    /// <summary>Index of the document booked before it under the same reference and company code; -1 for none.</summary>
    public int Earlier { get; set; } = -1;

    /// <summary>Ten digits.</summary>
    public string Number => (FirstNumber + Sequence).ToString(CultureInfo.InvariantCulture);

    /// <summary>The sequence that gives a number.</summary>
    public static long SequenceOf(long number) => number - FirstNumber;

    /// <summary>The fiscal year is the calendar year here.</summary>
    public string FiscalYear => postingDate.Year.ToString("0000", CultureInfo.InvariantCulture);

    /// <summary>The same document otherwise, not booked yet.</summary>
    public SapDocument With(SapItem[] otherItems, DateOnly? otherPostingDate = null, string? otherReference = null) =>
        new(companyCode, type, otherReference ?? reference, reference1, headerText, documentDate, otherPostingDate ?? postingDate, otherItems);

    /// <summary>What of each item is settled, with the item's sign; null while nothing is. Written under the ledger's lock.</summary>
    public decimal[]? Cleared { get; set; }

    /// <summary>An item settled in full.</summary>
    public bool IsCleared(int index) => Cleared is { } cleared && cleared[index] == items[index].Amount;

    public string FiscalPeriod => postingDate.Month.ToString("000", CultureInfo.InvariantCulture);
}

/// <summary>One item: <c>D</c> customer, <c>S</c> general ledger, <c>T</c> tax (shown as general ledger), <c>K</c> supplier.</summary>
/// <param name="Kind">As above.</param>
/// <param name="Account">General ledger account; of a customer's item the one given instead of the customer's own, until it is booked.</param>
/// <param name="Customer">Ten digits.</param>
/// <param name="Currency">ISO code.</param>
/// <param name="Amount">Debit positive.</param>
/// <param name="TaxCode">Empty on items without tax.</param>
/// <param name="TaxBase">Of a tax item.</param>
/// <param name="Text">Of the item.</param>
/// <param name="Assignment">Of the item.</param>
/// <param name="Objects">Account assignments as <c>CostCenter=10101101</c>, by blanks; empty for none.</param>
internal readonly record struct SapItem(
    char Kind, string Account, string Customer, string Currency, decimal Amount, string TaxCode, decimal TaxBase, string Text, string Assignment, string Objects)
{
    /// <summary>In the company code's currency: as it was sent, else null until it is booked, for SAP converts it then by its own rate.</summary>
    public decimal? InCompany { get; init; }

    /// <summary>The currency that came with it; empty where none did.</summary>
    public string CompanyCurrency { get; init; } = "";

    /// <summary>The value of one account assignment; empty for none.</summary>
    public string ObjectOf(string field) =>
        Objects.Split(' ').FirstOrDefault(one => one.StartsWith(field + "=", StringComparison.Ordinal)) is { } found ? found[(field.Length + 1)..] : "";
}

/// <summary>One row of the line item cube.</summary>
internal readonly record struct SapRow(SapDocument Document, int Index)
{
    public SapItem Item => Document.Items[Index];
}
