using System.Security.Cryptography;
using Dapper;
using Npgsql;
using Tieout.Application.Exceptions;
using Tieout.Domain.Cash.Gateway;
using Tieout.Domain.Exceptions;

namespace Tieout.Application.Gateways;

/// <summary>An event as it is kept.</summary>
/// <param name="Object">The charge or payout it is about; null where nothing follows from it.</param>
internal sealed record KeptEvent(
    string Id, string Type, byte[] Body, string State, string Code, string Reason, string Remedy, string? Object, string? Kind,
    IReadOnlyList<GatewayFact.Movement> Movements);

/// <summary>Keeps events byte for byte, each once, with what it is about; whoever books finds them. Inside the caller's transaction.</summary>
internal static class SaveGatewayEvents
{
    /// <summary>What became of each, in their order: taken, parked, ignored or duplicate.</summary>
    public static async Task<IReadOnlyList<string>> Run(
        NpgsqlConnection connection, NpgsqlTransaction transaction, GatewayPlace place, IReadOnlyList<byte[]> bodies, DateTimeOffset now,
        CancellationToken cancel)
    {
        var read = bodies.Select(body => Read(place, body)).ToList();
        var events = read.DistinctBy(one => one.Id, StringComparer.Ordinal).OrderBy(one => one.Id, StringComparer.Ordinal).ToList();
        await AddObjects(connection, place, events, now, cancel);
        var kept = (await Add(connection, place, events, now, cancel)).ToHashSet(StringComparer.Ordinal);
        await SaveGatewayMovements.Run(connection, place, [.. events.SelectMany(one => one.Movements)], payout: null, now, cancel);
        await ExceptionLog.Raise(
            connection, transaction, [.. events.Where(one => one.State == "parked" && kept.Contains(one.Id)).Select(one => Case(place, one))], now);
        await ExceptionLog.Resolve(
            connection, transaction, GatewayCases.Kind, [.. events.Where(one => one.State == "taken").Select(one => GatewayCases.Key(place.Name, one.Id))],
            "It came again in a form that can be read.", now);
        var told = new HashSet<string>(StringComparer.Ordinal);
        return [.. read.Select(one => kept.Contains(one.Id) && told.Add(one.Id) ? one.State : "duplicate")];
    }

    /// <summary>What follows from an event at this gateway.</summary>
    public static KeptEvent Read(GatewayPlace place, byte[] body) => Named(Judged(place, body) with { Body = body });

    private static KeptEvent Judged(GatewayPlace place, byte[] body) => StripeEvents.Read(body) switch
    {
        // An endpoint may send more than we need; nothing is wrong with it.
        GatewayReading.Parked { Code: "unknown-type", Field: "type" } other => Nothing(other.Id, "", "ignored", other.Code, other.Reason, other.Remedy),
        GatewayReading.Parked bad => Nothing(
            bad.Id, "", "parked", bad.Code, bad.Code == "bad-object" ? $"{bad.Field}: {bad.Reason}" : bad.Reason, bad.Remedy),
        GatewayReading.Read read when read.Live != place.Live => Nothing(
            read.Id, read.Type, "ignored", "other-mode", $"It happened in {(read.Live ? "live" : "test")} mode.", "Nothing; the gateway is set to the other mode."),
        GatewayReading.Read read when read.Account != place.Account && !(place.AskedFor && read.Account.Length == 0) => Nothing(
            read.Id, read.Type, "ignored", "other-account", "It is about another account than the gateway's.", "Give that account a gateway of its own."),
        GatewayReading.Read read when About(read.Facts) is var (id, kind) =>
            new KeptEvent(read.Id, read.Type, body, "taken", "", "", "", id, kind, [.. read.Facts.OfType<GatewayFact.Movement>()]),
        GatewayReading.Read read => Nothing(read.Id, read.Type, "ignored", "no-money", "It moves no money.", "Nothing."),
        var other => throw new InvalidOperationException($"No answer for {other}."),
    };

    private static KeptEvent Nothing(string id, string type, string state, string code, string reason, string remedy) =>
        new(id, type, [], state, code, reason, remedy, null, null, []);

    private static (string Id, string Kind)? About(IReadOnlyList<GatewayFact> facts) => facts.FirstOrDefault(fact => fact is not GatewayFact.Movement) switch
    {
        GatewayFact.Received one => (one.Charge, "charge"),
        GatewayFact.Refund one => (one.Charge, "charge"),
        GatewayFact.RefundedInAll one => (one.Charge, "charge"),
        GatewayFact.Dispute one => (one.Charge, "charge"),
        GatewayFact.Payout one => (one.Id, "payout"),
        _ => null,
    };

    // Who has to act: another version is a setting of the endpoint, the rest is money that somebody has to look at.
    private static RaisedException Case(GatewayPlace place, KeptEvent one) => new(
        new Finding(one.Code == "unknown-version" ? ExceptionCategory.Technical : ExceptionCategory.Business, one.Code, one.Reason, one.Remedy),
        GatewayCases.Kind, GatewayCases.Key(place.Name, one.Id));

    private static Task AddObjects(
        NpgsqlConnection connection, GatewayPlace place, IEnumerable<KeptEvent> events, DateTimeOffset now, CancellationToken cancel)
    {
        var objects = events.Where(one => one.Object is not null).DistinctBy(one => one.Object).OrderBy(one => one.Object, StringComparer.Ordinal).ToList();
        return objects.Count == 0 ? Task.CompletedTask : connection.ExecuteAsync(new CommandDefinition(
            """
            insert into cash.gateway_object (gateway, id, kind, first_at) select @Name, id, kind, @now from unnest(@ids, @kinds) as told (id, kind)
            on conflict do nothing
            """,
            new { place.Name, now, ids = objects.Select(one => one.Object!).ToArray(), kinds = objects.Select(one => one.Kind!).ToArray() },
            cancellationToken: cancel));
    }

    // The same id again is the same event; only what could not be read may come in another form.
    private static Task<IEnumerable<string>> Add(
        NpgsqlConnection connection, GatewayPlace place, List<KeptEvent> events, DateTimeOffset now, CancellationToken cancel) =>
        connection.QueryAsync<string>(new CommandDefinition(
            """
            insert into cash.gateway_event as e (gateway, id, type, body, received_at, state, code, reason, remedy, object)
            select @Name, id, type, body, @now, state, code, reason, remedy, object
            from unnest(@ids, @types, @bodies, @states, @codes, @reasons, @remedies, @objects) as told (id, type, body, state, code, reason, remedy, object)
            on conflict (tenant, gateway, id) do update set type = excluded.type, body = excluded.body, state = excluded.state, code = excluded.code,
              reason = excluded.reason, remedy = excluded.remedy, object = excluded.object
            where e.state = 'parked' and excluded.state <> 'parked'
            returning id
            """,
            new
            {
                place.Name,
                now,
                ids = events.ConvertAll(one => one.Id).ToArray(),
                types = events.ConvertAll(one => one.Type).ToArray(),
                bodies = events.ConvertAll(one => one.Body).ToArray(),
                states = events.ConvertAll(one => one.State).ToArray(),
                codes = events.ConvertAll(one => one.Code).ToArray(),
                reasons = events.ConvertAll(one => one.Reason).ToArray(),
                remedies = events.ConvertAll(one => one.Remedy).ToArray(),
                objects = events.ConvertAll(one => one.Object).ToArray(),
            }, cancellationToken: cancel));

    // What has no id is known by its bytes.
    private static KeptEvent Named(KeptEvent one) =>
        one.Id.Length > 0 ? one : one with { Id = $"body-{Convert.ToHexStringLower(SHA256.HashData(one.Body))}" };
}
