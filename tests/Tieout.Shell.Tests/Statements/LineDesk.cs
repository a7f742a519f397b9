using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Application.Journals;
using Tieout.Application.Statements;
using Tieout.Domain;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Payments;

namespace Tieout.Shell.Tests.Statements;

/// <summary>A company's bank statement as it lies in the books, and what people and matching do with its lines.</summary>
internal sealed class LineDesk(TestDatabase books) : IAsyncDisposable
{
    public const string Payer = "GB29NWBK60161331926819";

    private static CancellationToken None => CancellationToken.None;

    public CashDesk Cash { get; } = new(books.Source);

    public NpgsqlDataSource Source => books.Source;

    /// <summary>C-1 owes the company US two invoices of 10.74 dollars and C-3 two of 10.76; C-2 owes the company DE two in euros.</summary>
    public static async Task<LineDesk> Open(PostgresFixture postgres)
    {
        var books = await postgres.CreateDatabase();
        await SampleData.Subscriptions(books.Source, 3);
        foreach (var month in new[] { new AccountingMonth(2026, 11), new AccountingMonth(2026, 12) })
            await new BillAccounts(books.Source, TimeProvider.System).Run(new BillingRequest(month, "test"), null, None);
        return await Over(books);
    }

    /// <summary>Number of the customer's first invoice.</summary>
    public Task<string> Invoice(string account) => Cash.Scalar<string>(
        "select min(i.number) from invoicing.invoice i join customers.billing_account a on a.id = i.billing_account_id where a.code = @account", new { account });

    /// <summary>Over books that stand already; a statement of each company lies there, of no account that is known.</summary>
    public static async Task<LineDesk> Over(TestDatabase books)
    {
        await books.Execute(
            """
            insert into cash.statement (id, legal_entity_id, number, name, currency, moved, entries, refused, actor, created_at)
              select md5(code)::uuid, id, 'OURS-' || code, 'S', currency, 0, 0, 0, 'test', now() from customers.legal_entity;
            """);
        return new LineDesk(books);
    }

    /// <summary>The bank booked it in December 2026, or on the day that is said.</summary>
    /// <param name="code">The bank's code of what it is.</param>
    public Task Report(
        string key, decimal amount, string words, string on = "2026-12-20", bool returned = false, string from = Payer, string entity = "US", string id = "",
        string code = "") =>
        Execute(
            """
            insert into cash.bank_line (key, entry_key, from_bank, statement_id, legal_entity_id, booked_on, currency, amount, payer, payer_number, words, details,
              returned, payments, state)
            select @key, @key, true, s.id, s.legal_entity_id, @on::date, s.currency, @amount, 'Somebody', @from, @words, @details::jsonb, @returned, 1, 'new'
            from cash.statement s where s.id = md5(@entity)::uuid
            """,
            new
            {
                key,
                amount,
                words,
                on,
                returned,
                from,
                entity,
                details = JsonSerializer.Serialize(new { Ids = id.Length > 0 ? new[] { id } : [], References = Array.Empty<string>(), Documents = Array.Empty<string>(), Code = code }),
            });

    /// <summary>The account at a bank is known to be the customer's.</summary>
    public Task Know(string account, string number = Payer) => Execute(
        "insert into cash.payer_number (number, billing_account_id, actor, created_at) select @number, id, 'test', now() from customers.billing_account where code = @account",
        new { number, account });

    public Task<MatchCounts> Match() => new ImportStatement(Source, TimeProvider.System).Match(None);

    public async Task<IReadOnlyList<PaymentLine>> Lines() =>
        [.. (await new FindLines(Source).List(null, null, 50, None)).OrderBy(line => line.Key, StringComparer.Ordinal)];

    public async Task<PaymentLine> Line(string key) => (await Lines()).Single(line => line.Key == key);

    /// <summary>A person takes the best proposal.</summary>
    public async Task<JournalOutcome> Take(string key) => await Accept(key, $$"""{"proposal":"{{(await Line(key)).Proposals[0].Id}}","reason":"Seen","actor":"mara"}""");

    /// <summary>A person says that it is this customer's money.</summary>
    public Task<JournalOutcome> For(string key, string account, string reason = "By phone") =>
        Accept(key, $$"""{"billing-account":"{{account}}","reason":"{{reason}}","actor":"mara"}""");

    public Task<JournalOutcome> Accept(string key, string document) =>
        new DecideLine(Source, TimeProvider.System).Accept(key, JsonDocument.Parse(document).RootElement, actor: null, None);

    public Task<JournalOutcome?> Decline(string key) => new DecideLine(Source, TimeProvider.System).Decline(
        key, JsonDocument.Parse("""{"reason":"Not ours","actor":"mara"}""").RootElement, actor: null, None);

    /// <summary>Closes the books of a legal entity through a day.</summary>
    public Task Close(string through, string policy, string entity = "US") => Execute(
        "update customers.legal_entity set closed_through = @through::date, late_arrivals = @policy where code = @entity", new { through, policy, entity });

    /// <summary>Of every entry about money, its kind, its day and its lines.</summary>
    public async Task<IReadOnlyList<string>> Entries()
    {
        await using var connection = await Source.OpenConnectionAsync();
        return [.. await connection.QueryAsync<string>(
            """
            select e.source_kind || ' ' || e.entry_date || ': ' || string_agg(l.account || ' ' || trim_scale(l.amount), ', ' order by l.amount desc, l.account)
            from ledger.journal_entry e join ledger.journal_line l on l.entry_id = e.id
            where e.source_kind <> 'invoice' group by e.id, e.source_kind, e.entry_date order by 1
            """)];
    }

    public async Task Execute(string sql, object? parameters = null)
    {
        await using var connection = await Source.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, parameters);
    }

    public ValueTask DisposeAsync() => books.DisposeAsync();
}
