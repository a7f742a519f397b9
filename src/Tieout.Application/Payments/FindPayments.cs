using Npgsql;
using Tieout.Application.Database;
using Tieout.Domain;
using Tieout.Domain.Cash;

namespace Tieout.Application.Payments;

/// <summary>A payment, and where its money lies now.</summary>
/// <param name="Number">The number of its entry.</param>
/// <param name="Unapplied">Owed to the customer until it is applied or refunded.</param>
/// <param name="Returned">Refunded, or charged back and not won.</param>
/// <param name="Recovers">Number of the write-off whose money it is; empty for none.</param>
/// <param name="ReversedBy">Number of what took it back; empty for none.</param>
/// <param name="State">Of its posting.</param>
public sealed record Payment(
    string Number, string LegalEntity, string BillingAccount, DateOnly ReceivedOn, string Source, string Reference, string Method, Money Amount, Money Fee,
    Money Unapplied, Money Returned, string Recovers, string ReversedBy, string State, string Target, string ErpNumber)
{
    /// <summary>Code of the bank account that it came to; empty where nobody said one.</summary>
    public string BankAccount { get; init; } = "";

    /// <summary>A little too much that nobody asks for back: it lies on <c>rounding</c>.</summary>
    public Money? Kept { get; init; }

    /// <summary>What it settles now; empty in a list.</summary>
    public IReadOnlyList<AppliedCash> Applied { get; init; } = [];

    /// <summary>Its entry and those about it, the oldest first; empty in a list.</summary>
    public IReadOnlyList<CashMovement> Movements { get; init; } = [];
}

/// <summary>What a payment settles of an invoice.</summary>
/// <param name="Amount">Of its money.</param>
/// <param name="Discount">What was kept for paying early, with the tax in it.</param>
/// <param name="Difference">What it was short by and went to rounding.</param>
public sealed record AppliedCash(string Invoice, Money Amount, Money Discount, Money Difference);

/// <summary>One entry about a payment.</summary>
/// <param name="Kind">Such as <c>receipt</c>, <c>application</c>, <c>refund</c>.</param>
public sealed record CashMovement(string Number, string Kind, DateOnly Date, Money Amount, string Reason);

/// <summary>A dispute, and where it stands.</summary>
/// <param name="About">The invoice or payment.</param>
/// <param name="SettledBy">Number of the entry that won or lost it; empty while it is open.</param>
public sealed record Dispute(string Number, string BillingAccount, string About, DateOnly OpenedOn, Money Amount, DisputeState State, string SettledBy,
    string Reason);

/// <summary>Shows payments and disputes.</summary>
public sealed class FindPayments(NpgsqlDataSource database)
{
    private const string Select =
        """
        select p.id, posting.business_key as number, e.code as legal_entity, a.code as billing_account, p.received_on, p.source, p.reference, p.method,
               p.currency, p.amount, p.fee, coalesce((select sum(s.amount) from cash.share s where s.payment_id = p.id and s.pool = 'unapplied'), 0) as unapplied,
               coalesce((
                 select sum(s.amount) from cash.share s where s.payment_id = p.id and s.pool in ('unapplied', 'invoice', 'recovered', 'kept')), 0) as held,
               coalesce((select sum(s.amount) from cash.share s where s.payment_id = p.id and s.pool = 'kept'), 0) as kept,
               coalesce((
                 select off.business_key from ledger.journal_entry w join posting.posting off on off.document_id = w.id
                 where w.source_id = p.recovers and w.source_kind = 'write-off'), '') as recovers,
               coalesce(after.business_key, '') as reversed_by, posting.state, coalesce(posting.target, '') as target,
               coalesce(posting.erp_number, '') as erp_number, coalesce(bank.code, '') as bank_account
        from cash.payment p
        join cash.movement m on m.id = p.id
        join posting.posting on posting.document_id = m.entry_id
        join customers.billing_account a on a.id = p.billing_account_id
        join customers.legal_entity e on e.id = p.legal_entity_id
        left join cash.bank_account bank on bank.id = p.bank_account_id
        left join cash.movement back on back.reverses = m.id
        left join posting.posting after on after.document_id = back.entry_id
        where p.tenant = 1
        """;

    private const string DisputeSelect =
        """
        select p.business_key as number, a.code as billing_account, e.entry_date as opened_on, p.currency, m.amount, m.reason,
               coalesce((
                 select of.business_key from cash.movement r join posting.posting of on of.document_id = r.entry_id where r.id = m.payment_id),
                 (select i.number from ledger.journal_line l join invoicing.invoice i on i.id = l.settles where l.entry_id = m.entry_id limit 1), '') as about,
               not exists (select from cash.movement r where r.reverses = m.id) as opened, coalesce(s.kind, '') as settled,
               coalesce(by.business_key, '') as settled_by
        from cash.movement m
        join posting.posting p on p.document_id = m.entry_id
        join ledger.journal_entry e on e.id = m.entry_id
        join customers.billing_account a on a.id = m.billing_account_id
        left join cash.movement s on s.dispute_id = m.id and not exists (select from cash.movement r where r.reverses = s.id)
        left join posting.posting by on by.document_id = s.entry_id
        where m.tenant = 1 and m.kind = 'dispute-opened'
        """;

    /// <summary>One by its number; null when no payment has it.</summary>
    public async Task<Payment?> One(string number, CancellationToken cancel)
    {
        if (await database.Row<Row>(Select + " and posting.business_key = @number", new { number }, cancel) is not { } row) return null;
        var currency = Currency.Of(row.Currency);
        var applied = await database.Rows<(string Invoice, decimal Amount, decimal Discount, decimal Difference)>(
            """
            select i.number, coalesce(sum(s.amount) filter (where s.pool = 'invoice'), 0),
                   coalesce(sum(s.amount) filter (where s.pool in ('discount', 'discount-tax')), 0), coalesce(sum(s.amount) filter (where s.pool = 'short'), 0)
            from cash.share s join invoicing.invoice i on i.id = s.invoice_id
            where s.payment_id = @Id group by i.number having sum(s.amount) <> 0 order by i.number
            """, new { row.Id }, cancel);
        var movements = await database.Rows<(string Number, string Kind, DateOnly Date, decimal Amount, string Reason)>(
            """
            select p.business_key, m.kind, e.entry_date, m.amount, m.reason
            from cash.movement m join posting.posting p on p.document_id = m.entry_id join ledger.journal_entry e on e.id = m.entry_id
            where m.payment_id = @Id order by m.id
            """, new { row.Id }, cancel);
        return Told(row) with
        {
            Applied = [.. applied.Select(one => new AppliedCash(
                one.Invoice, new Money(one.Amount, currency), new Money(one.Discount, currency), new Money(one.Difference, currency)))],
            Movements = [.. movements.Select(one => new CashMovement(one.Number, one.Kind, one.Date, new Money(one.Amount, currency), one.Reason))],
        };
    }

    /// <summary>The newest first.</summary>
    /// <param name="account">Code of a billing account; null for all.</param>
    /// <param name="unapplied">Only those of which something is unapplied.</param>
    /// <param name="after">Number of the last of the page before.</param>
    public async Task<IReadOnlyList<Payment>> List(string? account, bool unapplied, string? after, int limit, CancellationToken cancel)
    {
        var page = unapplied ? Page("cash.with_unapplied one", "one.payment_id", account, after) : Page("cash.payment one", "one.id", account, after);
        return [.. (await database.Rows<Row>(
            $"{Select} and p.id = any(array({page})) order by p.id desc", new { account, after, limit }, cancel)).Select(Told)];
    }

    /// <summary>A dispute by its number; null when none has it.</summary>
    public async Task<Dispute?> Dispute(string number, CancellationToken cancel) =>
        await database.Row<DisputeRow>(DisputeSelect + " and p.business_key = @number", new { number }, cancel) is { } row ? row.Told : null;

    /// <summary>Disputes, the newest first.</summary>
    /// <param name="after">Number of the last of the page before.</param>
    public async Task<IReadOnlyList<Dispute>> Disputes(string? account, string? after, int limit, CancellationToken cancel) =>
        [.. (await database.Rows<DisputeRow>(
            $"""
            {DisputeSelect} and m.id = any(array({Page("cash.movement one", "one.id", account, after, "one.kind = 'dispute-opened' and ")})) order by m.id desc
            """, new { account, after, limit }, cancel)).Select(row => row.Told)];

    // A page is picked by an index on the ids of what is listed, before anything else is read; what does not narrow is not asked.
    private static string Page(string of, string id, string? account, string? after, string only = "") =>
        $"""
        select {id} from {of}
        where {only}one.tenant = 1
          {(account is null ? "" : "and one.billing_account_id = (select a.id from customers.billing_account a where a.tenant = 1 and a.code = @account)")}
          {(after is null ? "" : $"and {id} < {Last}")}
        order by {id} desc limit @limit
        """;

    private const string Last =
        """
        (select last.id from posting.posting before join cash.movement last on last.entry_id = before.document_id
         where before.tenant = 1 and before.business_key = @after)
        """;

    private static Payment Told(Row row)
    {
        var currency = Currency.Of(row.Currency);
        var returned = row.ReversedBy.Length > 0 ? 0 : row.Amount - row.Held;
        return new Payment(
            row.Number, row.LegalEntity, row.BillingAccount, row.ReceivedOn, row.Source, row.Reference, row.Method, new Money(row.Amount, currency),
            new Money(row.Fee, currency), new Money(row.Unapplied, currency), new Money(returned, currency), row.Recovers, row.ReversedBy, row.State,
            row.Target, row.ErpNumber)
        { BankAccount = row.BankAccount, Kept = row.Kept == 0 ? null : new Money(row.Kept, currency) };
    }

    private sealed record Row(
        Guid Id, string Number, string LegalEntity, string BillingAccount, DateOnly ReceivedOn, string Source, string Reference, string Method, string Currency,
        decimal Amount, decimal Fee, decimal Unapplied, decimal Held, decimal Kept, string Recovers, string ReversedBy, string State, string Target,
        string ErpNumber, string BankAccount);

    private sealed record DisputeRow(
        string Number, string BillingAccount, DateOnly OpenedOn, string Currency, decimal Amount, string Reason, string About, bool Opened, string Settled,
        string SettledBy)
    {
        public Dispute Told => new(
            Number, BillingAccount, About, OpenedOn, new Money(Amount, Domain.Currency.Of(Currency)),
            DisputeRules.Of(Opened, Settled.Length == 0 ? null : Settled == "dispute-won" ? DisputeState.Won : DisputeState.Lost), SettledBy, Reason);
    }
}
