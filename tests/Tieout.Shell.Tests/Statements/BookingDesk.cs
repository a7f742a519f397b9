using System.Globalization;
using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Application.Statements;
using Tieout.Domain;
using Tieout.Domain.Cash.Matching;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Ledger;

namespace Tieout.Shell.Tests.Statements;

/// <summary>Books with a dozen customers, half of them in dollars, and payments of statements on their way into them; tells every row that booking leaves.</summary>
internal sealed class BookingDesk(TestDatabase books) : IAsyncDisposable
{
    private static CancellationToken None => CancellationToken.None;

    public NpgsqlDataSource Source => books.Source;

    /// <summary>Two invoices each, of November and December 2026.</summary>
    /// <param name="rates">What a dollar costs in euros, as <c>2026-11-01 0.90</c>: the books of both companies are in euros then.</param>
    public static async Task<BookingDesk> Open(PostgresFixture postgres, int customers, params string[] rates)
    {
        var books = await postgres.CreateDatabase();
        await SampleData.Subscriptions(books.Source, customers);
        if (rates.Length > 0)
        {
            await books.Execute("update customers.legal_entity set currency = 'EUR'");
            await new FxDesk(books.Source).Quote(rates);
        }
        foreach (var month in new[] { new AccountingMonth(2026, 11), new AccountingMonth(2026, 12) })
            await new BillAccounts(books.Source, TimeProvider.System).Run(new BillingRequest(month, "test"), null, None);
        await books.Execute(
            """
            update customers.legal_entity set iban = case code when 'US' then 'GB29NWBK60161331926819' else 'DE89370400440532013000' end;
            insert into cash.statement (id, legal_entity_id, number, name, currency, moved, entries, refused, actor, created_at)
              select md5(code)::uuid, id, iban, 'S', case code when 'US' then 'USD' else 'EUR' end, 0, 0, 0, 'test', now() from customers.legal_entity;
            """);
        return new BookingDesk(books);
    }

    public async Task<List<Invoice>> Invoices() => [.. await Query<Invoice>(
        """
        select i.id, i.number, a.code as account, i.billing_account_id, i.currency, i.total
        from invoicing.invoice i join customers.billing_account a on a.id = i.billing_account_id order by i.number
        """)];

    /// <summary>A statement has it, and it is undecided.</summary>
    public Task Report(IReadOnlyList<CertainLine> lines) => Execute(
        """
        insert into cash.bank_line (key, entry_key, from_bank, statement_id, legal_entity_id, booked_on, currency, amount, payer, payer_number, words, details,
          returned, payments, state)
        select key, key, true, s.id, s.legal_entity_id, day, currency, amount, 'Somebody', '', '', '{"Ids":[],"References":[],"Documents":[]}', false, 1, 'new'
        from unnest(@keys, @days, @currencies, @amounts) as line (key, day, currency, amount)
        join cash.statement s using (currency)
        """,
        new
        {
            keys = lines.Select(line => line.Key).ToArray(),
            days = lines.Select(line => line.On).ToArray(),
            currencies = lines.Select(line => line.Amount.Currency.Code).ToArray(),
            amounts = lines.Select(line => line.Amount.Amount).ToArray(),
        });

    /// <summary>A payment that settles what it is said to, of whichever account.</summary>
    public static CertainLine Line(string key, string day, Invoice of, decimal unapplied, decimal fee, params (Invoice Invoice, decimal Amount)[] settles)
    {
        var applied = settles.Sum(one => one.Amount);
        return new CertainLine(
            key, DateOnly.Parse(day, CultureInfo.InvariantCulture), new Money(applied + unapplied - fee, Currency.Of(of.Currency)),
            new Proposal(
                of.BillingAccountId, [.. settles.Select(one => new Settlement(one.Invoice.Id, one.Invoice.Number, one.Amount))], unapplied, fee, 0, null, 100,
                ["It is the test's."]));
    }

    /// <summary>A line that takes back what an earlier line was booked as, whole.</summary>
    public async Task<CertainLine> Return(string key, string day, CertainLine line)
    {
        var payment = (await Query<Guid>($"select id from cash.payment where reference = '{line.Key}'"))[0];
        return new CertainLine(
            key, DateOnly.Parse(day, CultureInfo.InvariantCulture), line.Amount with { Amount = -line.Amount.Amount },
            new Proposal(line.Match.Account, [], 0, 0, 0, payment, 100, ["It is the test's."]));
    }

    public async Task Execute(string sql, object? parameters = null)
    {
        await using var connection = await Source.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, parameters);
    }

    public async Task<IReadOnlyList<T>> Query<T>(string sql)
    {
        await using var connection = await Source.OpenConnectionAsync();
        return [.. await connection.QueryAsync<T>(sql)];
    }

    /// <summary>Every row that booking a payment leaves, in words: names for ids, no times.</summary>
    public async Task<string> Rows()
    {
        List<string> all = [];
        foreach (var (what, sql) in Told)
            all.Add($"-- {what}\n{string.Join('\n', (await Query<string>($"select row::text from ({sql}) row")).Order(StringComparer.Ordinal))}");
        return string.Join('\n', all);
    }

    public ValueTask DisposeAsync() => books.DisposeAsync();

    private static readonly (string What, string Sql)[] Told =
    [
        ("payments", """
            select a.code, p.source, p.reference, p.method, p.received_on, p.currency, p.amount, p.fee, p.recovers, p.content_hash, e.code as entity, p.tenant
            from cash.payment p join customers.billing_account a on a.id = p.billing_account_id join customers.legal_entity e on e.id = p.legal_entity_id
            """),
        ("movements", """
            select p.reference, m.kind, m.amount, m.reason, m.actor, m.id = p.id as its_own, posting.business_key, m.dispute_id,
                   (select back.reference from cash.payment back where back.id = m.reverses) as reverses, m.billing_account_id
            from cash.movement m join cash.payment p on p.id = m.payment_id join posting.posting on posting.document_id = m.entry_id
            """),
        ("shares", """
            select p.reference, s.no, s.pool, i.number, s.amount, s.layer = s.movement_id as new, s.billing_account_id
            from cash.share s join cash.payment p on p.id = s.payment_id left join invoicing.invoice i on i.id = s.invoice_id
            """),
        ("keys", """
            select g.idempotency_key, g.content_hash, m.kind, p.reference
            from invoicing.given_once g join cash.movement m on m.id = g.document_id join cash.payment p on p.id = m.payment_id
            """),
        ("entries", """
            select posting.business_key, e.source_kind, e.entry_date, e.month, e.text, e.billing_account_id, e.legal_entity_id,
                   (select back.business_key from posting.posting back where back.document_id = e.reverses) as reverses,
                   e.source_id = m.id as of_it, e.correlation_id = m.payment_id as told
            from ledger.journal_entry e join cash.movement m on m.entry_id = e.id join posting.posting on posting.document_id = e.id
            """),
        ("lines", """
            select posting.business_key, l.line_no, l.account, l.currency, l.amount, l.functional, i.number, l.text, l.clears, l.month, l.billing_account_id, l.legal_entity_id
            from ledger.journal_line l join posting.posting on posting.document_id = l.entry_id left join invoicing.invoice i on i.id = l.settles
            """),
        ("postings", """
            select p.business_key, p.document_kind, p.month, p.currency, p.amount, p.state, p.billing_account_id, p.legal_entity_id, p.correlation_id = m.payment_id as told
            from posting.posting p join cash.movement m on m.entry_id = p.document_id
            """),
        ("runs", "select kind, title, state, total, done, unit, actor, scope = id::text as its_own from runs.run where kind = 'journal'"),
        ("numbers", "select e.code, s.series, s.year, s.used from invoicing.number_series s join customers.legal_entity e on e.id = s.legal_entity_id"),
        ("unapplied", "select p.reference from cash.with_unapplied w join cash.payment p on p.id = w.payment_id"),
        ("follows", """
            select one.business_key as entry, other.business_key as before
            from cash.follows f join posting.posting one on one.document_id = f.entry_id join posting.posting other on other.document_id = f.before_id
            """),
        ("journals", "select legal_entity_id, reason, actor from ledger.manual_journal"),
        ("balances", """
            select legal_entity_id, month, account, currency, sum(debit) as debit, sum(credit) as credit, sum(lines) as lines,
                   sum(functional_debit) as functional_debit, sum(functional_credit) as functional_credit
            from ledger.turnover
            group by legal_entity_id, month, account, currency
            """),
        ("bank lines", "select key, state, reasons, entry_number, decided_by, decided_why, decided_at is null as undecided from cash.bank_line"),
        ("proposals", "select p.line, p.rank, p.billing_account_id, p.unapplied, p.fee, p.discount, p.score, p.reasons from cash.proposal p"),
        ("months", "select legal_entity_id, month, event, about, actor, reason from ledger.month_event"),
    ];
}

/// <summary>An invoice that money may settle.</summary>
internal sealed record Invoice(Guid Id, string Number, string Account, Guid BillingAccountId, string Currency, decimal Total);
