using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Journals;

/// <summary>Where the ledger keeps what lines are sorted by: once for all lines that say the same.</summary>
internal static class DimensionSets
{
    /// <summary>The numbers of these, each kept now if it was not before; nothing for lines that have none. Two questions, however many there are.</summary>
    public static async Task<IReadOnlyDictionary<LineDimensions, int>> Keep(
        NpgsqlConnection connection, IEnumerable<LineDimensions> dimensions, CancellationToken cancel)
    {
        string[] sets = [.. dimensions.Where(one => !one.IsEmpty).Distinct().Select(one => JsonSerializer.Serialize(one.Codes))];
        if (sets.Length == 0) return new Dictionary<LineDimensions, int>();
        // In one order, so that two of us never wait in a circle. What another one keeps at the same time is seen by the second statement.
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into ledger.dimension_set (dimensions)
            select said.dimensions from (select one::jsonb as dimensions from unnest(@sets) as one) said
            where not exists (select from ledger.dimension_set known where known.tenant = 1 and known.dimensions = said.dimensions)
            order by said.dimensions on conflict do nothing
            """, new { sets }, cancellationToken: cancel));
        var rows = await connection.QueryAsync<(int Id, string Dimensions)>(new CommandDefinition(
            "select id, dimensions::text from ledger.dimension_set where tenant = 1 and dimensions = any(@sets::jsonb[])", new { sets },
            cancellationToken: cancel));
        return rows.ToDictionary(row => Read(row.Dimensions), row => row.Id);
    }

    /// <summary>As the table keeps them; none where there is no text.</summary>
    public static LineDimensions Read(string? text) =>
        text is null ? LineDimensions.None : new LineDimensions(JsonSerializer.Deserialize<Dictionary<string, string>>(text)!);
}
