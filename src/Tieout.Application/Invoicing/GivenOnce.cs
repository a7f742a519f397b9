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
        await Lock(connection, key, cancel);
        return (await Find(connection, [(key, content)], cancel)).GetValueOrDefault(key);
    }

    public static Task Lock(NpgsqlConnection connection, string key, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition("select pg_advisory_xact_lock(740, hashtext(@key))", new { key }, cancellationToken: cancel));

    /// <summary>What stands under each of many keys; nothing for one under which nothing does. The caller keeps others from giving under them.</summary>
    public static async Task<Dictionary<string, Earlier>> Find(
        NpgsqlConnection connection, IReadOnlyCollection<(string Key, string Content)> given, CancellationToken cancel)
    {
        var rows = (await connection.QueryAsync<(string Key, string Hash, Guid Document)>(new CommandDefinition(
            "select idempotency_key, content_hash, document_id from invoicing.given_once where tenant = 1 and idempotency_key = any(@keys)",
            new { keys = given.Select(one => one.Key).ToArray() }, cancellationToken: cancel))).ToDictionary(row => row.Key, StringComparer.Ordinal);
        return given.Where(one => rows.ContainsKey(one.Key)).ToDictionary(
            one => one.Key,
            one => string.Equals(rows[one.Key].Hash, Hash(one.Content), StringComparison.Ordinal) ? new Earlier.Same(rows[one.Key].Document)
                : (Earlier)new Earlier.Other(),
            StringComparer.Ordinal);
    }

    public static Task Add(NpgsqlConnection connection, string key, string content, Guid document, DateTimeOffset now, CancellationToken cancel) =>
        Add(connection, [(key, content, document)], now, cancel);

    /// <summary>From now on these keys stand for these documents.</summary>
    public static Task Add(
        NpgsqlConnection connection, IReadOnlyList<(string Key, string Content, Guid Document)> given, DateTimeOffset now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into invoicing.given_once (idempotency_key, content_hash, document_id, given_at)
            select key, hash, document, @now from unnest(@keys, @hashes, @documents) as given (key, hash, document)
            """,
            new
            {
                keys = given.Select(one => one.Key).ToArray(),
                hashes = given.Select(one => Hash(one.Content)).ToArray(),
                documents = given.Select(one => one.Document).ToArray(),
                now,
            }, cancellationToken: cancel));

    private static string Hash(string content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));

    public abstract record Earlier
    {
        private Earlier() { }

        public sealed record Same(Guid Document) : Earlier;

        public sealed record Other : Earlier;
    }
}
