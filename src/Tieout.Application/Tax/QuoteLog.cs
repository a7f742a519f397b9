using Npgsql;
using NpgsqlTypes;
using Tieout.Connectors.Port;

namespace Tieout.Application.Tax;

/// <summary>Keeps the question for a tax and its answer in <c>posting.exchange</c>, under the id of the quote. Questions change nothing and need no claim.</summary>
internal sealed class QuoteLog(NpgsqlDataSource database, TimeProvider clock, Guid quote, string engine) : IExchangeLog
{
    public async Task<Guid> Began(string operation, ReadOnlyMemory<byte> request, CancellationToken cancel)
    {
        var id = Guid.CreateVersion7(clock.GetUtcNow());
        await using var command = database.CreateCommand(
            "insert into posting.exchange (id, batch, target, operation, request, started_at) values ($1, $2, $3, $4, $5, $6)");
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = quote });
        command.Parameters.Add(new() { Value = engine });
        command.Parameters.Add(new() { Value = operation });
        command.Parameters.Add(new() { Value = request, NpgsqlDbType = NpgsqlDbType.Bytea });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        await command.ExecuteNonQueryAsync(cancel);
        return id;
    }

    public Task Ended(Guid exchange, int? status, ReadOnlyMemory<byte> answer, string? failure, CancellationToken cancel) =>
        Answers.Keep(database, clock, exchange, status, answer, failure);
}

/// <summary>For previews: what is asked there is written nowhere.</summary>
internal sealed class NoLog : IExchangeLog
{
    public Task<Guid> Began(string operation, ReadOnlyMemory<byte> request, CancellationToken cancel) => Task.FromResult(Guid.Empty);

    public Task Ended(Guid exchange, int? status, ReadOnlyMemory<byte> answer, string? failure, CancellationToken cancel) => Task.CompletedTask;
}

/// <summary>Writes down what came back.</summary>
internal static class Answers
{
    public static async Task Keep(
        NpgsqlDataSource database, TimeProvider clock, Guid exchange, int? status, ReadOnlyMemory<byte> answer, string? failure)
    {
        await using var command = database.CreateCommand("update posting.exchange set answer = $2, status = $3, failure = $4, ended_at = $5 where id = $1");
        command.Parameters.Add(new() { Value = exchange });
        command.Parameters.Add(new() { Value = status is null ? DBNull.Value : answer, NpgsqlDbType = NpgsqlDbType.Bytea });
        command.Parameters.Add(new() { Value = (object?)status ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer });
        command.Parameters.Add(new() { Value = (object?)failure ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        // What came back is evidence: it is kept even while the program is stopping.
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }
}
