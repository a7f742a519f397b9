using System.Globalization;
using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Closing;
using Tieout.Application.Exchange;
using Tieout.Application.Invoicing;
using Tieout.Application.Journals;
using Tieout.Application.Ledger;
using Tieout.Domain;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Payments;

namespace Tieout.Shell.Tests.Ledger;

/// <summary>
/// A company whose books are in euros and whose customer C-1 is billed 10.74 dollars a month (10.01 and 0.73 of tax), at the rates given; it
/// is the fifth of January 2027.
/// </summary>
internal sealed class FxDesk(NpgsqlDataSource books)
{
    public static readonly string[] Rates =
    [
        "2026-11-01 0.90", "2026-11-15 0.95", "2026-11-30 0.98", "2026-12-01 0.92", "2026-12-10 0.94", "2026-12-15 0.95", "2026-12-18 0.96",
        "2026-12-20 0.97", "2026-12-28 0.93", "2026-12-31 0.99",
    ];

    private static CancellationToken None => CancellationToken.None;

    public static async Task<TestDatabase> Start(PostgresFixture postgres, IEnumerable<string> rates, params int[] months)
    {
        var database = await postgres.CreateDatabase();
        await SampleData.Subscriptions(database.Source, 1);
        await database.Execute("update customers.legal_entity set currency = 'EUR' where code = 'US'");
        await new FxDesk(database.Source).Quote([.. rates]);
        foreach (var month in months)
            await new BillAccounts(database.Source, TimeProvider.System).Run(new BillingRequest(new AccountingMonth(2026, month), "test"), null, None);
        return database;
    }

    /// <summary>What a dollar costs in euros, as <c>2026-11-01 0.90</c>.</summary>
    public async Task Quote(params string[] rates)
    {
        var given = rates.Select(rate => rate.Split(' ')).Select(rate => new EnteredRate("USD", "EUR", rate[0], rate[1])).ToList();
        (await new EnterRates(books, TimeProvider.System).Run(given, "Misread", "mara", None)).Refused.ShouldBe(0);
    }

    public Task<CloseOutcome> Revalue(int month, string entity = "US", TimeProvider? clock = null) => new RevalueMonth(books, clock ?? new Fifth()).Run(
        new MonthRequest(entity, new AccountingMonth(2026, month), "mara", "Month end"), None);

    public async Task<RevaluationSheet> Revalued(int month) => (await Revalue(month)).ShouldBeOfType<CloseOutcome.Revalued>().Sheet;

    public Task<JournalOutcome> Journal(string lines, string more = "", string date = "2026-12-15") => new BookJournal(books, TimeProvider.System).Add(
        JsonDocument.Parse($$"""
            {"legal-entity":"US","date":"{{date}}","currency":"USD","text":"By hand","reason":"Told so","actor":"mara",{{more}}"lines":[{{lines}}]}
            """).RootElement, actor: null, CashDesk.NewKey(), None);

    /// <summary>Each line of an entry: account, amount and what it comes to in the books.</summary>
    public async Task<string> Lines(string number)
    {
        await using var connection = await books.OpenConnectionAsync();
        var lines = await connection.QueryAsync<(string Account, decimal Amount, decimal Functional)>(
            """
            select l.account, l.amount, coalesce(l.functional, l.amount) from posting.posting p
            join ledger.journal_entry e on e.id = p.document_id or (e.source_id = p.document_id and e.source_kind = p.document_kind)
            join ledger.journal_line l on l.entry_id = e.id where p.business_key = @number order by l.line_no
            """, new { number });
        return string.Join(", ", lines.Select(line => string.Create(
            CultureInfo.InvariantCulture, $"{line.Account} {line.Amount:0.00##} = {line.Functional:0.00##}")));
    }

    /// <summary>What an account comes to: in dollars and in the books.</summary>
    public async Task<(decimal Amount, decimal Functional)> Stands(string account, string currency = "USD")
    {
        await using var connection = await books.OpenConnectionAsync();
        return await connection.QuerySingleAsync<(decimal, decimal)>(
            """
            select coalesce(sum(debit - credit), 0), coalesce(sum(functional_debit - functional_credit), 0) from ledger.turnover
            where account = @account and currency = @currency
            """, new { account, currency });
    }

    /// <summary>Every balance is that of its lines, and each month comes to zero, in both currencies.</summary>
    public async Task Holds() => (await new CheckLedger(books).Run(None)).Findings.ShouldBeEmpty();

    /// <summary>The fifth of January 2027.</summary>
    internal sealed class Fifth : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2027, 1, 5, 8, 0, 0, TimeSpan.Zero);
    }
}
