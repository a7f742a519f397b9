using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Application.Confirmations;

/// <summary>
/// What ERPs told by themselves, in the books. Connectors are made before the books are open: until <see cref="KeepIn"/> nothing was told, and nothing
/// can be expected.
/// </summary>
public sealed class ConfirmationInbox : IConfirmations
{
    private NpgsqlDataSource? _database;

    /// <summary>Opens it. The caller keeps owning the database.</summary>
    public void KeepIn(NpgsqlDataSource database) => _database = database;

    /// <inheritdoc/>
    public async Task Expect(string target, IReadOnlyList<ExpectedConfirmation> expected, CancellationToken cancel)
    {
        if (_database is null) throw new InvalidOperationException("Nothing may be sent before the books are open.");
        await using var connection = await _database.OpenConnectionAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into posting.confirmation_due (target, reference, business_key, due_since)
            select @target, reference, key, clock_timestamp() from unnest(@references, @keys) as new (reference, key)
            on conflict (tenant, target, reference) do nothing
            """,
            new { target, references = expected.Select(one => one.Reference).ToArray(), keys = expected.Select(one => one.Key).ToArray() },
            cancellationToken: cancel));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ToldOf>> Told(string target, IReadOnlyList<string> references, CancellationToken cancel)
    {
        if (_database is null || references.Count == 0) return await NoConfirmations.Instance.Told(target, references, cancel);
        var parameters = new { target, references = references.ToArray() };
        await using var connection = await _database.OpenConnectionAsync(cancel);
        var expected = (await connection.QueryAsync<string>(new CommandDefinition(
            "select reference from posting.confirmation_due where tenant = 1 and target = @target and reference = any(@references)",
            parameters, cancellationToken: cancel))).ToHashSet(StringComparer.Ordinal);
        var told = (await connection.QueryAsync<Row>(new CommandDefinition(
            """
            select reference, says, erp_number, erp_id, notes::text as notes, received_at
            from posting.confirmation
            where tenant = 1 and target = @target and reference = any(@references)
            order by received_at, message, position
            """, parameters, cancellationToken: cancel))).ToLookup(row => row.Reference, StringComparer.Ordinal);
        return [.. references.Select(reference => new ToldOf(reference, expected.Contains(reference), [.. told[reference].Select(Of)]))];
    }

    private static Confirmation Of(Row row) => new(
        row.Reference, Words.Parse<ConfirmedAs>(row.Says), row.ErpNumber is null ? null : new ErpReference(row.ErpNumber, row.ErpId!),
        JsonSerializer.Deserialize<List<ConfirmationNote>>(row.Notes, JsonSerializerOptions.Web)!, row.ReceivedAt);

    private sealed record Row(string Reference, string Says, string? ErpNumber, string? ErpId, string Notes, DateTimeOffset ReceivedAt);
}
