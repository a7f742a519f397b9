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

    // Of each line of a document what was released before, as one sum without a month, then what is due; its batch holds all of its months.
    private const string Documents =
        $"""
        select part.batch, part.no, part.month, part.released, {DocumentLines.Columns}, earlier.lines as earlier
        from (
          select l.batch, l.no, d.month, sum(l.amount) as released
          from (select distinct batch from unnest(@batches) batch) b
          join revenue.schedule_line l on l.batch = b.batch
          left join unnest(@batches, @months) as d (batch, month) on d.batch = l.batch and d.month = l.month
          left join revenue.release r on r.batch = l.batch and r.month = l.month
          where d.batch is not null or r.batch is not null
          group by l.batch, l.no, d.month) part
        join revenue.schedule s on s.batch = part.batch and s.no = part.no and s.invoice_id is not null and s.contract_id is null
        {DocumentLines.Joins}
        {DocumentLines.Earlier}
        order by part.batch, part.no, part.month nulls first
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

    private const string Covered =
        $"""
        select s.contract_id as contract, {DocumentLines.Columns}
        from revenue.schedule s
        {DocumentLines.Joins}
        where s.contract_id = any(@contracts) and s.invoice_id is not null
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
        {
            var carried = DocumentLines.Carried(row.Line, row.Before, row.Whole, row.Functional, row.Rate, books);
            values.Add(
                (row.Batch, row.No), carried, DocumentLines.Earned(carried, row.Earlier, books), row.Month is { } month ? AccountingMonth.Of(month) : null,
                row.Released);
        }
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
        // One question for all contracts of which nothing is invoiced; none where there is none.
        Carried? day = null;
        foreach (var contract in due.GroupBy(row => row.Contract))
        {
            var began = covered[contract.Key].Aggregate(default(Carried), (sum, row) => sum + row.Part(books));
            var stands = began + released.GetValueOrDefault(contract.Key);
            if (began.Amount == 0) began = day ??= await Day(connection, booking, books, cancel);
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

    private sealed record DocumentRow(
        int Batch, int No, DateOnly? Month, decimal Released, decimal Line, decimal Before, decimal Whole, decimal Functional, decimal? Rate, string? Earlier);

    private sealed record DueRow(Guid Contract, string Code, DateOnly Month, decimal Amount);

    private sealed record CoveredRow(Guid Contract, decimal Line, decimal Before, decimal Whole, decimal Functional, decimal? Rate)
    {
        public Carried Part(Currency books) => new(Line, DocumentLines.Carried(Line, Before, Whole, Functional, Rate, books).Functional);
    }
}
