using System.Globalization;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Exchange;
using Tieout.Domain.Ledger;

namespace Tieout.Domain.Tests.Ledger;

/// <summary>What lines in a foreign currency come to in the books, figure by figure.</summary>
public class FunctionalAmountsTests
{
    private static readonly DateOnly Day = new(2026, 11, 20);

    // A line is account, amount and, in brackets, what its item stands at and began with.
    [Theory]
    // All unapplied: both sides at the day's rate, and nothing is won or lost, whatever the fee rounds to.
    [InlineData("USD", "EUR", "0.9137", "cash-clearing 9.70 | bank-fees 0.30 | unapplied-cash -10.00", "8.87 | 0.27 | -9.14", "0")]
    // The whole of an invoice of 100.00 that was booked at 0.90: paid at 0.95 it is a gain, at 0.85 a loss.
    [InlineData("USD", "EUR", "0.95", "cash-clearing 100 | receivable -100 [100 90; 100 90]", "95.00 | -90.00", "-5.00")]
    [InlineData("USD", "EUR", "0.85", "cash-clearing 100 | receivable -100 [100 90; 100 90]", "85.00 | -90.00", "5.00")]
    // Three parts at three rates: the last takes all that is left.
    [InlineData("USD", "EUR", "0.91", "cash-clearing 33.33 | receivable -33.33 [100 90; 100 90]", "30.33 | -30.00", "-0.33")]
    [InlineData("USD", "EUR", "0.92", "cash-clearing 33.33 | receivable -33.33 [66.67 60.00; 100 90]", "30.66 | -30.00", "-0.66")]
    [InlineData("USD", "EUR", "0.93", "cash-clearing 33.34 | receivable -33.34 [33.34 30.00; 100 90]", "31.01 | -30.00", "-1.01")]
    // Too much: the rest is the customer's at the day's rate.
    [InlineData("USD", "EUR", "0.95", "cash-clearing 120 | receivable -100 [100 90; 100 90] | unapplied-cash -20 [0 0]", "114.00 | -90.00 | -19.00", "-5.00")]
    // Applied later: both leave at what they are carried at.
    [InlineData("USD", "EUR", "2", "unapplied-cash 20 [-20 -19; -20 -19] | receivable -20 [20 18; 100 90]", "19.00 | -18.00", "-1.00")]
    // Taken off again: what comes back comes back at the rate it began with, and what was won is lost again.
    [InlineData("USD", "EUR", "2", "receivable 20 [0 0; 100 90] | unapplied-cash -20 [0 0; -120 -114]", "18.00 | -19.00", "1.00")]
    // Paid back: cash at the day's rate.
    [InlineData("USD", "EUR", "0.90", "unapplied-cash 20 [-20 -19; -20 -19] | cash-clearing -20", "19.00 | -18.00", "-1.00")]
    [InlineData("USD", "EUR", "0.90", "receivable 20 [0 0; 100 88] | cash-clearing -20", "17.60 | -18.00", "0.40")]
    // Disputed, won, lost, written off: nothing is won or lost by a rate.
    [InlineData("USD", "EUR", "2", "disputed-receivable 40 | receivable -40 [100 90; 100 90]", "36.00 | -36.00", "0")]
    [InlineData("USD", "EUR", "2", "receivable 40 [60 54; 100 90] | disputed-receivable -40 [40 36]", "36.00 | -36.00", "0")]
    [InlineData("USD", "EUR", "2", "bad-debt 40 | disputed-receivable -40 [40 36]", "36.00 | -36.00", "0")]
    [InlineData("USD", "EUR", "2", "bad-debt 100 | receivable -100 [100 90; 100 90]", "90.00 | -90.00", "0")]
    [InlineData("USD", "EUR", "2", "bad-debt 30 | unapplied-cash 10 [-10 -9.5; -40 -38] | disputed-receivable -40 [40 38]", "28.50 | 9.50 | -38.00", "0")]
    // A charge-back takes cash at the day's rate; won, the cash comes back at that of another day.
    [InlineData("USD", "EUR", "0.95", "disputed-receivable 40 | cash-clearing -40", "38.00 | -38.00", "0")]
    [InlineData("USD", "EUR", "0.90", "cash-clearing 40 | disputed-receivable -40 [40 38]", "36.00 | -38.00", "2.00")]
    // Lost to owed again: two invoices share what was disputed.
    [InlineData("USD", "EUR", "2", "receivable 10 [0 0; 10 9] | receivable 20 [0 0; 20 18] | disputed-receivable -30 [30 28]", "9.33 | 18.67 | -28.00", "0")]
    // Recovered: what was given up carries nothing, and comes back at the day's rate.
    [InlineData("USD", "EUR", "0.95", "cash-clearing 9.70 | bank-fees 0.30 | bad-debt -10", "9.21 | 0.29 | -9.50", "0")]
    // A gateway: in at the day's rate, out at the average; beyond what lies there at the day's rate.
    [InlineData("USD", "EUR", "0.92", "gateway-clearing 50 [100 90] | unapplied-cash -50 [0 0]", "46.00 | -46.00", "0")]
    [InlineData("USD", "EUR", "0.95", "cash-clearing 150 | gateway-clearing -150 [150 136]", "142.50 | -136.00", "-6.50")]
    [InlineData("USD", "EUR", "0.95", "bank-fees 3 | gateway-clearing -3 [150 136]", "2.85 | -2.72", "-0.13")]
    [InlineData("USD", "EUR", "1", "bank-fees 3 | gateway-clearing -3 [2 1.80]", "3.00 | -2.80", "-0.20")]
    // A charge-back after the gateway had paid the money out, and what it gives back of it.
    [InlineData("USD", "EUR", "0.95", "disputed-receivable 40 | gateway-clearing -40 [0 0]", "38.00 | -38.00", "0")]
    [InlineData("USD", "EUR", "0.90", "gateway-clearing 40 [0 0] | disputed-receivable -40 [40 38]", "36.00 | -38.00", "2.00")]
    // Exchanged: between lies what left at what it was carried at, and what came at the day's rate.
    [InlineData("EUR", "USD", "1.10", "currency-exchange 100 | gateway-clearing -100 [100 108]", "108.00 | -108.00", "0")]
    [InlineData("EUR", "USD", "1.10", "gateway-clearing 100 [0 0] | currency-exchange -100", "110.00 | -110.00", "0")]
    // No decimals, and three.
    [InlineData("JPY", "EUR", "0.0061", "cash-clearing 10001 | receivable -10001 [30000 180.55; 30000 180.55]", "61.01 | -60.19", "-0.82")]
    [InlineData("KWD", "JPY", "480.5", "cash-clearing 1.001 | receivable -1.001 [1.001 475; 1.001 475]", "481 | -475", "-6")]
    [InlineData("EUR", "KWD", "0.3333", "cash-clearing 0.01 | receivable -0.01 [0.01 0.003; 0.01 0.003]", "0.003 | -0.003", "0")]
    // So little that it comes to nothing in the books.
    [InlineData("JPY", "KWD", "0.0001", "cash-clearing 1 | receivable -1 [1 0; 1 0]", "0 | 0", "0")]
    public void Lines_come_to(string currency, string books, string rate, string lines, string expected, string difference)
    {
        var valued = Value(currency, books, Rate(currency, books, rate), lines).ShouldBeOfType<Valuation.Valued>();
        valued.Amounts.ShouldBe(expected.Split(" | ").Select(Number));
        valued.Difference.ShouldBe(Number(difference));
        (valued.Amounts.Sum() + valued.Difference).ShouldBe(0m);
    }

    [Fact]
    public void A_rate_is_missed_only_where_it_is_needed()
    {
        var none = new RateAnswer.Missing(
            new Finding(ExceptionCategory.Business, "exchange-rate-missing", "none", "enter it"), new MissingRate(Currency.Of("USD"), Currency.Of("EUR"), Day, "spot"));
        Value("USD", "EUR", none, "unapplied-cash 20 [-20 -19; -20 -19] | receivable -20 [20 18; 100 90]").ShouldBeOfType<Valuation.Valued>();
        Value("USD", "EUR", none, "cash-clearing 20 | receivable -20 [20 18; 100 90]").ShouldBe(new Valuation.RateMissing(none.Finding, none.Rate));
    }

    [Theory]
    [InlineData("10.00 | -3.33 | -3.33 | -3.34", "9.14 | -3.04 | -3.04 | -3.06")] // what rounding leaves goes to the largest
    [InlineData("0.01 | 0.01 | 0.01 | -0.03", "0.01 | 0.01 | 0.01 | -0.03")]
    [InlineData("5.00 | 5.00 | -10.00", "4.57 | 4.57 | -9.14")]
    public void At_one_rate_what_balances_still_does(string amounts, string expected)
    {
        var rate = ((RateAnswer.Found)Rate("USD", "EUR", "0.9137")).Rate;
        var converted = FunctionalAmounts.AtRate([.. amounts.Split(" | ").Select(Number)], Currency.Of("USD"), rate);
        converted.ShouldBe(expected.Split(" | ").Select(Number));
        converted.Sum().ShouldBe(0m);
    }

    [Fact]
    public void An_item_of_nothing_may_be_left_with_what_rounding_left()
    {
        FunctionalAmounts.LeftBy(
        [
            (new Carried(-33.33m, -30.00m), new CarriedItem(new Carried(33.33m, 30.01m))), (new Carried(-1m, -1m), new CarriedItem(new Carried(2m, 2m))),
            (new Carried(34.33m, 31m), null), (new Carried(0m, 1m), new CarriedItem(new Carried(0m, 1m))),
        ]).ShouldBe([0.01m, 0m, 0m, 0m]);
    }

    [Fact]
    public void An_entry_balances_in_the_books_or_is_none()
    {
        var (dollar, euro) = (Currency.Of("USD"), Currency.Of("EUR"));
        JournalEntry Entry(params JournalLine[] lines) => new(new AccountingMonth(2026, 11), Day, lines);
        var (debit, credit) = (new Money(10, dollar), new Money(-10, dollar));
        Entry(
            new JournalLine("cash-clearing", debit, new Money(9.5m, euro)), new JournalLine("receivable", credit, new Money(-9, euro)),
            new JournalLine("fx-gain-loss", Money.Zero(dollar), new Money(-0.5m, euro))).Lines.Count.ShouldBe(3);
        Should.Throw<ArgumentException>(() => Entry(new JournalLine("cash-clearing", debit, new Money(9.5m, euro)), new JournalLine("receivable", credit,
            new Money(-9, euro)))).Message.ShouldContain("0.50 EUR of the books");
        Should.Throw<ArgumentException>(() => Entry(new JournalLine("cash-clearing", debit, new Money(9.5m, euro)), new JournalLine("receivable", credit)))
            .Message.ShouldContain("Either all lines");
        Should.Throw<ArgumentException>(() => Entry(
            new JournalLine("cash-clearing", debit), new JournalLine("receivable", credit), new JournalLine("fx-gain-loss", Money.Zero(dollar))));
        Should.Throw<ArgumentException>(() => Entry(
            new JournalLine("cash-clearing", debit, new Money(9.505m, euro)), new JournalLine("receivable", credit, new Money(-9.505m, euro))));
    }

    internal static RateAnswer Rate(string currency, string books, string rate) => new RateAnswer.Found(
        AppliedRate.Of(new ExchangeRate(Currency.Of(currency), Currency.Of(books), Day, "spot", Number(rate))));

    private static Valuation Value(string currency, string books, RateAnswer rate, string lines) =>
        FunctionalAmounts.Of([.. lines.Split(" | ").Select(Line)], Currency.Of(currency), Currency.Of(books), rate);

    private static LineToValue Line(string text)
    {
        var parts = text.Split(' ', 3);
        if (parts.Length < 3) return new LineToValue(parts[0], Number(parts[1]));
        var item = parts[2].Trim('[', ']').Split("; ").Select(side => side.Split(' ')).Select(side => new Carried(Number(side[0]), Number(side[1]))).ToList();
        return new LineToValue(parts[0], Number(parts[1]), new CarriedItem(item[0], item.Count > 1 ? item[1] : null));
    }

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
}
