using Tieout.Domain.Customers;
using Tieout.Domain.Tax;

namespace Tieout.Domain.Invoicing.Documents;

/// <summary>A party as it is printed.</summary>
/// <param name="Name">Legal name.</param>
/// <param name="Country">Two letters of ISO 3166; empty when it is not known.</param>
/// <param name="Details">Address and registrations.</param>
/// <param name="Contact">A person or a department; empty when there is none.</param>
public sealed record DocumentParty(string Name, string Country, PartyDetails Details, string Contact = "");

/// <summary>When to pay.</summary>
/// <param name="Text">As it is printed, such as "Net 30 days".</param>
/// <param name="Days">From the issue date; 0 is at once.</param>
public sealed record PaymentTerms(string Text, int Days)
{
    /// <summary>The usual words for a number of days.</summary>
    public static PaymentTerms Of(int days) => days == 0
        ? new PaymentTerms("Due on receipt", 0)
        : new PaymentTerms($"Net {days.ToString(System.Globalization.CultureInfo.InvariantCulture)} days", days);

    /// <summary>What may be kept by paying early; null for nothing.</summary>
    public EarlyPayment? Early { get; init; }

    /// <summary>All of it in one line, for documents that are data.</summary>
    public string Whole => Early is null ? Text : $"{Text}; {Early.Text}";
}

/// <summary>A discount for paying early, in figures.</summary>
/// <param name="Percent">Of the amount with tax.</param>
/// <param name="Until">The last day on which the money may come.</param>
/// <param name="Pay">What is to be paid then.</param>
public sealed record EarlyPayment(decimal Percent, DateOnly Until, Money Pay)
{
    /// <summary>In one line: <c>2.00 % off if paid by 2026-12-10: 117.60 EUR</c>.</summary>
    public string Text => string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"{Percent:0.00##} % off if paid by {Until:yyyy-MM-dd}: {Pay}");

    /// <summary>Of a whole invoice.</summary>
    public static EarlyPayment Of(DiscountTerms terms, Money total, DateOnly issued) =>
        new(terms.Percent, issued.AddDays(terms.Days), total with { Amount = total.Amount - terms.Of(total.Amount, total.Currency) });
}

/// <summary>Where to pay.</summary>
/// <param name="Bank">Account number, bank code and bank.</param>
/// <param name="AccountName">In whose name the account is.</param>
public sealed record PaymentAccount(BankDetails Bank, string AccountName);

/// <summary>A discount or a surcharge, on a line or on the whole document.</summary>
/// <param name="IsCharge">A surcharge adds, a discount takes away.</param>
/// <param name="Amount">Positive either way, rounded.</param>
/// <param name="Reason">What the customer reads.</param>
/// <param name="Category">Its tax; on a line, the line's own counts instead.</param>
/// <param name="Rate">As a fraction.</param>
/// <param name="Percent">As a fraction of <paramref name="Basis"/>, when it is a percentage.</param>
/// <param name="Basis">What the percentage is of.</param>
public sealed record DocumentAdjustment(
    bool IsCharge, Money Amount, string Reason, TaxCategory Category, decimal Rate, decimal? Percent = null, Money? Basis = null);

/// <summary>One line.</summary>
/// <param name="Number">From 1; unique on the document.</param>
/// <param name="Description">What was sold, in one line.</param>
/// <param name="Quantity">Signed.</param>
/// <param name="UnitPrice">Price of one unit as agreed; with proration or tiers the net is not quantity times this.</param>
/// <param name="Net">Before tax, rounded.</param>
/// <param name="Category">Tax category.</param>
/// <param name="Rate">Tax rate as a fraction.</param>
public sealed record DocumentLine(
    int Number, string Description, decimal Quantity, decimal UnitPrice, Money Net, TaxCategory Category, decimal Rate)
{
    /// <summary>Lines of the same heading stand together under it, such as a subscription; empty for none.</summary>
    public string Group { get; init; } = "";

    /// <summary>How the amount came about, such as "12 × 12.50 × 10 of 30 days"; empty when quantity times price says it all.</summary>
    public string Arithmetic { get; init; } = "";

    /// <summary>The days it is for; half-open.</summary>
    public ServicePeriod? Period { get; init; }

    /// <summary>The unit as a word, such as "GB"; empty for a plain count.</summary>
    public string Unit { get; init; } = "";

    /// <summary>The unit as a code of UN/ECE recommendation 20; C62 is "one".</summary>
    public string UnitCode { get; init; } = "C62";

    /// <summary>Our tax code.</summary>
    public string TaxCode { get; init; } = "";

    /// <summary>What there is to say about its tax, such as that the rate changed inside the period; mostly empty.</summary>
    public string TaxNote { get; init; } = "";

    /// <summary>Discounts and surcharges that are in the net already.</summary>
    public IReadOnlyList<DocumentAdjustment> Adjustments { get; init; } = [];

    /// <summary>The line it puts right; null for an ordinary line.</summary>
    public CorrectedLine? Corrects { get; init; }
}

/// <summary>A line of an earlier invoice.</summary>
public sealed record CorrectedLine(string InvoiceNumber, int LineNumber);

/// <summary>Another document that this one refers to.</summary>
public sealed record ReferredDocument(string Number, DateOnly IssueDate);

/// <summary>The tax of one category and rate.</summary>
/// <param name="Category">Tax category.</param>
/// <param name="Rate">As a fraction.</param>
/// <param name="Code">Our tax code.</param>
/// <param name="Base">What it is on.</param>
/// <param name="Tax">Rounded once.</param>
/// <param name="Reason">Why there is none, in words; needed for all categories but standard and zero.</param>
/// <param name="ReasonCode">The same as a code of the VATEX list; empty when none fits.</param>
public sealed record PrintedTax(
    TaxCategory Category, decimal Rate, string Code, Money Base, Money Tax, string Reason = "", string ReasonCode = "")
{
    /// <summary>As it is printed: <c>VAT 19 %</c>, <c>VAT 0 %, reverse charge</c>.</summary>
    public string Label(string taxName) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{taxName} {Rate * 100:0.######} %") + Category.Suffix();
}

/// <summary>The document's tax in the seller's own currency.</summary>
/// <param name="Tax">In that currency, rounded.</param>
/// <param name="Rate">Units of that currency for one unit of the document's.</param>
/// <param name="RateDate">The day the rate is of.</param>
/// <param name="Source">Who says so, such as "ECB".</param>
public sealed record ConvertedTax(Money Tax, decimal Rate, DateOnly RateDate, string Source);
