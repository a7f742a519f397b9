using Tieout.Application.Database;
using Tieout.Domain;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Rating;

namespace Tieout.Application.Invoicing.Drafts;

/// <summary>A document that would be booked.</summary>
/// <param name="Subscription">Code of the subscription it is for; null when it is for the whole account.</param>
/// <param name="InBooks">What it is in the currency of the company's books; null when that is its own.</param>
public sealed record PreviewedInvoice(
    DocumentKind Kind, string? Subscription, DateOnly IssueDate, DateOnly DueDate, Money Net, Money Tax, Money Total, PreviewedInBooks? InBooks,
    IReadOnlyList<PreviewedLine> Lines, IReadOnlyList<PreviewedTax> Taxes)
{
    internal static PreviewedInvoice Of(AccountDecision decision, Invoice document, DecideAccount decide)
    {
        var codes = decision.Account.Subscriptions.ToDictionary(item => item.Subscription.Id, item => item.Code);
        var own = document.Account.Grouping == Domain.Customers.InvoiceGrouping.Subscription;
        return new PreviewedInvoice(
            document.Kind, own ? codes.GetValueOrDefault(document.Lines[0].Line.Line.Key.Subscription) : null, document.IssueDate, document.DueDate,
            document.Net, document.Tax, document.Total, PreviewedInBooks.Of(document.InBooks),
            [.. document.Lines.Select((line, index) => PreviewedLine.Of(
                index + 1, codes, line, decision.Explained?.GetValueOrDefault(line.Line.Line.Key), decide.WhyTaxed(decision.Account, line)))],
            [.. document.Taxes.Select(tax => PreviewedTax.Of(tax, document))]);
    }
}

/// <summary>A line that would be booked, with the arithmetic that leads to it.</summary>
/// <param name="Subscription">Code of the subscription; null for what the account as a whole owes.</param>
/// <param name="From">The first day it is for.</param>
/// <param name="Until">The first day it is not.</param>
/// <param name="DueOn">The day it falls due for billing.</param>
/// <param name="Convention">How the amount came about, in one short phrase; an invoice line keeps the same.</param>
/// <param name="Amount">What this document adds, before tax; negative for a credit.</param>
/// <param name="Wanted">What should stand for these days in all, rounded.</param>
/// <param name="Revision">1 for what is billed the first time.</param>
/// <param name="Corrects">Number of the invoice that it corrects; null for none.</param>
/// <param name="CorrectsLine">Number of the line there.</param>
/// <param name="TaxExplanation">Why it is taxed so.</param>
/// <param name="Exact">What should stand, not rounded.</param>
/// <param name="Steps">How it came about, in the order it was computed.</param>
public sealed record PreviewedLine(
    int No, string? Subscription, string Component, string Description, DateOnly From, DateOnly Until, DateOnly DueOn, decimal Quantity, decimal UnitPrice,
    string Convention, Money Amount, Money Wanted, int Revision, string? Corrects, int? CorrectsLine, string TaxCode, decimal TaxRate,
    string TaxExplanation, decimal Exact, IReadOnlyList<RatingStep> Steps)
{
    internal static PreviewedLine Of(
        int no, IReadOnlyDictionary<SubscriptionId, string> codes, TaxedLine taxed, PricedLine? priced, string whyTaxed)
    {
        var (booked, line) = (taxed.Line, taxed.Line.Line);
        var arithmetic = ExplainedLine.Of(booked, priced);
        return new PreviewedLine(
            no, codes.GetValueOrDefault(line.Key.Subscription), line.Key.Component, line.Description, line.Period.Start, line.Period.End, line.DueOn,
            Canonical.Of(line.Quantity), Canonical.Of(line.UnitPrice), line.Convention, line.Amount, line.Amount with { Amount = booked.Standing }, booked.Revision,
            booked.Origin?.Number, booked.Origin?.LineNo, taxed.Tax.Code, taxed.Tax.Rate, whyTaxed, Canonical.Of(arithmetic.Exact),
            [.. arithmetic.Steps.Select(Shown)]);
    }

    // Without the zeros that figures have from the database.
    private static RatingStep Shown(RatingStep step) => step with
    {
        Amount = Canonical.Of(step.Amount),
        Quantity = step.Quantity is { } quantity ? Canonical.Of(quantity) : null,
        UnitPrice = step.UnitPrice is { } price ? Canonical.Of(price) : null,
    };
}

/// <summary>Tax of one code and rate.</summary>
/// <param name="Rate">As a fraction.</param>
/// <param name="Explanation">The arithmetic, and the legal ground where one is shown.</param>
/// <param name="Corrects">Number of the invoice whose tax it corrects; null for what is billed the first time.</param>
public sealed record PreviewedTax(string Code, string Category, decimal Rate, Money Base, Money Tax, string Explanation, string? Corrects)
{
    internal static PreviewedTax Of(DocumentTax tax, Invoice document)
    {
        var about = document.Lines.FirstOrDefault(line => tax.About is not null && line.Line.Origin?.Invoice == tax.About)?.Line.Origin?.Number;
        var percent = (tax.Rate * 100).ToString("0.####", System.Globalization.CultureInfo.InvariantCulture);
        var quoted = about is null && document.Lines.Any(line => line.Quote is not null);
        var how = quoted ? $"{percent} % of {tax.Base} as the tax engine rounded it, line by line"
            : about is null ? $"{percent} % of {tax.Base}, rounded once"
            : $"what brings the tax of {about} to {percent} % of what is left of it";
        return new PreviewedTax(tax.Code, tax.Category, tax.Rate, tax.Base, tax.Tax, tax.Note.Length > 0 ? $"{how}. {tax.Note}" : how, about);
    }
}

/// <summary>Amounts in the currency of the books, with the rate.</summary>
/// <param name="Rate">Units of the books' currency for one of the document's.</param>
/// <param name="RateDate">The day the rate is of.</param>
/// <param name="Source">Where it is from.</param>
public sealed record PreviewedInBooks(Money Net, Money Tax, Money Total, decimal Rate, DateOnly RateDate, string Source)
{
    internal static PreviewedInBooks? Of(BooksAmounts? amounts) => amounts is null ? null
        : new PreviewedInBooks(amounts.Net, amounts.Tax, amounts.Total, amounts.Rate.Shown, amounts.Rate.OldestDay!.Value, amounts.Rate.Path);
}

/// <summary>What would stop the account's billing.</summary>
public sealed record PreviewFinding(string Code, string Cause, string Remedy);

/// <summary>What is left of prepaid credit that expires, and what becomes of it.</summary>
/// <param name="Rest">What is left when it expires.</param>
/// <param name="Kept">What is granted anew.</param>
/// <param name="Lost">The breakage.</param>
/// <param name="From">The first day the new grant can be drawn.</param>
/// <param name="Until">The first day it no longer can; null when it never expires.</param>
public sealed record PreviewedRollover(string Credit, string Name, string? Currency, decimal Rest, decimal Kept, decimal Lost, DateOnly From, DateOnly? Until)
{
    internal static PreviewedRollover Of(WantedRollover rolled) => new(
        rolled.Old.Credit, rolled.Old.Name, rolled.Old.Currency?.Code, Canonical.Of(rolled.Old.Remaining), Canonical.Of(rolled.New.Remaining),
        Canonical.Of(rolled.Lost), rolled.New.GrantedOn, rolled.New.ExpiresOn);
}

/// <summary>What a billing of one account would book.</summary>
/// <param name="Through">What falls due through this day.</param>
/// <param name="PurchaseOrder">Printed on its documents; may be empty.</param>
/// <param name="Note">Printed on its documents; may be empty.</param>
/// <param name="Documents">Empty when everything stands already, or something stops it.</param>
/// <param name="Findings">What would stop it; empty when nothing does.</param>
/// <param name="Waits">Charges and credits that come to nothing together would wait for the next document, what falls due later for its day.</param>
public sealed record InvoicePreview(
    string Account, string LegalEntity, string Currency, DateOnly Through, DateOnly IssueDate, string PurchaseOrder, string Note,
    IReadOnlyList<PreviewedInvoice> Documents, IReadOnlyList<PreviewFinding> Findings, bool Waits)
{
    /// <summary>Prepaid credit that would roll over.</summary>
    public IReadOnlyList<PreviewedRollover> Rollovers { get; init; } = [];
}
