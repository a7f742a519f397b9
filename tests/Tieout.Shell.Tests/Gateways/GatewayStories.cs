using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Payments;

namespace Tieout.Shell.Tests.Gateways;

/// <summary>A month of a payment gateway in figures that were computed by hand: three charges, a refund, a dispute lost, one won, and a payout.</summary>
public sealed class GatewayStories(PostgresFixture postgres)
{
    private static readonly string[] Told =
    [
        StripeTalk.Charge("ch_1", 1074, 15, reference: $"Invoice {GatewayDesk.First}"),
        StripeTalk.Intent("ch_1", 1074, 15, GatewayDesk.First),
        StripeTalk.Charge("ch_2", 2000, 15),
        StripeTalk.Charge("ch_3", 10000, 16),
        StripeTalk.Refund("re_1", "ch_2", 500, 16, "pending"),
        StripeTalk.Refund("re_1", "ch_2", 500, 16, told: 17),
        StripeTalk.Refund("re_2", "ch_3", 700, 17, told: 17),
        StripeTalk.Refund("re_2", "ch_3", 700, 17, "failed", told: 20),
        StripeTalk.Dispute("dp_1", "ch_1", 1074, 17, "created"),
        StripeTalk.Dispute("dp_1", "ch_1", 1074, 17, "funds_withdrawn"),
        StripeTalk.Dispute("dp_1", "ch_1", 1074, 20, "closed", "lost"),
        StripeTalk.Dispute("dp_2", "ch_2", 1500, 17, "funds_withdrawn"),
        StripeTalk.Dispute("dp_2", "ch_2", 1500, 22, "closed", "won"),
        StripeTalk.Dispute("dp_2", "ch_2", 1500, 22, "funds_reinstated", "won"),
        StripeTalk.Payout("po_1", 8031, 24, told: 24),
    ];

    // Without its charges' fees a payout is not what its charges come to.
    private static readonly string[] Members =
    [
        StripeTalk.Movement("txn_1", "charge", "ch_1", 1074, 61, 15),
        StripeTalk.Movement("txn_2", "charge", "ch_2", 2000, 88, 15),
        StripeTalk.Movement("txn_3", "charge", "ch_3", 10000, 320, 16),
        StripeTalk.Movement("txn_4", "refund", "re_1", -500, 0, 16),
        StripeTalk.Movement("txn_5", "refund", "re_2", -700, 0, 17),
        StripeTalk.Movement("txn_6", "refund_failure", "re_2", 700, 0, 20),
        StripeTalk.Movement("txn_7", "adjustment", "dp_1", -1074, 1500, 17, "dispute"),
        StripeTalk.Movement("txn_8", "adjustment", "dp_2", -1500, 1500, 17, "dispute"),
        StripeTalk.Movement("txn_9", "adjustment", "dp_2", 1500, 0, 22, "dispute_reversal"),
        StripeTalk.Movement("txn_10", "payout", "po_1", -8031, 0, 24),
    ];

    private static readonly string[] Entries =
    [
        "dispute 2026-12-17: disputed-receivable 10.74, gateway-clearing -10.74",
        "dispute 2026-12-17: disputed-receivable 15, gateway-clearing -15",
        "dispute 2026-12-20: bad-debt 10.74, disputed-receivable -10.74",
        "dispute 2026-12-22: gateway-clearing 15, disputed-receivable -15",
        "manual-journal 2026-12-15: bank-fees 0.61, gateway-clearing -0.61",
        "manual-journal 2026-12-15: bank-fees 0.88, gateway-clearing -0.88",
        "manual-journal 2026-12-16: bank-fees 3.2, gateway-clearing -3.2",
        "manual-journal 2026-12-17: bank-fees 15, gateway-clearing -15",
        "manual-journal 2026-12-17: bank-fees 15, gateway-clearing -15",
        "manual-journal 2026-12-24: cash-clearing 80.31, gateway-clearing -80.31",
        "payment 2026-12-15: gateway-clearing 10.74, unapplied-cash -10.74",
        "payment 2026-12-15: gateway-clearing 20, unapplied-cash -20",
        $"payment 2026-12-15: unapplied-cash 10.74, receivable -10.74 of {GatewayDesk.First}",
        "payment 2026-12-16: gateway-clearing 100, unapplied-cash -100",
        "refund 2026-12-16: unapplied-cash 5, gateway-clearing -5",
        "refund 2026-12-17: unapplied-cash 7, gateway-clearing -7",
        "reversal 2026-12-20: gateway-clearing 7, unapplied-cash -7",
    ];

    [Fact]
    public async Task A_month_of_charges_refunds_disputes_and_a_payout_leaves_nothing_on_clearing()
    {
        var (books, desk) = await GatewayDesk.Open(postgres);
        await using var _ = books;
        var cash = new CashDesk(books.Source);
        await desk.Tell([.. Told]);
        // Nothing says what the payout is made of: it waits for a person, all else is booked.
        (await desk.OpenCases()).ShouldBe(["main/po_1 movements-missing"]);
        (await cash.Balance("gateway-clearing")).ShouldBe(115.00m);
        (await desk.Clearing()).Sum(item => item.Amount.Amount).ShouldBe(115.00m);

        await desk.Import(string.Join('\n', Members), "po_1");
        await desk.Book();
        (await desk.Entries()).ShouldBe(Entries, ignoreOrder: true);
        (await desk.OpenCases()).ShouldBeEmpty();
        (await desk.Clearing()).ShouldBeEmpty();
        foreach (var (account, balance) in new[]
        {
            ("gateway-clearing", 0m), ("cash-clearing", 80.31m), ("bank-fees", 34.69m), ("disputed-receivable", 0m), ("bad-debt", 10.74m), ("unapplied-cash", -115.00m),
        }) (await cash.Balance(account)).ShouldBe(balance, account);
        (await cash.Open(GatewayDesk.First)).ShouldBe(0m);

        // All of it again adds nothing.
        var again = await desk.Import(string.Join('\n', Told.Concat(Members)));
        (again.Taken, again.Duplicates, again.Movements).ShouldBe((0, Told.Length, 0));
        await desk.Book(again: true);
        (await desk.Entries()).Count.ShouldBe(Entries.Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task The_same_in_any_order_doubled_and_in_any_parts_gives_the_same_entries(int seed)
    {
        var (books, desk) = await GatewayDesk.Open(postgres);
        await using var _ = books;
        var chance = new Random(seed);
        var all = Told.Select(line => (Line: line, Payout: (string?)null)).Concat(Members.Select(line => (Line: line, Payout: (string?)"po_1"))).ToArray();
        var twice = all.Concat(all.Where(_ => chance.Next(3) == 0)).ToArray();
        chance.Shuffle(twice);
        foreach (var part in twice.Chunk(chance.Next(1, 8)))
        {
            foreach (var of in part.GroupBy(one => one.Payout)) await desk.Import(string.Join('\n', of.Select(one => one.Line)), of.Key);
            if (chance.Next(2) == 0) await desk.Book();
        }
        await desk.Book();
        (await desk.Entries()).ShouldBe(Entries, ignoreOrder: true);
        (await desk.OpenCases()).ShouldBeEmpty();
        (await new CashDesk(books.Source).Balance("gateway-clearing")).ShouldBe(0m);
    }

    [Fact]
    public async Task Many_workers_at_once_book_once()
    {
        var (books, desk) = await GatewayDesk.Open(postgres);
        await using var _ = books;
        await desk.Import(string.Join('\n', Members), "po_1");
        await desk.Import(string.Join('\n', Told));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => desk.Book()));
        await desk.Book();
        (await desk.Entries()).ShouldBe(Entries, ignoreOrder: true);
    }

    [Fact]
    public async Task Money_that_was_booked_for_the_wrong_customer_and_taken_back_is_booked_for_the_right_one()
    {
        var (books, desk) = await GatewayDesk.Open(postgres, taught: false);
        await using var _ = books;
        await SampleData.Subscriptions(books.Source, 3);
        await desk.Teach("cus_1", "C-3");
        await desk.Tell(StripeTalk.Charge("ch_2", 2000, 15), StripeTalk.Refund("re_1", "ch_2", 500, 16, told: 17));
        var cash = new CashDesk(books.Source);
        const string Booked = "select p.business_key from posting.posting p join cash.movement m on m.entry_id = p.document_id where m.kind = ";
        var (receipt, refund) = (await cash.Scalar<string>($"{Booked}'receipt'"), await cash.Scalar<string>($"{Booked}'refund'"));
        CashDesk.Done(await cash.Reverse(refund));
        CashDesk.Done(await cash.Reverse(receipt));

        // Nobody knows whose it is any more: a case says so, and the customer who is known is not taken for the right one again.
        await desk.Book();
        (await desk.OpenCases()).ShouldBe(["main/ch_2 receipt-taken-back"]);
        await desk.Book(again: true);
        (await cash.Scalar<long>("select count(*) from cash.payment")).ShouldBe(1);
        (await desk.Clearing()).ShouldBeEmpty();

        await desk.Teach("ch_2", "C-1");
        await desk.Book();
        (await desk.OpenCases()).ShouldBeEmpty();
        (await cash.Scalar<string>("select string_agg(a.code || ' ' || p.reference, ', ' order by p.created_at) from cash.payment p join customers.billing_account a on a.id = p.billing_account_id"))
            .ShouldBe("C-3 ch_2, C-1 ch_2#2");
        (await cash.Balance("gateway-clearing")).ShouldBe(15m);
        (await desk.Clearing()).Sum(item => item.Amount.Amount).ShouldBe(15m);
        // What comes later follows the money that stands; all of it again adds nothing.
        await desk.Tell(StripeTalk.Refund("re_2", "ch_2", 100, 18, told: 18));
        await desk.Book(again: true);
        (await cash.Balance("gateway-clearing")).ShouldBe(14m);
        (await desk.OpenCases()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_payout_that_came_back_lies_on_clearing_again()
    {
        var (books, desk) = await GatewayDesk.Open(postgres);
        await using var _ = books;
        await desk.Import(StripeTalk.Movement("txn_1", "charge", "ch_9", 1000, 30, 15), "po_2");
        await desk.Tell(StripeTalk.Charge("ch_9", 1000, 15), StripeTalk.Payout("po_2", 970, 18, "failed", told: 21), StripeTalk.Payout("po_2", 970, 18));
        var cash = new CashDesk(books.Source);
        ((await cash.Balance("gateway-clearing")), (await cash.Balance("cash-clearing"))).ShouldBe((9.70m, 0m));
        (await desk.Entries()).Count(entry => entry.StartsWith("reversal 2026-12-21", StringComparison.Ordinal)).ShouldBe(1);
        (await desk.Clearing()).Sum(item => item.Amount.Amount).ShouldBe(9.70m);
    }

    [Fact]
    public async Task A_payout_that_is_not_what_its_movements_come_to_is_not_booked()
    {
        var (books, desk) = await GatewayDesk.Open(postgres);
        await using var _ = books;
        await desk.Import(StripeTalk.Movement("txn_1", "charge", "ch_9", 1000, 30, 15), "po_2");
        await desk.Tell(StripeTalk.Charge("ch_9", 1000, 15), StripeTalk.Payout("po_2", 1970, 18));
        (await desk.OpenCases()).ShouldBe(["main/po_2 payout-differs"]);
        (await desk.Charges("parked")).ShouldHaveSingleItem().Reason.ShouldBe("The gateway paid 19.70 USD out, and its movements come to 9.70 USD.");
        // The other half of it, from the itemised report.
        var report = await desk.Import(
            """
            automatic_payout_id,balance_transaction_id,created_utc,available_on_utc,currency,gross,fee,net,reporting_category,source_id
            po_2,txn_2,2026-12-15 10:00:00,2026-12-17 00:00:00,usd,10.00,0.00,10.00,charge,ch_8
            po_2,txn_x,2026-12-15 10:00:00,2026-12-17 00:00:00,usd,10.00,0.00,10.01,charge,ch_7
            """);
        (report.Movements, report.Refused.ShouldHaveSingleItem().Line, report.Refused[0].Reason).ShouldBe((1, 3, "net cannot be read."));
        await desk.Book();
        (await desk.OpenCases()).ShouldBeEmpty();
        var missing = (await desk.Clearing()).ShouldHaveSingleItem();
        (missing.Source, missing.Amount.Amount, missing.Why).ShouldBe(("ch_8", -10.00m, "It is part of po_2, which is paid out, and no event told of it."));
        (await new CashDesk(books.Source).Balance("gateway-clearing")).ShouldBe(-10.00m);
    }

    [Fact]
    public async Task A_dispute_that_was_lost_and_came_back_is_won()
    {
        var (books, desk) = await GatewayDesk.Open(postgres);
        await using var _ = books;
        await desk.Tell(
            StripeTalk.Charge("ch_9", 1000, 15), StripeTalk.Dispute("dp_9", "ch_9", 1000, 16, "funds_withdrawn"),
            StripeTalk.Dispute("dp_9", "ch_9", 1000, 18, "closed", "lost"));
        await desk.Tell(StripeTalk.Dispute("dp_9", "ch_9", 1000, 20, "funds_reinstated", "won"));
        var cash = new CashDesk(books.Source);
        foreach (var (account, balance) in new[] { ("gateway-clearing", 10m), ("unapplied-cash", -10m), ("disputed-receivable", 0m), ("bad-debt", 0m) })
            (await cash.Balance(account)).ShouldBe(balance, account);
    }
}
