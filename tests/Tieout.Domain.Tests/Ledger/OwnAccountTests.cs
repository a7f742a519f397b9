using Tieout.Domain.Ledger;
using Tieout.Domain.Ledger.Exports;

namespace Tieout.Domain.Tests.Ledger;

/// <summary>Which accounts of its own a legal entity may have, and from when to when they take entries.</summary>
public sealed class OwnAccountTests
{
    private static readonly OwnAccountWish Travel = new("travel", "6815", "Travel", AccountType.Expense, new DateOnly(2026, 11, 1));

    private static readonly ChartOfAccounts Chart = ChartOfAccounts.Default.WithOwn([Travel.Account with { ClosedOn = new DateOnly(2026, 12, 31) }]);

    [Theory]
    [InlineData("own.travel", true)]
    [InlineData("own.a", true)]
    [InlineData("own.9-x", true)]
    [InlineData("own.", false)]
    [InlineData("own.-x", false)]
    [InlineData("own.Travel", false)]
    [InlineData("own.a.b", false)]
    [InlineData("own.123456789012345678901234567890", true)]
    [InlineData("own.1234567890123456789012345678901", false)]
    [InlineData("travel", false)]
    [InlineData("OWN.travel", false)]
    public void An_account_of_ones_own_is_called_by_its_code(string account, bool own) =>
        (LedgerAccount.IsOwn(account), LedgerAccount.IsKnown(account), LedgerAccount.Role(account), LedgerAccount.IsCash(account))
            .ShouldBe((own, own, account, false));

    [Theory]
    [InlineData("rent", "6820", "Rent", null)]
    [InlineData("Rent", "6820", "Rent", "bad-code")]
    [InlineData("", "6820", "Rent", "bad-code")]
    [InlineData("receivable", "6820", "Rent", "code-taken")]
    [InlineData("travel", "6820", "Rent", "code-taken")]
    [InlineData("rent", "1200", "Rent", "number-taken")]
    [InlineData("rent", "6815", "Rent", "number-taken")]
    [InlineData("rent", "68-00", "Rent", "bad-number")]
    [InlineData("rent", "", "Rent", "bad-number")]
    [InlineData("rent", "4111111111111111", "Rent", "bad-number")]
    [InlineData("rent", "6820", "", "bad-name")]
    [InlineData("rent", "6820", "card 4111111111111111", "bad-name")]
    [InlineData("rent", "6820", "travel", "name-taken")]
    [InlineData("rent", "6820", "accounts RECEIVABLE", "name-taken")]
    public void Code_number_and_name_are_one_accounts_alone(string code, string number, string name, string? problem)
    {
        var problems = OwnAccountRules.Judge(Chart, new OwnAccountWish(code, number, name, AccountType.Expense, From: null));
        problems.Select(one => one.Code).ShouldBe(problem is null ? [] : [problem]);
        problems.ShouldAllBe(one => one.Remedy.Length > 0 && !one.ToString().Contains("4111", StringComparison.Ordinal));
    }

    [Fact]
    public void Nobody_calls_another_account_as_one_of_its_own_is_called()
    {
        ChartRules.Judge(Chart, [new ChartWish("rounding", null, "Travel")]).ShouldHaveSingleItem().Code.ShouldBe("name-taken");
        ChartRules.Judge(Chart, [new ChartWish("own.travel", null, "Rounding differences")]).ShouldHaveSingleItem().Code.ShouldBe("name-taken");
        // Those of the house could be called alike before there were such.
        ChartRules.Judge(Chart, [new ChartWish("rounding", null, "Bad debt")]).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("2026-10-31", "account-not-open")]
    [InlineData("2026-11-01", null)]
    [InlineData("2026-12-31", null)]
    [InlineData("2027-01-01", "account-closed")]
    public void It_takes_entries_from_its_first_day_to_its_last(string day, string? problem)
    {
        var on = DateOnly.ParseExact(day, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        (OwnAccountRules.BookingProblem(Chart, "own.travel", on)?.Code).ShouldBe(problem);
        Chart.ChosenByHand(on).Select(account => account.Account).Contains("own.travel").ShouldBe(problem is null);
    }

    [Fact]
    public void What_the_legal_entity_does_not_have_is_told_with_what_it_has()
    {
        var problem = OwnAccountRules.BookingProblem(Chart, "own.rent", new DateOnly(2026, 11, 1))!;
        (problem.Code, problem.Remedy).ShouldBe(("unknown-ledger-account", "Take one of bank-fees, own.travel, rounding, or add it to the chart."));
    }

    [Fact]
    public void What_something_else_keeps_is_never_chosen_by_hand() =>
        ChartOfAccounts.Default.ChosenByHand(new DateOnly(2026, 11, 1)).Select(account => account.Account).ShouldBe(["bank-fees", "rounding"]);

    [Theory]
    [InlineData("own.travel", AccountType.Expense, "2026-11-30", 5, null)]
    [InlineData("own.travel", AccountType.Income, "2026-11-30", 5, null)]
    [InlineData("own.travel", AccountType.Asset, "2026-11-30", 5, "not-zero")]
    [InlineData("own.travel", AccountType.Liability, "2026-11-30", -5, "not-zero")]
    [InlineData("own.travel", AccountType.Equity, "2026-11-30", 5, "not-zero")]
    [InlineData("own.travel", AccountType.Asset, "2026-11-30", 0, null)]
    [InlineData("own.travel", AccountType.Expense, "2026-12-01", 0, "later-than-that")]
    [InlineData("own.travel", AccountType.Asset, null, 0, null)]
    [InlineData("rounding", AccountType.Expense, null, 0, "not-own")]
    public void It_is_closed_after_its_last_entry_and_with_nothing_left_that_is_owned_or_owed(
        string account, AccountType type, string? last, int left, string? problem) => (OwnAccountRules.ClosingProblem(
            new ChartAccount(account, "6815", "Travel", type), new DateOnly(2026, 11, 30),
            last is null ? null : DateOnly.ParseExact(last, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
            [new Money(0m, Currency.Of("EUR")), new Money(left, Currency.Of("USD"))])?.Code).ShouldBe(problem);

    [Theory]
    [InlineData(AccountType.Asset, "Assets:1-X", 'A')]
    [InlineData(AccountType.Liability, "Liabilities:1-X", 'L')]
    [InlineData(AccountType.Equity, "Equity:1-X", 'E')]
    [InlineData(AccountType.Income, "Income:1-X", 'R')]
    [InlineData(AccountType.Expense, "Expenses:1-X", 'X')]
    public void Every_type_has_its_place_in_a_file(AccountType type, string name, char letter)
    {
        var account = new ChartAccount("own.x", "1", "X", type);
        LedgerFile.AccountName(account).ShouldBe(name);
        var head = new ExportHead(
            "US", "Sample", Currency.Of("USD"), new AccountingMonth(2026, 11), new AccountingMonth(2026, 11), ChartOfAccounts.Default.WithOwn([account]), []);
        LedgerFile.For(ExportFormat.Hledger).Head(head, []).ShouldContain($"account {name}  ; type:{letter}\n");
        LedgerFile.For(ExportFormat.Beancount).Head(head, []).ShouldContain($" open {name}\n");
    }
}
