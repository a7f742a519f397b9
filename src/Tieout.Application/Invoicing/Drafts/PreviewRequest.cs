using Tieout.Application.Subscriptions;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Invoicing.Drafts;

/// <summary>Which invoices to preview.</summary>
public sealed record InvoicePreviewRequest
{
    /// <summary>Code of the billing account; or <c>customer</c>.</summary>
    public string? Account { get; init; }

    /// <summary>Code of the customer: all its accounts, at most 100.</summary>
    public string? Customer { get; init; }

    /// <summary>What falls due through this day, with invoices of this day; today when neither this nor a month is given.</summary>
    public string? Date { get; init; }

    /// <summary>What falls due in this month, with invoices of its first day, as the month's run would make them.</summary>
    public string? Month { get; init; }

    /// <summary>What if these were recorded first, one after the other.</summary>
    public IReadOnlyList<SupposedAmendment>? Amendments { get; init; }
}

/// <summary>An amendment that nobody recorded, of a subscription of an account that is asked about.</summary>
public sealed record SupposedAmendment
{
    /// <summary>Code of the subscription.</summary>
    public string? Subscription { get; init; }

    /// <summary>As it would be recorded.</summary>
    public AmendmentRequest? Amendment { get; init; }
}

/// <summary>What came of asking.</summary>
public abstract record InvoicePreviewOutcome
{
    private InvoicePreviewOutcome() { }

    /// <summary>What would be booked, one for each account.</summary>
    public sealed record Done(IReadOnlyList<InvoicePreview> Accounts) : InvoicePreviewOutcome;

    /// <summary>The request cannot be read; every field that is wrong.</summary>
    public sealed record Unreadable(IReadOnlyDictionary<string, string[]> Errors) : InvoicePreviewOutcome;

    /// <summary>There is no such account, customer or subscription.</summary>
    public sealed record NotFound(string Field) : InvoicePreviewOutcome;

    /// <summary>One of the amendments would be refused like this.</summary>
    public sealed record NotPossible(int Index, AmendmentOutcome Outcome) : InvoicePreviewOutcome;
}
