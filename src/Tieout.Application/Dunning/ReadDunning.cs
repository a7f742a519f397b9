using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Cash.Dunning;

namespace Tieout.Application.Dunning;

/// <summary>Shows where accounts stand, and what was done about them.</summary>
public sealed class ReadDunning(NpgsqlDataSource database)
{
    private const int Newest = 100;

    private const string StatusColumns =
        """
        select a.code as billing_account, e.code as legal_entity, s.state, s.step, s.overdue, s.currency, s.next_on, s.looked_on, s.changed_at,
               coalesce((
                 select p.steps -> (s.step - 1) ->> 'name' from cash.dunning_policy p
                 where p.legal_entity_id = s.legal_entity_id and s.step > 0 order by p.version desc limit 1), '') as step_name
        from cash.dunning_state s
        join customers.billing_account a on a.id = s.billing_account_id join customers.legal_entity e on e.id = s.legal_entity_id
        """;

    /// <summary>States that can be asked for.</summary>
    public static IReadOnlyList<string> States { get; } = [.. Enum.GetValues<DunningState>().Select(Words.Of)];

    /// <summary>Accounts by their code.</summary>
    /// <param name="state">One of <see cref="States"/>; null for all of which something was overdue.</param>
    /// <param name="after">The last code of the page before.</param>
    public async Task<IReadOnlyList<DunningStatus>> List(string? state, string? after, int limit, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return [.. (await connection.QueryAsync<StatusRow>(new CommandDefinition(
            StatusColumns + """
             where s.tenant = 1 and (@state::text is null or s.state = @state) and (@after::text is null or a.code > @after)
            order by a.code limit @limit
            """,
            new { state, after, limit }, cancellationToken: cancel))).Select(row => row.Status)];
    }

    /// <summary>An account with all that was done about it; null where there is none of this code.</summary>
    public async Task<DunningSheet?> One(string code, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (await DunningBooks.Account(connection, code, cancel) is not { } account) return null;
        var promises = await connection.QueryAsync<PromiseRow>(new CommandDefinition(
            """
            select p.id, p.until_on, p.outcome, p.reason, p.actor, p.created_at, p.decided_by, p.decided_why,
                   array(
                     select i.number from invoicing.invoice i
                     where i.id = any(p.invoices) and i.billing_account_id = p.billing_account_id order by i.number) as invoices
            from cash.dunning_promise p where p.billing_account_id = @Id order by p.id desc limit @Newest
            """, new { account.Id, Newest }, cancellationToken: cancel));
        var holds = await connection.QueryAsync<HoldRow>(new CommandDefinition(
            """
            select id, until_on, reason, actor, created_at, released_by, released_why from cash.dunning_hold
            where billing_account_id = @Id order by id desc limit @Newest
            """, new { account.Id, Newest }, cancellationToken: cancel));
        return new DunningSheet(
            account.Code, account.LegalEntity, await Status(connection, account.Id, cancel), await Notices(connection, account.Id, null, Newest, cancel),
            [.. promises.Select(row => new DunningPromiseRow(
                row.Id, row.UntilOn, row.Invoices, Words.Parse<PromiseOutcome>(row.Outcome), row.Reason, row.Actor, row.CreatedAt,
                $"{row.DecidedBy} {row.DecidedWhy}".Trim()))],
            [.. holds.Select(row => new DunningHoldRow(
                row.Id, row.UntilOn, row.Reason, row.Actor, row.CreatedAt, $"{row.ReleasedBy} {row.ReleasedWhy}".Trim()))]);
    }

    /// <summary>Notices of all accounts, the newest first.</summary>
    /// <param name="after">Id of the last of the page before.</param>
    public async Task<IReadOnlyList<DunningNoticeRow>> Notices(Guid? after, int limit, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await Notices(connection, null, after, limit, cancel);
    }

    /// <summary>As the last look found it; null while nothing of it was ever overdue.</summary>
    internal static async Task<DunningStatus?> Status(NpgsqlConnection connection, Guid account, CancellationToken cancel) =>
        (await connection.QuerySingleOrDefaultAsync<StatusRow>(new CommandDefinition(
            StatusColumns + " where s.billing_account_id = @account", new { account }, cancellationToken: cancel)))?.Status;

    private static async Task<IReadOnlyList<DunningNoticeRow>> Notices(
        NpgsqlConnection connection, Guid? account, Guid? after, int limit, CancellationToken cancel)
    {
        var notices = (await connection.QueryAsync<NoticeRow>(new CommandDefinition(
            """
            select n.id, a.code as billing_account, n.step, n.name, n.on_date, n.amount, n.currency
            from cash.dunning_notice n join customers.billing_account a on a.id = n.billing_account_id
            where n.tenant = 1 and (@account::uuid is null or n.billing_account_id = @account) and (@after::uuid is null or n.id < @after)
            order by n.id desc limit @limit
            """, new { account, after, limit }, cancellationToken: cancel))).ToList();
        var invoices = (await connection.QueryAsync<InvoiceRow>(new CommandDefinition(
            """
            select x.notice_id, i.number, x.open, x.days from cash.dunning_notice_invoice x join invoicing.invoice i on i.id = x.invoice_id
            where x.notice_id = any(@ids) order by i.number
            """, new { ids = notices.ConvertAll(row => row.Id).ToArray() }, cancellationToken: cancel))).ToLookup(row => row.NoticeId);
        return [.. notices.Select(row => new DunningNoticeRow(
            row.Id, row.BillingAccount, row.Step, row.Name, row.OnDate, new Money(row.Amount, Currency.Of(row.Currency)),
            [.. invoices[row.Id].Select(one => new DunnedInvoice(one.Number, new Money(one.Open, Currency.Of(row.Currency)), one.Days))]))];
    }

    private sealed record StatusRow(
        string BillingAccount, string LegalEntity, string State, int Step, decimal Overdue, string Currency, DateOnly? NextOn, DateOnly LookedOn,
        DateTimeOffset ChangedAt, string StepName)
    {
        public DunningStatus Status => new(
            BillingAccount, LegalEntity, Words.Parse<DunningState>(State), Step, StepName, new Money(Overdue, Domain.Currency.Of(Currency)), NextOn, LookedOn,
            ChangedAt);
    }

    private sealed record NoticeRow(Guid Id, string BillingAccount, int Step, string Name, DateOnly OnDate, decimal Amount, string Currency);

    private sealed record InvoiceRow(Guid NoticeId, string Number, decimal Open, int Days);

    // By property: Dapper finds no constructor where a column is an array.
    private sealed record PromiseRow
    {
        public required Guid Id { get; init; }
        public required DateOnly UntilOn { get; init; }
        public required string Outcome { get; init; }
        public required string Reason { get; init; }
        public required string Actor { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
        public required string DecidedBy { get; init; }
        public required string DecidedWhy { get; init; }
        public required string[] Invoices { get; init; }
    }

    private sealed record HoldRow(Guid Id, DateOnly? UntilOn, string Reason, string Actor, DateTimeOffset CreatedAt, string ReleasedBy, string ReleasedWhy);
}
