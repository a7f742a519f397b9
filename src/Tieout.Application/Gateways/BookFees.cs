using Dapper;
using Npgsql;
using Tieout.Application.Exceptions;
using Tieout.Application.Exchange;
using Tieout.Domain;
using Tieout.Domain.Cash.Gateway;
using Tieout.Domain.Exceptions;

namespace Tieout.Application.Gateways;

/// <summary>
/// Books what a gateway kept: each fee an entry of its own, on the day of its movement. Not with the payment: of a webhook the fee is known later or never,
/// and the books are to be the same whatever came first.
/// </summary>
internal sealed class BookFees(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Books all that are not; each in a transaction of its own. How many were booked, and how many were parked.</summary>
    public async Task<(int Booked, int Parked)> Run(string? gateway, CancellationToken cancel)
    {
        var (booked, parked) = (0, 0);
        while (true)
        {
            await using var connection = await database.OpenConnectionAsync(cancel);
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
                """
                select gateway, id, kind, source, currency, gross, fee, made_at, available_on from cash.gateway_movement
                where tenant = 1 and (state = 'new' or (held_on is not null and cash.goes_on(held_entity, held_on, held_as, held_asked)))
                  and (@gateway::text is null or gateway = @gateway)
                order by gateway, made_at, id limit 1 for update skip locked
                """, new { gateway }, cancellationToken: cancel));
            if (row is null) return (booked, parked);
            if (await Book(connection, transaction, row, cancel)) booked++;
            else parked++;
            await transaction.CommitAsync(cancel);
        }
    }

    private async Task<bool> Book(NpgsqlConnection connection, NpgsqlTransaction transaction, Row row, CancellationToken cancel)
    {
        var (place, movement, now) = ((await GatewayPlace.All(connection, cancel))[row.Gateway], row.Movement, clock.GetUtcNow());
        var fee = GatewayEntries.Fee(movement);
        if (place.Of(fee.Currency) is not { } entity)
        {
            await Park(connection, transaction, row, fee, Looks.NoEntity(place, fee.Currency), now, cancel);
            return false;
        }
        var text = $"Fee {row.Id} of {row.Gateway}{(row.Source.Length > 0 && row.Source.Length < 60 ? $" for {row.Source}" : "")}";
        var key = $"fee/{row.Id}";
        var toBook = new GatewayEntryToBook(
            place.Key(key), entity, DateOnly.FromDateTime(movement.At.UtcDateTime), text, fee.Currency, GatewayEntries.Kept(fee.Amount));
        await transaction.SaveAsync("fee", cancel);
        GatewayEntryOutcome outcome;
        try
        {
            outcome = await SaveGatewayEntry.Run(connection, toBook, now, cancel);
        }
        catch (RateMissingException missing)
        {
            await transaction.RollbackAsync("fee", cancel);
            var finding = missing.Finding;
            await Park(connection, transaction, row, fee, Looked.Parked(finding.Code, finding.Cause, finding.Remedy), now, cancel);
            return false;
        }
        if (outcome is not GatewayEntryOutcome.Stands(var entry, var number))
        {
            var held = ((GatewayEntryOutcome.Held)outcome).Day;
            var looked = await GatewayLate.Hold(database, entity, held, place.Key(key), [], now, cancel);
            await Park(connection, transaction, row, fee, looked, now, cancel);
            return false;
        }
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into cash.gateway_booked (gateway, key, object, source, moves, entry_id, number, created_at)
            values (@Gateway, @key, @Id, @Id, 'fee', @entry, @number, @now) on conflict do nothing
            """, new { row.Gateway, key, row.Id, entry, number, now }, cancellationToken: cancel));
        await Mark(connection, row, "booked", number, held: null, cancel);
        await ExceptionLog.Resolve(connection, transaction, GatewayCases.Kind, [GatewayCases.Key(row.Gateway, row.Id)], $"Booked as {number}.", now);
        return true;
    }

    private static async Task Park(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Row row, Money fee, Looked why, DateTimeOffset now, CancellationToken cancel)
    {
        await Mark(connection, row, "parked", "", why.Held, cancel);
        await GatewayCases.Raise(connection, transaction, [new RaisedException(
            new Finding(ExceptionCategory.Business, why.Code, why.Reason, why.Remedy), GatewayCases.Kind, GatewayCases.Key(row.Gateway, row.Id),
            LegalEntity: why.Held?.LegalEntity, Month: why.Held is { } held ? AccountingMonth.Of(held.On).FirstDay : null,
            Currency: fee.Currency.Code, Amount: fee.Amount)], now, cancel);
    }

    private static Task Mark(NpgsqlConnection connection, Row row, string state, string number, HeldDay? held, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            update cash.gateway_movement
            set state = @state, entry_number = @number, held_entity = @entity, held_on = @On, held_as = @As, held_asked = @Asked
            where tenant = 1 and gateway = @Gateway and id = @Id
            """, new { row.Gateway, row.Id, state, number, entity = held?.LegalEntity, held?.On, held?.As, held?.Asked }, cancellationToken: cancel));

    private sealed record Row(
        string Gateway, string Id, string Kind, string Source, string Currency, decimal Gross, decimal Fee, DateTimeOffset MadeAt, DateOnly AvailableOn)
    {
        public GatewayFact.Movement Movement => new MovementRow(Id, Kind, Source, Currency, Gross, Fee, MadeAt, AvailableOn).Movement;
    }
}
