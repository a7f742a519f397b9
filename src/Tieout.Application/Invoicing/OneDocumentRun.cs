using Dapper;
using Npgsql;

namespace Tieout.Application.Invoicing;

/// <summary>A document that a person gives has a run too: it says who, when and why, as every document's does.</summary>
internal static class OneDocumentRun
{
    public static async Task<Guid> Add(NpgsqlConnection connection, string kind, string title, string actor, DateTimeOffset now, CancellationToken cancel) =>
        (await Add(connection, kind, [(title, actor)], now, cancel))[0];

    /// <summary>One for each of many documents, in their order.</summary>
    public static async Task<Guid[]> Add(
        NpgsqlConnection connection, string kind, IReadOnlyList<(string Title, string Actor)> documents, DateTimeOffset now, CancellationToken cancel)
    {
        var ids = documents.Select(_ => Guid.CreateVersion7(now)).ToArray();
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into runs.run (id, kind, title, scope, state, total, done, unit, actor, started_at, updated_at, finished_at)
            select id, @kind, title, id::text, 'finished', 1, 1, 'documents', actor, @now, @now, @now from unnest(@ids, @titles, @actors) as of (id, title, actor)
            """,
            new { ids, kind, titles = documents.Select(one => one.Title).ToArray(), actors = documents.Select(one => one.Actor).ToArray(), now },
            cancellationToken: cancel));
        return ids;
    }
}
