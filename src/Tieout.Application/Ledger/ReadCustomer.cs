using Dapper;
using Npgsql;
using Tieout.Application.Dunning;
using Tieout.Application.Views;
using Tieout.Domain;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Ledger;

/// <summary>Reads what a billing account owes: its open invoices by age, what it disputes, and what lies to its credit.</summary>
public sealed class ReadCustomer(NpgsqlDataSource database, TimeProvider clock)
{
    internal static LedgerAnswer.Refused Unknown { get; } =
        new("billingAccount", "unknown-billing-account", "no billing account has this code", "Correct the code.");

    // What is booked of a day or earlier, and was by an instant; all where none is given.
    private const string Known = "(@on::date is null or e.entry_date <= @on) and (@at::timestamptz is null or e.created_at <= @at)";

    private const string KnownDocument = "(@on::date is null or {0}.issue_date <= @on) and (@at::timestamptz is null or {0}.created_at <= @at)";

    // As invoicing.open_amount, of what is known alone.
    private static readonly string OpenInvoices =
        $"""
        select * from (
          select i.id, i.number, i.issue_date, i.due_date, i.total, i.total
            + coalesce((
                select sum(l.amount) from invoicing.invoice_line l
                join invoicing.invoice m on m.id = l.invoice_id and m.billing_account_id = l.billing_account_id and m.kind = 'credit-memo'
                where l.origin_invoice_id = i.id and l.invoice_id <> i.id and l.revision > 1 and {Document("m")}), 0)
            + coalesce((
                select sum(t.tax) from invoicing.invoice_tax t join invoicing.invoice m on m.id = t.invoice_id and m.kind = 'credit-memo'
                where t.about_invoice_id = i.id and t.invoice_id <> i.id and {Document("m")}), 0)
            - coalesce((
                select sum(w.amount) from invoicing.write_off w
                join ledger.journal_entry e on e.source_id = w.id and e.source_kind = 'write-off' and e.billing_account_id = w.billing_account_id and {Known}
                where w.invoice_id = i.id and not exists (
                  select from ledger.journal_entry e2 where e2.reverses = e.id and {Known.Replace("e.", "e2.", StringComparison.Ordinal)})), 0)
            + coalesce((
                select sum(l.amount) from ledger.journal_line l
                join ledger.journal_entry e on e.id = l.entry_id and {Known}
                left join ledger.journal_entry o on o.id = e.reverses
                where l.account = 'receivable' and coalesce(o.source_kind, e.source_kind) <> 'write-off'
                  and l.settles = any(array(
                    select i.id union all
                    select t.invoice_id from invoicing.invoice_tax t join invoicing.invoice m on m.id = t.invoice_id and m.kind = 'credit-memo'
                    where t.about_invoice_id = i.id and t.invoice_id <> i.id))), 0) as open
          from invoicing.invoice i where i.billing_account_id = @Id and i.kind = 'invoice' and {Document("i")}) known
        where open <> 0
        """;

    /// <summary>One page of its open invoices, and all the sums, from one moment of the books.</summary>
    /// <param name="code">Code of the billing account.</param>
    /// <param name="on">The day the ages and the amounts are of: what bears a later date is left out. Null for ages of today and all that is booked.</param>
    /// <param name="at">Only what was booked until this instant, whatever date it bears; null for all.</param>
    public async Task<LedgerAnswer> Run(string code, DateOnly? on, DateTimeOffset? at, Cursor? after, int limit, CancellationToken cancel)
    {
        if (at > clock.GetUtcNow()) return LedgerBooks.InTheFuture;
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await LedgerBooks.OneMoment(connection, cancel);
        if (await Account(connection, code, cancel) is not { } account) return Unknown;
        var currency = Currency.Of(account.Currency);
        var day = on ?? DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var known = new { account.Id, account.Currency, on, at = at?.UtcDateTime };
        var balances = await Balances(connection, known, cancel);
        var open = await Open(connection, known, cancel);
        var ages = Ageing.Of(open.Select(row => new OpenAmount(row.DueDate, new Money(row.Open, currency))), day, currency);
        var receivable = new Money(balances.GetValueOrDefault(LedgerAccount.Receivable), currency);
        var owed = open.FindAll(row => row.Open > 0 && (after is null || (row.DueDate, row.Id).CompareTo((after.Value.Day, after.Value.Id)) > 0));
        var page = owed.Take(limit).ToList();
        return new LedgerAnswer.Customer(new CustomerStatement(
            account.Code, account.Customer, account.Entity, day, receivable, receivable - ages.Total,
            new Money(balances.GetValueOrDefault(LedgerAccount.DisputedReceivable), currency),
            new Money(-balances.GetValueOrDefault(LedgerAccount.UnappliedCash), currency), ages,
            [.. page.Select(row => new OpenItem(
                row.Number, row.IssueDate, row.DueDate, Ageing.DaysOverdue(row.DueDate, day), new Money(row.Total, currency), new Money(row.Open, currency)))],
            owed.Count > limit ? new Cursor(page[^1].DueDate, page[^1].Id).ToString() : null)
        {
            At = at,
            Dunning = await ReadDunning.Status(connection, account.Id, cancel),
        });
    }

    private static async Task<Dictionary<string, decimal>> Balances(NpgsqlConnection connection, object known, CancellationToken cancel) =>
        (await connection.QueryAsync<(string Account, decimal Amount)>(new CommandDefinition(
            $"""
            select l.account, sum(l.amount) from ledger.journal_line l
            join ledger.journal_entry e on e.id = l.entry_id and {Known}
            where l.tenant = 1 and l.billing_account_id = @Id and l.account collate "C" in ('receivable', 'disputed-receivable', 'unapplied-cash')
              and l.currency = @Currency
            group by l.account
            """, known, cancellationToken: cancel))).ToDictionary(row => row.Account, row => row.Amount, StringComparer.Ordinal);

    private static async Task<List<OpenRow>> Open(NpgsqlConnection connection, object known, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<OpenRow>(new CommandDefinition(OpenInvoices, known, commandTimeout: 600, cancellationToken: cancel));
        return [.. rows.OrderBy(row => row.DueDate).ThenBy(row => row.Id)];
    }

    private static string Document(string of) => KnownDocument.Replace("{0}", of, StringComparison.Ordinal);

    private static Task<AccountRow?> Account(NpgsqlConnection connection, string code, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<AccountRow>(new CommandDefinition(
            """
            select a.id, a.code, c.name as customer, e.code as entity, a.currency
            from customers.billing_account a
            join customers.customer c on c.id = a.customer_id
            join customers.legal_entity e on e.id = a.legal_entity_id
            where a.tenant = 1 and a.code = @code
            """, new { code }, cancellationToken: cancel));

    private sealed record AccountRow(Guid Id, string Code, string Customer, string Entity, string Currency);

    private sealed record OpenRow(Guid Id, string Number, DateOnly IssueDate, DateOnly DueDate, decimal Total, decimal Open);
}
