using Dapper;
using Npgsql;

namespace Tieout.Application.Invoicing;

/// <summary>A document that a person gives has a run too: it says who, when and why, as every document's does.</summary>
internal static class OneDocumentRun
{
    public static async Task<Guid> Add(NpgsqlConnection connection, string kind, string title, string actor, DateTimeOffset now, CancellationToken cancel)
    {
        var id = Guid.CreateVersion7(now);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into runs.run (id, kind, title, scope, state, total, done, unit, actor, started_at, updated_at, finished_at)
            values (@id, @kind, @title, @scope, 'finished', 1, 1, 'documents', @actor, @now, @now, @now)
            """, new { id, kind, title, scope = id.ToString(), actor, now }, cancellationToken: cancel));
        return id;
    }
}
