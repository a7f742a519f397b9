using Tieout.Application.Mapping;
using Tieout.Application.Posting;
using Tieout.Domain.Mapping;
using Tieout.Domain.Posting;
using Tieout.Simulation.Erp;
using Tieout.Simulation.Store;

namespace Tieout.Simulation;

/// <summary>What is wrong in the end, judged by the ERPs' own ledgers.</summary>
/// <param name="Lost">Our books say posted, and the ledger has it not, or otherwise.</param>
/// <param name="Duplicate">In the ledgers more than once, or wanted by nobody.</param>
/// <param name="Stuck">
/// After long calm neither posted nor, because an ERP refuses it or what it stands behind, left to a person with an open case; or parked although the ledger has it.
/// </param>
/// <param name="Disordered">It stands in the ledger before what it corrects, settles or takes back.</param>
internal sealed record Judgement(
    IReadOnlyList<string> Lost, IReadOnlyList<string> Duplicate, IReadOnlyList<string> Stuck, IReadOnlyList<string> Disordered, IReadOnlyList<string> Broken)
{
    public bool IsGood => !All.Any();

    /// <summary>One line for each.</summary>
    public IEnumerable<string> All =>
    [
        .. Lost.Select(one => $"LOST: {one}"), .. Duplicate.Select(one => $"DUPLICATE: {one}"), .. Stuck.Select(one => $"STUCK: {one}"),
        .. Disordered.Select(one => $"OUT OF ORDER: {one}"), .. Broken.Select(one => $"RULE BROKEN: {one}"),
    ];
}

/// <summary>Compares what was wanted with what the ERPs hold and with what our books say of it.</summary>
internal static class Oracle
{
    /// <summary>The judgement over a world at rest.</summary>
    public static Judgement Judge(SimulatedWorld world)
    {
        List<string> lost = [], duplicate = [], stuck = [], disordered = [];
        var books = world.Server.Books;
        var ledger = world.Erps.SelectMany(pair => pair.Erp.Ledger).ToLookup(entry => entry.Key, StringComparer.Ordinal);
        foreach (var document in world.Documents.Wanted)
        {
            var held = ledger[document.Key].ToList();
            var row = books.Keys.TryGetValue(document.Key, out var id) ? books.Postings[id] : null;
            if (held.Count > 1) duplicate.Add(document.Key);
            if (held.Count > 0 && world.Documents.Before(document).Any(before => !ledger[before].Any(entry => entry.At <= held[0].At))) disordered.Add(document.Key);
            if (held.Count > 0 && world.Documents.Before(document).Any(before => ledger[before].Any(entry => ErpOf(entry) != ErpOf(held[0]))))
                disordered.Add($"{document.Key} is in another ERP than what it is about");
            if (row is null) stuck.Add($"{document.Key} is nowhere in the books");
            else if (row.State == PostingState.Posted)
            {
                var content = SimulatedErp.ContentOf(document);
                if (held.Find(entry => entry.Number == row.Erp!.Number && entry.Content == content) is not { } entry) lost.Add(document.Key);
                else if (OtherwiseMapped(books, row, entry) is { } otherwise) lost.Add(otherwise);
            }
            else if (row.State is not (PostingState.Parked or PostingState.Cancelled) && !SimulatedRun.IsLeftTo(world, document)) stuck.Add(
                $"{document.Key} is {Domain.Words.Of(row.State)}, due {row.NotBefore:HH:mm:ss}, claimed by {row.ClaimedBy} until {row.ClaimedUntil:HH:mm:ss}");
            // Books that were restored may not know yet what the ERP has: it is asked before anything is sent, once what it stands behind is settled.
            else if (held.Count > 0 && !(books.RestoredAt is not null && row.State == PostingState.Staged))
                stuck.Add($"{document.Key} is {Domain.Words.Of(row.State)}, and the ERP has it");
            else if (row.State != PostingState.Staged && !IsToldOf(books, row)) stuck.Add($"{document.Key} is {Domain.Words.Of(row.State)}, and nobody is told");
            else if (row.State == PostingState.Parked && !SimulatedRun.IsLeftTo(world, document))
                stuck.Add($"{document.Key} is parked, and no ERP refuses it, nor what it stands behind: {CodesOf(books, row)}");
        }
        var wanted = world.Documents.Wanted.Select(document => document.Key).ToHashSet(StringComparer.Ordinal);
        duplicate.AddRange(ledger.Where(entries => !wanted.Contains(entries.Key)).Select(entries => $"{entries.Key}, wanted by nobody"));
        if (world.Time.IsExhausted) stuck.Add("the run does not come to rest");
        return new Judgement(lost, duplicate, stuck, disordered, [.. world.Broken.Concat(Refused(books)).Distinct(StringComparer.Ordinal)]);
    }

    // A program that the books refuse something goes on with its other lanes, and tells.
    private static IEnumerable<string> Refused(Books books) =>
        books.Cases.FindAll(one => one.Code == LaneHealth.BooksRefuse).Select(one => $"{one.SubjectKey}: {one.Cause}");

    // What our books say was chosen has to be what was booked. Once an ERP has refused a document the rules choose anew, and what was
    // refused may be the second of two requests: then, and after a restore, the ERP alone knows.
    private static string? OtherwiseMapped(Books books, PostingRow row, LedgerEntry entry)
    {
        if (books.RestoredAt is not null || Enumerable.Range(1, row.Attempts).Any(number =>
                books.Attempts.TryGetValue((row.Id, number), out var attempt) && attempt.Outcome is ("refused" or "conflict"))) return null;
        var chosen = row.ChosenAt is { } at && books.Choices.TryGetValue((row.Id, at), out var choices)
            ? choices.First(choice => choice is { On: Choice.OnLine, What: AccountRule.OfAccount }).Theirs
            : "";
        return chosen == entry.Account ? null : $"{row.Key} was booked on '{entry.Account}', and our books say '{chosen}'";
    }

    private static string ErpOf(LedgerEntry entry) => entry.Number[..entry.Number.IndexOf('/', StringComparison.Ordinal)];

    private static string CodesOf(Books books, PostingRow row) => string.Join(
        ", ", books.Cases.FindAll(one => one is { IsOpen: true, SubjectKind: "posting" } && one.SubjectKey == row.Key).Select(one => one.Code));

    private static bool IsToldOf(Books books, PostingRow row) =>
        books.Cases.Exists(one => one is { IsOpen: true, SubjectKind: "posting" } && one.SubjectKey == row.Key);
}
