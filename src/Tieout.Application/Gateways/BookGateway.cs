using Dapper;
using Npgsql;
using Tieout.Application.Exchange;
using Tieout.Application.Statements;
using Tieout.Domain.Cash.Gateway;
using Tieout.Domain.Cash.Matching;

namespace Tieout.Application.Gateways;

/// <summary>What a run of booking came to.</summary>
/// <param name="Looked">Charges and payouts that were looked at.</param>
/// <param name="Booked">Of these, all of which is in the books.</param>
/// <param name="Waits">That wait for another event, or for an invoice.</param>
/// <param name="Parked">That a person has to look at; each is an exception.</param>
/// <param name="Fees">Fees that were booked.</param>
public sealed record GatewayCounts(int Looked, int Booked, int Waits, int Parked, int Fees)
{
    /// <summary>Exchanges into the balance's currency that were booked.</summary>
    public int Exchanges { get; init; }
}

/// <summary>
/// Books what gateways told: of every charge and payout what should stand less what stands. Any number of programs may run it at once: each object is one's
/// at a time, and what is booked is booked once by its key. Stopped anywhere and run again, it goes on from there.
/// </summary>
public sealed class BookGateway(NpgsqlDataSource database, TimeProvider clock)
{
    private const int Most = 100;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(2);

    /// <summary>Books all that is due.</summary>
    /// <param name="gateway">Its name; null for all of them.</param>
    /// <param name="again">Looks at all that waits or is parked as well.</param>
    public async Task<GatewayCounts> Run(string? gateway, bool again, CancellationToken cancel)
    {
        if (again) await LookAgain(gateway, cancel);
        var (fees, parked) = await new BookFees(database, clock).Run(gateway, cancel);
        List<Looked> looked = [];
        while (await Batch(gateway, cancel) is { Count: > 0 } batch) looked.AddRange(batch);
        var (exchanges, unexchanged) = await new BookExchanges(database, clock).Run(gateway, cancel);
        return new GatewayCounts(looked.Count, Count("booked"), Count("waits"), Count("parked") + parked + unexchanged, fees) { Exchanges = exchanges };

        int Count(string state) => looked.Count(one => one.State == state);
    }

    /// <summary>Runs until cancelled, beside serving; a database that is away for a while is waited for.</summary>
    /// <param name="trouble">Told when something unexpected went wrong; the next look comes all the same.</param>
    public async Task Always(Action<string> trouble, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await Run(gateway: null, again: false, cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (Exception unexpected)
            {
                trouble($"Booking of gateways waits: {unexpected.Message}");
            }
            await Task.Delay(BetweenLooks, clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LookAgain(string? gateway, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var now = clock.GetUtcNow();
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update cash.gateway_object set again_at = @now where tenant = 1 and state in ('waits', 'parked') and (@gateway::text is null or gateway = @gateway);
            update cash.gateway_movement set state = 'new', held_entity = null, held_on = null, held_as = null, held_asked = null
            where tenant = 1 and state = 'parked' and (@gateway::text is null or gateway = @gateway);
            update cash.gateway_exchange set state = 'new', held_entity = null, held_on = null, held_as = null, held_asked = null
            where tenant = 1 and state = 'parked' and (@gateway::text is null or gateway = @gateway);
            """, new { gateway, now }, commandTimeout: 600, cancellationToken: cancel));
        var parked = (await connection.QueryAsync<(string Gateway, byte[] Body)>(new CommandDefinition(
            "select gateway, body from cash.gateway_event where tenant = 1 and state = 'parked' and (@gateway::text is null or gateway = @gateway) limit 10000",
            new { gateway }, commandTimeout: 600, cancellationToken: cancel))).ToList();
        var places = await GatewayPlace.All(connection, cancel);
        // What a newer program can read is taken now.
        foreach (var of in parked.GroupBy(row => row.Gateway, StringComparer.Ordinal))
            await SaveGatewayEvents.Run(connection, transaction, places[of.Key], [.. of.Select(row => row.Body)], now, cancel);
        await transaction.CommitAsync(cancel);
    }

    private async Task<IReadOnlyList<Looked>> Batch(string? gateway, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var claimed = await GatewayQueue.Claim(connection, gateway, clock.GetUtcNow(), Most, cancel);
        if (claimed.Count == 0) return [];
        var places = await GatewayPlace.All(connection, cancel);
        var charges = claimed.Where(one => one.Kind == "charge")
            .Select(one => new ChargeToBook(places[one.Gateway], one.Id, one.FirstAt, GatewaySteps.OfCharge(one.Facts))).ToList();
        var book = await Book(connection, charges, cancel);
        List<(ClaimedObject Object, Looked Looked, GatewayWanted Wanted)> looked = [];
        foreach (var charge in charges)
        {
            var came = await Safely(() => new BookCharge(database, clock).Run(connection, charge, book, cancel));
            looked.Add((claimed.Single(one => one.Gateway == charge.Place.Name && one.Id == charge.Charge), came, charge.Wanted));
        }
        foreach (var payout in claimed.Where(one => one.Kind == "payout"))
        {
            var wanted = GatewaySteps.OfPayout(payout.Facts);
            var came = await Safely(() => new BookPayout(database, clock).Run(connection, places[payout.Gateway], payout.Id, wanted, cancel));
            looked.Add((payout, came, wanted));
        }
        await GatewayQueue.Save(connection, transaction, places, looked, clock.GetUtcNow(), cancel);
        await transaction.CommitAsync(cancel);
        return [.. looked.Select(one => one.Looked)];
    }

    // What one charge may settle is looked up for all of them together. Without a customer or an invoice's number there is nothing to look up.
    private async Task<MatchBook> Book(NpgsqlConnection connection, IReadOnlyList<ChargeToBook> charges, CancellationToken cancel)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var lines = charges.Where(one => one.Wanted.Received is { Reference.Length: > 0 })
            .Select(one => GatewayLines.Line(one.Place, one.Wanted.Received!, today)).ToList();
        return lines.Count == 0 ? new MatchBook([], []) : await MatchCandidates.Book(connection, lines, cancel);
    }

    // What the books refuse of one object, and what fails at it, stops that object alone. A database that is away, or a deadlock, is everybody's: the next
    // look finds all of them again.
    private static async Task<Looked> Safely(Func<Task<Looked>> look)
    {
        try
        {
            return await look();
        }
        catch (RateMissingException missing)
        {
            return Looked.Parked(missing.Finding.Code, missing.Finding.Cause, missing.Finding.Remedy);
        }
        catch (PostgresException refused) when (!refused.IsTransient)
        {
            return Looked.Parked("refused-by-the-books", $"The books refuse it: {refused.MessageText}", "Look at what it stands on, and look again.");
        }
        catch (Exception unexpected) when (unexpected is not (OperationCanceledException or NpgsqlException))
        {
            return Looked.Parked("unexpected", $"The program failed at it: {unexpected.Message}", "Tell whoever looks after the program, and look again.");
        }
    }
}
