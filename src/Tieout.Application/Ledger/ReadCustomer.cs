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

    /// <summary>One page of its open invoices, and all the sums, from one moment of the books.</summary>
    /// <param name="code">Code of the billing account.</param>
    /// <param name="on">The day the ages are of; null for today.</param>
    public async Task<LedgerAnswer> Run(string code, DateOnly? on, Cursor? after, int limit, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await LedgerBooks.OneMoment(connection, cancel);
        if (await Account(connection, code, cancel) is not { } account) return Unknown;
        var currency = Currency.Of(account.Currency);
        var day = on ?? DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var balances = await Balances(connection, account, cancel);
        var open = await Open(connection, account, cancel);
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
            Dunning = await ReadDunning.Status(connection, account.Id, cancel),
        });
    }

    private static async Task<Dictionary<string, decimal>> Balances(NpgsqlConnection connection, AccountRow account, CancellationToken cancel) =>
        (await connection.QueryAsync<(string Account, decimal Amount)>(new CommandDefinition(
            """
            select account, sum(amount) from ledger.journal_line
            where tenant = 1 and billing_account_id = @Id and account collate "C" in ('receivable', 'disputed-receivable', 'unapplied-cash') and currency = @Currency
            group by account
            """, new { account.Id, account.Currency }, cancellationToken: cancel))).ToDictionary(row => row.Account, row => row.Amount, StringComparer.Ordinal);

    private static async Task<List<OpenRow>> Open(NpgsqlConnection connection, AccountRow account, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<OpenRow>(new CommandDefinition(
            """
            select i.id, i.number, i.issue_date, i.due_date, i.total, o.open
            from invoicing.open_amount o
            join invoicing.invoice i on i.id = o.id and i.billing_account_id = o.billing_account_id
            where o.billing_account_id = @Id and o.open <> 0
            """, new { account.Id }, commandTimeout: 600, cancellationToken: cancel));
        return [.. rows.OrderBy(row => row.DueDate).ThenBy(row => row.Id)];
    }

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
