using Dapper;
using Npgsql;
using Tieout.Application.Exchange;
using Tieout.Domain;
using Tieout.Domain.Exchange;
using Tieout.Domain.Ledger;
using Tieout.Domain.Revenue;

namespace Tieout.Application.Revenue;

/// <summary>What a booking of revenue in a foreign currency comes to in the books, by the rates of what was invoiced.</summary>
internal static class ReleaseInBooks
{
    /// <summary>What a contract gave of a booking.</summary>
    internal sealed record OfContract(Guid Contract, decimal Amount, decimal Functional);

    // Of each document all that was released before and is due now; its batch holds all of its lines.
    private const string Documents =
        """
        select s.invoice_id as document, coalesce(-whole.amount, 0) as amount, coalesce(-whole.functional, 0) as functional,
               coalesce(i.exchange_rate, 1) as rate, part.month, part.released, part.due
        from (
          select s.batch, s.invoice_id, l.month, sum(l.amount) as released, bool_or(d.batch is not null) as due
          from (select distinct batch from unnest(@batches) batch) b
          join revenue.schedule s on s.batch = b.batch and s.invoice_id is not null and s.contract_id is null
          join revenue.schedule_line l on l.batch = s.batch and l.no = s.no
          left join unnest(@batches, @months) as d (batch, month) on d.batch = l.batch and d.month = l.month
          left join revenue.release r on r.batch = l.batch and r.month = l.month
          where d.batch is not null or r.batch is not null
          group by s.batch, s.invoice_id, l.month) part
        join lateral (
          select s.invoice_id, s.billing_account_id from revenue.schedule s where s.batch = part.batch and s.invoice_id = part.invoice_id limit 1) s on true
        join invoicing.invoice i on i.id = s.invoice_id and i.billing_account_id = s.billing_account_id
        left join lateral (
          select sum(line.amount) as amount, sum(line.functional) as functional
          from ledger.journal_entry e join ledger.journal_line line on line.entry_id = e.id and line.account = 'deferred-revenue'
          where e.source_id = i.id and e.source_kind = i.kind and e.billing_account_id = i.billing_account_id) whole on true
        order by s.invoice_id, part.due, part.month
        """;

    private const string Due =
        """
        select s.contract_id as contract, c.code, l.month, sum(l.amount) as amount
        from unnest(@batches, @months) as d (batch, month)
        join revenue.schedule_line l on l.batch = d.batch and l.month = d.month
        join revenue.schedule s on s.batch = l.batch and s.no = l.no and s.contract_id is not null and s.invoice_id is null
        join revenue.contract c on c.id = s.contract_id
        group by s.contract_id, c.code, l.month order by s.contract_id, l.month
        """;

    // What a contract covers of each document, beside all that the document deferred.
    private const string Covered =
        """
        select s.contract_id as contract, s.covered, coalesce(-whole.amount, 0) as amount, coalesce(-whole.functional, 0) as functional,
               coalesce(i.exchange_rate, 1) as rate
        from (
          select contract_id, invoice_id, billing_account_id, sum(amount) as covered from revenue.schedule
          where contract_id = any(@contracts) and invoice_id is not null group by contract_id, invoice_id, billing_account_id) s
        join invoicing.invoice i on i.id = s.invoice_id and i.billing_account_id = s.billing_account_id
        left join lateral (
          select sum(line.amount) as amount, sum(line.functional) as functional
          from ledger.journal_entry e join ledger.journal_line line on line.entry_id = e.id and line.account = 'deferred-revenue'
          where e.source_id = i.id and e.source_kind = i.kind and e.billing_account_id = i.billing_account_id) whole on true
        """;

    /// <summary>The booking's values, and what each contract gave of them.</summary>
    /// <exception cref="RateMissingException">A contract earned before anything was invoiced, and the day has no rate.</exception>
    public static async Task<(ReleasedInBooks Values, IReadOnlyList<OfContract> Contracts)> Of(
        NpgsqlConnection connection, RevenueBooking booking, Currency books, CancellationToken cancel)
    {
        var values = new ReleasedInBooks(books);
        var of = new
        {
            batches = booking.Due.Select(due => due.Batch).ToArray(),
            months = booking.Due.Select(due => due.Month.FirstDay).ToArray(),
        };
        await foreach (var row in connection.QueryUnbufferedAsync<DocumentRow>(Documents, of, commandTimeout: 600).WithCancellation(cancel))
            values.Add(row.Document, new Carried(row.Amount, row.Functional), row.Rate, AccountingMonth.Of(row.Month), row.Released, row.Due);
        return (values, await Contracts(connection, booking, books, values, of, cancel));
    }

    private static async Task<IReadOnlyList<OfContract>> Contracts(
        NpgsqlConnection connection, RevenueBooking booking, Currency books, ReleasedInBooks values, object of, CancellationToken cancel)
    {
        var due = (await connection.QueryAsync<DueRow>(new CommandDefinition(Due, of, commandTimeout: 600, cancellationToken: cancel))).ToList();
        if (due.Count == 0) return [];
        var contracts = due.Select(row => row.Contract).Distinct().ToArray();
        var covered = (await connection.QueryAsync<CoveredRow>(new CommandDefinition(
            Covered, new { contracts }, commandTimeout: 600, cancellationToken: cancel))).ToLookup(row => row.Contract);
        var released = (await connection.QueryAsync<(Guid Contract, decimal Amount, decimal Functional)>(new CommandDefinition(
            "select contract_id, sum(amount), sum(functional) from revenue.contract_carried where contract_id = any(@contracts) group by contract_id",
            new { contracts }, cancellationToken: cancel))).ToDictionary(row => row.Contract, row => new Carried(-row.Amount, -row.Functional));
        List<OfContract> told = [];
        foreach (var contract in due.GroupBy(row => row.Contract))
        {
            var began = covered[contract.Key].Aggregate(default(Carried), (sum, row) => sum + row.Part(books));
            var stands = began + released.GetValueOrDefault(contract.Key);
            if (began.Amount == 0) began = await Day(connection, booking, books, cancel);
            var after = contract.Aggregate(stands, (now, row) => values.Add(now, began, AccountingMonth.Of(row.Month), row.Amount));
            told.Add(new OfContract(contract.Key, stands.Amount - after.Amount, stands.Functional - after.Functional));
        }
        return told;
    }

    // One unit at the rate of the month's last day: nothing is invoiced yet.
    private static async Task<Carried> Day(NpgsqlConnection connection, RevenueBooking booking, Currency books, CancellationToken cancel)
    {
        var day = booking.Month.Period.End.AddDays(-1);
        return (await StoredRates.Load(connection, day, day, cancel)).On(booking.Amount.Currency, books, day) switch
        {
            RateAnswer.Found(var rate) => new Carried(1m, rate.Shown),
            RateAnswer.Missing(var finding, _) => throw new RateMissingException(finding),
            var other => throw new InvalidOperationException($"No answer for {other}."),
        };
    }

    private sealed record DocumentRow(Guid Document, decimal Amount, decimal Functional, decimal Rate, DateOnly Month, decimal Released, bool Due);

    private sealed record DueRow(Guid Contract, string Code, DateOnly Month, decimal Amount);

    private sealed record CoveredRow(Guid Contract, decimal Covered, decimal Amount, decimal Functional, decimal Rate)
    {
        // What the other lines of the document leave, so that both come to all of it.
        public Carried Part(Currency books)
        {
            var whole = new Carried(Amount, Functional);
            return new Carried(Covered, Functional - ReleasedInBooks.Released(whole, Rate, Amount - Covered, books));
        }
    }
}
