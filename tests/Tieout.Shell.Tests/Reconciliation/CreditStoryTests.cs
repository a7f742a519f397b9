using Tieout.Application.Invoicing;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Reconciliation;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Posting;

namespace Tieout.Shell.Tests.Reconciliation;

/// <summary>Everything that can happen to an invoice after it was billed, posted into the ERP, and both books agree.</summary>
public sealed class CreditStoryTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Billed_changed_credited_voided_billed_anew_and_every_book_agrees()
    {
        await using var world = await World.Start(postgres, 10);
        await world.Deliver();
        // Customer 1 pays less from the start on: a credit memo. Customer 2 too, and takes something more: an invoice with both.
        await world.Database.Execute("update subscriptions.component set agreed_price = 7 where billing_account_id in (md5('account1')::uuid, md5('account2')::uuid);" + SampleData.Touched(1) + SampleData.Touched(2));
        await world.Database.Execute(
            """
            insert into subscriptions.subscription (id, billing_account_id, code, plan_id, start_date, correlation_id)
              select md5('more')::uuid, billing_account_id, 'MORE', plan_id, start_date, correlation_id from subscriptions.subscription where code = 'C-2';
            insert into subscriptions.component (billing_account_id, subscription_id, component, price_id, quantity, agreed_price, from_date)
              select billing_account_id, md5('more')::uuid, component, price_id, 1, 50, from_date from subscriptions.component where billing_account_id = md5('account2')::uuid;
            insert into subscriptions.touched select gen_random_uuid(), 1, md5('account2')::uuid, md5('more')::uuid, '2026-01-01', 'new', now();
            """);
        var changed = await world.Bill(World.Month);
        changed.Totals.Select(total => (total.LegalEntity, total.Invoices, total.CreditMemos, total.Net)).ShouldBe([("DE", 1L, 0L, 46.98m), ("US", 0L, 1L, -3.01m)]);
        var credited = await world.Credit(await Last(world, "C-3"), new CreditWish.ByAmount(4m)); // of 10.03
        await world.Credit(await Last(world, "C-4"), new CreditWish.ByLine([new LineCredit(1, 10.04m)]));
        await world.Credit(await Last(world, "C-5"), new CreditWish.Void());

        (await world.Deliver()).Waiting.ShouldBe(0);
        await world.AllPostedOnce();
        (await world.Held(credited)).ShouldBe(1);
        await Agree(world, de: 7, us: 8);

        // What was voided is billed anew, and voided again; what the books say of the whole month stays proved.
        (await world.Bill(World.Month)).Invoices.ShouldBe(1);
        await world.Credit(await Last(world, "C-5"), new CreditWish.Void());
        (await world.Deliver()).Waiting.ShouldBe(0);
        await world.AllPostedOnce();
        await Agree(world, de: 7, us: 10);
        (await world.OpenCases()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("delete", "missing")]
    [InlineData("copy", "duplicate")]
    [InlineData("alter", "amount")]
    public async Task A_credit_memo_tampered_with_in_the_erp_is_one_break(string what, string category)
    {
        await using var world = await World.Start(postgres, 4);
        var memo = await world.Credit("DE-2026-0000001", new CreditWish.ByAmount(5m));
        await world.Deliver();
        object body = what == "alter" ? new { companyCode = "1010", reference = memo, kind = "S", amount = 1.5m } : new { companyCode = "1010", reference = memo };
        await world.Tell("tamper/" + what, body);

        (await world.TieOut()).Entities.Select(entity => (entity.LegalEntity, entity.Verdict)).ShouldBe([("DE", Verdict.Breaks), ("US", Verdict.Reconciled)]);
        var amount = what == "alter" ? 1.5m : 5.95m;
        (await world.Rows<(string, string, decimal)>("select category, business_key, amount from reconciliation.difference")).ShouldBe([(category, memo, amount)]);
    }

    private static async Task<string> Last(World world, string account) => (await world.Rows<string>(
        "select max(i.number) from invoicing.invoice i join customers.billing_account a on a.id = i.billing_account_id where a.code = @account and i.kind = 'invoice'",
        new { account }))[0];

    private static async Task Agree(World world, int de, int us)
    {
        var outcome = await world.TieOut();
        outcome.Verdict.ShouldBe(Verdict.Reconciled);
        outcome.Entities.Select(entity => (entity.LegalEntity, entity.OurDocuments, entity.TheirDocuments)).ShouldBe([("DE", (long)de, (long)de), ("US", us, us)]);
        outcome.Entities.ShouldAllBe(entity => entity.OurTotal == entity.TheirTotal && entity.Breaks == 0);
    }
}
