using Dapper;
using Npgsql;
using Tieout.Domain.Catalog;

namespace Tieout.Application.Catalog;

/// <summary>
/// All prices by id, read and understood once per run instead of once per subscription. Prices that anybody is billed by are
/// published and never change, so what was read stays true.
/// </summary>
public static class CatalogCache
{
    private const string Columns =
        """
        select price.id, price.plan_id, plan.code as plan, price.version, price.component, price.charge_model::text as charge_model,
               price.currency, price.recognition, price.description, price.terms::text as terms
        from catalog.price price join catalog.plan plan on plan.id = price.plan_id
        """;

    /// <summary>Every price of every version, drafts too.</summary>
    public static async Task<Dictionary<Guid, Price>> Load(NpgsqlConnection connection, CancellationToken cancel = default)
    {
        var rows = await connection.QueryAsync<PriceRow>(new CommandDefinition($"{Columns} where price.tenant = 1", cancellationToken: cancel));
        return rows.ToDictionary(row => row.Id, row => row.ToPrice());
    }

    /// <summary>The prices of these ids.</summary>
    public static async Task<Dictionary<Guid, Price>> Load(NpgsqlConnection connection, Guid[] ids, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<PriceRow>(new CommandDefinition($"{Columns} where price.id = any(@ids)", new { ids }, cancellationToken: cancel));
        return rows.ToDictionary(row => row.Id, row => row.ToPrice());
    }
}
