using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Revenue;

/// <summary>
/// What all rows of balances come to, by sums that are kept of batches and bookings and not row by row, beside what the ledger has on its accounts.
/// </summary>
internal sealed class BalanceTotals(NpgsqlConnection connection, Guid entity, DateOnly on)
{
    private const string Moved =
        """
        select k.currency, sum(m.amount) as amount
        from revenue.booking k
        join revenue.release r on r.booking = k.id
        join revenue.batch b on b.id = r.batch and b.month > @ended
        join revenue.batch_month m on m.batch = r.batch and m.month = r.month
        where k.legal_entity_id = @entity and k.month <= @ended
        group by k.currency having sum(m.amount) > 0
        """;

    // The documents of the month of the day are looked at one by one, for some may be of later days; and those that no run has seen.
    private const string Sums =
        """
        select currency, sum(invoiced) as invoiced, sum(credited) as credited, sum(recognised) as recognised, sum(unbilled) as unbilled, sum(asset) as asset
        from (
          select currency, invoiced, credited, 0::numeric as recognised, 0::numeric as unbilled, 0::numeric as asset
          from revenue.batch where legal_entity_id = @entity and month < @month
          union all
          select b.currency, case i.kind when 'invoice' then s.amount else 0 end, case i.kind when 'invoice' then 0 else -s.amount end, 0, 0, 0
          from revenue.batch b
          join revenue.schedule s on s.batch = b.id and s.invoice_id is not null
          join invoicing.invoice i on i.id = s.invoice_id and i.billing_account_id = s.billing_account_id and i.issue_date <= @on
          where b.legal_entity_id = @entity and b.month = @month
          union all
          select i.currency, case i.kind when 'invoice' then l.amount else 0 end, case i.kind when 'invoice' then 0 else -l.amount end, 0, 0, 0
          from revenue.arrival a
          cross join lateral unnest(a.documents) as document (id)
          join invoicing.invoice i on i.id = document.id and i.issue_date <= @on
          join invoicing.invoice_line l on l.billing_account_id = i.billing_account_id and l.month = i.month and l.invoice_id = i.id and l.recognition = 'deferred'
          where a.legal_entity_id = @entity
          union all
          select currency, 0, 0, amount, 0, 0 from revenue.booking where legal_entity_id = @entity and month <= @ended
          union all
          select u.currency, 0, 0, 0, case l.account when 'unbilled-receivable' then l.amount else 0 end,
                 case l.account when 'contract-asset' then l.amount else 0 end
          from revenue.unbilled u join revenue.unbilled_line l on l.unbilled = u.id and l.contract_id is not null
          where u.legal_entity_id = @entity and u.month <= @ended) moved
        group by currency order by currency
        """;

    private const string Ledger =
        """
        select account, currency, sum(ledger) as ledger, sum(other) as other
        from (
          select account, currency, debit - credit as ledger, 0::numeric as other
          from ledger.turnover where legal_entity_id = @entity and month < @month and account = any(@accounts)
          union all
          select l.account, l.currency, l.amount, 0
          from ledger.journal_entry e join ledger.journal_line l on l.entry_id = e.id and l.account = any(@accounts)
          where e.legal_entity_id = @entity and e.month = @month and e.entry_date <= @on and e.source_kind collate "C" <> '' and not @whole
          union all
          select account, currency, debit - credit, 0
          from ledger.turnover where legal_entity_id = @entity and month = @month and account = any(@accounts) and @whole
          union all
          select l.account, l.currency, 0, l.amount
          from posting.posting p
          join ledger.journal_entry e on e.id = p.document_id and e.billing_account_id = p.billing_account_id and e.entry_date <= @on
          join ledger.journal_line l on l.entry_id = e.id and l.account = any(@accounts)
          where p.legal_entity_id = @entity and p.document_kind not in ('invoice', 'credit-memo') and p.month <= @month
            and not exists (select from revenue.booking_entry b where b.entry_id = p.document_id)
            and not exists (select from revenue.unbilled u where u.entry_id = p.document_id)) side
        group by account, currency
        """;

    private static readonly string[] Accounts = [LedgerAccount.DeferredRevenue, LedgerAccount.UnbilledReceivable, LedgerAccount.ContractAsset];

    private readonly DateOnly _ended = BalanceRows.Ended(on);

    /// <summary>Currencies of which a run moves what was earned of documents of later months to unbilled receivables, and how much.</summary>
    public async Task<IReadOnlyDictionary<string, decimal>> ToMove(CancellationToken cancel) =>
        (await connection.QueryAsync<(string Currency, decimal Amount)>(new CommandDefinition(
            Moved, new { entity, ended = _ended }, commandTimeout: 600, cancellationToken: cancel)))
        .ToDictionary(row => row.Currency, row => row.Amount, StringComparer.Ordinal);

    /// <summary>Sums of all rows, by currency.</summary>
    public async Task<List<FoundBalance>> All(IReadOnlyDictionary<string, decimal> toMove, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<SumRow>(new CommandDefinition(
            Sums, new { entity, on, month = AccountingMonth.Of(on).FirstDay, ended = _ended }, commandTimeout: 600, cancellationToken: cancel));
        return
        [
            .. rows.Select(row => new FoundBalance(
                BalanceKind.NoContract, "", "", "", row.Currency, row.Invoiced, row.Credited, row.Recognised,
                row.Unbilled + toMove.GetValueOrDefault(row.Currency), row.Asset)),
        ];
    }

    /// <summary>The sums beside the ledger.</summary>
    public async Task<IReadOnlyList<BalanceTotal>> BesideLedger(IReadOnlyList<FoundBalance> all, CancellationToken cancel)
    {
        var month = AccountingMonth.Of(on);
        var held = (await connection.QueryAsync<LedgerRow>(new CommandDefinition(
            Ledger,
            new { entity, on, month = month.FirstDay, whole = month.Period.End.AddDays(-1) == on, accounts = Accounts },
            commandTimeout: 600, cancellationToken: cancel))).ToDictionary(row => (row.Account, row.Currency));
        var sums = all.ToDictionary(row => row.Currency, StringComparer.Ordinal);
        return
        [
            .. from currency in sums.Keys.Union(held.Keys.Select(key => key.Currency)).Order(StringComparer.Ordinal)
               let figures = (sums.GetValueOrDefault(currency) ?? new FoundBalance(BalanceKind.NoContract, "", "", "", currency, 0m, 0m, 0m, 0m, 0m)).Figures()
               select new BalanceTotal(
                   figures,
                   [
                       Beside(LedgerAccount.DeferredRevenue, figures.DeferredRevenue, -1),
                       Beside(LedgerAccount.UnbilledReceivable, figures.UnbilledReceivable, 1),
                       Beside(LedgerAccount.ContractAsset, figures.ContractAsset, 1),
                   ]),
        ];

        BalanceAccount Beside(string account, Money rows, int sign)
        {
            var row = held.GetValueOrDefault((account, rows.Currency.Code));
            return new BalanceAccount(
                account, rows, rows with { Amount = sign * (row?.Other ?? 0m) }, rows with { Amount = sign * (row?.Ledger ?? 0m) });
        }
    }

    private sealed record SumRow(string Currency, decimal Invoiced, decimal Credited, decimal Recognised, decimal Unbilled, decimal Asset);

    private sealed record LedgerRow(string Account, string Currency, decimal Ledger, decimal Other);
}
