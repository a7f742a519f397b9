using Dapper;
using Tieout.Application.Invoicing;
using Tieout.Application.Posting;
using Tieout.Application.Reconciliation;
using Tieout.Domain;
using Tieout.Domain.Posting;
using Tieout.Domain.Reconciliation;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Connectors.Tryton;

/// <summary>Billing, delivery, credit memo and tie-out as one, against the real ERP.</summary>
public sealed class TrytonBillingTests(TrytonFixture tryton, PostgresFixture postgres) : TrytonStory(tryton)
{
    private static readonly AccountingMonth Month = new(2026, 11);

    [Fact]
    public async Task A_month_is_billed_corrected_credited_voided_and_tied_out()
    {
        await using var books = await postgres.CreateDatabase();
        await SampleData.Subscriptions(books.Source, 9); // five of them are of the US company
        await Bill(books);
        var target = Target();
        (await Deliver(books, target)).ShouldBe(("posted", 5L));

        await books.Execute("update subscriptions.component set agreed_price = 7 where billing_account_id = md5('account1')::uuid;" + SampleData.Touched(1));
        await Bill(books);
        await Credit(books, "C-3", new CreditWish.ByAmount(4m));
        await Credit(books, "C-5", new CreditWish.Void());
        await Bill(books); // what was voided is wanted still
        (await Deliver(books, target)).ShouldBe(("posted", 9L));

        var us = (await TieOut(books, target)).Entities.Single(entity => entity.LegalEntity == "US");
        (us.Verdict, us.OurDocuments, us.TheirDocuments, us.Breaks).ShouldBe((Verdict.Reconciled, 9L, 9L, 0));
        us.TheirTotal.ShouldBe(us.OurTotal);

        // The ERP took the credit memos for credit notes of its own: their numbers are of its other series.
        await using var connection = await books.Source.OpenConnectionAsync();
        foreach (var key in await connection.QueryAsync<string>("select number from invoicing.invoice where kind = 'credit-memo' and number like 'USC-%'"))
        {
            var held = (await Erp.Invoices(key, "total_amount", "sequence")).ShouldHaveSingleItem();
            held.GetProperty("total_amount").GetProperty("decimal").GetString()!.ShouldStartWith("-");
            held.GetProperty("sequence").GetInt64().ShouldNotBe(await Sequence("US-2026-0000001"));
        }
    }

    private async Task<long> Sequence(string key) => (await Erp.Invoices(key, "sequence"))[0].GetProperty("sequence").GetInt64();

    private DeliveryTarget Target()
    {
        var settings = Erp.Target("US") with { Taxes = new Dictionary<string, string>(StringComparer.Ordinal) { ["US-CA"] = "US-CA" } };
        return new DeliveryTarget(settings, Connect(settings), PostingPolicy.Default, ["US"]);
    }

    private static async Task Bill(TestDatabase books) =>
        await new BillAccounts(books.Source, TimeProvider.System).Run(new BillingRequest(Month, "test"), null, CancellationToken.None);

    private static async Task Credit(TestDatabase books, string account, CreditWish wish)
    {
        var number = await books.Scalar<string>(
            $"select i.number from invoicing.invoice i join customers.billing_account a on a.id = i.billing_account_id where a.code = '{account}'");
        (await new CreditInvoice(books.Source, TimeProvider.System).Run(
            new CreditRequest(number, wish, Month.FirstDay.AddDays(19), "Goodwill", "test", Guid.CreateVersion7().ToString()), CancellationToken.None))
            .ShouldBeOfType<CreditOutcome.Given>();
    }

    private static async Task<(string State, long Documents)> Deliver(TestDatabase books, DeliveryTarget target)
    {
        var summary = await new PostDocuments(books.Source, TimeProvider.System, [target]).Run("test", TimeSpan.FromSeconds(30), null, CancellationToken.None);
        var ours = summary.Counts.Where(count => count.Target == target.Name).ShouldHaveSingleItem();
        return (ours.State, ours.Documents);
    }

    private static Task<TieOutOutcome> TieOut(TestDatabase books, DeliveryTarget target) =>
        new TieOutMonth(books.Source, TimeProvider.System, [target]).Run(Month, "test", null, CancellationToken.None);
}
