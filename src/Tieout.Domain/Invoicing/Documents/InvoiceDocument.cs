using Tieout.Domain.Tax;

namespace Tieout.Domain.Invoicing.Documents;

/// <summary>What is written across a document that is not to be paid.</summary>
public enum DocumentMark
{
    /// <summary>Nothing: it is final.</summary>
    None,

    /// <summary>Not numbered yet; it may still change.</summary>
    Draft,

    /// <summary>Numbered, and no longer standing.</summary>
    Void,
}

/// <summary>
/// Everything an invoice or a credit memo shows, and nothing else: what draws it as HTML, PDF or UBL looks nowhere besides.
/// Totals are not stated but follow from the lines, the document's discounts and the taxes, so they always add up.
/// </summary>
public sealed record InvoiceDocument
{
    /// <summary>Invoice or credit memo.</summary>
    public required DocumentKind Kind { get; init; }

    /// <summary>Final, or why it is not.</summary>
    public DocumentMark Mark { get; init; }

    /// <summary>Empty while it is a draft.</summary>
    public required string Number { get; init; }

    /// <summary>The day it bears.</summary>
    public required DateOnly IssueDate { get; init; }

    /// <summary>The last day to pay; null when nothing is to be paid.</summary>
    public DateOnly? DueDate { get; init; }

    /// <summary>The day tax becomes due where the law sets it apart from the issue date.</summary>
    public DateOnly? TaxPoint { get; init; }

    /// <summary>The day of supply, where it is one day.</summary>
    public DateOnly? SupplyDate { get; init; }

    /// <summary>The days it bills; half-open.</summary>
    public ServicePeriod? Period { get; init; }

    /// <summary>The currency of every amount on it.</summary>
    public required Currency Currency { get; init; }

    /// <summary>Our company.</summary>
    public required DocumentParty Seller { get; init; }

    /// <summary>The customer.</summary>
    public required DocumentParty Buyer { get; init; }

    /// <summary>The customer's order number; empty when there is none.</summary>
    public string PurchaseOrder { get; init; } = "";

    /// <summary>What the customer asked us to repeat, to route the document in the house; empty when nothing.</summary>
    public string BuyerReference { get; init; } = "";

    /// <summary>The code of the billing account.</summary>
    public string AccountCode { get; init; } = "";

    /// <summary>By which our timeline finds it.</summary>
    public string CorrelationId { get; init; } = "";

    /// <summary>When it is to be paid, in words and days.</summary>
    public PaymentTerms? Terms { get; init; }

    /// <summary>Where it is to be paid; null when it is not known.</summary>
    public PaymentAccount? PayTo { get; init; }

    /// <summary>Remarks, in the order they are printed.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>At least one.</summary>
    public required IReadOnlyList<DocumentLine> Lines { get; init; }

    /// <summary>Discounts and surcharges on the whole document.</summary>
    public IReadOnlyList<DocumentAdjustment> Adjustments { get; init; } = [];

    /// <summary>One per category, rate and tax code.</summary>
    public required IReadOnlyList<PrintedTax> Taxes { get; init; }

    /// <summary>How the seller's country calls the tax: VAT, GST, Tax.</summary>
    public string TaxName { get; init; } = "Tax";

    /// <summary>What was paid before it was issued.</summary>
    public Money? Prepaid { get; init; }

    /// <summary>The tax in the currency it is declared in, when that is another one.</summary>
    public ConvertedTax? TaxInSellersCurrency { get; init; }

    /// <summary>The earlier invoices it changes: those a credit memo takes back, wholly or in part, or an invoice's lines correct.</summary>
    public IReadOnlyList<ReferredDocument> Preceding { get; init; } = [];

    /// <summary>The credit memo that took it back whole; null for what stands.</summary>
    public ReferredDocument? TakenBackBy { get; init; }

    /// <summary>Sum of the lines' net amounts.</summary>
    public Money LineNet => Sum(Lines.Select(line => line.Net));

    /// <summary>Sum of the discounts on the whole document, positive.</summary>
    public Money Allowances => Sum(Adjustments.Where(adjustment => !adjustment.IsCharge).Select(adjustment => adjustment.Amount));

    /// <summary>Sum of the surcharges on the whole document.</summary>
    public Money Charges => Sum(Adjustments.Where(adjustment => adjustment.IsCharge).Select(adjustment => adjustment.Amount));

    /// <summary>Before tax.</summary>
    public Money Net => LineNet - Allowances + Charges;

    /// <summary>Sum of the taxes.</summary>
    public Money Tax => Sum(Taxes.Select(tax => tax.Tax));

    /// <summary>With tax.</summary>
    public Money Total => Net + Tax;

    /// <summary>What is left to pay, or to be given back on a credit memo.</summary>
    public Money Due => Prepaid is { } prepaid ? Total - prepaid : Total;

    /// <summary>
    /// What does not fit together: no lines, a base that is not the sum of its lines, a line without its tax. Empty for every
    /// document that may be handed out; whatever draws one refuses it otherwise.
    /// </summary>
    public IReadOnlyList<string> Contradictions()
    {
        List<string> found = [];
        if (Lines.Count == 0) found.Add("The document has no lines.");
        if (Number.Length == 0 && Mark != DocumentMark.Draft) found.Add("A document without a number is a draft.");
        var wanted = Lines.Select(line => (line.Category, line.Rate, line.Net))
            .Concat(Adjustments.Select(item => (item.Category, item.Rate, Net: item.IsCharge ? item.Amount : -item.Amount)))
            .GroupBy(item => (item.Category, item.Rate))
            .ToDictionary(group => group.Key, group => Sum(group.Select(item => item.Net)));
        foreach (var group in Taxes.GroupBy(tax => (tax.Category, tax.Rate)))
        {
            var stated = Sum(group.Select(tax => tax.Base));
            if (!wanted.Remove(group.Key, out var sum)) found.Add($"Tax {group.First().Label(TaxName)} has no line.");
            else if (sum != stated) found.Add($"Tax {group.First().Label(TaxName)} is on {stated}, its lines come to {sum}.");
        }
        found.AddRange(wanted.Keys.Select(key => $"Lines of category {key.Category.Letter()} at {key.Rate} have no tax entry."));
        return found;
    }

    /// <summary>Kind and number. Nothing of the parties, so that no address gets into a log by accident.</summary>
    public override string ToString() => $"{Words.Of(Kind)} {(Number.Length > 0 ? Number : Words.Of(Mark))}";

    private Money Sum(IEnumerable<Money> amounts) => amounts.Aggregate(Money.Zero(Currency), (sum, amount) => sum + amount);
}
