using System.Globalization;
using Dapper;
using Npgsql;
using Tieout.Application.Exceptions;
using Tieout.Connectors.Stripe;
using Tieout.Domain.Cash.Gateway;
using Tieout.Domain.Exceptions;

namespace Tieout.Application.Gateways;

/// <summary>What asking a gateway's API came to.</summary>
/// <param name="Since">Events from here on were asked for.</param>
/// <param name="NotKept">Events before this are not kept by the gateway any more, and were not asked for before; null where nothing is missing.</param>
/// <param name="Taken">Events that something follows from and no webhook brought.</param>
/// <param name="Payouts">Whose balance transactions were asked for.</param>
/// <param name="Movements">Of these, that were new, or were not known to be part of their payout.</param>
/// <param name="Complete">All was answered; what was not is asked for again the next time.</param>
/// <param name="Booking">What was looked at and booked now; what waits and what is parked is all that does so at the end, of earlier times too.</param>
public sealed record GatewayFetched(
    DateTimeOffset Since, DateTimeOffset? NotKept, int Taken, int Duplicates, int Parked, int Ignored, int Payouts, int Movements, bool Complete,
    IReadOnlyList<FetchTrouble> Troubles, GatewayCounts Booking);

/// <summary>What could not be fetched.</summary>
/// <param name="Code"><c>refused</c>: the gateway says no; <c>silent</c>: it gives no answer; <c>bad-object</c>: one of its objects cannot be read.</param>
public sealed record FetchTrouble(string Code, string What, string Reason, string Remedy);

/// <summary>
/// Asks a gateway's API for what its webhooks may have missed: events since the last time, and what payouts are made of that are not proven yet. All of
/// it goes through the same door as webhooks and exports, so that what is there already adds nothing. Stopped anywhere and run again, it goes on.
/// </summary>
public sealed class FetchGateway(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>How long Stripe keeps events.</summary>
    public static readonly TimeSpan EventsKept = TimeSpan.FromDays(30);

    // An event may be listed a little after it happened.
    private static readonly TimeSpan Overlap = TimeSpan.FromHours(1);
    private const int MostPages = 10_000;
    private const int MostPayouts = 500;

    /// <summary>Fetches and books.</summary>
    /// <param name="gateway">With the key of its API, known to the books.</param>
    /// <param name="since">Events from here on; null for those since the last time, the first time all that are kept.</param>
    public async Task<GatewayFetched> Run(GatewaySettings gateway, DateTimeOffset? since, CancellationToken cancel)
    {
        var (api, began) = (gateway.Api!, clock.GetUtcNow());
        var last = await GatewayFetches.Began(database, gateway.Name, began, cancel);
        var (kept, from) = (began - EventsKept, since ?? last - Overlap ?? began - EventsKept);
        var sum = new GatewayFetched(from > kept ? from : kept, from < kept ? kept : null, 0, 0, 0, 0, 0, 0, Complete: true, [], new GatewayCounts(0, 0, 0, 0, 0));
        using var client = new StripeClient(new StripeAccess(api.Url, api.SecretKey, api.Version, gateway.Account), clock);
        sum = await Events(client, gateway, sum, cancel);
        if (sum.Complete && (since is null || since <= (last ?? kept))) await GatewayFetches.Reached(database, gateway.Name, began, cancel);
        // What is paid out is known now; then what that is made of, and what follows from it.
        var first = await new BookGateway(database, clock).Run(gateway.Name, again: false, cancel);
        sum = await Payouts(client, gateway, sum, cancel);
        var second = await new BookGateway(database, clock).Run(gateway.Name, again: false, cancel);
        await Tell(gateway.Name, sum, cancel);
        var (waits, parked) = await Left(gateway.Name, cancel);
        return sum with
        {
            Booking = new GatewayCounts(first.Looked + second.Looked, first.Booked + second.Booked, waits, parked, first.Fees + second.Fees)
            {
                Exchanges = first.Exchanges + second.Exchanges,
            },
        };
    }

    // What was parked by the first booking and is not looked at by the second is parked all the same.
    private async Task<(int Waits, int Parked)> Left(string gateway, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.QuerySingleAsync<(int, int)>(new CommandDefinition(
            """
            select (count(*) filter (where state = 'waits'))::int,
                   (count(*) filter (where state = 'parked') + (select count(*) from cash.gateway_movement where gateway = @gateway and state = 'parked'))::int
            from cash.gateway_object where gateway = @gateway
            """, new { gateway }, cancellationToken: cancel));
    }

    // The newest first; each page is kept before the next is asked for.
    private async Task<GatewayFetched> Events(StripeClient client, GatewaySettings gateway, GatewayFetched sum, CancellationToken cancel)
    {
        List<(string, string)> filter = [("created[gte]", sum.Since.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture))];
        filter.AddRange(StripeEvents.Types.Select(type => ("types[]", type)));
        await using var connection = await database.OpenConnectionAsync(cancel);
        var place = (await GatewayPlace.All(connection, cancel))[gateway.Name] with { AskedFor = gateway.Account.Length > 0 };
        string? after = null;
        for (var page = 0; page < MostPages; page++)
        {
            var reply = await client.List("events", filter, after, cancel);
            if (reply is not StripeReply.Page(var items, var more)) return Not(sum, "events", reply);
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            var states = await SaveGatewayEvents.Run(connection, transaction, place, [.. items.Select(one => one.Body)], clock.GetUtcNow(), cancel);
            await transaction.CommitAsync(cancel);
            sum = sum with
            {
                Taken = sum.Taken + states.Count(state => state == "taken"),
                Duplicates = sum.Duplicates + states.Count(state => state == "duplicate"),
                Parked = sum.Parked + states.Count(state => state == "parked"),
                Ignored = sum.Ignored + states.Count(state => state == "ignored"),
            };
            if (!more || items.Count == 0) return sum;
            after = items[^1].Id;
        }
        return sum with { Complete = false };
    }

    private async Task<GatewayFetched> Payouts(StripeClient client, GatewaySettings gateway, GatewayFetched sum, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var place = (await GatewayPlace.All(connection, cancel))[gateway.Name];
        var unproven = await connection.QueryAsync<string>(new CommandDefinition(
            """
            select id from cash.gateway_object
            where tenant = 1 and gateway = @Name and kind = 'payout' and state = 'parked' and code in ('movements-missing', 'payout-differs')
            order by first_at, id limit @MostPayouts
            """, new { gateway.Name, MostPayouts }, cancellationToken: cancel));
        foreach (var payout in unproven)
        {
            sum = await Movements(client, connection, place, payout, sum with { Payouts = sum.Payouts + 1 }, cancel);
            // Who does not answer about one does not answer about the others.
            if (sum.Troubles is [.., { Code: "silent" }]) break;
        }
        return sum;
    }

    private async Task<GatewayFetched> Movements(
        StripeClient client, NpgsqlConnection connection, GatewayPlace place, string payout, GatewayFetched sum, CancellationToken cancel)
    {
        string? after = null;
        for (var page = 0; page < MostPages; page++)
        {
            var reply = await client.List("balance_transactions", [("payout", payout)], after, cancel);
            if (reply is not StripeReply.Page(var items, var more)) return Not(sum, $"balance transactions of {payout}", reply);
            var read = items.Select(one => (one.Id, Read: StripeBalance.One(one.Body))).ToList();
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            var changed = await SaveGatewayMovements.Run(
                connection, place, [.. read.Select(one => one.Read.Movement).OfType<GatewayFact.Movement>()], payout, clock.GetUtcNow(), cancel);
            await transaction.CommitAsync(cancel);
            var troubles = read.Where(one => one.Read.Movement is null).Select(one => new FetchTrouble(
                "bad-object", one.Id, $"{one.Read.Problem} is missing or not as Stripe describes it.", "Look at it at the gateway; book it by hand."));
            sum = sum with { Movements = sum.Movements + changed, Troubles = [.. sum.Troubles, .. troubles] };
            if (!more || items.Count == 0) return sum;
            after = items[^1].Id;
        }
        return sum;
    }

    private static GatewayFetched Not(GatewayFetched sum, string what, StripeReply reply) => sum with
    {
        Complete = false,
        Troubles = [.. sum.Troubles, reply is StripeReply.Refused no
            ? new FetchTrouble("refused", what, no.Reason, "Look at the gateway's secret-key and api-version in the gateways file, then fetch again.")
            : new FetchTrouble("silent", what, ((StripeReply.Silent)reply).Reason, "Nothing; it is asked for again.")],
    };

    // A case each for what cannot be fetched and for what is not kept any more: of the second nobody knows what it was, so a person closes it.
    private async Task Tell(string gateway, GatewayFetched sum, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var (key, now) = (GatewayCases.Key(gateway, "fetch"), clock.GetUtcNow());
        if (sum.Complete) await ExceptionLog.Resolve(connection, transaction, GatewayCases.Kind, [key], "Everything was fetched.", now);
        var raised = sum.Complete ? [] : sum.Troubles.Take(1).Select(trouble => new RaisedException(
            new Finding(ExceptionCategory.Technical, "fetch-failed", $"Of {trouble.What}: {trouble.Reason}", trouble.Remedy), GatewayCases.Kind, key)).ToList();
        if (sum.NotKept is { } until)
            raised.Add(new RaisedException(
                new Finding(
                    ExceptionCategory.Business, "events-not-kept",
                    string.Create(
                        CultureInfo.InvariantCulture, $"Events before {until:yyyy-MM-dd HH:mm}Z were not asked for in time; Stripe keeps them for 30 days."),
                    $"Take in Stripe's itemised reports of that time (tieout gateway import FILE --gateway {gateway}), then close the case."),
                GatewayCases.Kind, GatewayCases.Key(gateway, "fetch-gap")));
        await ExceptionLog.Raise(connection, transaction, raised, now);
        await transaction.CommitAsync(cancel);
    }
}
