using Tieout.Domain.Ledger;
using Tieout.Domain.Ledger.Exports;

namespace Tieout.Domain.Tests.Ledger;

public sealed class LedgerFileTests
{
    private const string Nasty = "a; b | \"c\" \\ [2026/99/99]\n2026-01-01 * date:x, = 5 USD";

    private static readonly ExportEntry Entry = new(
        new Guid("00000000-0000-7000-8000-000000000001"), "USJ-2026-0000001", "manual-journal", new DateOnly(2026, 11, 30), new AccountingMonth(2026, 12), Nasty,
        new Guid("00000000-0000-7000-8000-000000000002"), "",
        [
            new(ChartOfAccounts.Default["receivable"], new Money(5m, Currency.Of("USD")), "C,1:x", "US-2026-0000001", Nasty),
            new(ChartOfAccounts.Default["rounding"], new Money(-5m, Currency.Of("USD")), "", "", ""),
        ]);

    [Fact]
    public void Hledger_gets_the_nearest_harmless_sign() => LedgerFile.For(ExportFormat.Hledger).Entry(Entry).ShouldBe(
        """
        2026-11-30 * (USJ-2026-0000001) a, b / "c" \ [2026/99/99] 2026-01-01 * date:x, = 5 USD  ; id:00000000-0000-7000-8000-000000000001, correlation:00000000-0000-7000-8000-000000000002, kind:manual-journal, month:2026-12
            Assets:1200-Accounts-receivable  5.00 USD  ; billing-account:C;1.x, settles:US-2026-0000001, text:a; b | "c" \ (2026/99/99) 2026-01-01 * date.x; = 5 USD
            Expenses:6900-Rounding-differences  -5.00 USD


        """, StringCompareShould.IgnoreLineEndings);

    [Fact]
    public void Beancount_gets_quoted_text() => LedgerFile.For(ExportFormat.Beancount).Entry(Entry).ShouldBe(
        """
        2026-11-30 * "a; b | \"c\" \\ [2026/99/99] 2026-01-01 * date:x, = 5 USD"
          number: "USJ-2026-0000001"
          kind: "manual-journal"
          id: "00000000-0000-7000-8000-000000000001"
          correlation: "00000000-0000-7000-8000-000000000002"
          month: "2026-12"
          Assets:1200-Accounts-receivable  5.00 USD
            billing-account: "C,1:x"
            settles: "US-2026-0000001"
            text: "a; b | \"c\" \\ [2026/99/99] 2026-01-01 * date:x, = 5 USD"
          Expenses:6900-Rounding-differences  -5.00 USD


        """, StringCompareShould.IgnoreLineEndings);

    [Fact]
    public void Each_currency_is_declared_with_its_decimals()
    {
        var head = new ExportHead(
            "US", "Sample\nInc.", Currency.Of("USD"), new AccountingMonth(2026, 11), new AccountingMonth(2026, 12), ChartOfAccounts.Default,
            [Currency.Of("JPY"), Currency.Of("KWD"), Currency.Of("USD")]);
        var hledger = LedgerFile.For(ExportFormat.Hledger).Head(head, []);
        hledger.ShouldStartWith("; Books of US (Sample Inc.), 2026-11 to 2026-12\n");
        foreach (var line in new[] { "commodity 1000. JPY\n", "commodity 1000.000 KWD\n", "commodity 1000.00 USD\n", "account Income:4000-Revenue  ; type:R\n" })
            hledger.ShouldContain(line);
        var beancount = LedgerFile.For(ExportFormat.Beancount).Head(head, []);
        foreach (var line in new[] { "commodity JPY\n  decimals: 0\n", "commodity KWD\n  decimals: 3\n", " open Income:4000-Revenue\n  account: \"revenue\"\n" })
            beancount.ShouldContain(line);
    }

    [Fact]
    public void What_stood_before_and_what_has_to_come_out_are_written_as_such()
    {
        ExportBalance[] balances = [new(ChartOfAccounts.Default["receivable"], new Money(-5m, Currency.Of("JPY")))];
        LedgerFile.For(ExportFormat.Hledger).Closing(new DateOnly(2027, 1, 1), balances)
            .ShouldBe("2027-01-01 * Closing balances\n    Assets:1200-Accounts-receivable  0 JPY = -5 JPY\n");
        LedgerFile.For(ExportFormat.Beancount).Closing(new DateOnly(2027, 1, 1), balances)
            .ShouldBe("2027-01-01 balance Assets:1200-Accounts-receivable  -5 ~ 0 JPY\n");
    }
}
