using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using Npgsql;

namespace Tieout.Bench.Kills;

/// <summary>What one ERP's own ledger says against our books.</summary>
/// <param name="Documents">Wanted.</param>
/// <param name="Lost">Posted by our books, and not in the ledger.</param>
/// <param name="Duplicate">In the ledger more than once, or wanted by nobody.</param>
/// <param name="Stuck">Not posted by our books in the end.</param>
internal sealed record KillVerdict(string Target, int Documents, int Lost, int Duplicate, int Stuck);

/// <summary>Judges by the ledgers of the stand-ins, document by document, and by their totals.</summary>
internal static class KillJudge
{
    public static async Task<IReadOnlyList<KillVerdict>> Run(NpgsqlDataSource source, HttpClient http)
    {
        var verdicts = new List<KillVerdict>();
        foreach (var erp in KillErp.All) verdicts.Add(await Of(source, http, erp));
        return verdicts;
    }

    private static async Task<KillVerdict> Of(NpgsqlDataSource source, HttpClient http, KillErp erp)
    {
        await using var connection = await source.OpenConnectionAsync();
        var ours = (await connection.QueryAsync<(string Key, string State)>(
            """
            select p.business_key, p.state from posting.posting p join customers.legal_entity e on e.id = p.legal_entity_id
            where e.code = @Entity order by 1
            """, new { erp.Entity })).AsList();
        var (lost, duplicate, held) = (0, 0, 0);
        foreach (var (key, state) in ours)
        {
            var copies = (await http.GetFromJsonAsync<JsonElement>($"{erp.Ledger}/{key}")).EnumerateArray().Count(InTheBooks);
            held += copies;
            if (copies == 0 && state == "posted") lost++;
            if (copies > 1) duplicate += copies - 1;
        }
        // Whatever else stands there nobody wanted.
        return new KillVerdict(erp.Target, ours.Count, lost, duplicate + Math.Max(0, await Booked(http, erp) - held), ours.Count(row => row.State != "posted"));
    }

    private static async Task<int> Booked(HttpClient http, KillErp erp)
    {
        var all = await http.GetFromJsonAsync<JsonElement>(erp.Ledger);
        return all.TryGetProperty("posted", out var posted) ? posted.GetInt32() : all.GetProperty("documents").GetInt32();
    }

    // Dynamics and Odoo tell of journals and moves that are created and not posted, too.
    private static bool InTheBooks(JsonElement document) =>
        document.TryGetProperty("posted", out var posted) ? posted.GetBoolean()
        : !document.TryGetProperty("state", out var state) || state.GetString() == "posted";
}
