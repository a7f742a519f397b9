using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Cash;
using Tieout.Domain.Customers;

namespace Tieout.Domain.Tests.Cash;

/// <summary>Discounts for paying early: what may be kept, what it is made of, and what becomes of it when the money goes.</summary>
public class InvoiceDiscountTests
{
    private static readonly Guid Invoice = new("00000000-0000-0000-0000-0000000000b1");
    private static readonly Currency Euro = Currency.Of("EUR");
    private static readonly DateOnly Day = new(2026, 11, 20);

    [Theory]
    [InlineData("EUR", "120", "2", "2.40")]
    [InlineData("EUR", "10.25", "2", "0.21")] // 0.205: half goes up
    [InlineData("EUR", "0.24", "2", "0")]
    [InlineData("EUR", "0.25", "2", "0.01")]
    [InlineData("JPY", "1025", "2", "21")]
    [InlineData("KWD", "10.025", "2", "0.201")]
    [InlineData("EUR", "100", "2.5555", "2.56")]
    public void The_discount_is_of_the_amount_with_tax_in_minor_units(string currency, string gross, string percent, string discount) =>
        new DiscountTerms(Number(percent), 10).Of(Number(gross), Currency.Of(currency)).ShouldBe(Number(discount));

    [Theory]
    [InlineData("0", 0, 30, "", "")]
    [InlineData("2", 10, 30, "", "")]
    [InlineData("2", 30, 30, "", "")]
    [InlineData("99.9999", 1, 1, "", "")]
    [InlineData("2", 31, 30, "", "days")] // later than the invoice is due
    [InlineData("2", 1, 0, "", "days")]
    [InlineData("2", 0, 30, "", "days")]
    [InlineData("0", 10, 30, "percent", "")]
    [InlineData("100", 10, 30, "percent", "")]
    [InlineData("-1", 10, 30, "percent", "")]
    [InlineData("2.00001", 10, 30, "percent", "")]
    public void Terms_have_both_figures_and_end_before_the_invoice_is_due(string percent, int days, int term, string wrongPercent, string wrongDays)
    {
        (DiscountTerms.PercentProblem(Number(percent), days) is not null).ShouldBe(wrongPercent.Length > 0);
        (DiscountTerms.DaysProblem(Number(percent), days, term) is not null).ShouldBe(wrongDays.Length > 0);
    }

    // 100.84 and 19.16 of tax; then with a second rate; then exempt.
    [Theory]
    [InlineData("2.40", "19 100.84 19.16", "19 net 2.02, 19 tax 0.38")]
    [InlineData("6.55", "19 100 19, 7 200 14", "7 net 3.93, 7 tax 0.28, 19 net 1.97, 19 tax 0.37")]
    [InlineData("0.01", "19 100 19, 7 200 14", "7 net 0.01")]
    [InlineData("2.00", "0 100 0", "0 net 2.00")]
    [InlineData("2.00", "19 100 19, 7 -10 -0.70", "19 net 1.68, 19 tax 0.32")] // what is below zero gets no part
    public void A_discount_is_divided_by_tax_code_and_rate_into_what_it_costs_and_the_tax_in_it(string discount, string parts, string told) =>
        string.Join(", ", Terms(parts).Shares(Invoice, Number(discount), Euro).Select(share => (Pool: (CashPool.Discount)share.Pool, share.Amount))
            .OrderBy(one => one.Pool.TaxRate).ThenBy(one => one.Pool.IsTax)
            .Select(one => FormattableString.Invariant($"{one.Pool.TaxRate * 100:0} {(one.Pool.IsTax ? "tax" : "net")} {one.Amount:0.00}"))).ShouldBe(told);

    [Fact]
    public void Each_part_is_its_share_of_the_discount_to_less_than_a_cent_and_together_they_are_the_discount() =>
        Prop.ForAll(Arb.From(Gen.Zip(Gen.Choose(1, 500_000), Gen.Zip(Gen.Choose(0, 500_000), Gen.Choose(1, 2_000)))), figures =>
        {
            var (first, (second, percent)) = figures;
            TaxedPart[] parts = [Part("FULL", 0.19m, first / 100m), Part("LOW", 0.07m, second / 100m)];
            var gross = parts.Sum(part => part.Net + part.Tax);
            var terms = new InvoiceDiscount(percent / 100m, Day, gross, 0m, parts);
            var discount = terms.Most(gross, Euro);
            discount.ShouldBe(Math.Round(gross * percent / 10_000m, 2, MidpointRounding.AwayFromZero));
            if (discount == 0) return;
            var shares = terms.Shares(Invoice, discount, Euro);
            CashPools.Whole(shares).ShouldBe(discount);
            CashPools.Sum(shares).ShouldBe(0m);
            foreach (var (pool, amount) in shares.Select(share => ((CashPool.Discount)share.Pool, share.Amount)))
            {
                var part = parts.Single(one => one.Code == pool.TaxCode);
                Math.Abs(amount - discount * (pool.IsTax ? part.Tax : part.Net) / gross).ShouldBeLessThan(0.01m);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_takes_the_money_off_takes_its_part_of_the_discount_and_the_last_of_it_takes_all_that_is_left() =>
        Prop.ForAll(Arb.From(Gen.Zip(Gen.Choose(100, 100_000), Gen.Zip(Gen.Choose(1, 400), Gen.Choose(1, 99).ArrayOf(4)))), figures =>
        {
            var (cents, (percent, cuts)) = figures;
            var part = Part("FULL", 0.19m, cents / 100m);
            var gross = part.Net + part.Tax;
            var terms = new InvoiceDiscount(percent / 100m, Day, gross, 0m, [part]);
            var discount = terms.Most(gross, Euro);
            List<CashShare> held = [new(new CashPool.OnInvoice(Invoice), gross - discount), .. discount > 0 ? terms.Shares(Invoice, discount, Euro) : []];
            Balanced(CashEntries.Received(gross - discount, 0m, held));
            List<CashLine> all = [.. CashEntries.Received(gross - discount, 0m, held)];
            foreach (var amount in cuts.Select(cut => Math.Floor(CashPools.Sum(held) * cut) / 100m).Append(decimal.MaxValue))
            {
                var money = Math.Min(amount, CashPools.Sum(held));
                if (money <= 0) continue;
                var taken = CashPools.Take(Layers(held), money, Day, Euro).ShouldBeOfType<TakeDecision.Taken>().Shares;
                CashPools.Sum(taken).ShouldBe(money);
                Balanced(CashEntries.PaidBack(taken));
                all.AddRange(CashEntries.PaidBack(taken));
                held = [.. held.Concat(CashPools.Opposite(taken)).GroupBy(share => share.Pool).Select(pool => new CashShare(pool.Key, pool.Sum(one => one.Amount)))
                    .Where(share => share.Amount != 0)];
                held.ShouldAllBe(share => share.Amount > 0);
            }
            held.ShouldBeEmpty();
            all.GroupBy(line => (line.Account, line.Settles)).ShouldAllBe(group => group.Sum(line => line.Amount) == 0);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_entry_with_a_discount_credits_the_receivable_in_full()
    {
        var shares = Terms("19 100.84 19.16").Shares(Invoice, 2.40m, Euro);
        CashShare[] paid = [new(new CashPool.OnInvoice(Invoice), 117.60m), .. shares];
        Told(CashEntries.Received(117.60m, 0.60m, paid)).ShouldBe(
            "cash-clearing 117.00, bank-fees 0.60, early-payment-discount 2.02, tax 0.38, receivable -120.00");
        Told(CashEntries.PaidBack(paid)).ShouldBe("receivable 120.00, early-payment-discount -2.02, tax -0.38, cash-clearing -117.60");
        var charged = CashEntries.ChargedBack(paid);
        Told(charged).ShouldBe("disputed-receivable 120.00, early-payment-discount -2.02, tax -0.38, cash-clearing -117.60");
        Told(CashEntries.Won(charged, paid)).ShouldBe("cash-clearing 117.60, early-payment-discount 2.02, tax 0.38, disputed-receivable -120.00");
        Told(CashEntries.Lost(117.60m, paid, LostTo.OwedAgain)).ShouldBe("receivable 120.00, disputed-receivable -120.00");
        Told(CashEntries.Lost(117.60m, paid, LostTo.BadDebt)).ShouldBe("bad-debt 120.00, disputed-receivable -120.00");
        Told(CashEntries.PaidBack(Invoice, paid)).ShouldBe(
            "receivable 120.00, early-payment-discount -2.02, tax -0.38, cash-clearing -117.60");
    }

    [Theory]
    [InlineData("EUR", "0", true)]
    [InlineData("EUR", "1.00", true)]
    [InlineData("EUR", "1.01", false)]
    [InlineData("EUR", "0.001", false)]
    [InlineData("EUR", "-0.01", false)]
    [InlineData("JPY", "5", true)]
    [InlineData("JPY", "6", false)]
    [InlineData("KWD", "0.500", true)]
    [InlineData("XXX", "0.50", false)]
    public void A_tolerance_is_small(string currency, string amount, bool fits)
    {
        var rules = new PaymentRules(1, 0, new Dictionary<string, decimal>(StringComparer.Ordinal) { [currency] = Number(amount) });
        rules.Problems().Count.ShouldBe(fits ? 0 : 1);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(10, true)]
    [InlineData(11, false)]
    [InlineData(-1, false)]
    public void Days_of_grace_are_few(int days, bool fits) => new PaymentRules(1, days, PaymentRules.None.Tolerances).Problems().Count.ShouldBe(fits ? 0 : 1);

    [Fact]
    public void What_goes_to_rounding_is_never_more_than_the_tolerance() =>
        Prop.ForAll(Arb.From(Gen.Zip(Gen.Choose(1, 1_000), Gen.Zip(Gen.Choose(1, 1_000), Gen.Choose(0, 100)))), figures =>
        {
            var (asked, (money, tolerance)) = figures;
            var difference = PaymentRules.Difference(asked / 100m, money / 100m, tolerance / 100m);
            (difference is null).ShouldBe(Math.Abs(asked - money) > tolerance);
            if (difference is { } some) (money / 100m + some).ShouldBe(asked / 100m);
        }).QuickCheckThrowOnFailure();

    // "19 100 19, 7 200 14": rate in percent, net, tax.
    private static InvoiceDiscount Terms(string parts) => new(2m, Day, 1_000m, 0m,
    [
        .. parts.Split(", ").Select(part => part.Split(' '))
            .Select(part => new TaxedPart("T" + part[0], Number(part[0]) / 100m, Number(part[1]), Number(part[2]))),
    ]);

    private static TaxedPart Part(string code, decimal rate, decimal net) => new(code, rate, net, Math.Round(net * rate, 2, MidpointRounding.AwayFromZero));

    private static List<CashLayer> Layers(IEnumerable<CashShare> shares) =>
        [.. shares.Select(share => new CashLayer(Invoice, share.Pool, share.Amount, Day, ""))];

    private static string Told(IEnumerable<CashLine> lines) =>
        string.Join(", ", lines.Select(line => FormattableString.Invariant($"{line.Account} {line.Amount:0.00}")));

    private static decimal Number(string text) => decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static void Balanced(IReadOnlyList<CashLine> lines) => lines.Sum(line => line.Amount).ShouldBe(0m);
}
