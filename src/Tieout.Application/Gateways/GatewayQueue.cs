using Dapper;
using Npgsql;
using Tieout.Application.Exceptions;
using Tieout.Domain;
using Tieout.Domain.Cash.Gateway;
using Tieout.Domain.Exceptions;

namespace Tieout.Application.Gateways;

/// <summary>An object that is ours to book until the transaction ends.</summary>
/// <param name="Events">Those that told of it.</param>
internal sealed record ClaimedObject(
    string Gateway, string Id, string Kind, DateTimeOffset FirstAt, IReadOnlyList<string> Events, IReadOnlyList<GatewayFact> Facts);

/// <summary>Objects of gateways that something was told of since they were looked at, or whose time has come.</summary>
internal static class GatewayQueue
{
    /// <summary>Claims some, charges before payouts. Events that come meanwhile are not kept waiting, and are looked at next.</summary>
    public static async Task<IReadOnlyList<ClaimedObject>> Claim(
        NpgsqlConnection connection, string? gateway, DateTimeOffset now, int most, CancellationToken cancel)
    {
        var objects = (await connection.QueryAsync<Row>(new CommandDefinition(
            """
            select o.gateway, o.id, o.kind, o.first_at from cash.gateway_object o
            where o.tenant = 1 and (@gateway::text is null or o.gateway = @gateway) and (o.gateway, o.id) in (
              select e.gateway, e.object from cash.gateway_event e where e.looked_at is null and e.state = 'taken'
              union
              select d.gateway, d.id from cash.gateway_object d where d.again_at <= @now
              union
              select h.gateway, h.id from cash.gateway_object h
              where h.held_on is not null and cash.goes_on(h.held_entity, h.held_on, h.held_as, h.held_asked))
            order by o.kind, o.first_at, o.gateway, o.id limit @most for no key update of o skip locked
            """, new { gateway, now, most }, commandTimeout: 600, cancellationToken: cancel))).ToList();
        var events = (await connection.QueryAsync<EventRow>(new CommandDefinition(
            """
            select e.gateway, e.object, e.id, e.body
            from unnest(@gateways, @ids) as claim (gateway, id)
            join cash.gateway_event e on e.tenant = 1 and e.gateway = claim.gateway and e.object = claim.id
            where e.state = 'taken'
            """, new { gateways = objects.ConvertAll(one => one.Gateway).ToArray(), ids = objects.ConvertAll(one => one.Id).ToArray() },
            commandTimeout: 600, cancellationToken: cancel))).ToLookup(row => (row.Gateway, row.Object));
        return [.. objects.Select(one => new ClaimedObject(
            one.Gateway, one.Id, one.Kind, one.FirstAt, [.. events[(one.Gateway, one.Id)].Select(told => told.Id)],
            [.. events[(one.Gateway, one.Id)].SelectMany(told => Facts(told.Body))]))];
    }

    /// <summary>What came of them: where they stand, what was booked, which events it was decided by, and the cases of what is parked.</summary>
    public static async Task Save(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyDictionary<string, GatewayPlace> places,
        IReadOnlyList<(ClaimedObject Object, Looked Looked, GatewayWanted Wanted)> looked, DateTimeOffset now, CancellationToken cancel)
    {
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update cash.gateway_object o set state = said.state, code = said.code, reason = said.reason, remedy = said.remedy, again_at = said.again_at,
              held_entity = said.held_entity, held_on = said.held_on, held_as = said.held_as, held_asked = said.held_asked
            from unnest(@gateways, @ids, @states, @codes, @reasons, @remedies, @again, @heldEntities, @heldOn, @heldAs, @heldAsked)
              as said (gateway, id, state, code, reason, remedy, again_at, held_entity, held_on, held_as, held_asked)
            where o.tenant = 1 and o.gateway = said.gateway and o.id = said.id
            """,
            new
            {
                gateways = looked.Select(one => one.Object.Gateway).ToArray(),
                ids = looked.Select(one => one.Object.Id).ToArray(),
                states = looked.Select(one => one.Looked.State).ToArray(),
                codes = looked.Select(one => one.Looked.Code).ToArray(),
                reasons = looked.Select(one => one.Looked.Reason).ToArray(),
                remedies = looked.Select(one => one.Looked.Remedy).ToArray(),
                again = looked.Select(one => one.Looked.AgainAt).ToArray(),
                heldEntities = looked.Select(one => one.Looked.Held?.LegalEntity).ToArray(),
                heldOn = looked.Select(one => one.Looked.Held?.On).ToArray(),
                heldAs = looked.Select(one => one.Looked.Held?.As).ToArray(),
                heldAsked = looked.Select(one => one.Looked.Held?.Asked).ToArray(),
            }, commandTimeout: 600, cancellationToken: cancel));
        var events = looked.SelectMany(one => one.Object.Events.Select(id => (one.Object.Gateway, Id: id))).ToList();
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update cash.gateway_event e set looked_at = @now from unnest(@gateways, @ids) as told (gateway, id)
            where e.tenant = 1 and e.gateway = told.gateway and e.id = told.id and e.looked_at is null
            """, new { now, gateways = events.ConvertAll(one => one.Gateway).ToArray(), ids = events.ConvertAll(one => one.Id).ToArray() },
            commandTimeout: 600, cancellationToken: cancel));
        await AddBooked(connection, looked, now, cancel);
        await GatewayCases.Raise(
            connection, transaction, [.. looked.Where(one => one.Looked.State == "parked").Select(one => Case(places[one.Object.Gateway], one))], now, cancel);
        await ExceptionLog.Resolve(
            connection, transaction, GatewayCases.Kind,
            [.. looked.Where(one => one.Looked.State != "parked").Select(one => GatewayCases.Key(one.Object.Gateway, one.Object.Id))],
            "It stands in the books, or waits for what the gateway tells next.", now);
    }

    private static Task AddBooked(
        NpgsqlConnection connection, IEnumerable<(ClaimedObject Object, Looked Looked, GatewayWanted Wanted)> looked, DateTimeOffset now,
        CancellationToken cancel)
    {
        var rows = looked.SelectMany(one => one.Looked.Booked.Select(booked => (one.Object, Booked: booked))).ToList();
        return rows.Count == 0 ? Task.CompletedTask : connection.ExecuteAsync(new CommandDefinition(
            """
            insert into cash.gateway_booked (gateway, key, object, source, moves, entry_id, number, created_at)
            select gateway, key, object, source, moves, entry, number, @now
            from unnest(@gateways, @keys, @objects, @sources, @moves, @entries, @numbers) as said (gateway, key, object, source, moves, entry, number)
            on conflict (tenant, gateway, key) do nothing
            """,
            new
            {
                now,
                gateways = rows.ConvertAll(row => row.Object.Gateway).ToArray(),
                keys = rows.ConvertAll(row => row.Booked.Key).ToArray(),
                objects = rows.ConvertAll(row => row.Object.Id).ToArray(),
                sources = rows.ConvertAll(row => row.Booked.Step.Source).ToArray(),
                moves = rows.ConvertAll(row => row.Booked.Step.Moves is { } kind ? Words.Of(kind) : null).ToArray(),
                entries = rows.ConvertAll(row => row.Booked.Entry).ToArray(),
                numbers = rows.ConvertAll(row => row.Booked.Number).ToArray(),
            }, commandTimeout: 600, cancellationToken: cancel));
    }

    private static RaisedException Case(GatewayPlace place, (ClaimedObject Object, Looked Looked, GatewayWanted Wanted) one)
    {
        var (about, looked) = (one.Wanted.Received?.Amount ?? one.Wanted.Payout?.Amount, one.Looked);
        var day = one.Wanted.Steps.Select(step => (DateOnly?)step.On).FirstOrDefault();
        return new RaisedException(
            new Finding(ExceptionCategory.Business, looked.Code, looked.Reason, looked.Remedy), GatewayCases.Kind, GatewayCases.Key(place.Name, one.Object.Id),
            LegalEntity: about is { } money ? place.Of(money.Currency)?.Id : null, Month: day is { } on ? AccountingMonth.Of(on).FirstDay : null,
            Currency: about?.Currency.Code, Amount: about?.Amount);
    }

    // A body that was read once is read again.
    private static IReadOnlyList<GatewayFact> Facts(byte[] body) => StripeEvents.Read(body) is GatewayReading.Read read ? read.Facts : [];

    private sealed record Row(string Gateway, string Id, string Kind, DateTimeOffset FirstAt);

    private sealed record EventRow(string Gateway, string Object, string Id, byte[] Body);
}
