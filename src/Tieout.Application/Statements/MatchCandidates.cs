using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Cash.Matching;
using Tieout.Domain.Cash.Statements;

namespace Tieout.Application.Statements;

/// <summary>Loads what undecided payments may settle: by numbers they name, by who paid, by a like name. A few questions for any number of lines.</summary>
internal static class MatchCandidates
{
    // Above this a list of names is not held in memory for a statement; then only numbers and known accounts find customers.
    private const int MostNames = 500_000;

    /// <summary>Payments that nobody and nothing has decided, the newest first.</summary>
    public static async Task<IReadOnlyList<BankLine>> Undecided(NpgsqlConnection connection, int most, CancellationToken cancel) =>
        [.. (await connection.QueryAsync<Row>(new CommandDefinition(
            """
            select key, currency, amount, booked_on, payer, payer_number, words, details::text as details, charges, returned, payments
            from cash.bank_line where tenant = 1 and state in ('new', 'proposed', 'unapplied', 'unknown')
            order by booked_on desc, key limit @most
            """, new { most }, commandTimeout: 600, cancellationToken: cancel))).Select(Line)];

    /// <summary>One of them; null for none.</summary>
    public static async Task<BankLine?> One(NpgsqlConnection connection, string key, CancellationToken cancel) =>
        await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            """
            select key, currency, amount, booked_on, payer, payer_number, words, details::text as details, charges, returned, payments
            from cash.bank_line where tenant = 1 and key = @key
            """, new { key }, cancellationToken: cancel)) is { } row ? Line(row) : null;

    /// <summary>The book to match them with.</summary>
    /// <param name="likeNames">False where no names are known: only who is known to pay from where it came, and invoices that are named.</param>
    public static async Task<MatchBook> Book(
        NpgsqlConnection connection, IReadOnlyList<BankLine> lines, CancellationToken cancel, bool likeNames = true)
    {
        var known = (await connection.QueryAsync<(Guid Account, string Number)>(new CommandDefinition(
            "select billing_account_id, number from cash.payer_number where tenant = 1 and number = any(@numbers)",
            new { numbers = lines.Select(line => line.Payer.Account).Where(number => number.Length > 0).Distinct(StringComparer.Ordinal).ToArray() },
            commandTimeout: 600, cancellationToken: cancel))).ToLookup(row => row.Account, row => row.Number);
        var names = (await connection.QueryAsync<(Guid Account, string Name)>(new CommandDefinition(
            """
            select a.id, c.name from customers.billing_account a join customers.customer c on c.id = a.customer_id
            where a.tenant = 1 and (a.id = any(@known) or (select count(*) from customers.billing_account) <= @most)
            """, new { known = known.Select(group => group.Key).ToArray(), most = likeNames ? MostNames : -1 }, commandTimeout: 600,
            cancellationToken: cancel))).ToList();
        var payers = names.Select(row => new KnownPayer(row.Account, row.Name, [.. known[row.Account]])).ToList();
        var people = new MatchBook([], payers);
        var accounts = lines.SelectMany(people.MayHavePaid).Distinct().ToArray();
        var named = lines.SelectMany(NumberText.Candidates).Distinct(StringComparer.Ordinal).ToArray();
        var items = await connection.QueryAsync<ItemRow>(new CommandDefinition(
            """
            with candidate as (
              select i.id from unnest(@named) as said (folded) join invoicing.invoice i on invoicing.folded_number(i.number) = said.folded and i.kind = 'invoice'
              union
              select i.id from unnest(@accounts) as payer (id) join invoicing.invoice i on i.billing_account_id = payer.id and i.kind = 'invoice'
            )
            select i.id as invoice, i.number, i.billing_account_id as account, i.currency, i.issue_date as date, o.open
            from candidate join invoicing.invoice i on i.id = candidate.id join invoicing.open_amount o on o.id = i.id
            """, new { named, accounts }, commandTimeout: 600, cancellationToken: cancel));
        return people.With(
            [.. items.Select(row => new OpenItem(row.Invoice, row.Number, row.Account, Currency.Of(row.Currency), row.Date, row.Open))],
            await Receipts(connection, lines, cancel));
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
            join cash.payment p on p.tenant = l.tenant and p.source = 'bank' and p.reference = l.key
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
            details.Documents, row.Charges, details.Ids, row.Returned, row.Payments);
    }

    private static LineDetails Details(string json) => JsonSerializer.Deserialize<LineDetails>(json)!;

    private sealed record Row(
        string Key, string Currency, decimal Amount, DateOnly BookedOn, string Payer, string PayerNumber, string Words, string Details, decimal Charges,
        bool Returned, int Payments);

    private sealed record ItemRow(Guid Invoice, string Number, Guid Account, string Currency, DateOnly Date, decimal Open);

    private sealed record ReceiptRow(
        Guid Payment, string Number, Guid Account, string Currency, decimal Amount, DateOnly BookedOn, string PayerNumber, string Details);
}
