using System.Globalization;
using Tieout.Application.Ledger;
using Tieout.Domain;
using Tieout.Domain.Ledger;
using Tieout.Domain.Ledger.Exports;
using Tieout.Shell.Tests.Api;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Payments;

namespace Tieout.Shell.Tests.Ledger;

/// <summary>What is exported is accepted by the programs it is for, and they come to the cents of our trial balance.</summary>
public sealed class ExportTests(PostgresFixture postgres) : IDisposable
{
    private const string Nasty = """a; b | "c" \ [2026/99/99] date:x, = 5 USD (it's) ünï 日本 💶 @ 2 EUR""";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken None => CancellationToken.None;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(null, null)]
    [InlineData("2026-11", "2026-11")]
    [InlineData("2026-12", "2026-12")]
    [InlineData("2027-01", "2027-02")]
    public async Task Hledger_takes_it_strictly_and_comes_to_our_balances(string? from, string? until)
    {
        await using var books = await Lived();
        var (file, month) = await Export(books, ExportFormat.Hledger, from, until);
        await PlainTextPrograms.Run("hledger", "-f", file, "check", "--strict");
        var printed = await PlainTextPrograms.Run("hledger", "-f", file, "balance", "--flat", "--empty", "--no-total", "--layout=bare", "-O", "csv");
        // "account","commodity","balance"
        Compare(
            await Ours(books, month),
            printed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(row => row.Trim('"').Split("\",\"")).Select(row => (row[0], row[1], row[2])));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("2026-11", "2026-11")]
    [InlineData("2026-12", "2026-12")]
    [InlineData("2027-01", "2027-02")]
    public async Task Beancount_takes_it_and_comes_to_our_balances(string? from, string? until)
    {
        await using var books = await Lived();
        var (file, month) = await Export(books, ExportFormat.Beancount, from, until);
        (await PlainTextPrograms.Run("bean-check", file)).ShouldBeEmpty();
        var printed = await PlainTextPrograms.Run("bean-query", "-q", "-f", "csv", file, "select account, currency, sum(number) as total group by account, currency");
        Compare(
            await Ours(books, month),
            printed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(row => row.Split(',')).Select(row => (row[0].Trim(), row[1].Trim(), row[2].Trim())));
    }

    [Theory]
    [InlineData(ExportFormat.Hledger, "cash-clearing  5.37 USD", "functional:5.10 EUR", "0.00 USD  ; functional:-0.26 EUR")]
    [InlineData(ExportFormat.Beancount, "cash-clearing  5.37 USD", "functional: 5.10 EUR", "0.00 USD\n    functional: -0.26 EUR")]
    public async Task What_a_foreign_line_comes_to_in_the_books_stands_beside_it(ExportFormat format, string posting, string functional, string gain)
    {
        await using var books = await FxDesk.Start(postgres, FxDesk.Rates, 11, 12);
        CashDesk.Done(await new CashDesk(books.Source, 11).Pay("5.37", "\"oldest-first\":true"));
        await new FxDesk(books.Source).Revalued(11);
        var (file, month) = await Export(books, format, "2026-11", "2026-12");
        month.ShouldBe(new AccountingMonth(2026, 12));
        if (format == ExportFormat.Hledger) await PlainTextPrograms.Run("hledger", "-f", file, "check", "--strict");
        else (await PlainTextPrograms.Run("bean-check", file)).ShouldBeEmpty();
        var text = await File.ReadAllTextAsync(file);
        text.Replace("Cash-clearing", "cash-clearing", StringComparison.Ordinal).ShouldContain(posting);
        text.ShouldContain(functional);
        text.ShouldContain(gain);
    }

    [Fact]
    public async Task What_is_altered_in_a_file_is_found_by_the_programs_themselves()
    {
        await using var books = await Lived();
        var (hledger, _) = await Export(books, ExportFormat.Hledger, null, null);
        var (beancount, _) = await Export(books, ExportFormat.Beancount, null, null);
        foreach (var file in new[] { hledger, beancount })
        {
            // The amount of one entry, on both its sides.
            var text = await File.ReadAllTextAsync(file);
            await File.WriteAllTextAsync(file, text.Replace(" 7.00 EUR", " 7.01 EUR", StringComparison.Ordinal).Replace(" -7.00 EUR", " -7.01 EUR", StringComparison.Ordinal));
        }
        (await PlainTextPrograms.Refuses("hledger", "-f", hledger, "check", "--strict")).ShouldContain("balance assertion");
        (await PlainTextPrograms.Refuses("bean-check", beancount)).ShouldContain("Balance failed");
    }

    [Fact]
    public async Task The_api_sends_the_same_file()
    {
        var books = await Lived();
        var (file, _) = await Export(books, ExportFormat.Hledger, "2026-11", "2026-12");
        await using var host = await ApiHost.Over(books, TimeProvider.System);
        using var answer = await host.Client.GetAsync("/v1/ledger/export?entity=US&format=hledger&from=2026-11&until=2026-12");
        answer.EnsureSuccessStatusCode();
        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; charset=utf-8");
        answer.Content.Headers.ContentDisposition!.FileName.ShouldBe("US-2026-11-2026-12.journal");
        (await answer.Content.ReadAsStringAsync()).ShouldBe(await File.ReadAllTextAsync(file));
    }

    /// <summary>Dollars, euros and yen; texts that would break a format; an entry whose month is not that of its date.</summary>
    private async Task<TestDatabase> Lived()
    {
        var books = await CashDesk.TwoInvoices(postgres);
        var desk = new CashDesk(books.Source);
        var paid = CashDesk.Done(await desk.Pay("13.00", "\"fee\":\"0.30\",\"oldest-first\":true")).Number;
        CashDesk.Done(await desk.Refund($"\"payment\":\"{paid}\"", "1.00"));
        CashDesk.Done(await desk.Reverse(await desk.WriteOff("US-2026-0000002", 0.5m)));
        await books.Execute(
            LedgerSeed.Entries(2, "2026-11-01", Nasty) + LedgerSeed.Entries(2, "2026-12-01", Nasty + "\n2026-01-01 * x", "EUR") + LedgerSeed.Entries(1, "2027-01-01", "", "JPY")
            + LedgerSeed.Entries(1, "2027-02-01", "", "KWD").Replace("'2027-02-01'::date + n % 28", "'2027-03-05'::date", StringComparison.Ordinal));
        return books;
    }

    private async Task<(string File, AccountingMonth Until)> Export(TestDatabase books, ExportFormat format, string? from, string? until)
    {
        var answer = await new ExportLedger(books.Source).Run(new ExportQuestion("US", format, Month(from), Month(until)), None);
        var (name, write) = answer.ShouldBeOfType<LedgerAnswer.File>();
        await using (var stream = File.Create(_folder[name])) (await write(stream, None)).ShouldBeGreaterThan(0);
        return (_folder[name], Month(until) ?? new AccountingMonth(2027, 2));
    }

    private static AccountingMonth? Month(string? text) => AccountingMonth.TryParse(text, out var month) ? month : null;

    private static async Task<List<(string, string, decimal)>> Ours(TestDatabase books, AccountingMonth month)
    {
        var sheet = (await new ReadTrialBalance(books.Source, TimeProvider.System).Run("US", month, at: null, None)).ShouldBeOfType<LedgerAnswer.Balance>().Sheet;
        return [.. sheet.Lines.Select(line => (
            LedgerFile.AccountName(new ChartAccount(line.Account, line.Number, line.Name, line.Type)), line.Closing.Currency.Code, line.Closing.Amount))];
    }

    // A program need not print what comes to zero.
    private static void Compare(List<(string, string, decimal)> ours, IEnumerable<(string Account, string Currency, string Amount)> printed)
    {
        var theirs = printed.Select(row => (row.Account, row.Currency, decimal.Parse(row.Amount, NumberStyles.Number, CultureInfo.InvariantCulture))).ToList();
        theirs.Where(row => row.Item3 != 0).ShouldBe(ours.Where(row => row.Item3 != 0), ignoreOrder: true);
        theirs.ShouldNotBeEmpty();
    }
}
