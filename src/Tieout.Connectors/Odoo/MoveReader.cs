using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Tieout.Connectors.Port;
using static Tieout.Connectors.Odoo.OdooValues;

namespace Tieout.Connectors.Odoo;

/// <summary>
/// Reads moves with their lines. Only of our two journals: elsewhere people write our numbers into references, as Odoo itself does when a
/// payment is registered by hand.
/// </summary>
internal sealed class MoveReader(OdooSettings settings, OdooRows rows)
{
    /// <summary>Drafts and posted moves under keys, by id; cancelled ones are in no book.</summary>
    /// <exception cref="ReadBackException">Odoo did not tell everything.</exception>
    public async Task<ILookup<string, HeldMove>> Under(OdooCompany company, IEnumerable<string> keys, IExchangeLog? log, CancellationToken cancel)
    {
        List<(string Key, HeldMove Move)> found = [];
        foreach (var part in keys.Distinct(StringComparer.Ordinal).Chunk(OdooLimits.KeysPerQuestion))
        {
            JsonArray domain = [.. Ours(company), Where("state", "in", List(["draft", "posted"])), "|", Where("ref", "in", List(part)),
                Where("name", "in", List(part))];
            var moves = await rows.All("moves-find", new OdooQuestion("account.move", domain, HeldMove.Fields, company.Context()), HeldMove.Of, log, cancel);
            foreach (var move in await WithLines(company, moves, log, cancel))
                found.AddRange(new[] { move.Reference, move.Name }.Distinct(StringComparer.Ordinal)
                    .Where(key => part.Contains(key, StringComparer.Ordinal)).Select(key => (key, move)));
        }
        return found.ToLookup(one => one.Key, one => one.Move, StringComparer.Ordinal);
    }

    /// <summary>Moves by their ids, in the order of these.</summary>
    /// <exception cref="ReadBackException">Odoo did not tell.</exception>
    public async Task<IReadOnlyDictionary<long, HeldMove>> ById(OdooCompany company, IEnumerable<long> ids, IExchangeLog? log, CancellationToken cancel)
    {
        var question = new OdooQuestion("account.move", [Where("id", "in", List(ids))], HeldMove.Fields, company.Context());
        var moves = await rows.All("moves-check", question, HeldMove.Of, log, cancel);
        return (await WithLines(company, moves, log, cancel)).ToDictionary(move => move.Id);
    }

    /// <summary>
    /// Posted moves of a month whose reference begins with one of the series, as documents. An invoice counts by its own date, too: one
    /// that Odoo booked into another month is told with the month it stands in.
    /// </summary>
    /// <exception cref="ReadBackException">Odoo did not tell everything.</exception>
    public async IAsyncEnumerable<HeldDocument> Posted(OdooCompany company, ReadScope scope, [EnumeratorCancellation] CancellationToken cancel)
    {
        var (first, end) = (Date(scope.Month.FirstDay), Date(scope.Month.FirstDay.AddMonths(1)));
        JsonArray domain =
        [
            .. Ours(company), Where("state", "=", "posted"),
            "|", "&", Where("date", ">=", first), Where("date", "<", end), "&", Where("invoice_date", ">=", first), Where("invoice_date", "<", end),
            .. Enumerable.Repeat("|", scope.Series.Count - 1).Select(or => (JsonNode)or),
            .. scope.Series.Select(series => (JsonNode)Where("ref", "=like", Like(series) + "%")),
        ];
        Dictionary<long, string> codes = [];
        List<HeldMove> page = [];
        await foreach (var move in rows.Read("documents-read", new OdooQuestion("account.move", domain, HeldMove.Fields, company.Context()), HeldMove.Of,
            log: null, cancel))
        {
            page.Add(move);
            if (page.Count < settings.PageSize) continue;
            foreach (var document in await Documents(company, page, codes, cancel)) yield return document;
            page = [];
        }
        foreach (var document in await Documents(company, page, codes, cancel)) yield return document;
    }

    private async Task<IReadOnlyList<HeldDocument>> Documents(OdooCompany company, IReadOnlyList<HeldMove> page, Dictionary<long, string> codes,
        CancellationToken cancel)
    {
        var moves = await WithLines(company, page, log: null, cancel);
        var unknown = moves.SelectMany(move => move.Lines.Select(line => line.Partner).Append(move.Partner)).Where(id => id != 0
            && !codes.ContainsKey(id)).Distinct().Order().ToList();
        if (unknown.Count > 0)
        {
            var context = company.Context();
            context["active_test"] = false;
            var question = new OdooQuestion("res.partner", [Where("id", "in", List(unknown))], ["ref"], context);
            await foreach (var (id, code) in rows.Read("customers-read", question, row => (row.Id("id"), row.Text("ref")), log: null, cancel)) codes[id] = code;
        }
        return [.. moves.Select(move => move.ToHeld(codes))];
    }

    private async Task<IReadOnlyList<HeldMove>> WithLines(OdooCompany company, IReadOnlyList<HeldMove> moves, IExchangeLog? log, CancellationToken cancel)
    {
        if (moves.Count == 0) return moves;
        // Notes and headings have no account.
        JsonArray domain = [Where("move_id", "in", List(moves.Select(move => move.Id))), Where("account_id", "!=", false)];
        var raw = await rows.All(
            "lines-find", new OdooQuestion("account.move.line", domain, HeldLine.Fields, company.Context()), row =>
                (Move: row.Id("move_id"), Account: row.Id("account_id"), Row: row),
            log, cancel);
        var context = company.Context();
        context["active_test"] = false;
        var accounts = raw.Count == 0 ? [] : (await rows.All(
            "accounts-find", new OdooQuestion("account.account", [Where("id", "in", List(raw.Select(line => line.Account).Distinct().Order()))], ["code"],
                context),
            row => (Id: row.Id("id"), Code: row.Text("code")), log, cancel)).ToDictionary(account => account.Id, account => account.Code);
        try
        {
            var lines = raw.Select(line => (line.Move, Line: HeldLine.Of(line.Row, accounts))).ToLookup(line => line.Move, line => line.Line);
            return [.. moves.Select(move => move with { Lines = [.. lines[move.Id]] })];
        }
        catch (Exception broken) when (broken is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new ReadBackException($"The answer of Odoo cannot be read: {broken.Message}", broken);
        }
    }

    private JsonNode[] Ours(OdooCompany company) =>
        [Where("company_id", "=", company.Id), Where("journal_id.code", "in", List([settings.Journal, settings.EntryJournal]))];

    private static string Like(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);
}
