using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Cash.Dunning;

namespace Tieout.Application.Dunning;

/// <summary>A billing account that is looked at.</summary>
internal sealed record DunnedAccount(Guid Id, string Code, Guid LegalEntityId, string LegalEntity, string Currency, Guid CorrelationId);

/// <summary>Loads what is known of accounts: a few questions for any number of them.</summary>
internal static class DunningBooks
{
    private const string AccountColumns =
        """
        select a.id, a.code, a.legal_entity_id, e.code as legal_entity, a.currency, a.correlation_id
        from customers.billing_account a join customers.legal_entity e on e.id = a.legal_entity_id
        """;

    public static Task<DunnedAccount?> Account(NpgsqlConnection connection, string code, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<DunnedAccount>(new CommandDefinition(
            AccountColumns + " where a.tenant = 1 and a.code = @code", new { code }, cancellationToken: cancel));

    /// <summary>The next accounts of a legal entity by their ids.</summary>
    public static async Task<IReadOnlyList<DunnedAccount>> After(
        NpgsqlConnection connection, Guid entity, Guid after, int most, CancellationToken cancel) =>
        [.. await connection.QueryAsync<DunnedAccount>(new CommandDefinition(
            AccountColumns + " where a.legal_entity_id = @entity and a.id > @after order by a.id limit @most", new { entity, after, most },
            commandTimeout: 600, cancellationToken: cancel))];

    /// <summary>By account. Open are all invoices that still ask for something, and those of open promises.</summary>
    public static async Task<IReadOnlyDictionary<Guid, DunningFacts>> Facts(
        NpgsqlConnection connection, IReadOnlyList<DunnedAccount> accounts, CancellationToken cancel)
    {
        var ids = accounts.Select(account => account.Id).ToArray();
        var promises = (await connection.QueryAsync<PromiseRow>(new CommandDefinition(
            "select billing_account_id, id, until_on, invoices from cash.dunning_promise where billing_account_id = any(@ids) and outcome = 'open'",
            new { ids }, commandTimeout: 600, cancellationToken: cancel))).ToLookup(row => row.BillingAccountId);
        var holds = (await connection.QueryAsync<(Guid Account, DateOnly? Until)>(new CommandDefinition(
            "select billing_account_id, until_on from cash.dunning_hold where billing_account_id = any(@ids) and released_at is null",
            new { ids }, commandTimeout: 600, cancellationToken: cancel))).ToLookup(row => row.Account);
        var debts = await Debts(connection, ids, [.. promises.SelectMany(group => group).SelectMany(row => row.Invoices)], cancel);
        var notices = (await connection.QueryAsync<(Guid Invoice, int Step, DateOnly On)>(new CommandDefinition(
            "select invoice_id, step, on_date from cash.dunning_notice_invoice where invoice_id = any(@invoices)",
            new { invoices = debts.SelectMany(group => group).Select(row => row.Invoice).ToArray() }, commandTimeout: 600, cancellationToken: cancel)))
            .ToLookup(row => row.Invoice);
        return accounts.ToDictionary(account => account.Id, account => new DunningFacts(
            Currency.Of(account.Currency), [.. debts[account.Id].Select(row => row.Debt)],
            [.. debts[account.Id].SelectMany(row => notices[row.Invoice]).Select(row => new NoticeGiven(row.Invoice, row.Step, row.On))],
            [.. promises[account.Id].Select(row => new PromiseToPay(row.Id, row.UntilOn, row.Invoices.ToHashSet()))],
            [.. holds[account.Id].Select(row => new DunningHold(row.Until))]));
    }

    private static async Task<ILookup<Guid, DebtRow>> Debts(NpgsqlConnection connection, Guid[] ids, Guid[] promised, CancellationToken cancel) =>
        (await connection.QueryAsync<DebtRow>(new CommandDefinition(
            """
            -- What is disputed is not asked for, and owed all the same.
            select i.billing_account_id as account, i.id as invoice, i.number, i.due_date as due_on, o.open + disputed.amount as open,
                   (select max(e.entry_date) from ledger.journal_line l join ledger.journal_entry e on e.id = l.entry_id
                    where l.settles = i.id and l.account = 'receivable' and l.amount < 0) as settled_on,
                   disputed.entries > 0 as disputed
            from unnest(@ids) as account (id)
            join invoicing.invoice i on i.billing_account_id = account.id and i.kind = 'invoice'
            join invoicing.open_amount o on o.id = i.id
            cross join lateral (
              select coalesce(-sum(l.amount), 0) as amount, count(*) as entries
              from ledger.journal_line l join cash.movement m on m.entry_id = l.entry_id and m.kind = 'dispute-opened'
              where l.settles = i.id and l.account = 'receivable' and not exists (select from cash.movement r where r.reverses = m.id)
                and not exists (
                  select from cash.movement s where s.dispute_id = m.id and not exists (select from cash.movement r where r.reverses = s.id))) disputed
            where o.open + disputed.amount > 0 or i.id = any(@promised)
            """, new { ids, promised }, commandTimeout: 600, cancellationToken: cancel))).ToLookup(row => row.Account);

    // By property: Dapper finds no constructor where a column is an array.
    private sealed record PromiseRow
    {
        public required Guid BillingAccountId { get; init; }
        public required Guid Id { get; init; }
        public required DateOnly UntilOn { get; init; }
        public required Guid[] Invoices { get; init; }
    }

    private sealed record DebtRow(Guid Account, Guid Invoice, string Number, DateOnly DueOn, decimal Open, DateOnly? SettledOn, bool Disputed)
    {
        public Debt Debt => new(Invoice, Number, DueOn, Open, SettledOn, Disputed);
    }
}
