using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Payments;
using Tieout.Domain;
using Tieout.Domain.Cash;
using Tieout.Domain.Cash.Matching;
using Tieout.Domain.Cash.Statements;
using Tieout.Domain.Customers;

namespace Tieout.Application.Statements;

/// <summary>A place among payments in the order of their days.</summary>
internal sealed record LineCursor(DateOnly BookedOn, string Key)
{
    /// <summary>Before all of them.</summary>
    public static LineCursor Start { get; } = new(DateOnly.MinValue, "");
}

/// <summary>
/// Loads what undecided payments may settle: by numbers they name, by who paid, by a like name, and where nobody is known to pay from where they came
/// by their amount. A few questions for any number of lines.
/// </summary>
internal static class MatchCandidates
{
    // Above this a list of names is not held in memory for a statement; then only numbers and known accounts find customers.
    private const int MostNames = 500_000;

    private const string LineColumns =
        "key, currency, amount, booked_on, payer, payer_number, words, details::text as details, charges, returned, payments, attempt, legal_entity_id";

    /// <summary>Payments that nobody and nothing has decided, the oldest first.</summary>
    /// <param name="after">The last one of those before.</param>
    public static async Task<IReadOnlyList<BankLine>> Undecided(NpgsqlConnection connection, LineCursor after, int most, CancellationToken cancel) =>
        [.. (await connection.QueryAsync<Row>(new CommandDefinition(
            $"""
            select line.* from unnest(array['new', 'certain', 'proposed', 'unapplied', 'unknown']) as undecided (state)
            cross join lateral (
              select {LineColumns} from cash.bank_line
              where tenant = 1 and state = undecided.state and (booked_on, key) > (@BookedOn, @Key) order by booked_on, key limit @most) line
            order by booked_on, key limit @most
            """, new { after.BookedOn, after.Key, most }, commandTimeout: 600, cancellationToken: cancel))).Select(Line)];

    /// <summary>One of them; null for none.</summary>
    public static async Task<BankLine?> One(NpgsqlConnection connection, string key, CancellationToken cancel) =>
        await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"select {LineColumns} from cash.bank_line where tenant = 1 and key = @key", new { key }, cancellationToken: cancel)) is { } row ? Line(row) : null;

    /// <summary>A book of names: all that there are, or none where they are too many.</summary>
    public static async Task<MatchBook> Names(NpgsqlConnection connection, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<(Guid Account, string Name)>(new CommandDefinition(
            """
            select a.id, c.name from customers.billing_account a join customers.customer c on c.id = a.customer_id
            where a.tenant = 1 and (select count(*) from customers.billing_account) <= @MostNames
            """, new { MostNames }, commandTimeout: 600, cancellationToken: cancel));
        return new MatchBook([], [.. rows.Select(row => new KnownPayer(row.Account, row.Name, []))]);
    }

    /// <summary>A book that says what of these payments is certain: the invoices they name, and who is known to pay from where they came.</summary>
    public static async Task<MatchBook> Named(NpgsqlConnection connection, IReadOnlyList<BankLine> lines, CancellationToken cancel) =>
        new MatchBook([], []).Knowing(await Known(connection, lines, cancel)).With(await Items(connection, lines, [], [], cancel), []);

    /// <summary>The book to match them with, without any names: only who is known to pay from where it came, and invoices that are named.</summary>
    public static Task<MatchBook> Book(NpgsqlConnection connection, IReadOnlyList<BankLine> lines, CancellationToken cancel) =>
        Book(connection, new MatchBook([], []), lines, cancel);

    /// <summary>The book to match them with.</summary>
    /// <param name="names">Those of all who may have paid.</param>
    public static async Task<MatchBook> Book(NpgsqlConnection connection, MatchBook names, IReadOnlyList<BankLine> lines, CancellationToken cancel)
    {
        var people = names.Knowing(await Known(connection, lines, cancel));
        var accounts = lines.SelectMany(people.MayHavePaid).Distinct().ToArray();
        var alike = await OfAmount(connection, [.. lines.Where(line => line.Amount.Amount > 0 && !line.Returned && people.KnowsNobody(line))], cancel);
        return people.With(await Items(connection, lines, accounts, alike, cancel), await Receipts(connection, lines, cancel));
    }

    /// <summary>Takes in what was billed since payments were matched last, so that it is found by its amount.</summary>
    public static Task TakeIn(NpgsqlConnection connection, CancellationToken cancel) => connection.ExecuteAsync(
        new CommandDefinition("select cash.take_in_open_items()", commandTimeout: 600, cancellationToken: cancel));

    // Of each amount no more than tell that there are too many. What is kept there may lag: it counts only where the invoice asks for that now.
    private static async Task<Guid[]> OfAmount(NpgsqlConnection connection, IReadOnlyList<BankLine> lines, CancellationToken cancel)
    {
        var wanted = lines.Where(line => line.LegalEntity is not null)
            .Select(line => (Entity: line.LegalEntity!.Value, line.Amount.Currency.Code, line.Amount.Amount, line.On)).Distinct().ToList();
        return wanted.Count == 0 ? [] : [.. await connection.QueryAsync<Guid>(new CommandDefinition(
            """
            select distinct found.invoice_id
            from unnest(@entities, @currencies, @amounts, @days) as said (entity, currency, amount, day)
            cross join lateral (
              select item.invoice_id
              from cash.open_item item
              cross join lateral (select o.open from invoicing.open_amount o where o.id = item.invoice_id offset 0) now
              where item.legal_entity_id = said.entity and item.currency = said.currency and item.open = said.amount and item.issue_date <= said.day
                and now.open = item.open
              limit @most) found
            """,
            new
            {
                entities = wanted.Select(one => one.Entity).ToArray(),
                currencies = wanted.Select(one => one.Code).ToArray(),
                amounts = wanted.Select(one => one.Amount).ToArray(),
                days = wanted.Select(one => one.On).ToArray(),
                most = MatchPolicy.AmountAlone + 1,
            }, commandTimeout: 600, cancellationToken: cancel))];
    }

    /// <summary>Payouts of gateways that are booked and that no line confirms yet.</summary>
    public static async Task<IReadOnlyList<ExpectedPayout>> Payouts(NpgsqlConnection connection, CancellationToken cancel) =>
        [.. (await connection.QueryAsync<PayoutRow>(new CommandDefinition(
            """
            select b.entry_id as entry, b.number, o.id as payout, g.provider, l.currency, sum(l.amount) as amount, e.entry_date as day,
                   coalesce((
                     select jsonb_agg(distinct coalesce(said.body #>> '{data,object,trace_id,value}', said.body #>> '{trace_id,value}', ''))
                     from (select convert_from(v.body, 'UTF8')::jsonb as body from cash.gateway_event v
                           where v.gateway = o.gateway and v.object = o.id and v.state = 'taken') said), '[]')::text as traces
            from cash.gateway_object o
            join cash.gateway g on g.tenant = o.tenant and g.name = o.gateway
            join cash.gateway_booked b on b.tenant = o.tenant and b.gateway = o.gateway and b.object = o.id
            join ledger.journal_entry e on e.id = b.entry_id
            join ledger.journal_line l on l.entry_id = b.entry_id and (l.account = 'cash-clearing' or l.account like 'cash-clearing.%')
            where o.tenant = 1 and o.kind = 'payout'
              and not exists (select from cash.bank_line taken where taken.tenant = 1 and taken.entry_number = b.number)
            group by o.gateway, o.id, b.entry_id, b.number, g.provider, l.currency, e.entry_date
            """, commandTimeout: 600, cancellationToken: cancel))).Select(row => new ExpectedPayout(
                row.Entry, row.Number, [row.Payout, .. JsonSerializer.Deserialize<string[]>(row.Traces)!.Where(trace => trace.Length > 0)], row.Provider,
                new Money(row.Amount, Currency.Of(row.Currency)), row.Day))];

    /// <summary>Refunds by transfer that have the amounts of these lines of money that went out, stand in the books, and no line confirms yet.</summary>
    public static async Task<IReadOnlyList<ExpectedRefund>> Refunds(NpgsqlConnection connection, IReadOnlyList<BankLine> lines, CancellationToken cancel)
    {
        var amounts = lines.Where(line => line.Amount.Amount < 0 && !line.Returned).Select(line => line.Amount).Distinct().ToList();
        if (amounts.Count == 0) return [];
        var rows = await connection.QueryAsync<RefundRow>(new CommandDefinition(
            """
            select m.entry_id as entry, p.business_key as number, m.billing_account_id as account, e.entry_date as day, p.currency, m.amount,
                   coalesce(paid.business_key, '') as payment, array_to_string(array(
                     select distinct i.number from ledger.journal_line l join invoicing.invoice i on i.id = l.settles where l.entry_id = m.entry_id), ' ') as about
            from unnest(@currencies, @amounts) as said (currency, amount)
            join cash.movement m on m.tenant = 1 and m.kind = 'refund' and m.amount = said.amount
            join posting.posting p on p.document_id = m.entry_id and p.currency = said.currency
            join ledger.journal_entry e on e.id = m.entry_id
            left join cash.movement receipt on receipt.id = m.payment_id
            left join posting.posting paid on paid.document_id = receipt.entry_id
            where not exists (select from cash.movement back where back.reverses = m.id)
              and not exists (select from cash.bank_line taken where taken.tenant = 1 and taken.entry_number = p.business_key and taken.entry_number <> '')
              and exists (
                select from ledger.journal_line l
                where l.entry_id = m.entry_id and l.amount < 0 and (l.account = 'cash-clearing' or l.account like 'cash-clearing.%'))
            """,
            new { currencies = amounts.ConvertAll(one => one.Currency.Code).ToArray(), amounts = amounts.ConvertAll(one => -one.Amount).ToArray() },
            commandTimeout: 600, cancellationToken: cancel));
        return [.. rows.Select(row => new ExpectedRefund(
            row.Entry, row.Number, $"{row.About} {row.Payment}".Split(' ', StringSplitOptions.RemoveEmptyEntries), row.Account,
            new Money(row.Amount, Currency.Of(row.Currency)), row.Day))];
    }

    private static Task<IEnumerable<(Guid Account, string Number)>> Known(NpgsqlConnection connection, IReadOnlyList<BankLine> lines, CancellationToken cancel) =>
        connection.QueryAsync<(Guid Account, string Number)>(new CommandDefinition(
            "select billing_account_id, number from cash.payer_number where tenant = 1 and number = any(@numbers) and ended_at is null",
            new { numbers = lines.Select(line => line.Payer.Account).Where(number => number.Length > 0).Distinct(StringComparer.Ordinal).ToArray() },
            commandTimeout: 600, cancellationToken: cancel));

    // Each by its index, however many are looked for and however large the tables are ("offset 0" keeps the question as it is written): a plan
    // that reads all invoices is never the better one here, and is chosen all the same where they are many.
    private static async Task<IReadOnlyCollection<OpenItem>> Items(
        NpgsqlConnection connection, IReadOnlyList<BankLine> lines, Guid[] accounts, Guid[] alike, CancellationToken cancel)
    {
        var named = lines.SelectMany(NumberText.Candidates).Distinct(StringComparer.Ordinal).ToArray();
        var rows = await connection.QueryAsync<ItemRow>(new CommandDefinition(
            """
            with candidate as (
              select found.id from unnest(@named) as said (folded)
              cross join lateral (
                select i.id from invoicing.invoice i where invoicing.folded_number(i.number) = said.folded and i.kind = 'invoice' offset 0) found
              union
              select found.id from unnest(@accounts) as payer (id)
              cross join lateral (select i.id from invoicing.invoice i where i.billing_account_id = payer.id and i.kind = 'invoice' offset 0) found
              union
              select unnest(@alike)
            )
            select item.* from candidate
            cross join lateral (
              select i.id as invoice, i.number, i.billing_account_id as account, i.currency, i.issue_date as date, o.open,
                     i.legal_entity_id, i.discount_percent, i.discount_until
              from invoicing.invoice i join invoicing.open_amount o on o.id = i.id where i.id = candidate.id offset 0) item
            """, new { named, accounts, alike }, commandTimeout: 600, cancellationToken: cancel));
        return await Items(connection, rows, cancel);
    }

    // With how exact their legal entities are; there are few of these.
    private static async Task<IReadOnlyCollection<OpenItem>> Items(NpgsqlConnection connection, IEnumerable<ItemRow> rows, CancellationToken cancel)
    {
        var rules = await PaymentRulesOf.All(connection, cancel);
        return [.. rows.Select(row => row.Item(rules.GetValueOrDefault(row.LegalEntityId, PaymentRules.None)))];
    }

    // What a return may take back: payments that came by bank statements, by a reference or from the same account.
    private static async Task<IReadOnlyList<EarlierReceipt>> Receipts(NpgsqlConnection connection, IReadOnlyList<BankLine> lines, CancellationToken cancel)
    {
        var returns = lines.Where(line => line.Returned && line.Amount.Amount < 0).ToList();
        if (returns.Count == 0) return [];
        var rows = await connection.QueryAsync<ReceiptRow>(new CommandDefinition(
            """
            select p.id as payment, l.entry_number as number, p.billing_account_id as account, l.currency, l.amount, l.booked_on, l.payer_number,
                   l.details::text as details
            from cash.bank_line l
            join cash.payment p on p.tenant = l.tenant and p.source = 'bank' and p.reference = cash.line_reference(l.key, l.attempt)
            where l.tenant = 1 and l.state = 'booked' and l.amount > 0 and not exists (select from cash.movement back where back.reverses = p.id)
              and ((l.payer_number <> '' and l.payer_number = any(@numbers)) or l.details -> 'Ids' ?| @ids)
            """,
            new
            {
                numbers = returns.Select(line => line.Payer.Account).Where(number => number.Length > 0).Distinct(StringComparer.Ordinal).ToArray(),
                ids = returns.SelectMany(line => line.Ids).Distinct(StringComparer.Ordinal).ToArray(),
            }, commandTimeout: 600, cancellationToken: cancel));
        return [.. rows.Select(row => new EarlierReceipt(
            row.Payment, row.Number, row.Account, new Money(row.Amount, Currency.Of(row.Currency)), row.BookedOn, row.PayerNumber, Details(row.Details).Ids))];
    }

    private static BankLine Line(Row row)
    {
        var details = Details(row.Details);
        return new BankLine(
            row.Key, new Money(row.Amount, Currency.Of(row.Currency)), row.BookedOn, new StatementParty(row.Payer, row.PayerNumber), row.Words, details.References,
            details.Documents, row.Charges, details.Ids, row.Returned, row.Payments)
        { Attempt = row.Attempt, Code = details.Code ?? "", LegalEntity = row.LegalEntityId };
    }

    private static LineDetails Details(string json) => JsonSerializer.Deserialize<LineDetails>(json)!;

    private sealed record Row(
        string Key, string Currency, decimal Amount, DateOnly BookedOn, string Payer, string PayerNumber, string Words, string Details, decimal Charges,
        bool Returned, int Payments, int Attempt, Guid LegalEntityId);

    private sealed record ItemRow(
        Guid Invoice, string Number, Guid Account, string Currency, DateOnly Date, decimal Open, Guid LegalEntityId, decimal? DiscountPercent,
        DateOnly? DiscountUntil)
    {
        public OpenItem Item(PaymentRules rules) => new(
            Invoice, Number, Account, Domain.Currency.Of(Currency), Date, Open, DiscountPercent is { } percent && DiscountUntil is { } until
                ? new DiscountTerms(percent, until.DayNumber - Date.DayNumber + rules.GraceDays) : null)
        { Tolerance = rules.Tolerance(Currency), LegalEntity = LegalEntityId };
    }

    private sealed record PayoutRow(
        Guid Entry, string Number, string Payout, string Provider, string Currency, decimal Amount, DateOnly Day, string Traces);

    private sealed record RefundRow(
        Guid Entry, string Number, Guid Account, DateOnly Day, string Currency, decimal Amount, string Payment, string About);

    private sealed record ReceiptRow(
        Guid Payment, string Number, Guid Account, string Currency, decimal Amount, DateOnly BookedOn, string PayerNumber, string Details);
}
