using Dapper;
using Npgsql;
using Tieout.Application.Banks;
using Tieout.Application.Invoicing;
using Tieout.Application.Journals;
using Tieout.Domain.Cash;
using Tieout.Domain.Catalog;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Payments;

/// <summary>Whose money it is, and until when the books of the legal entity are closed.</summary>
/// <param name="ClosedThrough">The last day on which no document is booked any more.</param>
/// <param name="LateArrivals">What becomes of money that is reported for such a day.</param>
/// <param name="Books">The currency of the legal entity's books.</param>
/// <param name="Tolerance">What a payment may differ from its invoice by and settle it all the same; zero for nothing.</param>
internal sealed record CashAccount(
    Guid Id, string Code, Guid LegalEntityId, string Currency, DateOnly? ClosedThrough, string LateArrivals, string Books, decimal Tolerance);

/// <summary>A payment that stands in the books.</summary>
/// <param name="Entry">Its entry.</param>
/// <param name="Reversed">Number of what took it back; empty for none.</param>
/// <param name="BankAccount">The bank account that it came to; null where nobody said one.</param>
internal sealed record CashPayment(
    Guid Id, string Number, Guid Entry, DateOnly ReceivedOn, string Currency, decimal Amount, string Reversed, string AccountCode, Guid? BankAccount);

/// <summary>An entry that another one follows.</summary>
internal sealed record CashFollowed(Guid Entry, string Number, DateOnly Date);

/// <summary>Loads what decisions about cash need. Whoever adds afterwards has locked the account before.</summary>
internal static class CashBooks
{
    private const string OpenColumns =
        """
        select i.id, i.number, i.billing_account_id as account, i.kind = 'invoice' as is_invoice, i.currency, i.issue_date as date, coalesce(o.open, 0) as open
        from invoicing.invoice i left join invoicing.open_amount o on o.id = i.id
        """;

    public static async Task<CashAccount?> Account(NpgsqlConnection connection, string code, CancellationToken cancel) =>
        (await Accounts(connection, [code], cancel)).GetValueOrDefault(code);

    /// <summary>Locks an account, and reads what may have changed while it waited.</summary>
    public static async Task<CashAccount?> Locked(NpgsqlConnection connection, string code, CancellationToken cancel) =>
        (await Locked(connection, [code], cancel)).GetValueOrDefault(code);

    /// <summary>The same of many, by their codes; a code that is none is not there.</summary>
    public static async Task<Dictionary<string, CashAccount>> Locked(NpgsqlConnection connection, string[] codes, CancellationToken cancel)
    {
        var known = (await Accounts(connection, codes, cancel)).Values;
        if (known.Count == 0) return [];
        await BillingLock.OfAccounts(
            connection, [.. known.Select(one => one.LegalEntityId).Distinct()], [.. known.Select(one => one.Id)], cancel);
        return await Accounts(connection, codes, cancel);
    }

    private static async Task<Dictionary<string, CashAccount>> Accounts(NpgsqlConnection connection, string[] codes, CancellationToken cancel) =>
        (await connection.QueryAsync<CashAccount>(new CommandDefinition(
            """
            select a.id, a.code, a.legal_entity_id, a.currency, e.shut_through as closed_through, e.late_arrivals, e.currency as books,
                   coalesce((
                     select t.amount from cash.tolerance t
                     where t.legal_entity_id = e.id and t.currency = a.currency
                       and t.version = (select max(r.version) from cash.payment_rules r where r.legal_entity_id = e.id)), 0) as tolerance
            from customers.billing_account a join customers.legal_entity e on e.id = a.legal_entity_id
            where a.tenant = 1 and a.code = any(@codes)
            """, new { codes }, cancellationToken: cancel))).ToDictionary(one => one.Code, StringComparer.Ordinal);

    public static async Task<IReadOnlyList<SettledInvoice>> Invoices(NpgsqlConnection connection, IEnumerable<string> numbers, CancellationToken cancel) =>
        [.. await connection.QueryAsync<SettledInvoice>(new CommandDefinition(
            OpenColumns + " where i.tenant = 1 and i.number = any(@numbers)", new { numbers = numbers.ToArray() }, cancellationToken: cancel))];

    public static async Task<IReadOnlyList<SettledInvoice>> OpenOf(NpgsqlConnection connection, Guid[] accounts, CancellationToken cancel) =>
        [.. await connection.QueryAsync<SettledInvoice>(new CommandDefinition(
            OpenColumns + " where i.billing_account_id = any(@accounts) and i.kind = 'invoice' and o.open > 0", new { accounts }, cancellationToken: cancel))];

    /// <summary>What an account's money settles: invoices by name, or the oldest first.</summary>
    public static async Task<ApplyDecision> Settle(
        NpgsqlConnection connection, CashToApply cash, IReadOnlyList<SettleWish> wishes, bool oldestFirst, CancellationToken cancel) => oldestFirst
        ? ApplyCash.OldestFirst(cash, await OpenOf(connection, [cash.Account], cancel))
        : ApplyCash.Named(cash, wishes, await DiscountBooks.With(
            connection, await Invoices(connection, wishes.Select(wish => wish.Number), cancel),
            wishes.Where(wish => wish.Discount is not null).Select(wish => wish.Number), cancel));

    public static Task<CashPayment?> Payment(NpgsqlConnection connection, string number, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<CashPayment>(new CommandDefinition(
            """
            select p.id, posting.business_key as number, m.entry_id as entry, p.received_on, p.currency, p.amount, coalesce(after.business_key, '') as reversed,
                   a.code as account_code, p.bank_account_id as bank_account
            from posting.posting posting
            join cash.movement m on m.entry_id = posting.document_id and m.kind = 'receipt'
            join cash.payment p on p.id = m.id
            join customers.billing_account a on a.id = p.billing_account_id
            left join cash.movement back on back.reverses = m.id
            left join posting.posting after on after.document_id = back.entry_id
            where posting.tenant = 1 and posting.business_key = @number
            """, new { number }, cancellationToken: cancel));

    /// <summary>
    /// The account of the ledger that money of a payment goes back from: that of the bank account which is named, else of the one that it came to;
    /// where neither is, as the caller says.
    /// </summary>
    /// <param name="named">Code of a bank account; empty for none.</param>
    public static async Task<(string Account, JournalOutcome.Refused? Refused)> Outgoing(
        NpgsqlConnection connection, CashPayment payment, Guid entity, string named, DateOnly on, string otherwise, CancellationToken cancel)
    {
        if (named.Length == 0 && (payment.BankAccount is null || otherwise != LedgerAccount.CashClearing)) return (otherwise, null);
        var places = await BankPlaces.Of(connection, [entity], cancel);
        var (place, refused) = named.Length > 0 ? BankPlaces.Named(places, named, payment.Currency, ("on", on))
            : (places.Single(one => one.Id == payment.BankAccount), null);
        refused ??= BankPlaces.Refusal(place!, payment.Currency, ("on", on));
        return (place?.Account ?? otherwise, refused);
    }

    /// <summary>Where a payment's money lies, and since when.</summary>
    public static async Task<IReadOnlyList<CashLayer>> Layers(NpgsqlConnection connection, Guid payment, CancellationToken cancel) =>
        [.. (await connection.QueryAsync<LayerRow>(new CommandDefinition(
            """
            select s.layer as movement, s.pool, s.invoice_id, s.tax_code, s.tax_rate, sum(s.amount) as amount,
                   max(e.entry_date) filter (where s.amount > 0) as since,
                   (array_agg(p.business_key order by e.entry_date desc, m.id desc) filter (where s.amount > 0))[1] as by,
                   coalesce(max(s.no) filter (where s.movement_id = s.layer), 0) as no
            from cash.share s
            join cash.movement m on m.id = s.movement_id
            join ledger.journal_entry e on e.id = m.entry_id
            join posting.posting p on p.document_id = e.id
            where s.payment_id = @payment
            group by s.layer, s.pool, s.invoice_id, s.tax_code, s.tax_rate having sum(s.amount) > 0
            order by s.layer, s.pool, s.invoice_id, s.tax_code, s.tax_rate
            """, new { payment }, cancellationToken: cancel)))
            .Select(row => new CashLayer(row.Movement, row.In, row.Amount, row.Since, row.By, row.No))];

    /// <summary>What one movement did to the pools.</summary>
    public static async Task<IReadOnlyList<CashShare>> SharesOf(NpgsqlConnection connection, Guid movement, CancellationToken cancel) =>
        [.. (await SharesOf(connection, [movement], cancel))[movement]];

    /// <summary>The same of many.</summary>
    public static async Task<ILookup<Guid, CashShare>> SharesOf(NpgsqlConnection connection, Guid[] movements, CancellationToken cancel) =>
        (await connection.QueryAsync<ShareRow>(new CommandDefinition(
            """
            select movement_id as movement, pool, invoice_id, tax_code, tax_rate, amount, layer from cash.share
            where movement_id = any(@movements) order by movement_id, no
            """,
            new { movements }, cancellationToken: cancel)))
        .ToLookup(row => row.Movement, row => new CashShare(PoolWords.Read(row.Pool, row.InvoiceId, row.TaxCode, row.TaxRate), row.Amount, row.Layer));

    /// <summary>The entries that took back what stood on this one: whoever takes its place follows them. The newest first.</summary>
    public static async Task<IReadOnlyList<CashFollowed>> TakenOff(NpgsqlConnection connection, Guid entry, CancellationToken cancel) =>
        [.. (await TakenOff(connection, [entry], cancel))[entry]];

    /// <summary>The same of many.</summary>
    public static async Task<ILookup<Guid, CashFollowed>> TakenOff(NpgsqlConnection connection, Guid[] entries, CancellationToken cancel) =>
        (await connection.QueryAsync<FollowedRow>(new CommandDefinition(
            """
            select f.before_id as before, r.id as entry, p.business_key as number, r.entry_date as date
            from cash.follows f
            join ledger.journal_entry r on r.reverses = f.entry_id
            join posting.posting p on p.document_id = r.id
            where f.before_id = any(@entries) order by f.before_id, r.entry_date desc, r.id
            """, new { entries }, cancellationToken: cancel))).ToLookup(row => row.Before, row => new CashFollowed(row.Entry, row.Number, row.Date));

    /// <summary>Nothing is dated before what it follows.</summary>
    public static JournalOutcome.Refused? Before(DateOnly on, IReadOnlyList<CashFollowed> followed) => followed.Count > 0 && on < followed[0].Date
        ? new JournalOutcome.Refused("on", "before-money", $"{followed[0].Number} of {followed[0].Date:yyyy-MM-dd} goes first", "Take that day or a later one.")
        : null;

    /// <summary>The lines of an entry as they stand.</summary>
    public static async Task<IReadOnlyList<CashLine>> Lines(NpgsqlConnection connection, Guid entry, CancellationToken cancel) =>
        [.. await connection.QueryAsync<CashLine>(new CommandDefinition(
            "select account, amount, settles from ledger.journal_line where entry_id = @entry and amount <> 0 order by line_no", new { entry },
            cancellationToken: cancel))];

    /// <summary>The answer given before under the same key; null when there was none.</summary>
    public static async Task<JournalOutcome?> Earlier(NpgsqlConnection connection, string key, string content, CancellationToken cancel) =>
        await GivenOnce.Find(connection, key, content, cancel) switch
        {
            GivenOnce.Earlier.Other => new JournalOutcome.Refused(
                GivenOnce.Refused.Field, GivenOnce.Refused.Code, GivenOnce.Refused.Reason, GivenOnce.Refused.Remedy),
            GivenOnce.Earlier.Same(var source) => await Again(connection, source, cancel),
            _ => null,
        };

    /// <summary>The entry of a movement, as it was booked before.</summary>
    public static async Task<JournalOutcome> Again(NpgsqlConnection connection, Guid movement, CancellationToken cancel)
    {
        var entry = await connection.QuerySingleAsync<Guid>(new CommandDefinition(
            "select entry_id from cash.movement where id = @movement", new { movement }, cancellationToken: cancel));
        return new JournalOutcome.Done((await FindJournals.Read(connection, entry, cancel))!, Again: true);
    }

    public static JournalOutcome.Refused? Closed(string field, DateOnly day, DateOnly? through) => day <= through
        ? new JournalOutcome.Refused(field, "month-closed", $"the books are closed through {through:yyyy-MM-dd}", "Take a day of an open month.")
        : null;

    public static JournalOutcome.Refused? Before(string field, DateOnly day, DateOnly first, string what) => day < first
        ? new JournalOutcome.Refused(field, $"before-{what}", $"the {what} is dated {first:yyyy-MM-dd}", "Take that day or a later one.")
        : null;

    public static JournalOutcome.Refused No(PriceProblem problem) => new(problem.Field, problem.Code, problem.Reason, problem.Remedy);

    private sealed record FollowedRow(Guid Before, Guid Entry, string Number, DateOnly Date);

    private sealed record ShareRow(Guid Movement, string Pool, Guid? InvoiceId, string? TaxCode, decimal? TaxRate, decimal Amount, Guid Layer);

    private sealed record LayerRow(
        Guid Movement, string Pool, Guid? InvoiceId, string? TaxCode, decimal? TaxRate, decimal Amount, DateOnly Since, string By, int No)
    {
        public CashPool In => PoolWords.Read(Pool, InvoiceId, TaxCode, TaxRate);
    }
}
