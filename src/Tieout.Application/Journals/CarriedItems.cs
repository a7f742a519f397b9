using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Journals;

/// <summary>
/// What the lines of entries move, as it stands before each of them: of an invoice what it still asks for, of a payment what is unapplied, of a
/// customer what is disputed, of the gateways what they hold. In a foreign currency only; whoever books has locked the accounts. Loaded from the
/// books when it is first asked for; what entries do that are to be booked is carried on to those after them.
/// </summary>
internal sealed class CarriedItems(NpgsqlConnection connection)
{
    // What a gateway holds, or is on its way between two banks, is everybody's: one entry after the other. Numbers of advisory locks: see IntakeLock.
    private const string OneByOne = "select pg_advisory_xact_lock(771, hashtext(@entity::text || @currency))";

    private readonly Dictionary<Guid, Guid> _invoiceOf = [];
    private readonly Dictionary<(string Account, Guid Owner, string Currency), CarriedItem> _items = [];

    /// <summary>Loads what invoices still ask for, and payments hold, in a few questions however many they are.</summary>
    /// <param name="documents">Ids that lines settle.</param>
    public async Task Know(IReadOnlyCollection<Guid> documents, IReadOnlyCollection<Guid> payments, CancellationToken cancel)
    {
        Guid[] unknown = [.. documents.Where(document => !_invoiceOf.ContainsKey(document)).Distinct()];
        if (unknown.Length > 0)
        {
            var about = await About(connection, unknown, cancel);
            var items = await Invoices(connection, [.. about.Values.Distinct()], cancel);
            foreach (var (document, invoice) in about)
            {
                _invoiceOf[document] = invoice;
                // What entries did to it since it was loaded by another name stays.
                _items.TryAdd((LedgerAccount.Receivable, invoice, ""), items[invoice]);
            }
        }
        Guid[] held = [.. payments.Where(payment => !_items.ContainsKey((LedgerAccount.UnappliedCash, payment, ""))).Distinct()];
        if (held.Length > 0)
            foreach (var (payment, item) in await Unapplied(connection, held, cancel)) _items[(LedgerAccount.UnappliedCash, payment, "")] = item;
    }

    /// <summary>The item of each line, in the lines' order; null for a line whose account carries nothing.</summary>
    public async Task<IReadOnlyList<CarriedItem?>> Of(EntryToBook entry, CancellationToken cancel)
    {
        await Know(
            [.. entry.Lines.Select(line => line.RateOf ?? (line.Line.Account == LedgerAccount.Receivable ? line.Settles : null)).OfType<Guid>()],
            entry.Payment is { } payment && entry.Lines.Any(line => line.Line.Account == LedgerAccount.UnappliedCash) ? [payment] : [], cancel);
        List<CarriedItem?> items = [];
        foreach (var line in entry.Lines)
        {
            if ((line.RateOf is { } invoice ? (LedgerAccount.Receivable, invoice, "") : Key(entry, line)) is not { } key) items.Add(null);
            else if (_items.TryGetValue(key, out var known)) items.Add(known);
            else items.Add(_items[key] = await Load(key, cancel));
        }
        return items;
    }

    /// <summary>What an entry that is to be booked does to its items, for those after it.</summary>
    /// <param name="valued">With what its lines come to in the books.</param>
    public void Carry(EntryToBook valued)
    {
        foreach (var line in valued.Lines)
            if (Key(valued, line) is { } key && _items.TryGetValue(key, out var item))
                _items[key] = item with { Stands = item.Stands + new Carried(line.Line.Amount.Amount, line.Line.InBooks.Amount) };
    }

    /// <summary>
    /// What takes an entry back, exactly as it is; where that leaves an item with nothing in its currency, what the item still carries by
    /// rounding goes to exchange gains and losses, in lines of zero.
    /// </summary>
    public async Task<EntryToBook> Empty(EntryToBook entry, Currency books, CancellationToken cancel)
    {
        var items = await Of(entry, cancel);
        var still = FunctionalAmounts.LeftBy(
            [.. entry.Lines.Zip(items, (line, item) => (new Carried(line.Line.Amount.Amount, line.Line.InBooks.Amount), item))]);
        List<EntryLineToBook> left =
        [
            .. entry.Lines.Zip(still).Where(pair => pair.Second != 0).Select(pair => pair.First with
            {
                Line = pair.First.Line with { Amount = Money.Zero(pair.First.Line.Amount.Currency), Functional = new Money(-pair.Second, books) },
            }),
        ];
        var sum = left.Sum(line => line.Line.InBooks.Amount);
        return left.Count == 0 ? entry : entry with
        {
            Lines =
            [
                .. entry.Lines, .. left,
                .. sum == 0 ? [] : new[] { ValueEntry.GainOrLoss(entry.Lines[0].Line.Amount.Currency, new Money(-sum, books)) },
            ],
        };
    }

    /// <summary>What invoices still ask for, by the id that a line settles: the invoice's, or that of a credit memo about it alone.</summary>
    public static async Task<Dictionary<Guid, CarriedItem>> Documents(NpgsqlConnection connection, Guid[] ids, CancellationToken cancel)
    {
        if (ids.Length == 0) return [];
        var about = await About(connection, ids, cancel);
        var items = await Invoices(connection, [.. about.Values.Distinct()], cancel);
        return about.ToDictionary(one => one.Key, one => items[one.Value]);
    }

    private (string Account, Guid Owner, string Currency)? Key(EntryToBook entry, EntryLineToBook line)
    {
        var currency = line.Line.Amount.Currency.Code;
        return line.Line.Account switch
        {
            LedgerAccount.Receivable when line.Settles is { } document && _invoiceOf.TryGetValue(document, out var invoice) =>
                (LedgerAccount.Receivable, invoice, ""),
            LedgerAccount.UnappliedCash when entry.Payment is { } payment => (LedgerAccount.UnappliedCash, payment, ""),
            LedgerAccount.DisputedReceivable => (LedgerAccount.DisputedReceivable, line.BillingAccount ?? Guid.Empty, currency),
            LedgerAccount.GatewayClearing or LedgerAccount.CashTransfer => (line.Line.Account, entry.LegalEntity, currency),
            _ => null,
        };
    }

    private Task<CarriedItem> Load((string Account, Guid Owner, string Currency) key, CancellationToken cancel) =>
        key.Account == LedgerAccount.DisputedReceivable ? Disputed(key.Owner, key.Currency, cancel) : Between(key, cancel);

    private static async Task<Dictionary<Guid, Guid>> About(NpgsqlConnection connection, Guid[] ids, CancellationToken cancel) =>
        (await connection.QueryAsync<(Guid Id, Guid Invoice)>(new CommandDefinition(
            """
            select i.id, case when i.kind = 'invoice' then i.id else (
              select max(t.about_invoice_id::text)::uuid from invoicing.invoice_tax t where t.invoice_id = i.id and t.about_invoice_id <> i.id) end as invoice
            from invoicing.invoice i where i.id = any(@ids)
            """, new { ids }, cancellationToken: cancel))).ToDictionary(row => row.Id, row => row.Invoice);

    private static async Task<Dictionary<Guid, CarriedItem>> Invoices(NpgsqlConnection connection, Guid[] invoices, CancellationToken cancel)
    {
        var began = (await connection.QueryAsync<BookedRow>(new CommandDefinition(
            """
            select i.id, i.currency, e.currency as books, coalesce(sum(l.amount), 0) as amount, coalesce(sum(coalesce(l.functional, l.amount)), 0) as functional
            from invoicing.invoice i
            join customers.legal_entity e on e.id = i.legal_entity_id
            join ledger.journal_entry entry on entry.source_id = i.id and entry.source_kind = i.kind and entry.billing_account_id = i.billing_account_id
            left join ledger.journal_line l on l.entry_id = entry.id and l.account = 'receivable'
            where i.id = any(@invoices) group by i.id, i.currency, e.currency
            """, new { invoices }, cancellationToken: cancel))).ToDictionary(row => row.Id);
        var memos = (await connection.QueryAsync<MemoRow>(new CommandDefinition(Memos, new { invoices }, cancellationToken: cancel))).ToLookup(row => row.Id);
        var settled = (await connection.QueryAsync<SumRow>(new CommandDefinition(Settled, new { invoices }, cancellationToken: cancel)))
            .ToDictionary(row => row.Id, row => row.Sum);
        return began.ToDictionary(one => one.Key, one => Item(one.Value, memos[one.Key], settled.GetValueOrDefault(one.Key)));
    }

    // What credit memos take off an invoice: of each memo the part that is about it.
    private const string Memos =
        """
        select part.about as id, sum(part.amount) as amount, m.total, (
          select sum(coalesce(l.functional, l.amount)) from ledger.journal_entry e join ledger.journal_line l on l.entry_id = e.id and l.account = 'receivable'
          where e.source_id = m.id and e.source_kind = m.kind and e.billing_account_id = m.billing_account_id) as functional
        from (
          select l.origin_invoice_id as about, l.invoice_id as memo, l.amount from invoicing.invoice_line l
          where l.origin_invoice_id = any(@invoices) and l.invoice_id <> l.origin_invoice_id and l.revision > 1
          union all
          select t.about_invoice_id, t.invoice_id, t.tax from invoicing.invoice_tax t
          where t.about_invoice_id = any(@invoices) and t.invoice_id <> t.about_invoice_id) part
        join invoicing.invoice m on m.id = part.memo and m.kind = 'credit-memo'
        group by part.about, m.id, m.total, m.kind, m.billing_account_id
        """;

    // What entries put on an invoice, or on credit memos about it.
    private const string Settled =
        """
        select item.invoice as id, sum(l.amount) as amount, sum(coalesce(l.functional, l.amount)) as functional
        from (
          select i as invoice, i as document from unnest(@invoices) i
          union
          select t.about_invoice_id, t.invoice_id from invoicing.invoice_tax t join invoicing.invoice m on m.id = t.invoice_id and m.kind = 'credit-memo'
          where t.about_invoice_id = any(@invoices) and t.invoice_id <> t.about_invoice_id) item
        join ledger.journal_line l on l.settles = item.document and l.account = 'receivable'
        group by item.invoice
        """;

    private static CarriedItem Item(BookedRow began, IEnumerable<MemoRow> memos, Carried settled)
    {
        var (total, books) = (new Carried(began.Amount, began.Functional), Currency.Of(began.Books));
        var credited = memos.Aggregate(default(Carried), (sum, memo) => sum + new Carried(
            memo.Amount, memo.Total == 0 || memo.Functional is not { } functional ? 0m : new Carried(memo.Total, functional).Of(memo.Amount, books)));
        return new CarriedItem(total + credited + settled, total);
    }

    // A payment began with what was received, the bank's fee included.
    private static async Task<Dictionary<Guid, CarriedItem>> Unapplied(NpgsqlConnection connection, Guid[] payments, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<UnappliedRow>(new CommandDefinition(
            """
            select m.payment_id as id, coalesce(sum(l.amount) filter (where l.account = 'unapplied-cash'), 0) as amount,
                   coalesce(sum(coalesce(l.functional, l.amount)) filter (where l.account = 'unapplied-cash'), 0) as functional,
                   coalesce(-sum(l.amount) filter (where came), 0) as began,
                   coalesce(-sum(coalesce(l.functional, l.amount)) filter (where came), 0) as began_functional
            from cash.movement m
            join ledger.journal_line l on l.entry_id = m.entry_id
            cross join lateral (
              select m.kind = 'receipt' and (l.account in ('cash-clearing', 'gateway-clearing', 'bank-fees') or l.account like 'cash-clearing.%') as came) c
            where m.payment_id = any(@payments) group by m.payment_id
            """, new { payments }, cancellationToken: cancel));
        // Of one that is only to be booked nothing lies there.
        var items = payments.Distinct().ToDictionary(payment => payment, _ => new CarriedItem(default));
        foreach (var row in rows)
            items[row.Id] = new CarriedItem(new Carried(row.Amount, row.Functional), row.Began == 0 ? null : new Carried(row.Began, row.BeganFunctional));
        return items;
    }

    private async Task<CarriedItem> Disputed(Guid account, string currency, CancellationToken cancel)
    {
        var (amount, functional) = await connection.QuerySingleAsync<(decimal, decimal)>(new CommandDefinition(
            """
            select coalesce(sum(l.amount), 0), coalesce(sum(coalesce(l.functional, l.amount)), 0) from ledger.journal_line l
            where l.billing_account_id = @account and l.account collate "C" in ('receivable', 'disputed-receivable', 'unapplied-cash')
              and l.account = 'disputed-receivable' and l.currency = @currency
            """, new { account, currency }, cancellationToken: cancel));
        return new CarriedItem(new Carried(amount, functional));
    }

    private async Task<CarriedItem> Between((string Account, Guid Owner, string Currency) key, CancellationToken cancel)
    {
        var of = new { entity = key.Owner, currency = key.Currency, account = key.Account };
        await connection.ExecuteAsync(new CommandDefinition(OneByOne, of, cancellationToken: cancel));
        var (amount, functional) = await connection.QuerySingleAsync<(decimal, decimal)>(new CommandDefinition(
            """
            select coalesce(sum(debit - credit), 0), coalesce(sum(functional_debit - functional_credit), 0) from ledger.turnover
            where tenant = 1 and legal_entity_id = @entity and account = @account and currency = @currency
            """, of, cancellationToken: cancel));
        return new CarriedItem(new Carried(amount, functional));
    }

    private sealed record BookedRow(Guid Id, string Currency, string Books, decimal Amount, decimal Functional);

    private sealed record MemoRow(Guid Id, decimal Amount, decimal Total, decimal? Functional);

    private sealed record UnappliedRow(Guid Id, decimal Amount, decimal Functional, decimal Began, decimal BeganFunctional);

    private sealed record SumRow(Guid Id, decimal Amount, decimal Functional)
    {
        public Carried Sum => new(Amount, Functional);
    }
}
