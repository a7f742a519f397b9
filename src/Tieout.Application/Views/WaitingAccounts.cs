using Npgsql;
using Tieout.Application.Database;
using Tieout.Domain;

namespace Tieout.Application.Views;

/// <summary>What a missing rate of exchange keeps from being invoiced.</summary>
/// <param name="From">The currency of the accounts.</param>
/// <param name="To">The currency of the legal entity's books.</param>
/// <param name="Day">The day the rate is missing for.</param>
/// <param name="Type">The kind of rate.</param>
/// <param name="Accounts">How many wait now; all of it is nought when the case is resolved.</param>
/// <param name="Total">What their documents come to with tax.</param>
public sealed record WaitingForRate(string From, string To, DateOnly Day, string Type, long Accounts, long Invoices, long CreditMemos, Money Total);

/// <summary>An account behind a missing rate.</summary>
/// <param name="Total">What its documents come to with tax.</param>
/// <param name="Since">Since when it waits for this rate.</param>
/// <param name="Ended"><c>billed</c>, <c>waits-elsewhere</c>, <c>stopped</c> or <c>nothing-left</c>; null while it waits.</param>
/// <param name="EndedRun">The run that ended it.</param>
/// <param name="EndedRate">What it was billed at, with the path; empty when it was not.</param>
public sealed record WaitingAccount(
    string Account, string Customer, string CustomerName, int Invoices, int CreditMemos, Money Total, DateTimeOffset Since,
    string? Ended, DateTimeOffset? EndedAt, Guid? EndedRun, string EndedRate);

/// <summary>One page of accounts behind a missing rate, by code.</summary>
/// <param name="Next">Token of the next page; null on the last one.</param>
public sealed record WaitingList(IReadOnlyList<WaitingAccount> Rows, string? Next);

/// <summary>Reads who waits for a rate, and who did.</summary>
public sealed class WaitingAccounts(NpgsqlDataSource database)
{
    /// <summary>One page; null when no exception has the id. Cases of other kinds have nobody waiting.</summary>
    /// <param name="id">The exception.</param>
    /// <param name="waits">Those who wait, those who do no longer; null for all.</param>
    /// <param name="after">The last page's <see cref="WaitingList.Next"/>.</param>
    /// <param name="limit">Rows of a page.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<WaitingList?> Run(Guid id, bool? waits, UsageCursor? after, int limit, CancellationToken cancel)
    {
        var rows = await database.Rows<Row>(
            """
            select account.code as account, customer.code as customer, customer.name as customer_name, w.invoices, w.credit_memos,
                   account.currency, w.amount, w.since, w.ended, w.ended_at, w.ended_run, w.ended_rate
            from exceptions.waiting w
            join customers.billing_account account on account.id = w.billing_account_id
            join customers.customer on customer.id = account.customer_id
            where w.case_id = @id and (@waits::boolean is null or (w.ended is null) = @waits)
              and (@after::text is null or account.code collate "C" > @after)
            order by account.code collate "C"
            limit @limit
            """, new { id, waits, after = after?.Text, limit = limit + 1 }, cancel);
        if (rows.Count == 0 && !(await database.Rows<bool>("select true from exceptions.exception_case where id = @id", new { id }, cancel)).Any()) return null;
        var page = rows.Take(limit).Select(row => new WaitingAccount(
            row.Account, row.Customer, row.CustomerName, row.Invoices, row.CreditMemos, Cash.Of(row.Amount, row.Currency), row.Since,
            row.Ended, row.EndedAt, row.EndedRun, row.EndedRate)).ToList();
        return new WaitingList(page, rows.Count > limit ? new UsageCursor(0, 0, page[^1].Account).ToString() : null);
    }

    /// <summary>What waits in all; null for a case that is not about a rate.</summary>
    internal async Task<WaitingForRate?> Totals(Guid id, CancellationToken cancel) =>
        await database.Row<TotalRow>(
            """
            select m.from_currency as "from", m.to_currency as "to", m.day, m.type, count(w.case_id) as accounts,
                   coalesce(sum(w.invoices), 0) as invoices, coalesce(sum(w.credit_memos), 0) as credit_memos, coalesce(sum(w.amount), 0) as amount
            from exceptions.missing_rate m left join exceptions.waiting w on w.case_id = m.case_id and w.ended is null
            where m.case_id = @id
            group by m.case_id
            """, new { id }, cancel) is { } row
            ? new WaitingForRate(row.From, row.To, row.Day, row.Type, row.Accounts, row.Invoices, row.CreditMemos, Cash.Of(row.Amount, row.From))
            : null;

    private sealed record Row(
        string Account, string Customer, string CustomerName, int Invoices, int CreditMemos, string Currency, decimal Amount, DateTimeOffset Since,
        string? Ended, DateTimeOffset? EndedAt, Guid? EndedRun, string EndedRate);

    private sealed record TotalRow(
        string From, string To, DateOnly Day, string Type, long Accounts, long Invoices, long CreditMemos, decimal Amount);
}
