using Dapper;
using Npgsql;
using Tieout.Application.Ledger;
using Tieout.Domain;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Revenue;

/// <summary>Why something is left in deferred revenue in the currency of the books alone. <see cref="Words"/> spells it outside the program.</summary>
public enum ExchangeCause
{
    /// <summary>A document gave back at another rate than it was invoiced at; booked with the months that it gives back.</summary>
    Released,

    /// <summary>Documents of given contracts come to nothing, at different rates.</summary>
    Contracts,

    /// <summary>An earlier version left it.</summary>
    Earlier,
}

/// <summary>
/// Books what different rates left in deferred revenue as an exchange gain or loss, inside the caller's transaction: an entry that moves something in
/// the currency of the books alone and is told the ERP in it.
/// </summary>
internal sealed class ExchangeDeferred(NpgsqlConnection connection, RevenueRequest request, Guid run, DateTimeOffset now)
{
    // Of contracts whose documents are released whole, or give back whole, with what of them is.
    private const string Finished =
        $"""
        with finished as (
          select c.id, c.currency, coalesce(gone.functional, 0) as gone
          from revenue.contract c
          join lateral (
            select sum(x.amount) as amount from revenue.schedule x join revenue.batch b on b.id = x.batch and b.month <= @month
            where x.contract_id = c.id and x.invoice_id is not null) covered on true
          left join lateral (
            select sum(k.amount) as amount, sum(k.functional) as functional from revenue.contract_carried k where k.contract_id = c.id) gone on true
          where c.legal_entity_id = @Id and c.currency <> @Currency and covered.amount = coalesce(gone.amount, 0))
        select finished.id as contract, finished.currency, finished.gone, {DocumentLines.Columns}
        from finished
        join revenue.schedule s on s.contract_id = finished.id and s.invoice_id is not null
        join revenue.batch b on b.id = s.batch and b.month <= @month
        {DocumentLines.Joins}
        order by finished.id
        """;

    /// <summary>What was booked.</summary>
    public List<ExchangedDeferred> Booked { get; } = [];

    /// <summary>What the months of a booking left; nothing where they left nothing.</summary>
    /// <param name="left">Above zero for a gain; in the currency of the books.</param>
    public async Task Released(LedgerEntity entity, AccountingMonth month, Currency currency, int booking, decimal left, CancellationToken cancel)
    {
        if (left != 0m) await Save(entity, month, currency, ExchangeCause.Released, booking, left, [], cancel);
    }

    /// <summary>What given contracts left, and once what an earlier version did.</summary>
    public async Task Rest(LedgerEntity entity, CancellationToken cancel)
    {
        var books = Currency.Of(entity.Currency);
        foreach (var (currency, contracts) in await Contracts(entity, books, cancel))
            await Save(entity, request.Month, Currency.Of(currency), ExchangeCause.Contracts, null, contracts.Sum(one => one.Left), contracts, cancel);
        var marked = (await connection.QueryAsync<string>(new CommandDefinition(
            "delete from revenue.exchange_mark where legal_entity_id = @Id returning currency", new { entity.Id }, cancellationToken: cancel))).ToHashSet();
        if (marked.Count == 0) return;
        foreach (var balance in await DeferredInBooks.Run(connection, entity.Id, request.Month, cancel))
            if (marked.Contains(balance.Currency) && !balance.Difference.IsZero)
                await Save(
                    entity, request.Month, Currency.Of(balance.Currency), ExchangeCause.Earlier, null, balance.Difference.Amount, [], cancel);
    }

    // By currency; contracts that leave gains and contracts that leave losses may come to nothing, and then wait for the next that leaves something.
    private async Task<IEnumerable<(string Currency, List<(Guid Contract, decimal Left)> Contracts)>> Contracts(
        LedgerEntity entity, Currency books, CancellationToken cancel)
    {
        Dictionary<(string Currency, Guid Contract), decimal> left = [];
        var asked = new { entity.Id, entity.Currency, month = request.Month.FirstDay };
        await foreach (var row in connection.QueryUnbufferedAsync<FinishedRow>(Finished, asked, commandTimeout: 600).WithCancellation(cancel))
        {
            var key = (row.Currency, row.Contract);
            var carried = DocumentLines.Carried(row.Line, row.Before, row.Whole, row.Functional, row.Rate, books).Functional;
            left[key] = left.GetValueOrDefault(key, -row.Gone) + carried;
        }
        return left.Where(one => one.Value != 0m).GroupBy(one => one.Key.Currency, StringComparer.Ordinal)
            .Where(group => group.Sum(one => one.Value) != 0m)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => (group.Key, group.OrderBy(one => one.Key.Contract).Select(one => (one.Key.Contract, one.Value)).ToList()));
    }

    private async Task Save(
        LedgerEntity entity, AccountingMonth month, Currency currency, ExchangeCause cause, int? booking, decimal functional,
        List<(Guid Contract, decimal Left)> contracts, CancellationToken cancel)
    {
        var books = Currency.Of(entity.Currency);
        var text = functional > 0m ? "Exchange gain" : "Exchange loss";
        var (id, number) = await new RunEntry(connection, request, run, now).Save(
            entity.Id, month, $"Exchange differences of deferred revenue of {month}",
            [
                (new JournalLine(LedgerAccount.DeferredRevenue, Money.Zero(currency), new Money(functional, books)), text),
                (new JournalLine(LedgerAccount.FxGainLoss, Money.Zero(currency), new Money(-functional, books)), text),
            ],
            inBooks: true, cancel);
        // Two statements: the second proves what it finds under its number.
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into revenue.contract_carried (booking, contract_id, amount, functional)
            select @no, contract, 0, functional from unnest(@contracts, @left) as of (contract, functional);
            insert into revenue.exchange (id, legal_entity_id, currency, month, cause, booking, functional, entry_id, run_id, created_at)
            values (@no, @Entity, @Code, @month, @cause, @booking, @functional, @id, @run, @now);
            """,
            new
            {
                no = await connection.QuerySingleAsync<int>(new CommandDefinition("select nextval('revenue.booking_id')::int", cancellationToken: cancel)),
                contracts = contracts.ConvertAll(one => one.Contract).ToArray(),
                left = contracts.ConvertAll(one => one.Left).ToArray(),
                Entity = entity.Id,
                currency.Code,
                month = month.FirstDay,
                cause = Words.Of(cause),
                booking,
                functional,
                id,
                run,
                now,
            }, commandTimeout: 600, cancellationToken: cancel));
        Booked.Add(new ExchangedDeferred(entity.Code, month, number, new Money(functional, books), cause));
    }

    private sealed record FinishedRow(
        Guid Contract, string Currency, decimal Gone, decimal Line, decimal Before, decimal Whole, decimal Functional, decimal? Rate);
}
