using System.Globalization;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Exchange;
using Tieout.Domain.Ledger;

namespace Tieout.Domain.Tests.Ledger;

/// <summary>A month's end: wanted less booked, for every balance in a foreign currency.</summary>
public class RevaluationTests
{
    private static readonly Currency Euro = Currency.Of("EUR");

    [Theory]
    [InlineData("receivable USD 100.00 90.00 0", "0.95", "95.00", "5.00")]
    [InlineData("receivable USD 100.00 90.00 5.00", "0.95", "95.00", "0.00")] // again
    [InlineData("receivable USD 100.00 90.00 5.00", "0.94", "94.00", "-1.00")] // at a corrected rate
    [InlineData("unapplied-cash USD -20.00 -19.00 0", "0.90", "-18.00", "1.00")] // what we owe is worth less
    [InlineData("receivable JPY 10001 62.00 0", "0.0061", "61.01", "-0.99")]
    [InlineData("receivable KWD 0.001 0.01 0", "2.95", "0.00", "-0.01")]
    [InlineData("cash-clearing USD 0 -5.00 0", "", "0.00", "5.00")] // nothing there needs no rate
    [InlineData("receivable USD 0 0 5.00", "", "0.00", "-5.00")] // settled since, back into the same month
    public void A_balance_is_worth(string balance, string rate, string worth, string difference)
    {
        var answer = Revaluation.Of([Balance(balance)], Euro, currency => rate.Length == 0 ? None(currency) : FunctionalAmountsTests.Rate(currency.Code, "EUR", rate));
        answer.Missing.ShouldBeEmpty();
        var one = answer.Balances.ShouldHaveSingleItem();
        (one.Worth, one.Difference).ShouldBe((new Money(Number(worth), Euro), new Money(Number(difference), Euro)));
        answer.Due.Count().ShouldBe(Number(difference) == 0 ? 0 : 1);
    }

    [Fact]
    public void A_rate_that_is_missing_is_told_once_and_what_is_nothing_is_left_out()
    {
        var answer = Revaluation.Of(
            [Balance("receivable USD 1 1 0"), Balance("cash-clearing USD 1 1 0"), Balance("receivable CHF 1 1 0"), Balance("receivable GBP 0 0 0")], Euro, None);
        answer.Balances.ShouldBeEmpty();
        answer.Missing.Select(one => one.Cause).ShouldBe(["no CHF", "no USD"]);
    }

    [Fact]
    public void Its_entry_is_what_each_balance_is_worth_more_or_less_against_what_is_won_or_lost()
    {
        var due = Revaluation.Of(
            [Balance("receivable USD 100.00 90.00 0"), Balance("unapplied-cash USD -20.00 -18.50 0")], Euro, currency => FunctionalAmountsTests.Rate(currency.Code, "EUR", "0.95"))
            .Due.ToList();
        Told(due).ShouldBe(
        [
            "revaluation 5.00 EUR receivable: 100.00 USD carried at 90, worth 95.00 EUR",
            "revaluation -0.50 EUR unapplied-cash: -20.00 USD carried at -18.5, worth -19.00 EUR",
            "fx-unrealised -4.50 EUR Unrealised exchange gain",
        ]);
        var even = Revaluation.Of(
            [Balance("receivable USD 100.00 94.00 0"), Balance("unapplied-cash USD -20.00 -18.00 0")], Euro, currency => FunctionalAmountsTests.Rate(currency.Code, "EUR", "0.95"))
            .Due.ToList();
        Told(even).Count.ShouldBe(2); // what they win and lose is the same
        new JournalEntry(new AccountingMonth(2026, 11), new DateOnly(2026, 11, 30), [.. Revaluation.EntryLines(even).Select(line => line.Line)]).Lines.Count.ShouldBe(2);
    }

    private static IReadOnlyList<string> Told(IReadOnlyList<RevaluedBalance> due) =>
        [.. Revaluation.EntryLines(due).Select(line => $"{line.Line.Account} {line.Line.Amount} {line.Text}")];

    private static RateAnswer None(Currency currency) => new RateAnswer.Missing(
        new Finding(ExceptionCategory.Business, "exchange-rate-missing", $"no {currency}", ""), new MissingRate(currency, Euro, new DateOnly(2026, 11, 30), "spot"));

    private static ForeignBalance Balance(string text)
    {
        var parts = text.Split(' ');
        return new ForeignBalance(parts[0], Currency.Of(parts[1]), new Carried(Number(parts[2]), Number(parts[3])), Number(parts[4]));
    }

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
}
