using System.Collections.Immutable;
using Tieout.Application.Mapping;
using Tieout.Connectors.Port;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Posting;

namespace Tieout.Simulation.Store;

/// <summary>
/// Everything that stands in the simulated database at one instant; never changed, so that a copy of it is a backup. It refuses what
/// PostgreSQL refuses: moves that are not allowed, a second posting of one key, posted without a document, a credit memo sent first,
/// something sent that may have been posted before a restore.
/// </summary>
internal sealed record Books
{
    /// <summary>How long after a restore documents may be made anew that the ERP has already; see migration 0021.</summary>
    public static readonly TimeSpan MadeAnew = TimeSpan.FromDays(31);

    private readonly ImmutableSortedDictionary<Guid, PostingRow> _postings = ImmutableSortedDictionary<Guid, PostingRow>.Empty;
    private PostingRow[]? _rows;

    /// <summary>By id.</summary>
    public ImmutableSortedDictionary<Guid, PostingRow> Postings
    {
        get => _postings;
        init => (_postings, _rows) = (value, null);
    }

    /// <summary>All postings, the oldest first.</summary>
    public IReadOnlyList<PostingRow> Rows => _rows ??= [.. _postings.Values];

    public ImmutableDictionary<string, Guid> Keys { get; init; } = ImmutableDictionary<string, Guid>.Empty;
    public ImmutableDictionary<(Guid Posting, int Number), AttemptRow> Attempts { get; init; } = ImmutableDictionary<(Guid, int), AttemptRow>.Empty;
    public ImmutableDictionary<Guid, Guid> Exchanges { get; init; } = ImmutableDictionary<Guid, Guid>.Empty;
    public ImmutableHashSet<Guid> BatchesAsked { get; init; } = [];
    public ImmutableList<CaseRow> Cases { get; init; } = [];
    public ImmutableDictionary<(string Target, Guid Customer), string> References { get; init; } = ImmutableDictionary<(string, Guid), string>.Empty;
    public ImmutableDictionary<(Guid Posting, int Attempt), IReadOnlyList<Choice>> Choices { get; init; } =
        ImmutableDictionary<(Guid, int), IReadOnlyList<Choice>>.Empty;

    /// <summary>The mapping versions in force.</summary>
    public PublishedMapping Mapping { get; init; } = PublishedMapping.None;
    public ImmutableHashSet<(string Target, string Version)> Rules { get; init; } = [];
    public ImmutableDictionary<string, LaneBook> Lanes { get; init; } = ImmutableDictionary<string, LaneBook>.Empty;
    public int LastNode { get; init; }

    /// <summary>Business keys by the references under which they left for an ERP that confirms later.</summary>
    public ImmutableDictionary<(string Target, string Reference), string> Due { get; init; } = ImmutableDictionary<(string, string), string>.Empty;

    /// <summary>What such ERPs told, in the order it came.</summary>
    public ImmutableList<(string Target, Confirmation What)> Told { get; init; } = [];
    public DateTimeOffset? RestoredAt { get; init; }

    /// <summary>A defect put in on purpose: <see cref="Flaws.NoOrder"/>.</summary>
    public bool OrderIgnored { get; init; }

    /// <summary>With one more document to be posted.</summary>
    public Books Add(PostingRow row) => Keys.ContainsKey(row.Key)
        ? throw StoreAwayException.Refused("posting_once")
        : this with { Postings = Postings.Add(row.Id, row), Keys = Keys.Add(row.Key, row.Id) };

    /// <summary>With a posting changed.</summary>
    public Books Set(PostingRow row)
    {
        var before = Postings[row.Id];
        if (before.State != row.State)
        {
            if (!PostingMoves.Allowed(before.State, row.State)) throw StoreAwayException.Refused($"posting_move, {before.State} to {row.State}");
            if (row.State == PostingState.Sending && Turn(row) != MemoTurn.Free) throw StoreAwayException.Refused("posting_after_its_invoice");
            if (before.State == PostingState.Staged && row.State == PostingState.Ready && !IsItsTurn(row))
                throw StoreAwayException.Refused("posting_one_of_its_account");
            if (row.State == PostingState.Sending && IsApart(row)) throw StoreAwayException.Refused("posting_where_its_invoice_is");
            if (row.State == PostingState.Sending && MayBePosted(before)) throw StoreAwayException.Refused("posting_asked_after_restore");
        }
        if (row.State == PostingState.Posted != row.Erp is not null) throw StoreAwayException.Refused("posting_posted_has_document");
        if (row.State == PostingState.Sending && row.Claim is null) throw StoreAwayException.Refused("posting_sending_is_claimed");
        if (row.Target is null && row.State is not (PostingState.Staged or PostingState.Parked or PostingState.Cancelled))
            throw StoreAwayException.Refused("posting_routed");
        return this with { Postings = Postings.SetItem(row.Id, LookedAtOnce(before, row)) };
    }

    // What was confirmed while somebody had it in hand is looked up as soon as it is put down; as the trigger look_at_once does it.
    private PostingRow LookedAtOnce(PostingRow before, PostingRow row)
    {
        if (row.State != PostingState.InDoubt || before.Claim is null || row.Claim is not null || Told.IsEmpty) return row;
        var since = before.Taken.At;
        var told = Told.Find(one => one.What.ReceivedAt >= since && Due.GetValueOrDefault((one.Target, one.What.Reference)) == row.Key);
        return told.What is { } what && row.NotBefore > what.ReceivedAt ? row with { NotBefore = what.ReceivedAt } : row;
    }

    /// <summary>Whether what a document corrects stands in the ERP; as <c>posting.turn</c> says it.</summary>
    public MemoTurn Turn(PostingRow row)
    {
        if (OrderIgnored) return MemoTurn.Free;
        var waits = false;
        foreach (var key in row.Before)
        {
            if (!Keys.TryGetValue(key, out var id)) continue;
            var state = Postings[id].State;
            if (state is PostingState.Parked or PostingState.Cancelled) return MemoTurn.Blocked;
            waits |= state != PostingState.Posted;
        }
        return waits ? MemoTurn.Waits : MemoTurn.Free;
    }

    /// <summary>
    /// Whether nothing else of its billing account is on its way to its target, as the trigger <c>check_order</c> says it.
    /// </summary>
    public bool IsItsTurn(PostingRow row) => OrderIgnored || !Rows.Any(other => other.Customer.Account == row.Customer.Account && other.Id != row.Id
        && other.Target == row.Target && other.State is PostingState.Ready or PostingState.Sending or PostingState.InDoubt);

    /// <summary>Targets of what a document is about, each once; as <c>posting.targets_before</c> says it.</summary>
    public IReadOnlyList<string> TargetsBefore(PostingRow row) =>
    [
        .. row.Before.Where(Keys.ContainsKey).Select(key => Postings[Keys[key]].Target).OfType<string>()
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];

    /// <summary>Whether something that it is about went to another target; as <c>posting.is_apart</c> says it.</summary>
    public bool IsApart(PostingRow row) => !OrderIgnored && TargetsBefore(row).Any(target => target != row.Target);

    /// <summary>Whether the ERP may have it although these books do not know: they were restored, and it was not asked for since.</summary>
    public bool MayBePosted(PostingRow row) => RestoredAt is { } at && row.CreatedAt < at + MadeAnew && (row.SentAt is null || row.SentAt < at);

    /// <summary>With a case opened, or one more repeat of it counted.</summary>
    public Books Raise(Guid id, string kind, string key, Finding finding)
    {
        var index = Cases.FindIndex(one => one.IsOpen && one.SubjectKind == kind && one.SubjectKey == key && one.Code == finding.Code);
        return this with
        {
            Cases = index < 0
                ? Cases.Add(new CaseRow(id, finding.Code, kind, key, finding.Cause, IsOpen: true, "", Repeats: 1))
                : Cases.SetItem(index, Cases[index] with { Repeats = Cases[index].Repeats + 1, Cause = finding.Cause }),
        };
    }

    /// <summary>With one case closed.</summary>
    public Books Close(Guid id, string resolution)
    {
        var index = Cases.FindIndex(one => one.Id == id);
        return this with { Cases = Cases.SetItem(index, Cases[index] with { IsOpen = false, Resolution = resolution }) };
    }

    /// <summary>With the open cases of a subject closed.</summary>
    public Books Resolve(string kind, string key, string resolution)
    {
        var cases = Cases;
        for (var index = 0; index < cases.Count; index++)
            if (cases[index] is { IsOpen: true } one && one.SubjectKind == kind && one.SubjectKey == key)
                cases = cases.SetItem(index, one with { IsOpen = false, Resolution = resolution });
        return this with { Cases = cases };
    }
}
