using Dapper;
using Tieout.Application.Accounts;
using Tieout.Application.Credits;
using Tieout.Application.Invoicing;
using Tieout.Application.Subscriptions;
using Tieout.Application.Views;
using Tieout.Shell.Tests.Catalog;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Invoicing.Stories;

namespace Tieout.Shell.Tests.Revenue;

/// <summary>
/// A customer that buys credit of 120.00 for 100.00 on 1 January 2026, good until the end of February, of whose rest half and at most 20.00 roll
/// over; tokens at 0.02 draw it.
/// </summary>
internal sealed class PrepaidBook(BillingWorld world) : IAsyncDisposable
{
    public const string Grant =
        """
        {"key":"g1","account":"A","credit":"tokens","name":"Bundle","amount":"120","currency":"EUR","granted-on":"2026-01-01","expires-on":"2026-03-01",
         "rollover":{"fraction":"0.5","most":"20"},"price":"100.00","actor":"ann"}
        """;

    private int _events;

    public BillingWorld World { get; } = world;

    public RevenueBooks Revenue { get; } = new(world);

    public static async Task<PrepaidBook> Start(PostgresFixture postgres, string grant = Grant, string? books = null)
    {
        var world = await BillingWorld.Start(postgres);
        if (books is not null) await world.Database.Execute($"update customers.legal_entity set currency = '{books}' where code = 'AT'");
        (await world.Create("S", "2026-01-01", "team", "tokens")).ShouldBeOfType<AmendmentOutcome.Done>();
        (await new GrantCredit(world.Database.Source).Run(CatalogueTests.Json(grant), CancellationToken.None)).ShouldBeOfType<GrantOutcome.Granted>();
        return new PrepaidBook(world);
    }

    /// <summary>Tokens worth so much are used on a day, and the clock stands at it if it was before.</summary>
    public async Task Use(string day, decimal worth)
    {
        if (DateOnly.FromDateTime(World.Time.GetUtcNow().UtcDateTime) < BillingWorld.Day(day)) World.On(day);
        (await World.Use("S", FormattableString.Invariant($"e{_events++}"), "token", day, worth / 0.02m)).ShouldBeTrue();
    }

    /// <summary>It is that day, and the account is billed through it.</summary>
    public async Task Bill(string day)
    {
        World.On(day);
        await World.Bill(day);
        (await World.Database.Scalar<string>("select coalesce(string_agg(code || ' ' || cause, '; '), '') from exceptions.exception_case where state = 'open'"))
            .ShouldBeEmpty();
    }

    /// <summary>What a run made revenue of prepaid credit, by month: drawn and lapsed. Then the check finds nothing, and a second run adds nothing.</summary>
    public async Task<string> Run(string month)
    {
        var run = await Revenue.Run(month);
        run.Stopped.ShouldBeEmpty();
        (await Revenue.Run(month)).ShouldSatisfyAllConditions(again => again.Prepaid.ShouldBeEmpty(), again => again.Exchanged.ShouldBeEmpty());
        var check = await Revenue.Check(month);
        check.Prepaid.ShouldAllBe(balance => !balance.Wrong && balance.ByHand.IsZero);
        (check.Lines.Count, check.Due.Count).ShouldBe((0, 0));
        check.InBooks.Where(balance => balance.Wrong).ShouldBeEmpty();
        check.Books.ShouldAllBe(balance => balance.Difference.IsZero);
        await World.Agree();
        return string.Join(", ", run.Prepaid.Select(one => FormattableString.Invariant($"{one.Month} {one.Drawn.Amount:0.##} {one.Lapsed.Amount:0.##}")));
    }

    /// <summary>Balances of all accounts at a month's end, debit positive: <c>prepaid-credit -75, receivable 120</c>.</summary>
    public async Task<string> Trial(string month)
    {
        await using var connection = await World.Database.Source.OpenConnectionAsync();
        return string.Join(", ", await connection.QueryAsync<string>(
            $"""
            select account || ' ' || trim_scale(sum(amount)) from ledger.journal_line where month <= '{month}-01'
            group by account having sum(amount) <> 0 order by account
            """));
    }

    /// <summary>An account in its own currency, and in that of the books.</summary>
    public Task<string> Stands(string account = "prepaid-credit") => World.Database.Scalar<string>(
        $"select concat_ws(' ', trim_scale(sum(amount)), trim_scale(sum(coalesce(functional, amount)))) from ledger.journal_line where account = '{account}'");

    /// <summary>The lines of all entries of revenue, in their order.</summary>
    public async Task<IReadOnlyList<string>> Lines()
    {
        await using var connection = await World.Database.Source.OpenConnectionAsync();
        return (await connection.QueryAsync<string>(
            """
            select concat_ws(' ', to_char(l.month, 'YYYY-MM'), l.account, trim_scale(l.amount), l.text)
            from ledger.journal_entry e join ledger.journal_line l on l.entry_id = e.id
            where e.source_kind = 'revenue-journal' order by e.created_at, e.month, e.id, l.line_no
            """)).AsList();
    }

    public Task<CreditOutcome> Credit(CreditWish wish, string on) => World.Credit("AT-2026-0000001", wish, on, "credit-" + on);

    /// <summary>The charge of the grant is withdrawn, as any charge.</summary>
    public async Task Withdraw()
    {
        var charge = await World.Database.Scalar<Guid>("select charge_id from credits.purchase");
        (await new AccountCharges(World.Database.Source, World.Time).Withdraw("A", charge, "ann", "Sold by mistake", CancellationToken.None))
            .ShouldBeOfType<AccountDone<AccountCharge>>();
    }

    public async Task<IReadOnlyList<GrantRow>> Grants()
    {
        var rows = (await new ReadGrants(World.Database.Source, World.Time).Run("A", CancellationToken.None))!.Rows;
        rows.ShouldAllBe(row => row.Granted == row.Drawn + row.RolledOver + row.Lost + row.Left);
        return rows;
    }

    public ValueTask DisposeAsync() => World.DisposeAsync();
}
