using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Connectors.Port;
using Tieout.Domain;

namespace Tieout.Application.Posting.Postgres;

/// <summary>Fields that a person has set for documents (<see cref="Overrides"/>): the newest version of each posting.</summary>
internal static class SetFields
{
    /// <summary>By posting; those without any are not among them.</summary>
    public static async Task<Dictionary<Guid, IReadOnlyList<FieldOverride>>> Load(NpgsqlConnection connection, IReadOnlyCollection<ClaimedPosting> postings) =>
        (await connection.QueryAsync<(Guid Posting, string Fields)>(
            """
            select distinct on (posting_id) posting_id, fields::text as fields
            from posting.field_override where posting_id = any(@ids) order by posting_id, version desc
            """, new { ids = postings.Select(posting => posting.Id).ToArray() })).ToDictionary(row => row.Posting, row => Read(row.Fields));

    /// <summary>As the table keeps them.</summary>
    public static string Write(IReadOnlyList<FieldOverride> fields) => JsonSerializer.Serialize(
        fields.Select(field => new { field = Words.Of(field.Field), place = field.Place, value = field.Value }));

    /// <summary>What <see cref="Write"/> wrote.</summary>
    public static IReadOnlyList<FieldOverride> Read(string fields)
    {
        using var document = JsonDocument.Parse(fields);
        return [.. document.RootElement.EnumerateArray().Select(field => new FieldOverride(
            Words.Parse<OverrideField>(field.GetProperty("field").GetString()!), field.GetProperty("place").GetString()!, field.GetProperty("value").GetString()!))];
    }
}
