using System.Text.Json;
using Npgsql;
using Tieout.Connectors.Port;
using Tieout.Domain;

namespace Tieout.Application.Posting.Postgres;

/// <summary>Fields that a person has set for documents (<see cref="Overrides"/>): the newest version of each posting.</summary>
internal static class SetFields
{
    /// <summary>Asks for them, as a part of a batch.</summary>
    public static NpgsqlBatchCommand Statement(IReadOnlyCollection<ClaimedPosting> postings) => HotBatch.Statement(
        """
        select distinct on (posting_id) posting_id, fields::text
        from posting.field_override where posting_id = any($1) order by posting_id, version desc
        """, postings.Select(posting => posting.Id).ToArray());

    /// <summary>The answer, by posting; those without any are not among them.</summary>
    public static async Task<Dictionary<Guid, IReadOnlyList<FieldOverride>>> Read(NpgsqlDataReader reader)
    {
        Dictionary<Guid, IReadOnlyList<FieldOverride>> set = [];
        while (await reader.ReadAsync()) set.Add(reader.GetGuid(0), Read(reader.GetString(1)));
        return set;
    }

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
