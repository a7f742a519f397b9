using Dapper;
using Npgsql;
using Tieout.Application.Ledger;
using Tieout.Application.Mapping;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Domain.Mapping;
using Tieout.Domain.Posting;
using Tieout.Domain.Revenue;

namespace Tieout.Application.Revenue;

/// <summary>
/// How the ERP that an entry of revenue will go to wants it: by the routes and account rules in force, and by what the last program that
/// delivered knew of its targets file. Nothing is known where none has: then it is one sum.
/// </summary>
internal sealed class RevenueTargets
{
    private readonly PublishedMapping _mapping;
    private readonly IReadOnlyList<Configured> _configured;

    private RevenueTargets(PublishedMapping mapping, IReadOnlyList<Configured> configured) => (_mapping, _configured) = (mapping, configured);

    public static async Task<RevenueTargets> Load(NpgsqlConnection connection, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            """
            select configured.target, array_to_string(configured.legal_entities, chr(10)) as legal_entities, used.rules ->> 'revenue' as detail, used.system
            from mapping.configured
            join posting.target_version used on used.target = configured.target and used.version = configured.version
            order by configured.at desc, configured.target
            """, cancellationToken: cancel));
        return new RevenueTargets(
            await PublishedMapping.Load(connection, null, PublishedMapping.None),
            [.. rows.Select(row => new Configured(row.Target, row.LegalEntities.Split('\n'), row.Detail, row.System))]);
    }

    /// <summary>Routed as the entry will be: neither customer nor plan is known of it as a whole.</summary>
    /// <param name="entity">Code of the legal entity.</param>
    /// <param name="recognition">What it was invoiced as: deferred, or prepaid.</param>
    public RevenueSplit Of(string entity, Currency currency, AccountingMonth month, Recognition recognition)
    {
        var target = TargetOf(entity, currency, month);
        var detail = _configured.FirstOrDefault(known => known.Target == target)?.Detail;
        return RevenueSplit.Of(
            _mapping.AccountsOf(target).Rules, detail is null ? RevenueDetail.Summarised : Words.Parse<RevenueDetail>(detail), entity, currency, recognition);
    }

    /// <summary>
    /// Whether it is told the entry in the currency of the books: one of a foreign currency that goes to an ERP which takes no amount in the books
    /// for a line. Its lines stand at the rates of many invoices, and one rate for all would be none of them.
    /// </summary>
    public bool InBooks(LedgerEntity entity, Currency currency, AccountingMonth month) =>
        currency.Code != entity.Currency && _configured.FirstOrDefault(known => known.Target == TargetOf(entity.Code, currency, month)) is { } target
        && !ErpConnectors.TakesAmountsInBooks(target.System);

    private string TargetOf(string entity, Currency currency, AccountingMonth month)
    {
        var facts = new Facts(month.Period.End.AddDays(-1)).With(MappingField.LegalEntity, entity).With(MappingField.Currency, currency.Code)
            .With(MappingField.DocumentKind, Words.Of(EntryKind.RevenueJournal));
        var byFile = _configured.FirstOrDefault(target => target.LegalEntities.Contains(entity))?.Target ?? "";
        return RoutingWords.Target(Routing.Of([], _mapping.Routes, facts, byFile));
    }

    private sealed record Configured(string Target, IReadOnlyList<string> LegalEntities, string? Detail, string System);

    private sealed record Row(string Target, string LegalEntities, string? Detail, string System);
}
