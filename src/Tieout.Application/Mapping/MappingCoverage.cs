using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Posting;
using Tieout.Application.Posting.Postgres;
using Tieout.Connectors.Port;
using Tieout.Domain;

namespace Tieout.Application.Mapping;

/// <summary>What is not mapped, and what waits behind it.</summary>
/// <param name="Code">
/// <c>route-missing</c>, <c>account-unmapped</c>, <c>tax-unmapped</c>, <c>dimension-unmapped</c>, <c>originals-apart</c> or <c>target-missing</c>.
/// </param>
/// <param name="Target">Empty where there is none yet.</param>
/// <param name="Cause">In plain words, with the field.</param>
/// <param name="Remedy">What to do.</param>
/// <param name="Documents">How many documents.</param>
/// <param name="Money">Their amounts, each currency by itself.</param>
/// <param name="Examples">Numbers of the first of them.</param>
public sealed record MappingGap(
    string Code, string Target, string Cause, string Remedy, long Documents, IReadOnlyList<Money> Money, IReadOnlyList<string> Examples);

/// <summary>A rule that none of the documents met, or that always loses.</summary>
public sealed record UnusedRule(string Version, string Rule);

/// <summary>How far the mapping covers what is not on its way yet.</summary>
/// <param name="Previewed">The draft that was looked through; empty for what is in force.</param>
/// <param name="Documents">Staged and parked documents looked at.</param>
/// <param name="Covered">Those that nothing is missing for.</param>
/// <param name="Gaps">What is missing, the most documents first. A document may stand behind several.</param>
/// <param name="Unused">Rules that chose nothing.</param>
public sealed record MappingCoverage(string Previewed, long Documents, long Covered, IReadOnlyList<MappingGap> Gaps, IReadOnlyList<UnusedRule> Unused);

/// <summary>
/// Looks through everything staged and parked with the rules in force, or with a draft in their place, and sends nothing. What a targets
/// file says is known from the last program that delivered with it.
/// </summary>
public sealed class ReadMappingCoverage(NpgsqlDataSource database)
{
    private const int AtOnce = 1_000;

    /// <summary>The report; null when there is no such draft. A draft that contradicts itself has none either: look at its problems.</summary>
    /// <param name="draft">Whose draft to look through; null for what is in force.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<MappingCoverage?> Run(MappingSubject? draft, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var mapping = await PublishedMapping.Load(connection, null, PublishedMapping.None);
        if (draft is not null)
        {
            if (await MappingVersions.Content(connection, draft, "draft") is not var (number, content)) return null;
            if ((await MappingChecks.Problems(connection, null, draft, content)).Any(problem => problem.Code == "rules-ambiguous")) return null;
            mapping = mapping.With(draft, number, content);
        }
        var tally = new CoverageTally(mapping, await Configured(connection));
        for (Guid? after = null; ;)
        {
            var rows = (await connection.QueryAsync<Row>(new CommandDefinition(
                """
                select p.id, p.business_key, p.billing_account_id, p.legal_entity_id, p.month, p.currency, p.amount, p.correlation_id, p.document_id,
                       p.document_kind, entity.code as entity,
                       case when p.state = 'parked' and p.sent_at is not null then coalesce(p.target, '') else '' end as target,
                       case when p.document_kind = 'invoice' then '' else array_to_string(posting.targets_before(p.document_id), ' ') end as before
                from posting.posting p join customers.legal_entity entity on entity.id = p.legal_entity_id
                where p.state in ('staged', 'parked') and (@after::uuid is null or p.id > @after)
                order by p.id limit @limit
                """, new { after, limit = AtOnce }, commandTimeout: 600, cancellationToken: cancel))).AsList();
            if (rows.Count == 0) break;
            after = rows[^1].Id;
            await LookThrough(connection, tally, rows);
        }
        return tally.Report(draft is null ? "" : draft.ToString());
    }

    private static async Task LookThrough(NpgsqlConnection connection, CoverageTally tally, List<Row> rows)
    {
        var facts = await PostingFacts.Load(connection, null, rows.ConvertAll(row => new FactsWanted(row.DocumentId, row.BillingAccountId, row.DocumentKind)));
        foreach (var group in rows.Select(row => (Row: row, Target: tally.Route(row, facts[row.DocumentId].Document))).GroupBy(pair => pair.Target))
        {
            if (group.Key is not { } target) continue;
            var some = group.Select(pair => pair.Row).ToList();
            var documents = await ClaimedDocuments.Load(connection, target, some.ConvertAll(row => row.Claimed()));
            foreach (var (row, document) in some.Zip(documents.Plain)) tally.Map(row, target, document, documents.SetFor(row.Id), facts[row.DocumentId]);
        }
    }

    private static async Task<IReadOnlyList<ConfiguredRules>> Configured(NpgsqlConnection connection) => [.. (await connection.QueryAsync<Settings>(
        """
        select configured.target, configured.version, array_to_string(configured.legal_entities, chr(10)) as legal_entities,
               used.rules ->> 'accounts' as accounts, used.rules ->> 'taxes' as taxes
        from mapping.configured
        join posting.target_version used on used.target = configured.target and used.version = configured.version
        """)).Select(row => new ConfiguredRules(
            row.Target, row.Version, row.LegalEntities.Split('\n', StringSplitOptions.RemoveEmptyEntries), Read(row.Accounts), Read(row.Taxes)))];

    private static Dictionary<string, string> Read(string? json) =>
        json is null ? [] : JsonSerializer.Deserialize<Dictionary<string, string>>(json)!;

    private sealed record Settings(string Target, string Version, string LegalEntities, string? Accounts, string? Taxes);

    internal sealed record Row(
        Guid Id, string BusinessKey, Guid BillingAccountId, Guid LegalEntityId, DateOnly Month, string Currency, decimal Amount, Guid CorrelationId,
        Guid DocumentId, string DocumentKind, string Entity, string Target, string Before)
    {
        // Names of targets hold no blanks.
        public string[] TargetsBefore => Before.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        public ClaimedPosting Claimed() => new(
            Id, BusinessKey, 0, 0, 0, default, BillingAccountId, LegalEntityId, Month, Currency, Amount, CorrelationId, DocumentId, DocumentKind);
    }
}

/// <summary>What a targets file said of a target when it was last used.</summary>
internal sealed record ConfiguredRules(
    string Target, string Version, IReadOnlyList<string> LegalEntities, IReadOnlyDictionary<string, string> Accounts, IReadOnlyDictionary<string, string> Taxes)
{
    /// <summary>As much of its settings as rules need.</summary>
    public TargetSettings Settings() => new(
        Target, "", new Uri("http://nowhere/"), "", "", "", Accounts, Taxes, new Dictionary<string, string>(), null, null, TimeSpan.Zero, Version);
}
