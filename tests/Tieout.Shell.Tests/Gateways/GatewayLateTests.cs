using System.Globalization;
using Tieout.Application.Closing;
using Tieout.Domain;
using Tieout.Domain.Closing;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Payments;

namespace Tieout.Shell.Tests.Gateways;

/// <summary>What a gateway tells for a month that takes it no more: by the legal entity's policy for late arrivals, as all money.</summary>
public sealed class GatewayLateTests(PostgresFixture postgres)
{
    private const string Closed = "closed_through = '2026-12-31'";
    private const string SoftClosed = "soft_closed_through = '2026-12-31'";
    private static readonly AccountingMonth December = new(2026, 12);

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task Held_it_is_a_case_and_goes_on_by_itself_once_late_money_may_go_into_the_next_month()
    {
        var (books, desk) = await GatewayDesk.Open(postgres);
        await using var _ = books;
        await Set(books, Closed);
        await desk.Import(StripeTalk.Movement("txn_1", "charge", "ch_1", 1074, 30, 15), "po_1");
        var counts = await desk.Tell(
            StripeTalk.Charge("ch_1", 1074, 15, reference: GatewayDesk.First), StripeTalk.Refund("re_1", "ch_1", 74, 16), StripeTalk.Payout("po_1", 1044, 18));
        (counts.Booked, counts.Parked, counts.Fees).ShouldBe((0, 3, 0));
        (await desk.Entries()).ShouldBeEmpty();
        (await desk.OpenCases()).ShouldBe(["main/ch_1 month-closed", "main/po_1 month-closed", "main/txn_1 month-closed"]);
        (await desk.Charges("parked")).Single(one => one.Kind == "charge").Reason.ShouldBe("It is of 2026-12-15, and 2026-12 of US takes it no more.");
        // Nothing changed: nobody looks again, and who asks for it finds the same.
        (await desk.Book()).ShouldBe(new(0, 0, 0, 0, 0));
        (await desk.Book(again: true)).Parked.ShouldBe(3);
        (await Asked(books)).ShouldBe("");

        await Policy(books, LateArrivals.NextOpenMonth);
        await desk.Book();
        (await desk.Entries()).ShouldBe(
            [
                "manual-journal 2027-01-01: bank-fees 0.3, gateway-clearing -0.3",
                "manual-journal 2027-01-01: cash-clearing 10.44, gateway-clearing -10.44",
                "payment 2027-01-01: gateway-clearing 10.74, unapplied-cash -10.74",
                $"payment 2027-01-01: unapplied-cash 10.74, receivable -10.74 of {GatewayDesk.First}",
                $"refund 2027-01-01: receivable 0.74 of {GatewayDesk.First}, gateway-clearing -0.74",
            ], ignoreOrder: true);
        (await desk.OpenCases()).ShouldBeEmpty();
        // The payment keeps its day, and each entry says of which day it is.
        (await books.Scalar<string>("select received_on::text from cash.payment")).ShouldBe("2026-12-15");
        (await books.Scalar<string>("select string_agg(reason, '; ' order by reason) from ledger.manual_journal"))
            .ShouldBe("Fee txn_1 of main for ch_1, of 2026-12-15; Payout po_1 of main, of 2026-12-18");
        (await books.Scalar<string>("select reason from cash.movement where kind = 'refund'")).ShouldBe("Refund re_1 of main, of 2026-12-16");
    }

    [Fact]
    public async Task A_month_is_not_closed_over_money_that_is_not_booked_unless_somebody_says_so()
    {
        var (books, desk) = await GatewayDesk.Open(postgres);
        await using var _ = books;
        await desk.Tell(StripeTalk.Charge("ch_1", 1074, 15, reference: GatewayDesk.First));
        (await Cash(books)).ShouldBe("");
        await books.Execute(
            """
            insert into exceptions.exception_case (id, category, code, subject_kind, subject_key, cause, remedy, legal_entity_id, month, opened_at, last_seen_at)
            select md5(told.name)::uuid, 'business', told.name, 'gateway', 'main/' || told.name, 'x', 'x', case known when 'us' then e.id end, month, now(), now()
            from customers.legal_entity e, (values
              ('of-december', 'us', date '2026-12-01'), ('of-january', 'us', date '2027-01-01'), ('of-nobody', '', null::date)) told (name, known, month)
            where e.code = 'US'
            """);
        (await Cash(books)).ShouldBe("2 things that payment gateways or banks told are not booked, or are missing.");
        await books.Execute("update exceptions.exception_case set state = 'resolved', resolution = 'x', resolved_at = now() where subject_kind = 'gateway'");
        (await Cash(books)).ShouldBe("");
        await desk.Import(StripeTalk.Movement("txn_1", "charge", "ch_1", 1074, 30, 15), "po_1");
        (await Cash(books)).ShouldBe("1 thing that a payment gateway or a bank told is not booked, or is missing."); // its fee
        await desk.Book();
        (await Cash(books)).ShouldBe("");
    }

    private static async Task<string> Cash(TestDatabase books) =>
        (await new ReadMonths(books.Source, TimeProvider.System).One("US", December, None))!.Conditions
            .Where(one => one is { Code: "cash-booked", Holds: false }).Select(one => one.Says).FirstOrDefault("");

    [Fact]
    public async Task Where_the_policy_asks_it_asks_once_for_each_and_is_booked_on_its_own_day_when_the_month_is_open_again()
    {
        var (books, desk) = await GatewayDesk.Open(postgres);
        await using var _ = books;
        await Set(books, Closed);
        await desk.Import(StripeTalk.Movement("txn_1", "charge", "ch_1", 1074, 30, 15));
        await desk.Tell(StripeTalk.Charge("ch_1", 1074, 15, reference: GatewayDesk.First));
        (await Asked(books)).ShouldBe("");
        // What was only held asks as soon as the policy says so; twice changes nothing.
        await Policy(books, LateArrivals.AskToReopen);
        await desk.Book();
        await desk.Book(again: true);
        (await desk.OpenCases()).ShouldBe(["main/ch_1 reopening-asked", "main/txn_1 reopening-asked"]);
        (await Asked(books)).ShouldBe("2026-12 gateway:main ch_1; 2026-12 gateway:main:fee/txn_1");
        (await desk.Book()).ShouldBe(new(0, 0, 0, 0, 0));

        await Reopen(books);
        await desk.Book();
        (await desk.Entries()).ShouldBe(
            [
                "manual-journal 2026-12-15: bank-fees 0.3, gateway-clearing -0.3",
                "payment 2026-12-15: gateway-clearing 10.74, unapplied-cash -10.74",
                $"payment 2026-12-15: unapplied-cash 10.74, receivable -10.74 of {GatewayDesk.First}",
            ], ignoreOrder: true);
        (await desk.OpenCases()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_soft_closed_month_takes_fees_payouts_and_what_came_back_and_no_money_of_customers()
    {
        var (books, desk) = await GatewayDesk.Open(postgres);
        await using var _ = books;
        await desk.Tell(StripeTalk.Charge("ch_1", 1000, 14), StripeTalk.Refund("re_1", "ch_1", 100, 15));
        await Set(books, SoftClosed);
        await desk.Import(StripeTalk.Movement("txn_1", "charge", "ch_1", 1000, 30, 14), "po_1");
        await desk.Tell(
            StripeTalk.Charge("ch_2", 500, 16), StripeTalk.Refund("re_1", "ch_1", 100, 15, "failed", told: 17), StripeTalk.Payout("po_1", 970, 18),
            StripeTalk.Dispute("dp_1", "ch_1", 400, 19, "funds_withdrawn"));
        (await desk.Entries()).ShouldBe(
            [
                "manual-journal 2026-12-14: bank-fees 0.3, gateway-clearing -0.3",
                "manual-journal 2026-12-18: cash-clearing 9.7, gateway-clearing -9.7",
                "payment 2026-12-14: gateway-clearing 10, unapplied-cash -10",
                "refund 2026-12-15: unapplied-cash 1, gateway-clearing -1",
                "reversal 2026-12-17: gateway-clearing 1, unapplied-cash -1",
            ], ignoreOrder: true);
        (await desk.OpenCases()).ShouldBe(["main/ch_1 month-closed", "main/ch_2 month-closed"]);
        // Closed for good it is held all the same; opened again it goes on.
        await Set(books, Closed);
        (await desk.Book()).Looked.ShouldBe(0);
        await Reopen(books);
        await desk.Book();
        (await desk.OpenCases()).ShouldBeEmpty();
        (await desk.Entries()).ShouldContain("dispute 2026-12-19: disputed-receivable 4, gateway-clearing -4");
        (await desk.Entries()).ShouldContain("payment 2026-12-16: gateway-clearing 5, unapplied-cash -5");
    }

    [Fact]
    public async Task What_follows_a_charge_late_is_held_alone_and_one_charge_keeps_no_other_waiting()
    {
        var (books, desk) = await GatewayDesk.Open(postgres);
        await using var _ = books;
        await desk.Tell(StripeTalk.Charge("ch_1", 1000, 14));
        await Set(books, Closed);
        await desk.Tell(StripeTalk.Refund("re_1", "ch_1", 300, 20), StripeTalk.Charge("ch_2", 200, 35));
        (await desk.OpenCases()).ShouldBe(["main/ch_1 month-closed"]);
        (await desk.Entries()).ShouldBe(
            ["payment 2026-12-14: gateway-clearing 10, unapplied-cash -10", "payment 2027-01-04: gateway-clearing 2, unapplied-cash -2"], ignoreOrder: true);
        await Policy(books, LateArrivals.NextOpenMonth);
        (await desk.Book()).Looked.ShouldBe(1);
        (await desk.Entries()).ShouldContain("refund 2027-01-01: unapplied-cash 3, gateway-clearing -3");
    }

    [Fact]
    public async Task Money_that_became_certain_when_its_month_was_closed_is_applied_when_that_may_be()
    {
        var (books, desk) = await GatewayDesk.Open(postgres);
        await using var _ = books;
        var cash = new CashDesk(books.Source);
        var other = CashDesk.Done(await cash.Pay("1.00", $"\"invoices\":[{{\"invoice\":\"{GatewayDesk.First}\"}}]")).Number;
        (await desk.Tell(StripeTalk.Charge("ch_1", 1074, 15, reference: GatewayDesk.First))).Waits.ShouldBe(1);
        CashDesk.Done(await cash.Reverse(other));
        await Set(books, Closed);
        (await desk.Book(again: true)).Parked.ShouldBe(1);
        ((await desk.OpenCases()).ShouldHaveSingleItem(), await cash.Open(GatewayDesk.First)).ShouldBe(("main/ch_1 month-closed", 10.74m));

        await Policy(books, LateArrivals.NextOpenMonth);
        (await desk.Book()).Booked.ShouldBe(1);
        (await desk.Entries()).ShouldContain($"payment 2027-01-01: unapplied-cash 10.74, receivable -10.74 of {GatewayDesk.First}");
        (await desk.OpenCases()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("update cash.gateway_object set held_asked = true", "gateway_object_held_whole")]
    [InlineData(
        "update cash.gateway_object set held_on = '2026-12-01', held_as = 'journal', held_asked = false, held_entity = (select id from customers.legal_entity limit 1)",
        "gateway_object_held_is_parked")]
    [InlineData("update cash.gateway_movement set held_asked = true", "gateway_movement_held_whole")]
    public async Task The_database_itself_refuses(string wrong, string constraint)
    {
        var (books, desk) = await GatewayDesk.Open(postgres);
        await using var _ = books;
        await desk.Import(StripeTalk.Movement("txn_1", "charge", "ch_1", 500, 30, 15), "po_1");
        await desk.Tell(StripeTalk.Charge("ch_1", 500, 15));
        (await Should.ThrowAsync<Npgsql.PostgresException>(() => books.Execute(wrong))).ConstraintName.ShouldBe(constraint);
    }

    // The same table as LateArrival's: whether what is held finds another answer.
    [Theory]
    [InlineData("hold", "2026-12-31", "document", false, false)]
    [InlineData("hold", "2027-01-01", "document", false, true)]
    [InlineData("hold", "2026-12-15", "journal", false, true)]
    [InlineData("hold", "2026-11-30", "journal", false, false)]
    [InlineData("ask-to-reopen", "2026-12-31", "document", false, true)]
    [InlineData("ask-to-reopen", "2026-12-31", "document", true, false)]
    [InlineData("next-open-month", "2026-12-31", "document", true, true)]
    public async Task What_is_held_goes_on_exactly_when_looking_again_gives_another_answer(string policy, string day, string kind, bool asked, bool goesOn)
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        await Set(books, $"closed_through = '2026-11-30', {SoftClosed}, late_arrivals = '{policy}'");
        (await books.Scalar<bool>($"select cash.goes_on(id, '{day}', '{kind}', {asked}) from customers.legal_entity where code = 'US'")).ShouldBe(goesOn);
        var shut = kind == "journal" ? new DateOnly(2026, 11, 30) : new DateOnly(2026, 12, 31);
        var answer = LateArrival.Of(DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture), shut, Words.Parse<LateArrivals>(policy));
        (answer is not LateArrival.Held held || held.Asks != asked && held.Asks).ShouldBe(goesOn);
    }

    private static Task Set(TestDatabase books, string what) => books.Execute($"update customers.legal_entity set {what} where code = 'US'");

    private static async Task Policy(TestDatabase books, LateArrivals policy) =>
        (await new SetLateArrivals(books.Source, TimeProvider.System).Run("US", policy, "mara", "House rule", None)).ShouldBeOfType<CloseOutcome.Changed>();

    private static async Task Reopen(TestDatabase books) =>
        (await new ReopenBooks(books.Source, TimeProvider.System).Run(new MonthRequest("US", December, "mara", "The gateway was late"), None))
        .ShouldBeOfType<CloseOutcome.Changed>();

    private static async Task<string> Asked(TestDatabase books) => await books.Scalar<string>(
        "select coalesce(string_agg(to_char(month, 'YYYY-MM') || ' ' || about, '; ' order by about), '') from ledger.month_event where event = 'reopening-asked'");
}
