using System.Runtime.CompilerServices;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Posting;

namespace Tieout.Connectors.Dynamics;

/// <summary>What stands in Dynamics for a document of ours.</summary>
internal abstract record Standing
{
    private Standing() { }

    /// <summary>Nothing under its key.</summary>
    public sealed record Absent : Standing;

    /// <summary>It is in the ledger.</summary>
    public sealed record Posted(ErpReference Document) : Standing;

    /// <summary>It is created and not posted: in no book yet, and ours to finish.</summary>
    public sealed record Created(HeldJournal Journal) : Standing;

    /// <summary>Something else stands under the key, or several do.</summary>
    public sealed record Conflict(Finding Finding) : Standing;
}

/// <summary>Reads journals of both kinds, with their lines.</summary>
internal sealed class JournalReader(DynamicsSettings settings, ODataRows rows)
{
    private string Company => $"dataAreaId eq {ODataRows.Text(settings.Company)}";

    /// <summary>What stands for each journal, in the order asked: one look over both steps and both kinds of journal.</summary>
    /// <exception cref="ReadBackException">Dynamics did not tell everything.</exception>
    public async Task<IReadOnlyList<Standing>> Look(IReadOnlyList<Journal> journals, IExchangeLog log, CancellationToken cancel)
    {
        var keys = journals.Select(journal => journal.Key).ToList();
        List<HeldJournal> held = [];
        foreach (var set in JournalSet.All)
        {
            var headers = await Headers(set, keys, byIntegrationKey: !set.Settles, "look-up", log, cancel);
            if (headers.Count == 0) continue;
            var filter = $"{Company} and {ODataRows.AnyOf("JournalBatchNumber", headers.Select(header => header.Number))}";
            List<HeldLine> lines = [];
            await foreach (var row in rows.Read("look-up-lines", set.Lines, filter, set.LineFields, "JournalBatchNumber,LineNumber", log, cancel))
                lines.Add(HeldLine.Of(set, row));
            held.AddRange(headers.Select(header => header with { Lines = [.. lines.Where(line => line.Journal == header.Number)] }));
        }
        return [.. journals.Select(journal => Judge(journal, [.. held.Where(one => one.IsUnder(journal.Key))]))];
    }

    /// <summary>Posted journals with a document of a month and a number of one of the series, page by page.</summary>
    /// <exception cref="ReadBackException">Dynamics did not tell everything.</exception>
    public async IAsyncEnumerable<HeldJournal> Posted(ReadScope scope, [EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (var set in JournalSet.All)
        {
            var series = string.Join(" or ", scope.Series.Select(start => ODataRows.Begins("JournalBatchNumber", start)));
            var filter = $"{Company} and {Within(set.OwnDateField, scope.Month)} and ({series})";
            var journals = Group(set, rows.Read("documents-read", set.Lines, filter, set.LineFields, "JournalBatchNumber,LineNumber", log: null, cancel), cancel);
            await foreach (var part in journals.Chunk(DynamicsLimits.KeysPerQuestion).WithCancellation(cancel))
            {
                // Whether a journal is posted stands in its header alone.
                var headers = await Headers(set, [.. part.Select(journal => journal.Number)], byIntegrationKey: false, "documents-read", log: null, cancel);
                var posted = headers.Where(header => header.Posted).Select(header => header.Number).ToHashSet(StringComparer.Ordinal);
                foreach (var journal in part)
                    if (posted.Contains(journal.Number)) yield return journal with { Posted = true };
            }
        }
    }

    /// <summary>A test for days of a month, whatever hour Dynamics gives them.</summary>
    public static string Within(string field, AccountingMonth month) =>
        $"{field} ge {ODataRows.Day(month.Period.Start)} and {field} lt {ODataRows.Day(month.Period.End)}";

    private async Task<List<HeldJournal>> Headers(
        JournalSet set, IReadOnlyList<string> keys, bool byIntegrationKey, string operation, IExchangeLog? log, CancellationToken cancel)
    {
        List<HeldJournal> headers = [];
        foreach (var part in keys.Chunk(DynamicsLimits.KeysPerQuestion))
        {
            var under = ODataRows.AnyOf("JournalBatchNumber", part);
            if (byIntegrationKey) under = $"({under} or {ODataRows.AnyOf("IntegrationKey", part)})";
            await foreach (var row in rows.Read(operation, set.Headers, $"{Company} and {under}", set.HeaderFields, "JournalBatchNumber", log, cancel))
                headers.Add(new HeldJournal(set, row.Need("JournalBatchNumber"), row.Text("IntegrationKey"), row.Yes("IsPosted"), row.Text("@odata.etag"), []));
        }
        return headers;
    }

    /// <summary>Puts the lines of each journal together; they come ordered by journal, and a page may end inside one.</summary>
    private static async IAsyncEnumerable<HeldJournal> Group(
        JournalSet set, IAsyncEnumerable<System.Text.Json.JsonElement> told, [EnumeratorCancellation] CancellationToken cancel)
    {
        List<HeldLine> open = [];
        HeldJournal Whole() => new(set, open[0].Journal, "", Posted: false, "", open);
        await foreach (var row in told.WithCancellation(cancel))
        {
            var line = HeldLine.Of(set, row);
            if (open.Count > 0 && open[0].Journal != line.Journal)
            {
                yield return Whole();
                open = [];
            }
            open.Add(line);
        }
        if (open.Count > 0) yield return Whole();
    }

    private Standing Judge(Journal ours, IReadOnlyList<HeldJournal> held)
    {
        if (held.Count == 0) return new Standing.Absent();
        var numbers = string.Join(", ", held.Select(one => $"{one.Number}, {(one.Posted ? "posted" : "created and not posted")}"));
        if (held.Count > 1)
            return Conflict(
                "duplicate-in-erp", $"Dynamics 365 holds {held.Count} journals under {ours.Key} ({numbers}).",
                "Delete the one too many, or reverse it where it is posted, then replay; nothing more is sent until somebody does.");
        var one = held[0];
        if (one.Differences(ours, settings, rules: one.Posted) is { Length: > 0 } differences)
            return Conflict(
                "key-taken", $"Dynamics 365 holds another journal under {ours.Key} ({numbers}): {differences}.",
                "Find out which of the two is right. Ours is not sent: two documents must not share a number.");
        return one.Posted ? new Standing.Posted(one.Reference(settings.Company)) : new Standing.Created(one);
    }

    private static Standing.Conflict Conflict(string code, string cause, string remedy) =>
        new(new Finding(ExceptionCategory.Business, code, cause, remedy));
}
