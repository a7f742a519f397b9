using Dapper;
using Npgsql;

namespace Tieout.Application.Exceptions;

/// <summary>Writes what was done about cases, inside the caller's transaction; never changed afterwards.</summary>
internal static class CaseNotes
{
    /// <summary>The same words for each of the cases.</summary>
    public static async Task Write(
        NpgsqlConnection connection, IReadOnlyCollection<Guid> cases, string kind, string text, string actor, DateTimeOffset now, CancellationToken cancel)
    {
        if (cases.Count == 0) return;
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into exceptions.note (id, case_id, kind, text, actor, at)
            select id, case_id, @kind, @text, @actor, @now from unnest(@ids, @cases) as new (id, case_id)
            """,
            new { kind, text, actor, now, cases = cases.ToArray(), ids = cases.Select(_ => Guid.CreateVersion7(now)).ToArray() }, cancellationToken: cancel));
    }
}
