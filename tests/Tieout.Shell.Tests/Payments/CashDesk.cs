using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Application.Journals;
using Tieout.Application.Payments;
using Tieout.Domain;
using Tieout.Domain.Cash;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Payments;

/// <summary>Asks for money as the API does, in documents, and looks at what the books say then.</summary>
internal sealed class CashDesk(NpgsqlDataSource books, int month = 12, TimeProvider? clock = null)
{
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    private static CancellationToken None => CancellationToken.None;

    /// <summary>C-1 with two invoices of 10.74 dollars, US-2026-0000001 of November and US-2026-0000002 of December 2026.</summary>
    /// <param name="before">What is done before they are billed.</param>
    public static async Task<TestDatabase> TwoInvoices(PostgresFixture postgres, string before = "")
    {
        var database = await postgres.CreateDatabase();
        await SampleData.Subscriptions(database.Source, 1);
        if (before.Length > 0) await database.Execute(before);
        foreach (var month in new[] { new AccountingMonth(2026, 11), new AccountingMonth(2026, 12) })
            await new BillAccounts(database.Source, TimeProvider.System).Run(new BillingRequest(month, "test"), null, None);
        return database;
    }

    public Task<JournalOutcome> Pay(
        string amount, string more = "", string account = "C-1", string currency = "USD", string? reference = null, string? key = null)
    {
        var document = Json(
            $$"""
            {"billing-account":"{{account}}","received-on":"2026-{{month}}-15","amount":"{{amount}}","currency":"{{currency}}",
             "reference":"{{reference ?? NewKey()}}","actor":"mara"{{More(more)}}}
            """);
        return new RecordPayment(books, _clock).Run(document, actor: null, key ?? NewKey(), None);
    }

    public Task<JournalOutcome> Apply(string number, string what, int day = 16) => new MovePayment(books, _clock).Apply(
        number, Json($$"""{{{what}},"on":"2026-{{month}}-{{day}}","reason":"Told by phone","actor":"mara"}"""), actor: null, NewKey(), None);

    public Task<JournalOutcome> Unapply(string number, string what, int day = 17) => new MovePayment(books, _clock).Unapply(
        number, Json($$"""{{{what}},"on":"2026-{{month}}-{{day}}","reason":"Wrong invoice","actor":"mara"}"""), actor: null, NewKey(), None);

    public Task<JournalOutcome> Refund(string what, string amount, int day = 18) => new RefundMoney(books, _clock).Run(
        Json($$"""{{{what}},"amount":"{{amount}}","on":"2026-{{month}}-{{day}}","reason":"Paid too much","actor":"mara"}"""), actor: null, NewKey(), None);

    public Task<JournalOutcome> Dispute(string what, int day = 19) => new DisputeMoney(books, _clock).Run(
        Json($$"""{{{what}},"on":"2026-{{month}}-{{day}}","reason":"Not as agreed","actor":"mara"}"""), actor: null, NewKey(), None);

    public Task<JournalOutcome> Settle(string number, DisputeState to, string more = "", int day = 20) => new SettleDispute(books, _clock).Run(
        number, to, Json($$"""{"on":"2026-{{month}}-{{day}}","reason":"Decided","actor":"mara"{{More(more)}}}"""), actor: null, NewKey(), None);

    public Task<JournalOutcome> Reverse(string number, int day = 28) => new ReverseEntry(books, _clock).Run(
        new ReversalRequest(number, new DateOnly(2026, month, day), "Booked by mistake", "mara", NewKey()), None);

    public async Task<string> WriteOff(string invoice, decimal amount) => (await new WriteOffInvoice(books, _clock).Run(
        new WriteOffRequest(invoice, amount, new DateOnly(2026, month, 10), "Insolvent", "mara", NewKey()), None)).ShouldBeOfType<WriteOffOutcome.Done>().Number;

    public async Task<string> Credit(string invoice, decimal net) => (await new CreditInvoice(books, _clock).Run(
        new CreditRequest(invoice, new CreditWish.ByAmount(net), new DateOnly(2026, month, 10), "Goodwill", "mara", NewKey()),
            None)).ShouldBeOfType<CreditOutcome.Given>().Number;

    public Task<decimal> Open(string invoice) => Scalar<decimal>(
        "select o.open from invoicing.open_amount o join invoicing.invoice i on i.id = o.id where i.number = @invoice", new { invoice });

    public async Task<string> Earn(string amount)
    {
        var document = Json(
            $$"""
            {"kind":"revenue-journal","month":"2026-{{month}}","legal-entity":"DE","date":"2026-{{month}}-28","currency":"EUR","text":"Earned",
             "reason":"Month end","actor":"mara",
             "lines":[{"account":"deferred-revenue","debit":"{{amount}}"},{"account":"revenue","credit":"{{amount}}"}]}
            """);
        return Done(await new BookJournal(books, _clock).Add(document, actor: null, NewKey(), None)).Number;
    }

    public Task<decimal> Balance(string account) =>
        Scalar<decimal>("select coalesce(sum(amount), 0) from ledger.journal_line where account = @account", new { account });

    public async Task<T> Scalar<T>(string sql, object? parameters = null)
    {
        await using var connection = await books.OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<T>(sql, parameters))!;
    }

    public static Journal Done(JournalOutcome outcome) => outcome.ShouldBeOfType<JournalOutcome.Done>(Why(outcome)).Journal;

    public static string Why(JournalOutcome outcome) => outcome switch
    {
        JournalOutcome.Refused no => $"{no.Code} {no.Field}",
        JournalOutcome.Unreadable bad => string.Join(' ', bad.Problems.Select(problem => $"{problem.Code} {problem.Field}")),
        _ => outcome.ToString(),
    };

    public static string NewKey() => Guid.CreateVersion7().ToString();

    private static string More(string more) => more.Length > 0 ? "," + more : "";

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
