using Dapper;
using Npgsql;
using Tieout.Application.Journals;
using Tieout.Domain;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Ledger;

/// <summary>Which lines of which account.</summary>
/// <param name="Entity">Code of the legal entity.</param>
/// <param name="Account">One of <see cref="LedgerAccount"/>.</param>
/// <param name="Until">The last month, included.</param>
/// <param name="BillingAccount">Only its lines; only on accounts of customers. Null for all.</param>
/// <param name="Currency">Null where the account moved in one currency only.</param>
/// <param name="At">Only what was booked until this instant, by the clock of the program that booked it; null for all.</param>
/// <param name="Filter">Only lines with one code of a dimension, or without any; null for all.</param>
public sealed record AccountQuestion(
    string Entity, string Account, AccountingMonth From, AccountingMonth Until, string? BillingAccount = null, Currency? Currency = null,
    StatementCursor? After = null, DateTimeOffset? At = null, DimensionFilter? Filter = null);

/// <summary>Reads the lines of an account, page by page, with what it came to before, after each and at last.</summary>
public sealed class ReadAccount(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Accounts whose lines each name a billing account, and are found by it.</summary>
    public static IReadOnlyList<string> OfCustomers { get; } = [.. LedgerAccount.OfCustomers, LedgerAccount.UnappliedCash];

    // By entries in the order of their days; on an account with few lines the planner goes by those instead.
    private const string Lines =
        """
        select e.id as entry, l.line_no as line, e.month, e.entry_date as day, e.source_kind as kind, l.amount, coalesce(l.functional, l.amount) as functional,
               coalesce(nullif(l.text, ''), e.text) as text, coalesce(a.code, '') as billing_account, d.dimensions::text as dimensions,
               coalesce((select p.business_key from posting.posting p
                         where p.document_id = case when e.source_kind in ('invoice', 'credit-memo') then e.source_id else e.id end), '') as document
        from ledger.journal_entry e
        join ledger.journal_line l on l.entry_id = e.id
        left join customers.billing_account a on a.id = l.billing_account_id
        left join ledger.dimension_set d on d.id = l.dimension_set
        where e.tenant = 1 and e.legal_entity_id = @entity and e.month between @from and @until and e.source_kind collate "C" <> ''
          and l.legal_entity_id = @entity and l.month between @from and @until and l.account = @account and l.currency = @currency
        """;

    private const string Known = " and e.created_at <= @at";

    private const string Behind =
        " and (e.month, e.entry_date, e.id) >= (@month, @day, @entry) and ((e.month, e.entry_date, e.id) > (@month, @day, @entry) or l.line_no > @line)";

    // With the collation these are the conditions of the indexes; see the migration.
    private const string OneCustomer =
        " and l.billing_account_id = @customer and l.account collate \"C\" in ('receivable', 'disputed-receivable', 'unapplied-cash')";

    private const string BesideInvoices = " and l.account collate \"C\" not in ('receivable', 'revenue', 'deferred-revenue', 'tax')";

    private const string Sorted = " and coalesce(d.dimensions ->> @word, '') = @code";

    private const string WithDimensions = " and l.dimension_set is not null and l.account collate \"C\" <> ''";

    private const string OfAccount = " and legal_entity_id = @entity and account = @account and currency = @currency and month <= @until";

    private const string Kept =
        "select month, debit - credit as amount, functional_debit - functional_credit as functional from ledger.turnover where tenant = 1" + OfAccount;

    private const string OneByOne =
        """
        select l.month, l.amount, coalesce(l.functional, l.amount) as functional
        from ledger.journal_line l left join ledger.dimension_set d on d.id = l.dimension_set where l.tenant = 1
        """ + OfAccount;

    private const string KnownLine = " and exists (select from ledger.journal_entry e where e.id = l.entry_id and e.created_at <= @at)";

    private const string Later =
        """
         union all
        select l.month, -l.amount, -coalesce(l.functional, l.amount) from ledger.journal_entry e join ledger.journal_line l on l.entry_id = e.id
        where e.created_at > @at and l.tenant = 1 and l.legal_entity_id = @entity and l.account = @account and l.currency = @currency and l.month <= @until
        """;

    /// <summary>One page, from one moment of the books.</summary>
    public async Task<LedgerAnswer> Run(AccountQuestion question, int limit, CancellationToken cancel)
    {
        if (!LedgerAccount.IsKnown(question.Account)) return LedgerBooks.UnknownAccount;
        if (LedgerBooks.Range(question.From, question.Until) is { } wide) return wide;
        if (question.At > clock.GetUtcNow()) return LedgerBooks.InTheFuture;
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await LedgerBooks.OneMoment(connection, cancel);
        if (await LedgerBooks.Entity(connection, question.Entity, cancel) is not { } entity) return LedgerBooks.UnknownEntity;
        if (!(await LedgerBooks.Chart(connection, entity.Id, cancel)).Has(question.Account)) return LedgerBooks.UnknownAccount;
        CustomerRow? customer = null;
        if (question.BillingAccount is { } code)
        {
            customer = await Customer(connection, code, cancel);
            if (NotKept(question, entity, customer) is { } refused) return refused;
        }
        var (currency, several) = await CurrencyOf(connection, question, entity, customer, cancel);
        return several is not null ? several : await Page(connection, question, entity, customer, currency, limit, cancel);
    }

    private static async Task<LedgerAnswer> Page(
        NpgsqlConnection connection, AccountQuestion question, LedgerEntity entity, CustomerRow? customer, Currency currency, int limit,
        CancellationToken cancel)
    {
        var (opening, closing, inBooks) = await Ends(connection, question, entity, customer, currency, cancel);
        var rows = await Rows(connection, question, entity, customer, currency, limit + 1, cancel);
        var begins = question.After is { } after ? new Money(after.Balance, currency) : opening;
        var page = rows.Take(limit).ToList();
        var balances = RunningBalance.After(begins, page.Select(row => new Money(row.Amount, currency)));
        List<AccountStatementLine> lines = [.. page.Zip(balances, (row, balance) => row.Told(currency, balance, Currency.Of(entity.Currency)))];
        var chart = (await LedgerBooks.Chart(connection, entity.Id, cancel))[question.Account];
        string? next = null;
        if (rows.Count > limit)
            next = new StatementCursor(page[^1].Month, page[^1].Day, page[^1].Entry, page[^1].Line, lines[^1].Balance.Amount).ToString();
        return new LedgerAnswer.Account(new AccountStatement(
            entity.Code, question.Account, chart.Number, chart.Name, customer?.Code ?? "", question.From, question.Until, opening, closing, lines, next)
        { OpeningInBooks = inBooks.Opening, ClosingInBooks = inBooks.Closing, At = question.At, Filter = question.Filter });
    }

    private static async Task<IReadOnlyList<Row>> Rows(
        NpgsqlConnection connection, AccountQuestion question, LedgerEntity entity, CustomerRow? customer, Currency currency, int limit,
        CancellationToken cancel) => (await connection.QueryAsync<Row>(new CommandDefinition(
        Lines + (customer is not null ? OneCustomer : LedgerAccount.Invoiced.Contains(question.Account) ? "" : BesideInvoices) + Only(question.Filter)
            + (question.At is null ? "" : Known) + (question.After is null ? "" : Behind) + " order by e.month, e.entry_date, e.id, l.line_no limit @limit",
        new
        {
            entity = entity.Id,
            from = question.From.FirstDay,
            until = question.Until.FirstDay,
            account = question.Account,
            currency = currency.Code,
            customer = customer?.Id,
            month = question.After?.Month,
            day = question.After?.Day,
            entry = question.After?.Entry,
            line = question.After?.Line,
            at = question.At?.UtcDateTime,
            word = question.Filter?.Word,
            code = question.Filter?.Code,
            limit,
        }, commandTimeout: 600, cancellationToken: cancel))).AsList();

    // All lines of the account by what is kept of them, less what was booked after the instant; those of one customer are few and added up.
    private static async Task<(Money Opening, Money Closing, (Money Opening, Money Closing) InBooks)> Ends(
        NpgsqlConnection connection, AccountQuestion question, LedgerEntity entity, CustomerRow? customer, Currency currency, CancellationToken cancel)
    {
        var (opening, closing, first, last) = await connection.QuerySingleAsync<(decimal, decimal, decimal, decimal)>(new CommandDefinition(
            $"""
            select coalesce(sum(amount) filter (where month < @from), 0), coalesce(sum(amount), 0),
                   coalesce(sum(functional) filter (where month < @from), 0), coalesce(sum(functional), 0)
            from ({Moved(customer is not null, question)}) moved
            """,
            new
            {
                entity = entity.Id,
                account = question.Account,
                currency = currency.Code,
                from = question.From.FirstDay,
                until = question.Until.FirstDay,
                customer = customer?.Id,
                at = question.At?.UtcDateTime,
                word = question.Filter?.Word,
                code = question.Filter?.Code,
            }, commandTimeout: 600, cancellationToken: cancel));
        var books = Currency.Of(entity.Currency);
        return (new Money(opening, currency), new Money(closing, currency), (new Money(first, books), new Money(last, books)));
    }

    // Without a code: all of them less those that have one. What is kept of an account is of now: what was booked later is taken off.
    private static string Moved(bool ofCustomer, AccountQuestion question)
    {
        var filter = question.Filter;
        var (known, kept) = question.At is null ? ("", Kept) : (KnownLine, Kept + Later);
        return (ofCustomer, filter) switch
        {
            (true, _) => OneByOne + OneCustomer + Only(filter) + known,
            (_, null) => kept,
            (_, { Code: "" }) =>
                $"{kept} union all select month, -amount, -functional from ({OneByOne}{WithDimensions} and d.dimensions ->> @word is not null{known}) sorted",
            _ => OneByOne + Only(filter) + known,
        };
    }

    private static string Only(DimensionFilter? filter) => filter switch
    {
        null => "",
        { Code: "" } => Sorted,
        _ => WithDimensions + Sorted,
    };

    private static async Task<(Currency Currency, LedgerAnswer.Refused? Several)> CurrencyOf(
        NpgsqlConnection connection, AccountQuestion question, LedgerEntity entity, CustomerRow? customer, CancellationToken cancel)
    {
        if (question.Currency is { } asked) return (asked, null);
        if (customer is not null) return (Currency.Of(customer.Currency), null);
        var moved = (await connection.QueryAsync<string>(new CommandDefinition(
            """
            select distinct currency from ledger.turnover
            where tenant = 1 and legal_entity_id = @Id and account = @Account and month <= @until order by 1
            """, new { entity.Id, question.Account, until = question.Until.FirstDay }, cancellationToken: cancel))).AsList();
        var first = Currency.Of(moved.Count > 0 ? moved[0] : entity.Currency);
        return (first, moved.Count < 2 ? null : new LedgerAnswer.Refused(
            "currency", "currency-needed", $"the account moved in {string.Join(", ", moved)}", "Name one of them; currencies are never added."));
    }

    private static LedgerAnswer.Refused? NotKept(AccountQuestion question, LedgerEntity entity, CustomerRow? customer) =>
        !OfCustomers.Contains(question.Account)
            ? new("billingAccount", "not-of-customers", "this account is not one of customers", $"Leave it out, or ask for one of {string.Join(", ", OfCustomers)}.")
        : customer is null ? ReadCustomer.Unknown
        : customer.LegalEntityId != entity.Id
            ? new("billingAccount", "other-entity", "this billing account belongs to another legal entity", "Take that one as entity.")
        : null;

    private static Task<CustomerRow?> Customer(NpgsqlConnection connection, string code, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<CustomerRow>(new CommandDefinition(
            "select id, code, legal_entity_id, currency from customers.billing_account where tenant = 1 and code = @code", new { code },
            cancellationToken: cancel));

    private sealed record CustomerRow(Guid Id, string Code, Guid LegalEntityId, string Currency);

    private sealed record Row(
        Guid Entry, int Line, DateOnly Month, DateOnly Day, string Kind, decimal Amount, decimal Functional, string Text, string BillingAccount,
        string? Dimensions, string Document)
    {
        public AccountStatementLine Told(Currency currency, Money balance, Currency books) => new(
            Entry, Line, Document, Kind, Day, AccountingMonth.Of(Month), BillingAccount, Text, new Money(Amount, currency), balance)
        { InBooks = new Money(Functional, books), Dimensions = DimensionSets.Read(Dimensions).Codes };
    }
}
