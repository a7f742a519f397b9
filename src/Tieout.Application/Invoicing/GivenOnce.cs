using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;

namespace Tieout.Application.Invoicing;

/// <summary>What people gave under an idempotency key: the same again answers with the first, other content is refused.</summary>
internal static class GivenOnce
{
    /// <summary>For the caller of a key that was used for something else.</summary>
    public static CreditOutcome.Refused Refused { get; } = new(
        "idempotency-key", "key-reused", "this key was used for another request", "Take a new key for a new request; repeat a request under its own.");

    /// <summary>
    /// What stands under the key; null when nothing does. From here to the end of the caller's transaction nobody else is given an
    /// answer for the same key: of two requests at once the second finds what the first did.
    /// </summary>
    public static async Task<Earlier?> Find(NpgsqlConnection connection, string key, string content, CancellationToken cancel)
    {
        await connection.ExecuteAsync(new CommandDefinition("select pg_advisory_xact_lock(740, hashtext(@key))", new { key }, cancellationToken: cancel));
        var row = await connection.QuerySingleOrDefaultAsync<(string Hash, Guid Document)?>(new CommandDefinition(
            "select content_hash, document_id from invoicing.given_once where tenant = 1 and idempotency_key = @key", new { key }, cancellationToken: cancel));
        return row is null ? null
            : string.Equals(row.Value.Hash, Hash(content), StringComparison.Ordinal) ? new Earlier.Same(row.Value.Document)
            : new Earlier.Other();
    }

    public static Task Add(NpgsqlConnection connection, string key, string content, Guid document, DateTimeOffset now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            "insert into invoicing.given_once (idempotency_key, content_hash, document_id, given_at) values (@key, @hash, @document, @now)",
            new { key, hash = Hash(content), document, now }, cancellationToken: cancel));

    private static string Hash(string content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));

    public abstract record Earlier
    {
        private Earlier() { }

        public sealed record Same(Guid Document) : Earlier;

        public sealed record Other : Earlier;
    }
}
