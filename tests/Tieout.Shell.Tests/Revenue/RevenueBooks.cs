using Dapper;
using Tieout.Application.Revenue;
using Tieout.Domain;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Invoicing.Stories;

namespace Tieout.Shell.Tests.Revenue;

/// <summary>Short ways to book revenue of the billing stories' company and to look at what came of it.</summary>
internal sealed class RevenueBooks(TestDatabase database, TimeProvider clock)
{
    public RevenueBooks(BillingWorld world) : this(world.Database, world.Time) { }

    public static AccountingMonth Month(string text) => AccountingMonth.TryParse(text, out var month) ? month : throw new FormatException(text);

    public async Task<RevenueRun> Run(string month, int workers = 2, string? entity = null) =>
        (await new RunRevenue(database.Source, clock).Run(new RevenueRequest(Month(month), "ann", entity, workers), null, CancellationToken.None))
        .ShouldBeOfType<RevenueReply.Ran>().Run;

    public async Task<RevenueReply.Refused> Refused(string month, string? entity = null) =>
        (await new RunRevenue(database.Source, clock).Run(new RevenueRequest(Month(month), "ann", entity), null, CancellationToken.None))
        .ShouldBeOfType<RevenueReply.Refused>();

    public async Task<RevenueAlignment> Check(string month) =>
        (await new CheckAlignment(database.Source, clock).Run(null, Month(month), CancellationToken.None)).ShouldBeOfType<RevenueReply.Aligned>().Alignment;

    public async Task<WaterfallRow> Waterfall(string month) =>
        (await new ReadWaterfall(database.Source).Run(null, Month(month), CancellationToken.None)).ShouldBeOfType<RevenueReply.Waterfall>().Sheet.Rows.ShouldHaveSingleItem();

    /// <summary>Prepaid credit of the waterfall: <c>2026-01 sold 100, credited 0, drawn 25, lapsed 0, left 75</c>.</summary>
    public async Task<string> Prepaid(string month) => string.Join("; ", (await new ReadWaterfall(database.Source).Run(null, Month(month), CancellationToken.None))
        .ShouldBeOfType<RevenueReply.Waterfall>().Sheet.Prepaid.Select(row => FormattableString.Invariant(
            $"{row.SoldIn} sold {row.Sold.Amount:0.##}, credited {row.Credited.Amount:0.##}, drawn {row.Drawn.Amount:0.##}, lapsed {row.Lapsed.Amount:0.##}, left {row.Left.Amount:0.##}")));

    public async Task<DocumentSchedules> Show(string number) =>
        (await new ReadSchedules(database.Source).Run(number, CancellationToken.None)).ShouldBeOfType<RevenueReply.Schedules>().Document;

    /// <summary>Revenue by month of the books, as the ledger has it: <c>2026-01 434, 2026-02 422</c>.</summary>
    public Task<string> Revenue() => Texts(
        """
        select to_char(month, 'YYYY-MM') || ' ' || trim_scale(-sum(amount)) from ledger.journal_line where account = 'revenue' group by month order by month
        """);

    /// <summary>What is wanted by month, closed or not, whatever is booked of it.</summary>
    public Task<string> Scheduled() => Texts(
        """
        select to_char(month, 'YYYY-MM') || ' ' || trim_scale(sum(amount)) from revenue.schedule_line group by month having sum(amount) <> 0 order by month
        """);

    /// <summary>The same by subscription, component and first day of the charge.</summary>
    public Task<string> ByCharge() => Texts(
        """
        select concat_ws(' ', sub.code, line.component, line.part_start, to_char(l.month, 'YYYY-MM'), trim_scale(sum(l.amount)))
        from revenue.schedule s
        join revenue.schedule_line l on l.batch = s.batch and l.no = s.no
        join invoicing.invoice_line line on line.invoice_id = s.invoice_id and line.line_no = s.line_no
        join subscriptions.subscription sub on sub.id = line.subscription_id
        group by sub.code, line.component, line.part_start, l.month having sum(l.amount) <> 0
        order by sub.code, line.component, line.part_start, l.month
        """);

    /// <summary>Deferred revenue of the ledger, as a liability.</summary>
    public Task<decimal> Deferred() => database.Scalar<decimal>(
        "select coalesce(-sum(amount), 0) from ledger.journal_line where account = 'deferred-revenue'");

    /// <summary>What an asset's account holds.</summary>
    public Task<decimal> Balance(string account) => database.Scalar<decimal>($"select coalesce(sum(amount), 0) from ledger.journal_line where account = '{account}'");

    /// <summary>At a month's end the ledger keeps contract liability, unbilled receivable and contract asset apart, as the waterfall tells them.</summary>
    public async Task Splits(string month)
    {
        var row = await Waterfall(month);
        (await Texts(
            $"""
            select account || ' ' || trim_scale(sum(amount)) from ledger.journal_line
            where account in ('deferred-revenue', 'unbilled-receivable', 'contract-asset') and month <= '{month}-01'
            group by account having sum(amount) <> 0 order by account
            """)).ShouldBe(string.Join(", ", new (string Account, decimal Amount)[]
            {
                ("contract-asset", row.ContractAsset.Amount), ("deferred-revenue", -row.ContractLiability.Amount), ("unbilled-receivable", row.UnbilledReceivable.Amount),
            }.Where(one => one.Amount != 0m).Select(one => FormattableString.Invariant($"{one.Account} {one.Amount:0.##}"))));
        row.ContractLiability.Amount.ShouldBeGreaterThanOrEqualTo(0m);
    }

    /// <summary>Recognised and deferred come to what was invoiced and not credited, at every month's end, by the ledger alone.</summary>
    public async Task Identity()
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        (await connection.QueryAsync<string>(
            """
            with ends as (select distinct month from ledger.journal_line),
            told as (
              select ends.month,
                (select coalesce(sum(l.amount), 0) from invoicing.invoice_line l join invoicing.invoice i on i.id = l.invoice_id
                 where l.recognition = 'deferred' and i.month <= ends.month) as invoiced,
                (select coalesce(sum(b.amount), 0) from revenue.booking b where b.month <= ends.month) as recognised,
                (select coalesce(-sum(j.amount), 0) from ledger.journal_line j where j.account in ('deferred-revenue', 'unbilled-receivable', 'contract-asset')
                   and j.month <= ends.month) as deferred
              from ends)
            select format('%s: %s recognised, %s deferred, %s invoiced', month, recognised, deferred, invoiced) from told where recognised + deferred <> invoiced
            """)).ShouldBeEmpty();
    }

    private async Task<string> Texts(string sql)
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        return string.Join(", ", await connection.QueryAsync<string>(sql));
    }
}
