using Tieout.Domain.Cash;
using Tieout.Domain.Ledger;

namespace Tieout.Domain.Tests.Cash;

/// <summary>Which bank accounts a legal entity may have, and where each is kept.</summary>
public class BankAccountRulesTests
{
    private static readonly Guid Us = new("00000000-0000-0000-0000-000000000001");
    private static readonly Guid De = new("00000000-0000-0000-0000-000000000002");

    private static readonly KnownBankAccount[] Known =
    [
        new(Us, "main", "DE89370400440532013000", "USD", "cash-clearing"), new(Us, "ops", "021000021-4477", "USD", "cash-clearing.ops"),
    ];

    [Theory]
    [InlineData("ops", "DE89 3704 0044 0532 0130 00", "EUR", "")]
    [InlineData("o", "4477", "JPY", "")]
    [InlineData("a-very-long-code-20x", "12/345.6-7", "USD", "")]
    [InlineData("a-very-long-code-of21", "4477", "USD", "bad-code code")]
    [InlineData("", "4477", "USD", "bad-code code")]
    [InlineData("Ops", "4477", "USD", "bad-code code")]
    [InlineData("-ops", "4477", "USD", "bad-code code")]
    [InlineData("o.ps", "4477", "USD", "bad-code code")]
    [InlineData("ops", "447", "USD", "bad-number number")]
    [InlineData("ops", "DE88370400440532013000", "USD", "bad-number number")] // begins as an IBAN, and its check digits are wrong
    [InlineData("ops", "4111 1111 1111 1111", "USD", "bad-number number")]
    [InlineData("ops", "44_77", "USD", "bad-number number")]
    [InlineData("ops", "44\u06677", "USD", "bad-number number")]
    [InlineData("ops", "4477", "usd", "unknown-currency currency")]
    [InlineData("Ops", "4", "XXX", "bad-code code; bad-number number; unknown-currency currency")]
    public void A_wish_is_judged_by_itself(string code, string number, string currency, string problems) => string.Join(
        "; ", BankAccountRules.Judge(code, number, currency).Select(problem => $"{problem.Code} {problem.Field}")).ShouldBe(problems);

    [Theory]
    [InlineData("US", "new", "4477", "USD", "", "cash-clearing.new")]
    [InlineData("US", "ops", "4477", "USD", "code-taken code", "")]
    [InlineData("US", "new", "021000021 - 4477", "USD", "number-taken number", "")]
    [InlineData("US", "new", "021000021-4477", "EUR", "", "cash-clearing.new")] // the same number in another currency
    [InlineData("DE", "ops", "4477", "EUR", "", "cash-clearing")] // the first of the company
    [InlineData("DE", "ops", "021000021-4477", "USD", "number-taken number", "")] // another company's
    public void Beside_those_that_stand_it_is_taken_or_refused_and_has_its_place(
        string entity, string code, string number, string currency, string refusal, string account)
    {
        var wish = new BankAccountWish(entity == "US" ? Us : De, code, number, currency);
        var problem = BankAccountRules.Refusal(wish, Known);
        (problem is null ? "" : $"{problem.Code} {problem.Field}").ShouldBe(refusal);
        if (problem is null) BankAccountRules.AccountFor(wish, Known).ShouldBe(account);
    }

    [Theory]
    [InlineData("cash-clearing", true, true, "cash-clearing")]
    [InlineData("cash-clearing.ops", true, true, "cash-clearing")]
    [InlineData("cash-clearing.", false, false, "cash-clearing.")]
    [InlineData("cash-clearing.OPS", false, false, "cash-clearing.OPS")]
    [InlineData("cash-clearing.a.b", false, false, "cash-clearing.a.b")]
    [InlineData("gateway-clearing", true, false, "gateway-clearing")]
    [InlineData("gateway-clearing.ops", false, false, "gateway-clearing.ops")]
    public void An_account_of_the_ledger_says_whether_money_at_a_bank_lies_on_it(string account, bool known, bool cash, string role) =>
        (LedgerAccount.IsKnown(account), LedgerAccount.IsCash(account), LedgerAccount.Role(account)).ShouldBe((known, cash, role));

    [Fact]
    public void The_chart_counts_them_on_and_passes_over_numbers_that_are_taken()
    {
        var chart = ChartOfAccounts.Default.With([new ChartWish("rounding", "1102", null)])
            .WithBanks([.. Enumerable.Range(1, 9).Select(no => $"cash-clearing.b{no}")]);
        chart.Accounts.Where(account => account.Account.StartsWith("cash-clearing.", StringComparison.Ordinal)).Select(account => account.Number)
            .ShouldBe(["1101", "1103", "1104", "1105", "1106", "1107", "1108", "1109", "1111"]);
        chart["cash-clearing.b1"].ShouldBe(new ChartAccount("cash-clearing.b1", "1101", "Bank account b1", AccountType.Asset));
        ChartRules.Judge(chart, [new ChartWish("cash-clearing.b1", "1103", null)]).ShouldHaveSingleItem().Code.ShouldBe("number-taken");
        ChartRules.Judge(ChartOfAccounts.Default, [new ChartWish("cash-clearing.b1", "1150", null)]).ShouldHaveSingleItem().Code.ShouldBe("unknown-account");
    }
}
