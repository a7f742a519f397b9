using Dapper;
using Npgsql;
using Tieout.Application.Exceptions;
using Tieout.Application.Exchange;
using Tieout.Domain;
using Tieout.Domain.Cash.Gateway;
using Tieout.Domain.Exceptions;

namespace Tieout.Application.Gateways;

/// <summary>
/// Books what gateways exchanged: where the balance got another currency than the customer paid, what was booked leaves clearing in the one and comes
/// there in the other. Not with the payment: what the balance got is known later, and the books are to be the same whatever came first.
/// </summary>
internal sealed class BookExchanges(NpgsqlDataSource database, TimeProvider clock)
{
    private const int PairsAtOnce = 1_000;

    /// <summary>Books all that are not; each in a transaction of its own. How many were booked, and how many were parked.</summary>
    public async Task<(int Booked, int Parked)> Run(string? gateway, CancellationToken cancel)
    {
        while (await Pair(gateway, cancel) == PairsAtOnce) { }
        var (booked, parked) = (0, 0);
        while (true)
        {
            await using var connection = await database.OpenConnectionAsync(cancel);
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            var row = await connection.QuerySingleOrDefaultAsync<ExchangeRow>(new CommandDefinition(
                """
                select x.gateway, x.movement, x.step, b.object, b.source, x.legal_entity_id, e.code as legal_entity, e.currency as books, x.given_currency,
                       x.given as given_amount, x.got_currency, x.got as got_amount, x.made_on, (
                         select count(*) from cash.gateway_exchange other where other.tenant = 1 and other.gateway = x.gateway and other.step = x.step) as movements
                from cash.gateway_exchange x
                join cash.gateway_booked b on b.tenant = x.tenant and b.gateway = x.gateway and b.key = x.step
                join customers.legal_entity e on e.id = x.legal_entity_id
                where x.tenant = 1 and (@gateway::text is null or x.gateway = @gateway)
                  and (x.state = 'new' or (x.held_on is not null and cash.goes_on(x.held_entity, x.held_on, x.held_as, x.held_asked)))
                order by x.gateway, x.made_on, x.movement limit 1 for update of x skip locked
                """, new { gateway }, cancellationToken: cancel));
            if (row is null) return (booked, parked);
            if (await Book(connection, transaction, row, cancel)) booked++;
            else parked++;
            await transaction.CommitAsync(cancel);
        }
    }

    // Each movement is held once against the entry of what it is a movement of; of the same currency nothing follows.
    private async Task<int> Pair(string? gateway, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.ExecuteScalarAsync<int>(new CommandDefinition(
            """
            with pair as (
              select m.gateway, m.id, m.currency, m.gross, m.made_at, b.key, b.entry_id
              from cash.gateway_movement m
              join cash.gateway_booked b on b.tenant = m.tenant and b.gateway = m.gateway and b.source = m.source and b.moves = m.kind
                and not cash.taken_back_by_hand(b.entry_id)
              where m.tenant = 1 and not m.paired and m.kind not in ('fee', 'payout', 'payout-failed') and (@gateway::text is null or m.gateway = @gateway)
              limit @PairsAtOnce for update of m skip locked),
            paired as (
              update cash.gateway_movement m set paired = true from pair where m.tenant = 1 and m.gateway = pair.gateway and m.id = pair.id returning m.id),
            exchanged as (
              insert into cash.gateway_exchange (gateway, movement, step, legal_entity_id, given_currency, given, got_currency, got, made_on)
              select pair.gateway, pair.id, pair.key, p.legal_entity_id, p.currency, lies.amount, pair.currency, pair.gross,
                     greatest((pair.made_at at time zone 'utc')::date, e.entry_date)
              from pair
              join posting.posting p on p.document_id = pair.entry_id
              join ledger.journal_entry e on e.id = pair.entry_id
              cross join lateral (
                select sum(l.amount) as amount from ledger.journal_line l where l.entry_id = pair.entry_id and l.account = 'gateway-clearing') lies
              where p.currency <> pair.currency and lies.amount <> 0)
            select count(*)::int from paired
            """, new { gateway, PairsAtOnce }, commandTimeout: 600, cancellationToken: cancel));
    }

    private async Task<bool> Book(NpgsqlConnection connection, NpgsqlTransaction transaction, ExchangeRow row, CancellationToken cancel)
    {
        var (place, now) = ((await GatewayPlace.All(connection, cancel))[row.Gateway], clock.GetUtcNow());
        if (Looked(row, place) is { } wrong)
        {
            await Park(connection, transaction, row, wrong, now, cancel);
            return false;
        }
        await transaction.SaveAsync("exchange", cancel);
        ExchangeOutcome outcome;
        try
        {
            outcome = await SaveExchange.Run(connection, row, place, now, cancel);
        }
        catch (RateMissingException missing)
        {
            await transaction.RollbackAsync("exchange", cancel);
            var finding = missing.Finding;
            await Park(connection, transaction, row, Gateways.Looked.Parked(finding.Code, finding.Cause, finding.Remedy), now, cancel);
            return false;
        }
        if (outcome is ExchangeOutcome.Held(var held))
        {
            await Park(
                connection, transaction, row, await GatewayLate.Hold(database, place.Of(row.Got.Currency)!, held, place.Key(row.Key), [], now, cancel), now, cancel);
            return false;
        }
        await ExceptionLog.Resolve(connection, transaction, GatewayCases.Kind, [row.Case], $"Booked as {((ExchangeOutcome.Booked)outcome).Number}.", now);
        return true;
    }

    private static Looked? Looked(ExchangeRow row, GatewayPlace place)
    {
        if (place.Of(row.Got.Currency) is not { } entity) return Looks.NoEntity(place, row.Got.Currency);
        return entity.Id != row.LegalEntityId
            ? Gateways.Looked.Parked(
                "other-entity", $"{row.Given} of {row.Source} is held for {row.LegalEntity}, and what the gateway made of it, {row.Got}, for {entity.Code}.",
                "Name one legal entity for both currencies in the gateways file, or book the exchange by hand in both.")
            : row.Movements > 1 ? Gateways.Looked.Parked(
                "several-movements", $"The gateway tells {row.Movements} movements in another currency of {row.Source}, which was booked once.",
                "Look at it at the gateway; book the exchange by hand.")
            : !row.Exchange.IsOne ? Gateways.Looked.Parked(
                "contradiction", $"{row.Given} is booked of {row.Source}, and the gateway's balance moved by {row.Got}.",
                "Look at it at the gateway; book the exchange by hand.")
            : null;
    }

    private static async Task Park(
        NpgsqlConnection connection, NpgsqlTransaction transaction, ExchangeRow row, Looked why, DateTimeOffset now, CancellationToken cancel)
    {
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update cash.gateway_exchange set state = 'parked', held_entity = @entity, held_on = @On, held_as = @As, held_asked = @Asked
            where tenant = 1 and gateway = @Gateway and movement = @Movement
            """, new { row.Gateway, row.Movement, entity = why.Held?.LegalEntity, why.Held?.On, why.Held?.As, why.Held?.Asked }, cancellationToken: cancel));
        await GatewayCases.Raise(connection, transaction, [new RaisedException(
            new Finding(ExceptionCategory.Business, why.Code, why.Reason, why.Remedy), GatewayCases.Kind, row.Case, LegalEntity: row.LegalEntityId,
            Month: AccountingMonth.Of(row.MadeOn).FirstDay, Currency: row.GotCurrency, Amount: row.Got.Amount)], now, cancel);
    }
}

/// <summary>An exchange on its way into the books.</summary>
/// <param name="Step">Key of the entry whose money was exchanged; <paramref name="Source"/> is the gateway's id of that.</param>
/// <param name="Movements">How many movements in another currency the gateway tells of it.</param>
internal sealed record ExchangeRow(
    string Gateway, string Movement, string Step, string Object, string Source, Guid LegalEntityId, string LegalEntity, string Books, string GivenCurrency,
    decimal GivenAmount, string GotCurrency, decimal GotAmount, DateOnly MadeOn, long Movements)
{
    public Money Given => new(GivenAmount, Currency.Of(GivenCurrency));

    public Money Got => new(GotAmount, Currency.Of(GotCurrency));

    public GatewayExchange Exchange => new(Given, Got);

    /// <summary>The step under which it is booked.</summary>
    public string Key => $"exchange/{Movement}";

    /// <summary>Names its case.</summary>
    public string Case => GatewayCases.Key(Gateway, $"{Movement}/exchange");
}
