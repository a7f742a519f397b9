using System.Globalization;
using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Webhooks;

/// <summary>Gives an endpoint a new secret; the old one signs beside it for a while, so that the receiver changes over when it likes.</summary>
public sealed class RotateSecret(NpgsqlDataSource database, TimeProvider clock)
{
    private const int OverlapUsual = 24;
    private const int OverlapMost = 720;

    /// <summary>Rotates. Secrets of earlier rotations end no later than they would have.</summary>
    public async Task<WebhookOutcome<WebhookEndpoint>> Run(Guid id, RotationRequest request, CancellationToken cancel)
    {
        var (reader, now) = (new RequestReader(), clock.GetUtcNow());
        reader.Given(request.Actor, request.Reason);
        var (kind, place) = SecretPlaces.Read(request.Secret, reader);
        var overlap = Overlap(request.OverlapHours, reader);
        if (reader.Errors.Count > 0) return new WebhookUnreadable<WebhookEndpoint>(reader.Errors);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await EndpointRows.Lock(connection, id, cancel) is null) return WebhookEndpoints.Missing(id);
        if (await connection.QuerySingleAsync<bool>(new CommandDefinition(
            "select exists (select from webhooks.secret where endpoint_id = @id and until is null and kind = @kind and place = @place)",
            new { id, kind, place }, cancellationToken: cancel)))
            return new WebhookRefused<WebhookEndpoint>(
                "same-secret", "This is where the secret that signs today is.", "Give the new secret a place of its own, so that both can sign for a while.");
        await connection.ExecuteAsync(new CommandDefinition(
            "update webhooks.secret set until = @until where endpoint_id = @id and until is null",
            new { id, until = now.AddHours(overlap) }, cancellationToken: cancel));
        await Add(connection, id, kind, place, now, cancel);
        await EndpointRows.Keep(connection, id, $"secret rotated, {overlap} hours beside each other", request.Reason!.Trim(), request.Actor!.Trim(), now, cancel);
        await transaction.CommitAsync(cancel);
        return new WebhookDone<WebhookEndpoint>((await EndpointRows.Read(connection, id, now, cancel)).Single());
    }

    /// <summary>The newest secret of an endpoint, inside the caller's transaction.</summary>
    internal static Task Add(NpgsqlConnection connection, Guid endpoint, string kind, string place, DateTimeOffset now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            "insert into webhooks.secret (id, endpoint_id, kind, place, added_at) values (@id, @endpoint, @kind, @place, @now)",
            new { id = Guid.CreateVersion7(now), endpoint, kind, place, now }, cancellationToken: cancel));

    private static int Overlap(string? text, RequestReader reader)
    {
        if (string.IsNullOrEmpty(text)) return OverlapUsual;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var hours) && hours <= OverlapMost) return hours;
        reader.Wrong("overlapHours", $"Is not a whole number from 0 to {OverlapMost}.");
        return OverlapUsual;
    }
}
