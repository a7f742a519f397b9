using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Cash.Dunning;

namespace Tieout.Application.Dunning;

/// <summary>An account with what follows for it.</summary>
internal sealed record DunnedToday(DunnedAccount Account, DunningDecision Decision);

/// <summary>Keeps what a look at accounts decided, inside the caller's transaction; who is told of it is told in the same.</summary>
internal static class SaveDunning
{
    private const string Finder = "dunning";

    public static async Task Run(
        NpgsqlConnection connection, DunningPolicy policy, IReadOnlyList<DunnedToday> decided, DateOnly today, DateTimeOffset now, CancellationToken cancel)
    {
        var notices = decided.SelectMany(one => one.Decision.Notices.Select(notice => (Id: Guid.CreateVersion7(now), one.Account, Notice: notice))).ToList();
        await Notices(connection, policy, notices, today, now, cancel);
        await Invoices(connection, notices, today, cancel);
        await Promises(connection, [.. decided.SelectMany(one => one.Decision.Promises)], now, cancel);
        await States(connection, decided, today, now, cancel);
    }

    private static Task Notices(
        NpgsqlConnection connection, DunningPolicy policy, List<(Guid Id, DunnedAccount Account, DunningNotice Notice)> notices, DateOnly today,
        DateTimeOffset now, CancellationToken cancel) =>
        notices.Count == 0 ? Task.CompletedTask : connection.ExecuteAsync(new CommandDefinition(
            """
            insert into cash.dunning_notice (id, billing_account_id, legal_entity_id, policy_version, step, name, on_date, currency, amount, correlation_id,
              created_at)
            select id, account, entity, @Version, step, name, @today, currency, amount, correlation, @now
            from unnest(@ids, @accounts, @entities, @steps, @names, @currencies, @amounts, @correlations)
              as given (id, account, entity, step, name, currency, amount, correlation)
            """,
            new
            {
                policy.Version,
                today,
                now,
                ids = notices.ConvertAll(one => one.Id).ToArray(),
                accounts = notices.ConvertAll(one => one.Account.Id).ToArray(),
                entities = notices.ConvertAll(one => one.Account.LegalEntityId).ToArray(),
                steps = notices.ConvertAll(one => one.Notice.Step.No).ToArray(),
                names = notices.ConvertAll(one => one.Notice.Step.Name).ToArray(),
                currencies = notices.ConvertAll(one => one.Account.Currency).ToArray(),
                amounts = notices.ConvertAll(one => one.Notice.Amount).ToArray(),
                correlations = notices.ConvertAll(one => one.Account.CorrelationId).ToArray(),
            }, commandTimeout: 600, cancellationToken: cancel));

    private static Task Invoices(
        NpgsqlConnection connection, List<(Guid Id, DunnedAccount Account, DunningNotice Notice)> notices, DateOnly today, CancellationToken cancel)
    {
        var rows = notices.SelectMany(one => one.Notice.Debts.Select(debt => (one.Id, one.Notice.Step.No, Debt: debt))).ToList();
        return rows.Count == 0 ? Task.CompletedTask : connection.ExecuteAsync(new CommandDefinition(
            """
            insert into cash.dunning_notice_invoice (notice_id, invoice_id, step, on_date, open, days)
            select notice, invoice, step, @today, open, days from unnest(@notices, @invoices, @steps, @open, @days) as named (notice, invoice, step, open, days)
            """,
            new
            {
                today,
                notices = rows.ConvertAll(row => row.Id).ToArray(),
                invoices = rows.ConvertAll(row => row.Debt.Invoice).ToArray(),
                steps = rows.ConvertAll(row => row.No).ToArray(),
                open = rows.ConvertAll(row => row.Debt.Open).ToArray(),
                days = rows.ConvertAll(row => row.Debt.DaysOverdue(today)).ToArray(),
            }, commandTimeout: 600, cancellationToken: cancel));
    }

    private static Task Promises(
        NpgsqlConnection connection, List<(Guid Promise, PromiseOutcome Outcome)> promises, DateTimeOffset now, CancellationToken cancel) =>
        promises.Count == 0 ? Task.CompletedTask : connection.ExecuteAsync(new CommandDefinition(
            """
            update cash.dunning_promise p set outcome = found.outcome, decided_at = @now, decided_by = @Finder
            from unnest(@ids, @outcomes) as found (id, outcome) where p.id = found.id and p.outcome = 'open'
            """,
            new
            {
                now,
                Finder,
                ids = promises.ConvertAll(one => one.Promise).ToArray(),
                outcomes = promises.ConvertAll(one => Words.Of(one.Outcome)).ToArray(),
            }, commandTimeout: 600, cancellationToken: cancel));

    // Of whom nothing was ever overdue there is nothing to keep.
    private static Task States(
        NpgsqlConnection connection, IReadOnlyList<DunnedToday> decided, DateOnly today, DateTimeOffset now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into cash.dunning_state as s (billing_account_id, legal_entity_id, state, step, overdue, currency, next_on, looked_on, changed_at)
            select account, entity, state, step, overdue, currency, next_on, @today, @now
            from unnest(@accounts, @entities, @states, @steps, @overdue, @currencies, @next) as found (account, entity, state, step, overdue, currency, next_on)
            where found.state <> 'current' or exists (select from cash.dunning_state known where known.billing_account_id = found.account)
            order by account
            on conflict (billing_account_id) do update set
              state = excluded.state, step = excluded.step, overdue = excluded.overdue, next_on = excluded.next_on, looked_on = excluded.looked_on,
              changed_at = case when (s.state, s.step) is distinct from (excluded.state, excluded.step) then excluded.changed_at else s.changed_at end
            """,
            new
            {
                today,
                now,
                accounts = decided.Select(one => one.Account.Id).ToArray(),
                entities = decided.Select(one => one.Account.LegalEntityId).ToArray(),
                states = decided.Select(one => Words.Of(one.Decision.State)).ToArray(),
                steps = decided.Select(one => one.Decision.Step).ToArray(),
                overdue = decided.Select(one => one.Decision.Overdue).ToArray(),
                currencies = decided.Select(one => one.Account.Currency).ToArray(),
                next = decided.Select(one => one.Decision.NextOn).ToArray(),
            }, commandTimeout: 600, cancellationToken: cancel));
}
