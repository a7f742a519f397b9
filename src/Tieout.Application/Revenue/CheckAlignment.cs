using Dapper;
using Npgsql;
using Tieout.Application.Ledger;
using Tieout.Domain;

namespace Tieout.Application.Revenue;

/// <summary>
/// Compares what moved: deferred lines with schedules, schedules with what is booked, the ledger's deferred revenue with both, its prepaid
/// credit with what is left of grants, and the amendments of subscriptions with what has reached billing, revenue and posting. Reads all of
/// it, in one moment; meant for before a close.
/// </summary>
public sealed class CheckAlignment(NpgsqlDataSource database, TimeProvider clock)
{
    private const int Named = 200;

    private const string UnalignedLines =
        """
        with line as (
          select i.legal_entity_id, i.number, i.currency, l.billing_account_id, l.subscription_id, l.invoice_id, l.line_no, l.amount
          from invoicing.invoice_line l
          join invoicing.invoice i on i.id = l.invoice_id and i.billing_account_id = l.billing_account_id
          where l.recognition = 'deferred' and i.month <= @month and (@entity::uuid is null or i.legal_entity_id = @entity)),
        schedule as (
          select b.legal_entity_id, b.currency, s.billing_account_id, s.invoice_id, s.line_no, s.amount
          from revenue.schedule s join revenue.batch b on b.id = s.batch
          where b.month <= @month and (@entity::uuid is null or b.legal_entity_id = @entity)),
        differing as (
          select coalesce(line.legal_entity_id, schedule.legal_entity_id) as legal_entity_id, coalesce(line.currency, schedule.currency) as currency,
                 coalesce(line.invoice_id, schedule.invoice_id) as invoice_id, line.subscription_id, line_no,
                 coalesce(line.amount, 0) as invoiced, coalesce(schedule.amount, 0) as scheduled
          from line full join schedule using (invoice_id, line_no)
          where line.amount is distinct from schedule.amount)
        select e.code as legal_entity, coalesce(i.number, d.invoice_id::text) as document, d.line_no, coalesce(sub.code, '') as subscription,
               d.currency, d.invoiced, d.scheduled, exists (
                 select from revenue.arrival a where a.legal_entity_id = d.legal_entity_id and d.invoice_id = any(a.documents)) as waits, d.count
        from (select *, count(*) over () as count from differing order by invoice_id, line_no limit @Named) d
        join customers.legal_entity e on e.id = d.legal_entity_id
        left join invoicing.invoice i on i.id = d.invoice_id
        left join subscriptions.subscription sub on sub.id = d.subscription_id
        order by e.code, document, d.line_no
        """;

    private const string UnbookedMonths =
        """
        select e.code as legal_entity, m.month, b.currency, sum(m.amount) as amount, sum(m.lines)::bigint as lines
        from revenue.batch b
        join revenue.batch_month m on m.batch = b.id
        join customers.legal_entity e on e.id = b.legal_entity_id
        where m.month <= @month and (@entity::uuid is null or b.legal_entity_id = @entity)
          and not exists (select from revenue.release r where r.batch = m.batch and r.month = m.month)
        group by e.code, m.month, b.currency
        order by 1, 2, 3
        """;

    private const string Balances =
        """
        with side as (
          select i.legal_entity_id, i.currency, l.amount as invoiced, 0::numeric as released, 0::numeric as unbilled, 0::numeric as by_hand,
                 0::numeric as ledger
          from invoicing.invoice_line l
          join invoicing.invoice i on i.id = l.invoice_id and i.billing_account_id = l.billing_account_id
          where l.recognition = 'deferred' and i.month <= @month
          union all
          select legal_entity_id, currency, 0, amount, 0, 0, 0 from revenue.booking where month <= @month
          union all
          select legal_entity_id, currency, 0, 0, contract_asset + unbilled_receivable, 0, 0 from revenue.unbilled where month <= @month
          union all
          select p.legal_entity_id, l.currency, 0, 0, 0, -l.amount, 0
          from posting.posting p
          join ledger.journal_line l on l.entry_id = p.document_id and l.account = 'deferred-revenue'
          where p.document_kind not in ('invoice', 'credit-memo') and p.month <= @month
            and not exists (select from revenue.booking_entry b where b.entry_id = p.document_id)
            and not exists (select from revenue.unbilled u where u.entry_id = p.document_id)
          union all
          select legal_entity_id, currency, 0, 0, 0, 0, credit - debit from ledger.turnover where account = 'deferred-revenue' and month <= @month)
        select e.code as legal_entity, side.currency, sum(invoiced) as invoiced, sum(released) as released, sum(unbilled) as unbilled,
               sum(by_hand) as by_hand, sum(ledger) as ledger
        from side join customers.legal_entity e on e.id = side.legal_entity_id
        where @entity::uuid is null or e.id = @entity
        group by e.code, side.currency
        order by 1, 2
        """;

    private const string UnbilledAccounts =
        """
        with side as (
          select legal_entity_id, currency, account, debit - credit as ledger, 0::numeric as by_hand
          from ledger.turnover where account in ('contract-asset', 'unbilled-receivable') and month <= @month
          union all
          select p.legal_entity_id, l.currency, l.account, 0, l.amount
          from posting.posting p
          join ledger.journal_line l on l.entry_id = p.document_id and l.account in ('contract-asset', 'unbilled-receivable')
          where p.document_kind not in ('invoice', 'credit-memo') and p.month <= @month
            and not exists (select from revenue.unbilled u where u.entry_id = p.document_id))
        select legal_entity_id, currency, account, sum(ledger) as ledger, sum(by_hand) as by_hand
        from side where @entity::uuid is null or legal_entity_id = @entity
        group by legal_entity_id, currency, account
        """;

    // An amendment that changes nothing that is billed leaves no line; a mark that is gone says that billing has looked.
    private const string Amendments =
        """
        with behind as (
          select billing_account_id, subscription_id, 'billing' as waits, min(from_date)::text as detail from subscriptions.touched
          where from_date < (@month + interval '1 month')::date group by billing_account_id, subscription_id
          union all
          select l.billing_account_id, l.subscription_id, 'revenue', min(i.number)
          from invoicing.invoice_line l
          join invoicing.invoice i on i.id = l.invoice_id and i.billing_account_id = l.billing_account_id
          where l.amendment > 1 and l.recognition = 'deferred' and i.month <= @month
            and not exists (select from revenue.schedule s where s.invoice_id = l.invoice_id and s.line_no = l.line_no)
          group by l.billing_account_id, l.subscription_id
          union all
          select l.billing_account_id, l.subscription_id, 'posting', min(i.number)
          from invoicing.invoice_line l
          join invoicing.invoice i on i.id = l.invoice_id and i.billing_account_id = l.billing_account_id
          join posting.posting p on p.document_id = i.id and p.billing_account_id = i.billing_account_id
          where l.amendment > 1 and i.month <= @month and p.state not in ('posted', 'cancelled')
          group by l.billing_account_id, l.subscription_id
          union all
          -- A contract takes a subscription's place only as far as it was told.
          select covered.billing_account_id, covered.subscription_id, 'version', c.code
          from revenue.contract_subscription covered
          join revenue.contract c on c.id = covered.contract_id
          where (select max(a.version) from subscriptions.amendment a
                 where a.billing_account_id = covered.billing_account_id and a.subscription_id = covered.subscription_id
                   and a.effective_on < (@month + interval '1 month')::date)
              > (select coalesce(max((event ->> 'version')::int), 1)
                 from revenue.contract_version v
                 cross join lateral jsonb_array_elements(case when v.no = 1 then coalesce(v.facts -> 'events', '[]') else jsonb_build_array(v.facts) end) event
                 where v.contract_id = c.id))
        select e.code as legal_entity, s.code as subscription, s.version, b.waits, b.detail, count(*) over () as count
        from behind b
        join subscriptions.subscription s on s.id = b.subscription_id and s.billing_account_id = b.billing_account_id
        join customers.billing_account a on a.id = b.billing_account_id
        join customers.legal_entity e on e.id = a.legal_entity_id
        where @entity::uuid is null or e.id = @entity
        order by e.code, s.code, b.waits
        limit @Named
        """;

    private const string Contracts =
        """
        select e.code as legal_entity, c.code as subscription, (select count(*) from revenue.contract_version v where v.contract_id = c.id)::int as version,
               'facts' as waits, '' as detail, count(*) over () as count
        from revenue.contract c join customers.legal_entity e on e.id = c.legal_entity_id
        where exists (select from revenue.contract_mark m where m.contract_id = c.id) and (@entity::uuid is null or e.id = @entity)
        order by e.code, c.code
        limit @Named
        """;

    /// <summary>As of a month's end.</summary>
    /// <param name="legalEntity">Code of the one legal entity; null for all.</param>
    public async Task<RevenueReply> Run(string? legalEntity, AccountingMonth month, CancellationToken cancel)
    {
        if (LedgerBooks.OutOfTime(month) is { } no) return new RevenueReply.Refused(no.Field, no.Code, no.Reason, no.Remedy);
        await using var connection = await database.OpenConnectionAsync(cancel);
        var entity = legalEntity is null ? null : await LedgerBooks.Entity(connection, legalEntity, cancel);
        if (legalEntity is not null && entity is null) return RevenueReply.UnknownEntity;
        await using var moment = await LedgerBooks.OneMoment(connection, cancel);
        return new RevenueReply.Aligned(await Look(connection, entity?.Id, month, clock, cancel));
    }

    /// <summary>The same in the caller's transaction.</summary>
    internal static async Task<RevenueAlignment> Look(
        NpgsqlConnection connection, Guid? entity, AccountingMonth month, TimeProvider clock, CancellationToken cancel)
    {
        var asked = new { entity, month = month.FirstDay, Named };
        var lines = await Rows<LineRow>(UnalignedLines);
        var due = await Rows<DueRow>(UnbookedMonths);
        var books = await Rows<BookRow>(Balances);
        var unbilled = await Unbilled(connection, entity, month, await Rows<AccountRow>(UnbilledAccounts), cancel);
        var (prepaid, paid) = await CheckPrepaid.Run(connection, entity, month, DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime), cancel);
        var given = await CheckContracts.Run(connection, entity, Named, cancel);
        var (amendments, contracts) = (await Rows<BehindRow>(Amendments), await Rows<BehindRow>(Contracts));
        return new RevenueAlignment(
            month, lines.ConvertAll(row => row.Told()), lines.Count == 0 ? 0 : lines[0].Count, due.ConvertAll(row => row.Told()),
            books.ConvertAll(row => row.Told()), unbilled, prepaid, [.. amendments.Concat(contracts).Select(row => row.Told())],
            (amendments.Count == 0 ? 0 : amendments[0].Count) + (contracts.Count == 0 ? 0 : contracts[0].Count))
        {
            InBooks = [.. await DeferredInBooks.Run(connection, entity, month, cancel), .. paid],
            Contracts = given.First,
            ContractsInAll = given.InAll,
        };

        async Task<List<T>> Rows<T>(string sql) =>
            (await connection.QueryAsync<T>(new CommandDefinition(sql, asked, commandTimeout: 0, cancellationToken: cancel))).AsList();
    }

    // What should stand beside what does; nothing of an account that has neither.
    private static async Task<IReadOnlyList<UnbilledBalance>> Unbilled(
        NpgsqlConnection connection, Guid? entity, AccountingMonth month, List<AccountRow> booked, CancellationToken cancel)
    {
        var wanted = (await UnbilledBooks.Wanted(connection, entity, month, month, cancel))
            .GroupBy(row => (row.LegalEntityId, row.Currency, row.Account)).ToDictionary(group => group.Key, group => group.Sum(row => row.Amount));
        var held = booked.ToDictionary(row => (row.LegalEntityId, row.Currency, row.Account));
        if (wanted.Count + held.Count == 0) return [];
        var entities = (await connection.QueryAsync<EntityRow>(new CommandDefinition(
            "select id, code, closed_through from customers.legal_entity", cancellationToken: cancel))).ToDictionary(row => row.Id);
        return
        [
            .. wanted.Keys.Union(held.Keys).Select(key => (Entity: entities[key.LegalEntityId], Key: key))
                .OrderBy(one => one.Entity.Code, StringComparer.Ordinal).ThenBy(one => one.Key.Currency, StringComparer.Ordinal)
                .ThenBy(one => one.Key.Account, StringComparer.Ordinal)
                .Select(one => new UnbilledBalance(
                    one.Entity.Code, one.Key.Account, Of(wanted.GetValueOrDefault(one.Key), one.Key.Currency),
                    Of(held.GetValueOrDefault(one.Key)?.ByHand ?? 0m, one.Key.Currency), Of(held.GetValueOrDefault(one.Key)?.Ledger ?? 0m, one.Key.Currency),
                    month.FirstDay <= one.Entity.ClosedThrough)),
        ];
    }

    private static Money Of(decimal amount, string currency) => new(amount, Currency.Of(currency));

    private sealed record LineRow(
        string LegalEntity, string Document, int LineNo, string Subscription, string Currency, decimal Invoiced, decimal Scheduled, bool Waits, long Count)
    {
        public UnalignedLine Told() => new(
            LegalEntity, Document, LineNo, Subscription, Of(Invoiced, Currency), Of(Scheduled, Currency),
            Waits ? "It came in and is not spread yet: run tieout revenue run."
            : Scheduled == 0m ? "The invoice moved and no schedule did, and nothing waits to be spread: the books were changed past the program."
            : Invoiced == 0m ? "A schedule moved and no invoice did: the books were changed past the program."
            : "Invoice and schedule are of different amounts: the books were changed past the program.");
    }

    private sealed record DueRow(string LegalEntity, DateOnly Month, string Currency, decimal Amount, long Lines)
    {
        public UnbookedMonth Told() => new(LegalEntity, AccountingMonth.Of(Month), Of(Amount, Currency), Lines);
    }

    private sealed record BookRow(
        string LegalEntity, string Currency, decimal Invoiced, decimal Released, decimal Unbilled, decimal ByHand, decimal Ledger)
    {
        public DeferredBalance Told() => new(
            LegalEntity, Of(Invoiced, Currency), Of(Released, Currency), Of(Unbilled, Currency), Of(ByHand, Currency), Of(Ledger, Currency));
    }

    private sealed record AccountRow(Guid LegalEntityId, string Currency, string Account, decimal Ledger, decimal ByHand);

    private sealed record EntityRow(Guid Id, string Code, DateOnly? ClosedThrough);

    private sealed record BehindRow(string LegalEntity, string Subscription, int Version, string Waits, string Detail, long Count)
    {
        public AmendmentBehind Told() => new(LegalEntity, Subscription, Version, Waits is "facts" or "version" ? "revenue" : Waits, Waits switch
        {
            "facts" => "Facts of this contract are not in its schedules: run tieout revenue run, which names what stops it.",
            "version" => $"Contract {Detail} does not know its last amendment: tell it with tieout revenue contract event.",
            "billing" => $"Billing has not looked at it from {Detail} on: run tieout bill.",
            "revenue" => $"{Detail} is not spread yet: run tieout revenue run.",
            _ => $"{Detail} is not in its ERP yet: run tieout post, or see to what is parked.",
        });
    }
}
