using Tieout.Domain.Ledger;
using Tieout.Domain.Ledger.Exports;

namespace Tieout.Domain.Tests.Ledger;

public sealed class ChartTests
{
    [Fact]
    public void Every_account_of_the_ledger_has_a_number_a_name_and_a_type_of_the_house() =>
        ChartOfAccounts.Default.Accounts.Select(account => account.Account).Order(StringComparer.Ordinal)
            .ShouldBe(LedgerAccount.All.Order(StringComparer.Ordinal));

    [Fact]
    public void No_two_accounts_share_a_number_or_a_name_in_a_file()
    {
        ChartOfAccounts.Default.Accounts.Select(account => account.Number).ShouldBeUnique();
        ChartOfAccounts.Default.Accounts.Select(LedgerFile.AccountName).ShouldBeUnique();
    }

    [Theory]
    [InlineData("1200", "Accounts receivable", "Assets:1200-Accounts-receivable")]
    [InlineData("A1", "Forderungen (L&L)", "Assets:A1-Forderungen-L-L")]
    [InlineData("1400", "  Ünïcode;  \"quotes\": 5 \n", "Assets:1400-Ünïcode-quotes-5")]
    [InlineData("1400", "売掛金", "Assets:1400-売掛金")]
    [InlineData("1400", "💶", "Assets:1400")]
    public void An_account_in_a_file_is_number_and_name_without_signs(string number, string name, string expected) =>
        LedgerFile.AccountName(new ChartAccount(LedgerAccount.Receivable, number, name, AccountType.Asset)).ShouldBe(expected);
}
