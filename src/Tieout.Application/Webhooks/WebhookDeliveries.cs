using System.Globalization;
using System.Text;
using Dapper;
using Npgsql;
using Tieout.Application.Database;

namespace Tieout.Application.Webhooks;

/// <summary>Which deliveries; null narrows nothing.</summary>
/// <param name="Key">The subject's key, such as an invoice number.</param>
public sealed record DeliveryFilter(Guid? Endpoint, string? State, string? Event, string? Key);

/// <summary>One page of deliveries, the newest first.</summary>
/// <param name="Next">Token of the next page; null on the last one.</param>
public sealed record DeliveryList(IReadOnlyList<WebhookDelivery> Rows, string? Next);

/// <summary>An event on its way to an endpoint.</summary>
/// <param name="MessageId">The header <c>webhook-id</c>, the same at every attempt.</param>
/// <param name="State">
/// <c>waiting</c>, <c>delivered</c>, <c>failed</c> (given up), <c>held</c> (its endpoint is, or was, disabled) or <c>cancelled</c>.
/// </param>
/// <param name="NextAt">When it is sent next; null when it is not waiting.</param>
/// <param name="Sending">True while a node has it in hand.</param>
/// <param name="Status">HTTP status of the last answer; null when there was none.</param>
/// <param name="Detail">What came of the last attempt.</param>
public sealed record WebhookDelivery(
    Guid Id, Guid EndpointId, string MessageId, long Sequence, string Event, string Key, string State, int Attempts, DateTimeOffset? NextAt,
    bool Sending, int? Status, string Detail, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt);

/// <summary>One attempt.</summary>
/// <param name="Outcome"><c>delivered</c>, <c>refused</c>, <c>no-answer</c>, <c>not-sent</c>; empty while on the way, and for good when its node died.</param>
/// <param name="Answer">The beginning of what the receiver said.</param>
public sealed record WebhookAttempt(int Number, DateTimeOffset StartedAt, int? DurationMs, string Outcome, int? Status, string Answer, string Detail);

/// <summary>A delivery with what is sent and every attempt.</summary>
public sealed record DeliveryDetail(WebhookDelivery Delivery, string Url, string Body, IReadOnlyList<WebhookAttempt> Attempts);

/// <summary>Lists deliveries and opens one.</summary>
public sealed class WebhookDeliveries(NpgsqlDataSource database)
{
    private const string Columns =
        """
        d.id, d.endpoint_id, 'msg_' || replace(v.id::text, '-', '') as message_id, d.sequence, v.kind as event, v.subject_key as key, d.state, d.attempts,
        d.due_at as next_at, d.claim is not null as sending, d.status, d.detail, d.created_at, d.changed_at
        """;

    /// <summary>One page; <paramref name="after"/> is the last page's <see cref="DeliveryList.Next"/>.</summary>
    public async Task<DeliveryList> Run(DeliveryFilter filter, long? after, int limit, CancellationToken cancel)
    {
        var rows = await database.Rows<Numbered>(
            $"""
            select d.number, {Columns}
            from webhooks.delivery d join webhooks.event v on v.sequence = d.sequence
            where d.tenant = 1 and (@Endpoint::uuid is null or d.endpoint_id = @Endpoint) and (@State::text is null or d.state = @State)
              and (@Event::text is null or v.kind = @Event) and (@Key::text is null or v.subject_key = @Key)
              and (@after::bigint is null or d.number < @after)
            order by d.number desc limit @limit
            """, new { filter.Endpoint, filter.State, filter.Event, filter.Key, after, limit = limit + 1 }, cancel);
        return new DeliveryList(
            [.. rows.Take(limit).Select(row => row.Shown())], rows.Count > limit ? rows[limit - 1].Number.ToString(CultureInfo.InvariantCulture) : null);
    }

    /// <summary>One with its attempts, the first one first; null when there is none.</summary>
    public async Task<DeliveryDetail?> One(Guid id, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (await Row(connection, id, cancel) is not { } delivery) return null;
        var attempts = await connection.QueryAsync<WebhookAttempt>(new CommandDefinition(
            """
            select number, started_at, duration_ms, coalesce(outcome, '') as outcome, status, answer, detail
            from webhooks.attempt where delivery_id = @id order by number
            """, new { id }, cancellationToken: cancel));
        var url = await connection.QuerySingleAsync<string>(new CommandDefinition(
            "select url from webhooks.endpoint where id = @EndpointId", new { delivery.EndpointId }, cancellationToken: cancel));
        var what = await DeliveryQueue.Event(connection, delivery.Sequence, cancel);
        return new DeliveryDetail(delivery, url, Encoding.UTF8.GetString(what.Body()), attempts.AsList());
    }

    /// <summary>One without its attempts; null when there is none.</summary>
    internal static Task<WebhookDelivery?> Row(NpgsqlConnection connection, Guid id, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<WebhookDelivery>(new CommandDefinition(
            $"select {Columns} from webhooks.delivery d join webhooks.event v on v.sequence = d.sequence where d.tenant = 1 and d.id = @id",
            new { id }, cancellationToken: cancel));

    private sealed record Numbered(
        long Number, Guid Id, Guid EndpointId, string MessageId, long Sequence, string Event, string Key, string State, int Attempts, DateTimeOffset? NextAt,
        bool Sending, int? Status, string Detail, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt)
    {
        public WebhookDelivery Shown() => new(
            Id, EndpointId, MessageId, Sequence, Event, Key, State, Attempts, NextAt, Sending, Status, Detail, CreatedAt, ChangedAt);
    }
}
