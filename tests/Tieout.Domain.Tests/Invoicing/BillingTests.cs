using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Catalog;
using Tieout.Domain.Customers;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Ledger;
using Tieout.Domain.Subscriptions;
using Tieout.Domain.Tax;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Invoicing;

public class BillingTests
{
    private static readonly AccountingMonth November = Month("2026-11");
    private static readonly TaxRate SevenAndAQuarter = new("US-CA", 0.0725m, Day("2020-01-01"), null);

    private static readonly BillingAccount Account = new(
        new BillingAccountId(Guid.Parse("00000000-0000-0000-0000-0000000000a1")), new CustomerId(Guid.Empty), new LegalEntityId(Guid.Empty),
        Usd, "US-CA", 30, new CorrelationId(Guid.Empty));

    [Theory]
    [InlineData("2026-10-31", null, 30)]
    [InlineData("2026-11-01", null, 30)]
    [InlineData("2026-11-30", null, 1)]
    [InlineData("2026-12-01", null, 0)]      // starts after the month
    [InlineData("2025-01-01", "2026-11-01", 0)] // the end is the first day that no longer counts
    [InlineData("2025-01-01", "2026-11-02", 1)]
    [InlineData("2026-11-10", "2026-11-20", 10)]
    public void A_subscription_is_charged_for_its_days_of_the_month(string start, string? end, int days)
    {
        var lines = Lines([Subscription(start, end, "30.00")]).ToList();
        lines.Sum(line => line.Period.Days).ShouldBe(days);
        lines.Sum(line => line.Amount.Amount).ShouldBe(days);
    }

    [Fact]
    public void A_charge_of_nothing_makes_no_line() => Lines([Subscription("2026-01-01", null, "0")]).ShouldBeEmpty();

    [Theory]
    [InlineData("29.85", "2.16", "32.01")]    // 2.164125
    [InlineData("2.00", "0.15", "2.15")]      // exactly half a cent goes up; half-even would say 0.14
    [InlineData("100.00", "7.25", "107.25")]
    public void Tax_is_rounded_once_on_the_sum_of_the_lines(string net, string tax, string total)
    {
        var invoice = Draw(net);
        invoice.Tax.Amount.ShouldBe(D(tax));
        invoice.Total.Amount.ShouldBe(D(total));
        invoice.DueDate.ShouldBe(Day("2026-12-01"));
    }

    [Fact]
    public void Every_invoice_has_an_entry_that_balances() =>
        Prop.ForAll(Gen.Choose(1, 100_000_00).ToArbitrary(), cents =>
        {
            var invoice = Draw((cents / 100m).ToString(System.Globalization.CultureInfo.InvariantCulture));
            var entry = InvoiceEntry.Of(invoice);
            return entry.Lines.Sum(line => line.Amount.Amount) == 0
                && entry.Lines.Single(line => line.Account == LedgerAccount.Receivable).Amount == invoice.Total;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000).WithQuietOnSuccess(true));

    [Fact]
    public void An_exempt_invoice_has_no_tax_line() =>
        InvoiceEntry.Of(Draw("10.00", new TaxRate("US-EXEMPT", 0, Day("2020-01-01"), null)))
            .Lines.ShouldBe([new JournalLine("receivable", new Money(10, Usd)), new JournalLine("revenue", new Money(-10, Usd))]);

    [Fact]
    public void Deferred_charges_are_credited_to_deferred_revenue()
    {
        Subscription[] subscriptions = [Subscription("2026-01-01", null, "10.00"), Subscription("2026-01-01", null, "5.00", Recognition.Deferred)];
        var lines = Lines(subscriptions).ToList();
        var entry = InvoiceEntry.Of(Invoice.Draw(Account, November.FirstDay, [.. lines.Select(line => Taxed(line))], []));
        entry.Lines.Select(line => (line.Account, line.Amount.Amount)).ShouldBe(
            [("receivable", 16.09m), ("revenue", -10m), ("deferred-revenue", -5m), ("tax", -1.09m)]);
    }

    [Fact]
    public void What_is_charged_for_prepaid_credit_is_credited_to_it()
    {
        Subscription[] subscriptions =
        [
            Subscription("2026-01-01", null, "10.00"), Subscription("2026-01-01", null, "5.00", Recognition.Deferred),
            Subscription("2026-01-01", null, "33.33", Recognition.Prepaid),
        ];
        var invoice = Invoice.Draw(Account, November.FirstDay, [.. Lines(subscriptions).Select(line => Taxed(line))], []);
        InvoiceEntry.Of(invoice).Lines.Select(line => (line.Account, line.Amount.Amount)).ShouldBe(
            [("receivable", invoice.Total.Amount), ("revenue", -10m), ("deferred-revenue", -5m), ("prepaid-credit", -33.33m), ("tax", -invoice.Tax.Amount)]);
    }

    [Fact]
    public void An_entry_out_of_balance_cannot_be_made() =>
        Should.Throw<ArgumentException>(() => new JournalEntry(November, Day("2026-11-01"),
            [new("receivable", new Money(10, Usd)), new("revenue", new Money(-9.99m, Usd))])).Message.ShouldContain("out of balance by 0.01 USD");

    [Fact]
    public void An_entry_balances_in_each_currency_by_itself() =>
        Should.Throw<ArgumentException>(() => new JournalEntry(November, Day("2026-11-01"),
            [new("receivable", new Money(10, Usd)), new("revenue", new Money(-10, Eur))]));

    [Theory]
    [InlineData("2020-06-30", null)]
    [InlineData("2020-07-01", "0.16")]
    [InlineData("2020-12-31", "0.16")]
    [InlineData("2021-01-01", "0.19")]
    public void The_rate_is_the_one_in_force_on_the_day_of_supply(string day, string? rate)
    {
        var table = new TaxTable([new("DE", 0.16m, Day("2020-07-01"), Day("2021-01-01")), new("DE", 0.19m, Day("2021-01-01"), null)]);
        table.On("DE", Day(day))?.Rate.ShouldBe(D(rate!));
        (table.On("DE", Day(day)) is null).ShouldBe(rate is null);
        table.On("FR", Day(day)).ShouldBeNull();
    }

    [Fact]
    public void Numbers_fit_the_reference_field_of_the_narrowest_erp() => InvoiceNumber.Of("USA", 2026, 9_999_999).Length.ShouldBeLessThanOrEqualTo(16);

    private static List<ChargeLine> Lines(IEnumerable<Subscription> subscriptions) => Wanted.Of(
        new BillableAccount(Account, "A") { Subscriptions = [.. subscriptions.Select(item => new BillableSubscription(item, "S"))] },
        new BillingWindow(November.FirstDay, null, November.Period.End.AddDays(-1))).Lines;

    private static Invoice Draw(string net, TaxRate? rate = null) => Invoice.Draw(
        Account, November.FirstDay, [.. Lines([Subscription("2026-01-01", null, net)]).Select(line => Taxed(line, rate))], []);

    private static TaxedLine Taxed(ChargeLine line, TaxRate? rate = null) => new(
        new LineToBook(line, 1, line.Amount.Amount, line.Amount.Amount, null, null),
        new LineTax((rate ?? SevenAndAQuarter).Code, "S", (rate ?? SevenAndAQuarter).Rate, line.Period.Start));

    private static Subscription Subscription(string start, string? end, string price, Recognition recognition = Recognition.Immediate) => new(
        new SubscriptionId(Guid.CreateVersion7()), new CorrelationId(Guid.Empty), Day(start), end is null ? null : Day(end),
        [new SubscribedComponent("base", new Price("P", "base", new ChargeModel.Flat(D(price)), Usd, recognition, "Plan"), 1, Day(start), null)]);
}
