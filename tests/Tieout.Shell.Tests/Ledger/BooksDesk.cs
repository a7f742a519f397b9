using System.Text.Json;
using Npgsql;
using Tieout.Application.Journals;
using Tieout.Application.Ledger;
using Tieout.Domain;
using Tieout.Domain.Ledger;
using Tieout.Shell.Tests.Payments;

namespace Tieout.Shell.Tests.Ledger;

/// <summary>An accountant who books by hand and asks what the books say then.</summary>
internal sealed class BooksDesk(NpgsqlDataSource books)
{
    private static CancellationToken None => CancellationToken.None;

    /// <summary>A journal of the American books, or others.</summary>
    /// <param name="lines">As JSON, with commas between.</param>
    public async Task<JournalOutcome> Try(string lines, string date = "2026-11-20", string entity = "US", string currency = "USD", string? key = null)
    {
        using var document = JsonDocument.Parse(
            $$"""
            {"legal-entity":"{{entity}}","date":"{{date}}","currency":"{{currency}}","text":"By hand","reason":"Month end","actor":"mara","lines":[{{lines}}]}
            """);
        return await new BookJournal(books, TimeProvider.System).Add(document.RootElement, actor: null, key ?? CashDesk.NewKey(), None);
    }

    public async Task<Journal> Book(string lines, string date = "2026-11-20", string entity = "US", string currency = "USD", string? key = null) =>
        CashDesk.Done(await Try(lines, date, entity, currency, key));

    public Task<JournalOutcome> Reverse(string number, string on) => new ReverseEntry(books, TimeProvider.System).Run(
        new ReversalRequest(number, DateOnly.Parse(on, System.Globalization.CultureInfo.InvariantCulture), "Mistake", "mara", CashDesk.NewKey()), None);

    public async Task<TrialBalanceSheet> Balance(string month = "2026-11", string? by = null, string? dimension = null, DateTimeOffset? at = null, string entity = "US")
    {
        AccountingMonth.TryParse(month, out var of).ShouldBeTrue();
        return (await new ReadTrialBalance(books, TimeProvider.System).Run(
            new TrialBalanceQuestion(entity, of, at, by, dimension is null ? null : DimensionFilter.Parse(dimension)), None))
            .ShouldBeOfType<LedgerAnswer.Balance>().Sheet;
    }

    public Task<LedgerAnswer> Add(string code, string number, string name, AccountType type = AccountType.Expense, string? from = null, string entity = "US") =>
        new AddAccount(books).Run(
            new AccountRequest(entity, new OwnAccountWish(code, number, name, type, Day(from)), "mara", "Budget of 2027"), None);

    public Task<LedgerAnswer> Close(string account, string? on, string entity = "US") =>
        new CloseAccount(books).Run(new AccountClosing(entity, account, Day(on), "mara", "Not used any more"), None);

    public async Task<ChartAccount> Account(string account, string entity = "US") =>
        (await new Charts(books).Read(entity, None)).ShouldBeOfType<LedgerAnswer.Chart>().Accounts.Single(one => one.Account == account);

    private static DateOnly? Day(string? text) => text is null ? null : DateOnly.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
