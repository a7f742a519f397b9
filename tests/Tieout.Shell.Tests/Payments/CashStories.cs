using Tieout.Application.Posting;
using Tieout.Domain.Cash;
using Tieout.Domain.Reconciliation;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Posting;

namespace Tieout.Shell.Tests.Payments;

/// <summary>Every kind of entry and its reversal reach the ERP once, after what they stand on, and both books agree.</summary>
public sealed class CashStories(PostgresFixture postgres)
{
    [Fact]
    public async Task Each_kind_and_its_reversal_are_posted_once_and_tie_out()
    {
        await using var world = await World.Start(postgres, 6);
        var desk = new CashDesk(world.Database.Source, 11);
        var (invoice, other) = (await InvoiceOf(desk, "C-2"), await InvoiceOf(desk, "C-4"));
        List<string> booked = [];
        string Booked(string number)
        {
            booked.Add(number);
            return number;
        }

        var payment = Booked(CashDesk.Done(await Pay(desk, "20.00", "\"fee\":\"0.30\"")).Number);
        var apply = Booked(CashDesk.Done(await desk.Apply(payment, "\"oldest-first\":true")).Number);
        var refund = Booked(CashDesk.Done(await desk.Refund($"\"payment\":\"{payment}\"", "1.00")).Number);
        var back = Booked(CashDesk.Done(await desk.Dispute($"\"payment\":\"{payment}\",\"amount\":\"2.00\"")).Number);
        var lost = Booked(CashDesk.Done(await desk.Settle(back, DisputeState.Lost, "\"to\":\"owed-again\"")).Number);
        var dispute = Booked(CashDesk.Done(await desk.Dispute($"\"invoice\":\"{other}\",\"amount\":\"3.00\"")).Number);
        var won = Booked(CashDesk.Done(await desk.Settle(dispute, DisputeState.Won)).Number);
        var off = Booked(await desk.WriteOff(other, 2m));
        var earned = Booked(await desk.Earn("0.84"));
        await DeliverAll(world);

        foreach (var number in new[] { won, dispute, lost, back, refund, apply, payment, off, earned }) Booked(CashDesk.Done(await desk.Reverse(number)).Number);
        var paid = Booked(CashDesk.Done(await Pay(desk, "11.92", Named(invoice, "11.92"))).Number);
        await DeliverAll(world);
        foreach (var number in booked) (await world.Held(number)).ShouldBe(1, number);
        (await desk.Open(invoice), await desk.Open(other), await desk.Balance("cash-clearing"), await desk.Balance("unapplied-cash")).ShouldBe((0m, 11.95m,
            11.92m, 0m));
        paid.ShouldNotBe(payment);

        var outcome = await world.TieOut(Targets(world));
        (await world.Rows<(string, string)>("select category, cause from reconciliation.difference")).ShouldBeEmpty();
        outcome.Verdict.ShouldBe(Verdict.Reconciled);
    }

    [Fact]
    public async Task What_stands_on_a_payment_waits_until_the_payment_is_posted()
    {
        await using var world = await World.Start(postgres, 2);
        var desk = new CashDesk(world.Database.Source, 11);
        var targets = Targets(world);
        await world.Deliver(targets);
        await world.Tell("periods/close", new { companyCode = "1010", month = "2026-11" });
        var payment = CashDesk.Done(await Pay(desk, "5.00")).Number;
        var refund = CashDesk.Done(await desk.Refund($"\"payment\":\"{payment}\"", "5.00")).Number;
        (await world.Deliver(targets)).Waiting.ShouldBe(0);
        (await world.Rows<string>("select cause from exceptions.exception_case where code = 'predecessor-not-posted'")).ShouldHaveSingleItem()
            .ShouldBe($"Refund {refund} is about a document that is not in the ERP: {payment} is parked.");
        await world.Tell("periods/open", new { companyCode = "1010", month = "2026-11" });
        await world.Replay("period-closed");
        await world.Replay("predecessor-not-posted");
        (await world.Deliver(targets)).Waiting.ShouldBe(0);
        (await world.Held(payment), await world.Held(refund)).ShouldBe((1, 1));
    }

    [Theory]
    [InlineData("unapply", "Payment")]
    [InlineData("refund", "Refund")]
    [InlineData("charge-back", "Dispute")]
    public async Task What_takes_money_off_an_invoice_waits_for_the_application_that_put_it_there(string way, string named)
    {
        await using var world = await World.Start(postgres, 2);
        var (november, december) = (new CashDesk(world.Database.Source, 11), new CashDesk(world.Database.Source, 12));
        var invoice = await InvoiceOf(november, "C-2");
        var payment = CashDesk.Done(await Pay(november, "5.00")).Number;
        await DeliverAll(world);
        await world.Tell("periods/close", new { companyCode = "1010", month = "2026-11" });
        var applied = CashDesk.Done(await november.Apply(payment, Named(invoice, "5.00"))).Number;
        var off = CashDesk.Done(way switch
        {
            "unapply" => await december.Unapply(payment, Named(invoice, "5.00")),
            "refund" => await december.Refund($"\"payment\":\"{payment}\"", "5.00"),
            _ => await december.Dispute($"\"payment\":\"{payment}\""),
        }).Number;
        (await world.Deliver(Targets(world))).Waiting.ShouldBe(0);
        (await world.Rows<string>("select cause from exceptions.exception_case where code = 'predecessor-not-posted'")).ShouldHaveSingleItem()
            .ShouldBe($"{named} {off} is about a document that is not in the ERP: {applied} is parked.");
        await world.Tell("periods/open", new { companyCode = "1010", month = "2026-11" });
        await world.Replay("period-closed");
        await world.Replay("predecessor-not-posted");
        await DeliverAll(world);
        (await world.Held(applied), await world.Held(off)).ShouldBe((1, 1));
    }

    private static Task<string> InvoiceOf(CashDesk desk, string account) => desk.Scalar<string>(
        "select i.number from invoicing.invoice i join customers.billing_account a on a.id = i.billing_account_id where a.code = @account", new { account });

    private static async Task DeliverAll(World world)
    {
        (await world.Deliver(Targets(world))).Waiting.ShouldBe(0);
        (await world.OpenCases()).ShouldBeEmpty();
    }

    private static Task<Application.Journals.JournalOutcome> Pay(CashDesk desk, string amount, string more = "") => desk.Pay(amount, more, "C-2", "EUR");

    private static IReadOnlyList<DeliveryTarget> Targets(World world) =>
        [.. new[] { "1710", "1010" }.Select(company => world.Target(world.Settings(company) with
        {
            Accounts = new Dictionary<string, string>(world.Settings(company).Accounts, StringComparer.Ordinal) { ["unapplied-cash"] = "21190000",
                ["bank-fees"] = "65008000" },
        }))];

    private static string Named(string invoice, string amount) => $$"""
        "invoices":[{"invoice":"{{invoice}}","amount":"{{amount}}"}]
        """;
}
