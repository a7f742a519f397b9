using Tieout.Application.Exchange;
using Tieout.Application.Invoicing;
using Tieout.Domain;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Ledger;
using Tieout.Shell.Tests.Payments;

namespace Tieout.Shell.Tests.Gateways;

/// <summary>
/// The company US, whose books are in dollars, bills C-2 11.92 euros a month: 13.11 dollars in November, at 1.10. C-2 pays euros by the gateway,
/// whose balance is in dollars. A euro costs 1.08 on December 15, 1.05 from the 18th on.
/// </summary>
public sealed class GatewayExchangeStories(PostgresFixture postgres)
{
    private static readonly string Settled = StripeTalk.Movement("txn_1", "charge", "ch_1", 1275, 67, 15, rate: "1.0696");

    private string _invoice = "";

    private static CancellationToken None => CancellationToken.None;

    private string Paid => StripeTalk.Charge("ch_1", 1192, 15, reference: _invoice, currency: "eur");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_invoice_is_paid_in_its_currency_and_clearing_holds_what_will_be_paid_out(bool paidFirst)
    {
        await using var books = await Books();
        var (desk, fx, cash) = (new GatewayDesk(books.Source), new FxDesk(books.Source), new CashDesk(books.Source));
        if (paidFirst)
        {
            await desk.Tell(Paid);
            (await fx.Stands("gateway-clearing", "EUR")).ShouldBe((11.92m, 12.87m));
            await desk.Import(Settled, "po_1");
        }
        else
        {
            await desk.Import(Settled, "po_1");
            await desk.Book();
            await desk.Import(Paid);
        }
        (await desk.Book()).Exchanges.ShouldBe(1);
        // 11.92 euros came when they cost 12.87, for what was booked at 13.11; the gateway made 12.75 of them: 24 and 12 cents are lost, once each.
        (await cash.Open(_invoice)).ShouldBe(0m);
        (await desk.Entries()).ShouldBe(
            [
                "manual-journal 2026-12-15: bank-fees 0.67, gateway-clearing -0.67",
                "manual-journal 2026-12-15: currency-exchange 11.92, gateway-clearing -11.92",
                "manual-journal 2026-12-15: gateway-clearing 12.75, fx-gain-loss 0.12, currency-exchange -12.87",
                "payment 2026-12-15: gateway-clearing 11.92, unapplied-cash -11.92",
                $"payment 2026-12-15: unapplied-cash 11.92, fx-gain-loss 0, receivable -11.92 of {_invoice}",
            ]);
        (await fx.Stands("gateway-clearing", "EUR")).ShouldBe((0m, 0m));
        (await fx.Stands("gateway-clearing")).ShouldBe((12.08m, 12.08m));
        (await fx.Stands("receivable", "EUR")).ShouldBe((11.92m, 13.11m)); // December's
        ((await fx.Stands("fx-gain-loss", "EUR")).Functional + (await fx.Stands("fx-gain-loss")).Functional).ShouldBe(0.36m);
        (await desk.Clearing()).Sum(one => one.Amount.Currency.Code == "USD" ? one.Amount.Amount : 0).ShouldBe(12.08m);
        // The bank gets exactly that, and nothing is left.
        await desk.Tell(StripeTalk.Payout("po_1", 1208, 18));
        await Empty(books);
        (await fx.Stands("cash-clearing")).ShouldBe((12.08m, 12.08m));
        // Everything again changes nothing.
        var entries = await desk.Entries();
        await desk.Import(Settled, "po_1");
        await desk.Tell(Paid, StripeTalk.Payout("po_1", 1208, 18));
        (await desk.Entries()).ShouldBe(entries);
    }

    [Fact]
    public async Task What_goes_back_and_what_is_disputed_is_exchanged_at_the_gateway_s_rate_of_its_day()
    {
        await using var books = await Books();
        var (desk, fx) = (new GatewayDesk(books.Source), new FxDesk(books.Source));
        await desk.Import(Settled, "po_1");
        await desk.Tell(Paid);
        await desk.Tell(
            StripeTalk.Refund("re_1", "ch_1", 500, 18, currency: "eur"),
            StripeTalk.Dispute("dp_1", "ch_1", 692, 20, "funds_withdrawn", currency: "eur"),
            StripeTalk.Dispute("dp_1", "ch_1", 692, 28, "funds_reinstated", "won", currency: "eur"));
        await desk.Import(string.Join('\n',
            StripeTalk.Movement("txn_2", "refund", "re_1", -530, 0, 18, rate: "1.06"),
            StripeTalk.Movement("txn_3", "adjustment", "dp_1", -740, 1500, 20, "dispute", rate: "1.0694"),
            StripeTalk.Movement("txn_4", "adjustment", "dp_1", 730, 0, 28, "dispute_reversal", rate: "1.0549"),
            StripeTalk.Movement("txn_5", "charge", "ch_2", 5000, 0, 20)), "po_1");
        await desk.Tell(StripeTalk.Charge("ch_2", 5000, 20, customer: "cus_9"));
        (await desk.OpenCases()).ShouldBeEmpty();
        // 12.75 - 0.67 - 5.30 - 7.40 - 15.00 + 7.30 + 50.00
        (await fx.Stands("gateway-clearing")).ShouldBe((41.68m, 41.68m));
        (await fx.Stands("gateway-clearing", "EUR")).ShouldBe((0m, 0m));
        await desk.Tell(StripeTalk.Payout("po_1", 4168, 30));
        await Empty(books);
        // 5.00 euros leave clearing at 5.25, and the balance gives 5.30 for them.
        (await desk.Entries()).ShouldContain("manual-journal 2026-12-18: currency-exchange 5.25, fx-gain-loss 0.05, gateway-clearing -5.3");
        (await desk.Entries()).ShouldContain("manual-journal 2026-12-18: gateway-clearing 5, currency-exchange -5");
    }

    [Fact]
    public async Task What_cannot_be_an_exchange_is_a_case_and_what_lacks_a_rate_follows_when_it_comes()
    {
        await using var books = await Books();
        var (desk, fx) = (new GatewayDesk(books.Source), new FxDesk(books.Source));
        // Into pounds, of which nobody knows the rate.
        await desk.Import(StripeTalk.Movement("txn_g", "charge", "ch_1", 1020, 0, 15, currency: "gbp", rate: "0.8557"));
        await desk.Tell(Paid);
        (await desk.OpenCases()).ShouldBe(["main/txn_g/exchange exchange-rate-missing"]);
        (await fx.Stands("gateway-clearing", "EUR")).ShouldBe((11.92m, 12.87m));
        await Quote(books, ("GBP", "2026-12-15", "1.26"));
        (await desk.Book()).Exchanges.ShouldBe(1);
        (await desk.OpenCases()).ShouldBeEmpty();
        // 10.20 pounds are 12.85 dollars: two cents are lost, in an entry of their own.
        (await fx.Stands("gateway-clearing", "GBP")).ShouldBe((10.20m, 12.85m));
        (await desk.Entries()).ShouldContain("manual-journal 2026-12-15: fx-gain-loss 0.02, currency-exchange -0.02");
        // The wrong way, and twice of the same.
        await desk.Tell(StripeTalk.Charge("ch_3", 500, 16, currency: "eur"), StripeTalk.Charge("ch_4", 500, 16, currency: "eur"));
        await desk.Import(string.Join('\n',
            StripeTalk.Movement("txn_a", "charge", "ch_3", -540, 0, 16), StripeTalk.Movement("txn_b", "charge", "ch_4", 270, 0, 16),
            StripeTalk.Movement("txn_c", "charge", "ch_4", 270, 0, 16)));
        await desk.Book();
        (await desk.OpenCases()).ShouldBe(
            ["main/txn_a/exchange contradiction", "main/txn_b/exchange several-movements", "main/txn_c/exchange several-movements"]);
        (await desk.Clearing()).Select(one => one.Source).ShouldContain("ch_3");
        await fx.Holds();
    }

    [Fact]
    public async Task Money_of_two_companies_is_never_exchanged_between_them()
    {
        await using var books = await Books(new Dictionary<string, string>(StringComparer.Ordinal) { ["EUR"] = "US", ["USD"] = "DE" });
        var desk = new GatewayDesk(books.Source);
        await desk.Import(StripeTalk.Movement("txn_1", "charge", "ch_1", 1275, 0, 15));
        await desk.Tell(Paid);
        (await desk.OpenCases()).ShouldBe(["main/txn_1/exchange other-entity"]);
        // Named rightly, it is booked when it is looked at again.
        await books.Execute("update cash.gateway_entity set legal_entity_id = (select id from customers.legal_entity where code = 'US')");
        (await desk.Book(again: true)).Exchanges.ShouldBe(1);
        (await desk.OpenCases()).ShouldBeEmpty();
        // PostgreSQL holds it: what is booked stays.
        await Should.ThrowAsync<Npgsql.PostgresException>(() => books.Execute("update cash.gateway_exchange set state = 'new', given_entry = null, got_entry = null"));
    }

    [Fact]
    public async Task In_a_closed_month_it_is_held_and_goes_on_by_itself()
    {
        await using var books = await Books();
        var desk = new GatewayDesk(books.Source);
        await desk.Tell(Paid);
        await books.Execute("update customers.legal_entity set closed_through = '2026-12-31', late_arrivals = 'hold'");
        await desk.Import(StripeTalk.Movement("txn_1", "charge", "ch_1", 1275, 0, 15));
        await desk.Book();
        (await desk.OpenCases()).ShouldBe(["main/txn_1/exchange month-closed"]);
        await books.Execute("update customers.legal_entity set late_arrivals = 'next-open-month'");
        (await desk.Book()).Exchanges.ShouldBe(1);
        (await desk.Entries()).ShouldContain("manual-journal 2027-01-01: gateway-clearing 12.75, fx-gain-loss 0.12, currency-exchange -12.87");
    }

    // Clearing holds nothing in any currency, the account between nothing in the books, and the books are whole.
    private static async Task Empty(TestDatabase books)
    {
        var fx = new FxDesk(books.Source);
        foreach (var currency in new[] { "EUR", "USD" }) (await fx.Stands("gateway-clearing", currency)).ShouldBe((0m, 0m), currency);
        ((await fx.Stands("currency-exchange", "EUR")).Functional + (await fx.Stands("currency-exchange")).Functional).ShouldBe(0m);
        (await new GatewayDesk(books.Source).Clearing()).ShouldBeEmpty();
        await fx.Holds();
    }

    private async Task<TestDatabase> Books(IReadOnlyDictionary<string, string>? entities = null)
    {
        var books = await postgres.CreateDatabase();
        await SampleData.Subscriptions(books.Source, 2);
        await books.Execute("update customers.billing_account set legal_entity_id = (select id from customers.legal_entity where code = 'US') where code = 'C-2'");
        await Quote(books, ("EUR", "2026-11-01", "1.10"), ("EUR", "2026-12-01", "1.10"), ("EUR", "2026-12-15", "1.08"), ("EUR", "2026-12-16", "1.08"),
            ("EUR", "2026-12-18", "1.05"), ("EUR", "2026-12-20", "1.05"), ("EUR", "2026-12-28", "1.05"), ("EUR", "2027-01-01", "1.05"));
        foreach (var month in new[] { 11, 12 })
            await new BillAccounts(books.Source, TimeProvider.System).Run(new BillingRequest(new AccountingMonth(2026, month), "test"), null, None);
        var desk = new GatewayDesk(books.Source);
        await desk.Register(entities is null ? GatewayDesk.Settings : GatewayDesk.Settings with { LegalEntities = entities });
        await desk.Teach("cus_1", "C-2");
        await desk.Teach("cus_9", "C-1");
        _invoice = await new CashDesk(books.Source).Scalar<string>(
            "select i.number from invoicing.invoice i join customers.billing_account a on a.id = i.billing_account_id where a.code = 'C-2' order by i.issue_date limit 1");
        return books;
    }

    private static async Task Quote(TestDatabase books, params (string Currency, string Day, string Rate)[] rates) =>
        (await new EnterRates(books.Source, TimeProvider.System).Run(
            [.. rates.Select(rate => new EnteredRate(rate.Currency, "USD", rate.Day, rate.Rate))], "", "mara", None)).Refused.ShouldBe(0);
}
