using Tieout.Connectors.Port;
using Tieout.Domain.Posting;

namespace Tieout.Simulation.Store;

/// <summary>A posting as the books keep it; a change is another record.</summary>
/// <param name="Entity">Code of the legal entity.</param>
/// <param name="Document">What is to be told to the ERP, its customer's id left empty.</param>
internal sealed record PostingRow(Guid Id, string Entity, CustomerRow Customer, ErpDocument Document, DateTimeOffset CreatedAt)
{
    public string Key => Document.Key;

    /// <summary>The word of its kind.</summary>
    public string Kind => Document switch
    {
        ErpInvoice invoice => Domain.Words.Of(invoice.Kind),
        ErpEntry entry => Domain.Words.Of(entry.Kind),
        _ => throw new InvalidOperationException($"No word for {Document}."),
    };

    /// <summary>What it does to what is owed.</summary>
    public decimal Amount => Document is ErpInvoice invoice ? invoice.Total : ((ErpEntry)Document).Owed;

    /// <summary>Keys of what has to stand in the ERP before it; the rows of <c>posting.predecessors</c>.</summary>
    public IReadOnlyList<string> Before => Follows.Count == 0 ? BeforeIt(Document) : [.. BeforeIt(Document).Union(Follows, StringComparer.Ordinal)];

    /// <summary>Keys of what it stands on besides, which the document does not name; the rows of <c>cash.follows</c>.</summary>
    public IReadOnlyList<string> Follows { get; init; } = [];

    /// <summary>Whether an ERP has to know the customer first.</summary>
    public bool NamesCustomer => Document is not ErpEntry entry || entry.Lines.Any(line => line.CustomerCode.Length > 0);

    /// <summary>Keys of what a document corrects, settles or takes back.</summary>
    public static IReadOnlyList<string> BeforeIt(ErpDocument document) => document is not ErpEntry entry ? document.Corrects
        : [.. entry.Lines.Select(line => line.Settles).Append(entry.Reverses).Where(key => key.Length > 0).Distinct(StringComparer.Ordinal)];

    /// <summary>The document with the ERP's id of its customer.</summary>
    public ErpDocument For(string erpCustomer) => Document switch
    {
        ErpInvoice invoice => invoice with { ErpCustomerId = erpCustomer },
        ErpEntry entry => entry with
        {
            Lines = [.. entry.Lines.Select(line => line.CustomerCode.Length > 0 ? line with { ErpCustomerId = erpCustomer } : line)],
        },
        _ => Document,
    };
    public PostingState State { get; init; } = PostingState.Staged;
    public string? Target { get; init; }
    public string? RulesVersion { get; init; }

    /// <summary>The published routes it was last looked at under.</summary>
    public int Routes { get; init; }
    public string RoutedBy { get; init; } = "";

    /// <summary>The attempt whose choices stand, none where no rules were published then; what may be in the ERP keeps them.</summary>
    public int? ChosenAt { get; init; }

    /// <summary>Targets it is still to be asked for at, after a restore; the last one sends it.</summary>
    public IReadOnlyList<string> AskAlso { get; init; } = [];
    public int Attempts { get; init; }
    public int Tries { get; init; }
    public int LookUps { get; init; }
    public DateTimeOffset? NotBefore { get; init; }
    public Guid? Claim { get; init; }
    public int? ClaimedBy { get; init; }
    public DateTimeOffset? ClaimedUntil { get; init; }

    /// <summary>When it was taken, and whether to send it or to look it up; of the attempt that is under way.</summary>
    public (string Kind, DateTimeOffset At) Taken { get; init; }
    public DateTimeOffset? SentAt { get; init; }
    public long Place { get; init; }
    public ErpReference? Erp { get; init; }

    /// <summary>In nobody's hands.</summary>
    public PostingRow Freed() => this with { Claim = null, ClaimedBy = null, ClaimedUntil = null };
}

/// <summary>A customer, who here has one billing account.</summary>
internal sealed record CustomerRow(Guid Id, Guid Account, string Code, string Name, string Country, string Currency);

/// <summary>One attempt at a posting, written when it is over.</summary>
internal sealed record AttemptRow(string Kind, Guid Batch, int Node, DateTimeOffset StartedAt, string Outcome, string Detail);

/// <summary>An exception case.</summary>
internal sealed record CaseRow(Guid Id, string Code, string SubjectKind, string SubjectKey, string Cause, bool IsOpen, string Resolution, int Repeats);

/// <summary>Whether it is a document's turn; the words of <c>posting.turn</c>.</summary>
internal enum MemoTurn
{
    /// <summary>What it corrects is posted, or it corrects nothing.</summary>
    Free,

    /// <summary>Some of it is on its way.</summary>
    Waits,

    /// <summary>Some of it is parked or cancelled.</summary>
    Blocked,
}
