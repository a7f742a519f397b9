using Dapper;
using Npgsql;
using Tieout.Application.Database;
using Tieout.Domain;
using Tieout.Domain.Revenue;

namespace Tieout.Application.Revenue;

/// <summary>What the months of a given contract's obligation change by.</summary>
/// <param name="Version">Of the contract, which they reach.</param>
internal sealed record ScheduledObligation(Guid Contract, string Obligation, int Version, IReadOnlyList<MonthAmount> Months);

/// <summary>A line with its months; none where a given contract covers it.</summary>
internal sealed record ScheduledLine(DeferredLine Line, ServicePeriod Days, SpreadPolicy Policy, IReadOnlyList<MonthAmount> Months);

/// <summary>Schedules of one legal entity, currency and month of the books, written inside the caller's transaction by binary COPY.</summary>
/// <remarks>
/// The batch comes last: its triggers prove schedules, months and documents against it. Rows lie in the order of months, which is the order
/// they are booked in: a month of a batch is one stretch of the table.
/// </remarks>
/// <param name="Month">Null for obligations of contracts, which are no documents.</param>
internal sealed record BatchToSave(Guid LegalEntity, Currency Currency, AccountingMonth? Month, IReadOnlyList<ScheduledLine> Lines)
{
    public IReadOnlyList<ScheduledObligation> Obligations { get; init; } = [];

    public async Task Save(NpgsqlConnection connection, Guid run, DateTimeOffset now, CancellationToken cancel)
    {
        var batch = await connection.QuerySingleAsync<int>(new CommandDefinition("select nextval('revenue.batch_id')::int", cancellationToken: cancel));
        var months = ByMonth();
        await CopySchedules(connection, batch, cancel);
        await CopyObligations(connection, batch, cancel);
        await CopyMonths(connection, batch, months, cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into revenue.batch_month (batch, month, lines, amount)
            select @batch, month, lines, amount from unnest(@months, @lines, @amounts) as of (month, lines, amount);
            insert into revenue.batch (id, legal_entity_id, currency, month, schedules, invoiced, credited, run_id, created_at)
            values (@batch, @LegalEntity, @code, @month::date, @schedules, @invoiced, @credited, @run, @now);
            """,
            new
            {
                batch,
                months = months.Keys.Select(month => month.FirstDay).ToArray(),
                lines = months.Values.Select(lines => lines.Count).ToArray(),
                amounts = months.Values.Select(lines => lines.Sum(line => line.Amount)).ToArray(),
                LegalEntity,
                code = Currency.Code,
                month = Month?.FirstDay,
                schedules = Lines.Count,
                invoiced = Lines.Sum(line => line.Line.Credit ? 0m : line.Line.Amount),
                credited = -Lines.Sum(line => line.Line.Credit ? line.Line.Amount : 0m),
                run,
                now,
            }, commandTimeout: 600, cancellationToken: cancel));
    }

    private SortedDictionary<AccountingMonth, List<(int No, decimal Amount)>> ByMonth()
    {
        SortedDictionary<AccountingMonth, List<(int, decimal)>> months = [];
        var no = 0;
        foreach (var schedule in Lines.Select(line => line.Months).Concat(Obligations.Select(obligation => obligation.Months)))
        {
            no++;
            foreach (var (month, amount) in schedule)
            {
                if (!months.TryGetValue(month, out var lines)) months.Add(month, lines = new List<(int, decimal)>(Lines.Count));
                lines.Add((no, amount));
            }
        }
        return months;
    }

    private async Task CopySchedules(NpgsqlConnection connection, int batch, CancellationToken cancel) => await Bulk.Copy(connection,
        "revenue.schedule (batch, no, billing_account_id, invoice_id, line_no, period_start, period_end, amount, spread, rounding, contract_id)",
        Lines.Index(),
        (writer, row) =>
            writer
                .Int(batch).Int(row.Index + 1).Uuid(row.Item.Line.BillingAccount).Uuid(row.Item.Line.Invoice).Int(row.Item.Line.LineNo)
                .Date(row.Item.Days.Start).Date(row.Item.Days.End).Number(row.Item.Line.Amount)
                .Text(Words.Of(row.Item.Policy.Spread)).Text(Words.Of(row.Item.Policy.Rounding))
                .Uuid(row.Item.Line.Contract),
        cancel);

    private async Task CopyObligations(NpgsqlConnection connection, int batch, CancellationToken cancel)
    {
        if (Obligations.Count == 0) return;
        await Bulk.Copy(connection,
            "revenue.schedule (batch, no, contract_id, obligation, version, amount)",
            Obligations.Index(),
            (writer, row) => writer
                .Int(batch).Int(Lines.Count + row.Index + 1).Uuid(row.Item.Contract).Text(row.Item.Obligation).Int(row.Item.Version)
                .Number(row.Item.Months.Sum(month => month.Amount)),
            cancel);
    }

    private static async Task CopyMonths(
        NpgsqlConnection connection, int batch, SortedDictionary<AccountingMonth, List<(int No, decimal Amount)>> months, CancellationToken cancel) =>
        await Bulk.Copy(connection,
            "revenue.schedule_line (batch, month, no, amount)",
            months.SelectMany(month => month.Value.Select(line => (month.Key, line.No, line.Amount))),
            (writer, row) => writer.Int(batch).Date(row.Key.FirstDay).Int(row.No).Number(row.Amount),
            cancel);
}
