using Npgsql;
using Tieout.Application.Views.Timelines;
using Tieout.Domain;

namespace Tieout.Application.Views;

/// <summary>What was found under an id: one story, or several transactions to choose from, or nothing.</summary>
/// <param name="Sought">The id as it was asked for.</param>
/// <param name="FoundAs">What the id turned out to be; empty when nothing has it.</param>
/// <param name="Story">The one transaction; null when there are several or none.</param>
/// <param name="Candidates">The transactions to choose from, newest first; at most 50.</param>
/// <param name="MoreCandidates">There are more than are listed.</param>
/// <param name="Tried">Every kind of id that was looked for.</param>
public sealed record Timeline(
    string Sought,
    IReadOnlyList<string> FoundAs,
    Story? Story,
    IReadOnlyList<Candidate> Candidates,
    bool MoreCandidates,
    IReadOnlyList<string> Tried)
{
    /// <summary>What keeps the account that was asked for from being billed now; where there is one story, it is told there.</summary>
    public IReadOnlyList<Step> Stops { get; init; } = [];

    /// <summary>Nothing has this id.</summary>
    public bool IsEmpty => Story is null && Candidates.Count == 0;
}

/// <summary>One of several transactions an id leads to.</summary>
/// <param name="Id">Leads to this one alone.</param>
public sealed record Candidate(string Id, string Title, AccountingMonth? Month, Money? Amount, string State);

/// <summary>One transaction from its source to its proof, in order.</summary>
/// <param name="Id">The shortest id that leads here: the invoice number where there is one.</param>
/// <param name="Answer">Where it stands, in one sentence.</param>
/// <param name="Steps">In the order of the way of one invoice; what has not happened yet stands as a gap where it belongs.</param>
public sealed record Story(string Id, Guid? CorrelationId, string Answer, IReadOnlyList<Step> Steps);

/// <summary>Where on its way a step stands.</summary>
public enum StepKind
{
    /// <summary>A row of an imported file.</summary>
    Source,

    /// <summary>The legal party.</summary>
    Customer,

    /// <summary>Who pays.</summary>
    BillingAccount,

    /// <summary>What is subscribed to.</summary>
    Subscription,

    /// <summary>An event of the usage ledger.</summary>
    UsageEvent,

    /// <summary>A day's usage that an event is in.</summary>
    UsageSummary,

    /// <summary>What was rated.</summary>
    Charges,

    /// <summary>The invoice.</summary>
    Invoice,

    /// <summary>Its entry in the subledger.</summary>
    JournalEntry,

    /// <summary>Its delivery.</summary>
    Posting,

    /// <summary>One try of the delivery, or one look-up.</summary>
    Attempt,

    /// <summary>What the ERP made of it.</summary>
    ErpDocument,

    /// <summary>The comparison of both books.</summary>
    TieOut,

    /// <summary>What stopped it.</summary>
    Exception,
}

/// <summary>How a step went.</summary>
public enum StepState
{
    /// <summary>It happened as it should.</summary>
    Done,

    /// <summary>It has not happened yet.</summary>
    Gap,

    /// <summary>Something is wrong or not known.</summary>
    Trouble,
}

/// <summary>One step; which of the lists are filled depends on its kind.</summary>
/// <param name="At">When it happened; null for a gap and for what has no instant of its own.</param>
/// <param name="Text">In words; may be empty.</param>
public sealed record Step(StepKind Kind, StepState State, DateTimeOffset? At, string Title, string Text)
{
    /// <summary>The money of this step.</summary>
    public Money? Amount { get; init; }

    /// <summary>Ids and attributes, in the order they are read.</summary>
    public IReadOnlyList<Fact> Facts { get; init; } = [];

    /// <summary>For charges: the invoice's lines.</summary>
    public IReadOnlyList<InvoiceLineRow> Charges { get; init; } = [];

    /// <summary>For a journal entry: its lines.</summary>
    public IReadOnlyList<EntryLine> Entry { get; init; } = [];

    /// <summary>For an attempt: what was asked and what came back.</summary>
    public IReadOnlyList<ExchangeRow> Exchanges { get; init; } = [];
}

/// <summary>One attribute.</summary>
/// <param name="IsId">The value leads to a timeline itself.</param>
public sealed record Fact(string Label, string Value, bool IsId = false);

/// <summary>A line of the subledger; debit positive, credit negative.</summary>
public sealed record EntryLine(int No, string Account, Money Amount);

/// <summary>One call to an ERP.</summary>
/// <param name="Status">HTTP status; null when no answer came or the protocol has none.</param>
/// <param name="Failure">Why no answer came; empty when one did.</param>
public sealed record ExchangeRow(
    Guid Id, string Operation, int? Status, string Failure, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, Payload Request, Payload? Answer);

/// <summary>Finds the timeline behind any id.</summary>
public sealed class ReadTimeline(NpgsqlDataSource database, FindInvoices invoices)
{
    private readonly TimelineSearch search = new(database);
    private readonly TimelineStory story = new(database, invoices);
    private readonly UsageSteps usage = new(database);
    private readonly RateStory rates = new(database, new TimelineStory(database, invoices));

    /// <summary>Looks the id up as everything it could be.</summary>
    public async Task<Timeline> Run(string sought, CancellationToken cancel)
    {
        var found = await search.Run(sought.Trim(), cancel);
        // Senders choose the ids of events: what has the id in our own books comes first.
        if (found.Kinds.Count == 0 && await usage.Tell(sought.Trim(), story, cancel) is var (ofEvent, events))
            return new Timeline(sought, ["usage event"], ofEvent, events, MoreCandidates: false, TimelineSearch.Tried);
        if (found.Kinds.Count == 0 && await rates.Tell(sought.Trim(), cancel) is { } ofRate)
            return new Timeline(sought, ["exception id"], ofRate, [], MoreCandidates: false, TimelineSearch.Tried);
        var told = found.Candidates.Count > 0 || found.Kinds.Count == 0 ? null : await story.Tell(found.Subject, cancel);
        return new Timeline(sought, found.Kinds, told, found.Candidates, found.More, TimelineSearch.Tried)
        {
            Stops = told is null && found.Subject.Account is { } account ? await story.Stops(account, cancel) : [],
        };
    }
}
