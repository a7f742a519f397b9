using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Subscriptions;

/// <summary>What was answered to whoever recorded an amendment; the same key again gets the same.</summary>
/// <param name="Subscription">Code of the subscription.</param>
/// <param name="Version">The amendment's number, from 1.</param>
/// <param name="Kind">What it does.</param>
/// <param name="EffectiveOn">The first day it counts.</param>
/// <param name="EffectiveTime">Local time of day.</param>
/// <param name="State">What it left the subscription in, from its own day on.</param>
/// <param name="Words">What it did, in a sentence.</param>
/// <param name="RecordedAt">When it was written.</param>
public sealed record AmendmentAnswer(
    string Subscription, int Version, AmendmentKind Kind, DateOnly EffectiveOn, TimeOnly EffectiveTime, SubscriptionState State, string Words,
    DateTimeOffset RecordedAt);

/// <summary>Writes amendments and what billing has to look at, and knows keys again.</summary>
internal static class AmendmentLog
{
    private static readonly JsonSerializerOptions Canonical = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>The hash of a request as it was asked, subscription included: another content under the same key has another.</summary>
    public static string Hash<T>(string code, T request) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new { code, kind = typeof(T).Name, request }, Canonical)));

    /// <summary>What was answered under a key, and the hash of what was asked; null when the key is new or none was given.</summary>
    public static async Task<(AmendmentAnswer Answer, string Sha256)?> Answered(NpgsqlConnection connection, string? key, CancellationToken cancel)
    {
        if (key is null) return null;
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            """
            select s.code as subscription, a.version, a.kind, a.effective_on, a.effective_time, a.state, a.words, a.recorded_at, a.request_sha256 as sha256
            from subscriptions.amendment a
            join subscriptions.subscription s on s.billing_account_id = a.billing_account_id and s.id = a.subscription_id
            where a.tenant = 1 and a.idempotency_key = @key
            """, new { key }, cancellationToken: cancel));
        if (row is null) return null;
        return (new AmendmentAnswer(
            row.Subscription, row.Version, Words.Parse<AmendmentKind>(row.Kind), row.EffectiveOn, row.EffectiveTime,
            Words.Parse<SubscriptionState>(row.State), row.Words, row.RecordedAt), row.Sha256);
    }

    /// <summary>Writes one amendment.</summary>
    public static Task Write(
        NpgsqlConnection connection, Guid account, Guid subscription, StoredAmendment stored, string? key, string? sha256, PriceBook prices,
        CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into subscriptions.amendment (
              billing_account_id, subscription_id, version, kind, effective_on, effective_time, content, words, state, reason, actor,
              idempotency_key, request_sha256, recorded_at)
            values (@account, @subscription, @Version, @kind, @EffectiveOn, @EffectiveTime, @content::jsonb, @Words, @state, @Reason, @Actor,
              @key, @sha256, @RecordedAt)
            """,
            new
            {
                account,
                subscription,
                stored.Amendment.Version,
                kind = Words.Of(stored.Amendment.Change.Kind),
                stored.Amendment.EffectiveOn,
                stored.Amendment.EffectiveTime,
                content = new ContentJson(prices).Write(stored.Amendment.Change),
                stored.Words,
                state = Words.Of(stored.State),
                stored.Amendment.Reason,
                stored.Amendment.Actor,
                key,
                sha256 = key is null ? null : sha256,
                stored.RecordedAt,
            }, cancellationToken: cancel));

    /// <summary>Tells billing to look at a subscription again.</summary>
    public static Task Touch(
        NpgsqlConnection connection, Guid account, Guid subscription, DateOnly from, string reason, DateTimeOffset now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into subscriptions.touched (id, billing_account_id, subscription_id, from_date, reason, at)
            values (@id, @account, @subscription, @from, @reason, @now)
            """, new { id = Guid.CreateVersion7(), account, subscription, from, reason, now }, cancellationToken: cancel));

    private sealed record Row(
        string Subscription, int Version, string Kind, DateOnly EffectiveOn, TimeOnly EffectiveTime, string State, string Words,
        DateTimeOffset RecordedAt, string Sha256);
}
