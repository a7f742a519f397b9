using System.Globalization;
using Tieout.Application.Subscriptions;
using Tieout.Domain;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Invoicing;

/// <summary>Which invoices to preview.</summary>
public sealed record InvoicePreviewRequest
{
    /// <summary>Code of the billing account; or <see cref="Customer"/>.</summary>
    public string? Account { get; init; }

    /// <summary>Code of the customer: all its accounts.</summary>
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

/// <summary>The days of previews and drafts.</summary>
internal static class BillingDays
{
    /// <summary>The days of a request: a day alone, a month as its run takes it, or today.</summary>
    public static (DateOnly Through, DateOnly IssueDate) Read(this RequestReader reader, string? date, string? month, DateOnly today)
    {
        if (!string.IsNullOrEmpty(date) && !string.IsNullOrEmpty(month)) reader.Wrong("month", "Give a date or a month, not both.");
        if (!string.IsNullOrEmpty(month))
        {
            if (AccountingMonth.TryParse(month, out var asked) && asked.FirstDay.Year is >= 1900 and < 2200) return (asked.Period.End.AddDays(-1), asked.FirstDay);
            reader.Wrong("month", "A month looks like 2026-11.");
        }
        var day = reader.Day("date", date) ?? today;
        return (day, day);
    }

    /// <summary>A day for words: <c>2026-11-30</c>.</summary>
    public static string Shown(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

/// <summary>Who and why, as credits take them.</summary>
internal static class GivenFields
{
    /// <summary>Remembers what is wrong with either.</summary>
    public static void Given(this RequestReader reader, string? actor, string? reason)
    {
        if (Domain.Invoicing.GivenText.Problem(actor, Domain.Invoicing.GivenText.ActorMost) is { } who) reader.Wrong("actor", who);
        if (Domain.Invoicing.GivenText.Problem(reason, Domain.Invoicing.GivenText.ReasonMost) is { } why) reader.Wrong("reason", why);
    }
}
