using Dapper;
using Npgsql;
using Tieout.Application.Ledger;
using Tieout.Application.Revenue;
using Tieout.Domain;
using Tieout.Domain.Closing;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Closing;

/// <summary>Loads what decides whether a month may be closed: of all months that are not closed yet, through that one.</summary>
internal static class ReadCloseFacts
{
    private const string Counts =
        """
        select
          (select billed_through from customers.legal_entity where id = @entity) as billed_through,
          exists (select from customers.billing_account where legal_entity_id = @entity) as bills,
          count(*) filter (where state not in ('posted', 'cancelled', 'in-doubt', 'parked')) as waiting,
          count(*) filter (where state = 'in-doubt') as in_doubt,
          count(*) filter (where state = 'parked') as parked,
          (select count(*) from exceptions.exception_case
           where tenant = 1 and state = 'open' and subject_kind in ('billing', 'rate') and legal_entity_id = @entity and month <= @through) as stopped,
          (select count(*) from cash.bank_line
           where tenant = 1 and state not in ('booked', 'declined') and legal_entity_id = @entity and booked_on <= @through) as undecided,
          (select count(*) from exceptions.exception_case
           where tenant = 1 and state = 'open' and subject_kind in ('gateway', 'statement') and coalesce(legal_entity_id, @entity) = @entity
             and coalesce(month, @month) <= @through)
            + (select count(*) from cash.gateway_movement fee
               join cash.gateway_entity place on place.tenant = fee.tenant and place.gateway = fee.gateway and place.legal_entity_id = @entity
                 and place.currency in (fee.currency, '')
               where fee.tenant = 1 and fee.state = 'new' and fee.made_at < (@through + 1)::timestamp at time zone 'utc' and not (place.currency = '' and exists (
                 select from cash.gateway_entity nearer where nearer.tenant = fee.tenant and nearer.gateway = fee.gateway and nearer.currency = fee.currency)))
            as unbooked_cash,
          (select count(*) from ledger.month_event asked
           where asked.legal_entity_id = @entity and asked.event = 'reopening-asked' and asked.month <= @through and not exists (
             select from ledger.month_event answer
             where answer.legal_entity_id = @entity and answer.event in ('reopened', 'closed') and answer.at > asked.at
               and case answer.event when 'reopened' then answer.month <= asked.month else answer.month >= asked.month end)) as asked,
          (select max(at) from ledger.month_event where legal_entity_id = @entity and event = 'signed' and month = @month) as signed_at
        from posting.posting
        where tenant = 1 and legal_entity_id = @entity and month <= @through and state not in ('posted', 'cancelled')
        """;

    private const string TieOuts =
        """
        select p.month, p.target, p.currency, p.changed_at, coalesce(r.verdict, '') as verdict, r.compared_at
        from (
          select month, target, currency, max(changed_at) as changed_at
          from posting.posting
          where tenant = 1 and legal_entity_id = @entity and month <= @through and month > @closed and state = 'posted'
          group by month, target, currency) p
        left join lateral (
          select verdict, compared_at from reconciliation.result r
          where r.legal_entity_id = @entity and r.month = p.month and r.target = p.target and r.currency = p.currency
          order by compared_at desc limit 1) r on true
        order by p.month, p.target, p.currency
        """;

    private const string Unapplied =
        """
        select currency, sum(credit - debit) as amount from ledger.turnover
        where tenant = 1 and legal_entity_id = @entity and month <= @through and account = @account
        group by currency having sum(credit - debit) <> 0 order by currency
        """;

    /// <summary>All of it by one connection: whoever closes has locked out others who wait with theirs.</summary>
    public static async Task<CloseFacts> Run(
        NpgsqlConnection connection, ClosingEntity entity, AccountingMonth month, TimeProvider clock, CancellationToken cancel)
    {
        // None beyond the calendar's ends.
        var revenue = LedgerBooks.OutOfTime(month) is null ? await CheckAlignment.Look(connection, entity.Id, month, clock, cancel) : null;
        var given = new
        {
            entity = entity.Id,
            month = month.FirstDay,
            through = month.Period.End.AddDays(-1),
            closed = entity.ClosedThrough ?? DateOnly.MinValue,
            account = LedgerAccount.UnappliedCash,
        };
        var counts = await connection.QuerySingleAsync<CountRow>(Ask(Counts));
        var ties = await connection.QueryAsync<TieRow>(Ask(TieOuts));
        var unapplied = await connection.QueryAsync<(string Currency, decimal Amount)>(Ask(Unapplied));
        var foreign = await ForeignBalances.Run(connection, entity, month, cancel);
        return new CloseFacts(
            month, DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime), entity.Calendar, counts.BilledThrough, counts.Bills, counts.Waiting,
            counts.InDoubt, counts.Parked, counts.Stopped, counts.Undecided, counts.Asked,
            revenue?.Due.Count ?? 0, revenue?.Findings ?? 0,
            [.. unapplied.Select(row => new Money(row.Amount, Currency.Of(row.Currency)))],
            [.. ties.Select(row => new TieOutFact(
                AccountingMonth.Of(row.Month), row.Target, row.Currency, row.ChangedAt, row.Verdict, row.ComparedAt))],
            counts.SignedAt, foreign.Due.Count() + foreign.Missing.Count, counts.UnbookedCash);

        CommandDefinition Ask(string sql) => new(sql, given, commandTimeout: 600, cancellationToken: cancel);
    }

    private sealed record CountRow(
        DateOnly? BilledThrough, bool Bills, long Waiting, long InDoubt, long Parked, long Stopped, long Undecided, long UnbookedCash, long Asked,
        DateTimeOffset? SignedAt);

    private sealed record TieRow(DateOnly Month, string Target, string Currency, DateTimeOffset ChangedAt, string Verdict, DateTimeOffset? ComparedAt);
}
