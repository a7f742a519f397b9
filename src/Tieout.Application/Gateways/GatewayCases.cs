using Dapper;
using Npgsql;
using Tieout.Application.Exceptions;

namespace Tieout.Application.Gateways;

/// <summary>Cases about what a gateway told.</summary>
internal static class GatewayCases
{
    /// <summary>Of <c>exceptions.exception_case.subject_kind</c>.</summary>
    public const string Kind = "gateway";

    /// <summary>Names the event, charge, payout or movement for good.</summary>
    public static string Key(string gateway, string id) => $"{gateway}/{id}";

    /// <summary>Opens a case for each, and closes what was open of the same for another reason: one thing waits for one reason at a time.</summary>
    public static async Task Raise(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyCollection<RaisedException> raised, DateTimeOffset now, CancellationToken cancel)
    {
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update exceptions.exception_case c set state = 'resolved', resolution = 'It waits for another reason now.', resolved_at = @now
            from unnest(@keys, @codes) as said (key, code)
            where c.subject_kind = @Kind and c.subject_key = said.key and c.code <> said.code and c.state = 'open'
            """,
            new { Kind, now, keys = raised.Select(one => one.SubjectKey).ToArray(), codes = raised.Select(one => one.Finding.Code).ToArray() },
            transaction, cancellationToken: cancel));
        await ExceptionLog.Raise(connection, transaction, raised, now);
    }
}
