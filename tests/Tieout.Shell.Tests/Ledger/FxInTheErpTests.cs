using Tieout.Domain;
using Tieout.Domain.Reconciliation;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Payments;
using Tieout.Shell.Tests.Posting;

namespace Tieout.Shell.Tests.Ledger;

/// <summary>What an ERP gets of entries in a foreign currency: the entry in its own, a month's end in that of the books; and all of it ties out.</summary>
public sealed class FxInTheErpTests(PostgresFixture postgres)
{
    private static readonly AccountingMonth December = new(2026, 12);

    [Fact]
    public async Task A_gain_stays_ours_a_month_s_end_is_posted_and_books_tie_out_in_both_currencies()
    {
        await using var world = await World.Start(postgres, 2);
        // From here on the books of the German company are in dollars; what it bills is in euros.
        await world.Database.Execute(
            """
            update customers.legal_entity set currency = 'USD' where code = 'DE';
            insert into exchange.rate (base, quote, date, type, version, rate, source, reason, actor, created_at)
            select 'EUR', 'USD', day, 'spot', 1, rate, '', '', 'mara', now()
            from (values ('2026-12-01'::date, 1.10), ('2026-12-15', 1.15), ('2026-12-31', 1.20)) as of (day, rate)
            """);
        await world.Bill(December);
        var (fx, desk) = (new FxDesk(world.Database.Source), new CashDesk(world.Database.Source));
        var invoice = await desk.Scalar<string>("select number from invoicing.invoice where currency = 'EUR' and month = '2026-12-01'");
        var paid = CashDesk.Done(await desk.Pay("5.00", $"\"invoices\":[{{\"invoice\":\"{invoice}\"}}]", "C-2", "EUR")).Number;
        (await fx.Lines(paid)).ShouldBe("cash-clearing 5.00 = 5.75, receivable -5.00 = -5.50, fx-gain-loss 0.00 = -0.25");
        var sheet = (await fx.Revalue(12, entity: "DE")).ShouldBeOfType<Application.Closing.CloseOutcome.Revalued>().Sheet;
        sheet.Booked.Currency.Code.ShouldBe("USD");

        // A company code in dollars.
        IReadOnlyList<Application.Posting.DeliveryTarget> targets =
            [world.Target(world.Settings("1710")), world.Target(world.Settings("1710") with { Name = "sap-de" }, entity: "DE")];
        (await world.Deliver(targets)).Waiting.ShouldBe(0);
        foreach (var number in new[] { paid, sheet.Entry, sheet.Reversal }) (await world.Held(number)).ShouldBe(1, number);
        var sent = string.Join('\n', await world.Rows<string>("select convert_from(request, 'UTF8') from posting.exchange where request is not null"));
        sent.ShouldContain("12199000");
        sent.ShouldContain("72040000");
        sent.ShouldNotContain("72010000"); // what the rate won
        foreach (var month in new[] { December, new AccountingMonth(2027, 1) })
            (await world.TieOut(targets, month)).Verdict.ShouldBe(Verdict.Reconciled);
    }
}
