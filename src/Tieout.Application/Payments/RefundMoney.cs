using System.Globalization;
using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Application.Journals;
using Tieout.Domain;
using Tieout.Domain.Cash;
using Tieout.Domain.Catalog;
using Tieout.Domain.Ledger;
using Tieout.Domain.Posting;

namespace Tieout.Application.Payments;

/// <summary>Pays money back: of a payment, what is not applied first and then what settled invoices, which are owed again; or what a
/// credit memo left to the customer. Never more than was paid, never more than is to the customer's credit.</summary>
public sealed class RefundMoney(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Where the money lies: what a gateway holds for us lies on its own clearing account.</summary>
    internal string Clearing { get; init; } = LedgerAccount.CashClearing;

    /// <summary>One transaction: the refund with its entry, or nothing.</summary>
    /// <param name="document">docs/payments.md describes its members.</param>
    public async Task<JournalOutcome> Run(JsonElement document, string? actor, string? key, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        var json = CashFields.Top(document, problems, "payment", "credit-memo", "amount", "bank-account", "on", "reason", "actor");
        var (given, of, memo) = (json.Given(actor), json.DocumentNumber("payment"), json.DocumentNumber("credit-memo"));
        var bank = json.BankAccount();
        var amount = json.Need("amount") is null ? null : json.Amount("amount");
        if (json.IsObject && of.Length > 0 == memo.Length > 0 && problems.Count == 0)
            json.AddAt("payment", "one-of", "A refund is of a payment or of a credit memo.", "Give exactly one of them.");
        if (CashDoor.Unreadable(key, problems) is { } bad) return bad;
        var content = $"refund|{of}|{memo}|{CashDoor.Word(amount)}|{GivenBy.Words(given.On)}|{given.Reason}{(bank.Length > 0 ? $"|bank-account {bank}" : "")}";
        return of.Length > 0
            ? await OfPayment((of, bank), amount!.Value, given, (key!, content), cancel)
            : await OfMemo((memo, bank), amount!.Value, given, (key!, content), cancel);
    }

    private async Task<JournalOutcome> OfPayment(
        (string Number, string Bank) of, decimal amount, CashGiven given, (string Key, string Content) asked, CancellationToken cancel)
    {
        var (number, bank) = of;
        if (await CashDoor.Payment(database, number, cancel) is not { } known) return Unknown("payment", "payment");
        return await CashDoor.Run(database, clock, known.AccountCode, asked, given, async (connection, account) =>
        {
            var payment = (await CashBooks.Payment(connection, number, cancel))!;
            var (on, currency) = (given.On ?? GivenBy.Day(clock, payment.ReceivedOn), Currency.Of(payment.Currency));
            var refused = CashDoor.TakenBack("payment", payment) ?? CashBooks.Before("on", on, payment.ReceivedOn, "payment") ?? Bad(amount, currency);
            if (refused is not null) return (null, refused);
            var (clearing, noPlace) = await CashBooks.Outgoing(connection, payment, account.LegalEntityId, bank, on, Clearing, cancel);
            if (noPlace is not null) return (null, noPlace);
            var layers = await CashBooks.Layers(connection, payment.Id, cancel);
            return CashPools.Take(layers, amount, on, currency) switch
            {
                TakeDecision.Taken(var taken) => (new MovementToBook(
                    Guid.CreateVersion7(clock.GetUtcNow()), EntryKind.Refund, "refund", account, on, $"Refund of {number}", currency, amount,
                    CashEntries.PaidBack(taken, clearing), CashPools.Opposite(taken), payment.Id), null),
                TakeDecision.TooEarly early => (null, CashBooks.No(early.Problem)),
                TakeDecision.TooMuch(var most) => (null, new JournalOutcome.Refused(
                    "amount", "more-than-paid", string.Create(CultureInfo.InvariantCulture, $"only {most:0.####} of this payment is left"), "Refund at most that.")),
                var other => throw new InvalidOperationException($"No answer for {other}."),
            };
        }, cancel);
    }

    private async Task<JournalOutcome> OfMemo(
        (string Number, string Bank) of, decimal amount, CashGiven given, (string Key, string Content) asked, CancellationToken cancel)
    {
        var (number, bank) = of;
        MemoRow? known;
        await using (var look = await database.OpenConnectionAsync(cancel)) known = await Memo(look, number, cancel);
        if (known is null) return Unknown("credit-memo", "credit memo");
        return await CashDoor.Run(database, clock, known.AccountCode, asked, given, async (connection, account) =>
        {
            var memo = (await Memo(connection, number, cancel))!;
            var (on, currency) = (given.On ?? GivenBy.Day(clock, memo.IssueDate), Currency.Of(memo.Currency));
            // The money of one payment that settled the invoice: what never came in is not paid back, and what went back once is gone.
            var source = await Source(connection, memo.Invoice, amount, cancel);
            var left = Math.Max(0, Math.Min(memo.Left, source?.Left ?? 0));
            if (memo.Corrects != 1)
                return (null, new JournalOutcome.Refused(
                    "credit-memo", "corrects-several", "this credit memo corrects not exactly one invoice",
                    "Take the payment off the invoices (payment unapply) and refund the payment."));
            if ((CashBooks.Before("on", on, memo.IssueDate, "credit-memo") ?? Bad(amount, currency)) is { } no) return (null, no);
            if (amount > left)
                return (null, new JournalOutcome.Refused(
                    "amount", "more-than-credit", string.Create(CultureInfo.InvariantCulture, $"only {left:0.####} of one payment is to the customer's credit"),
                        "Refund at most that; more of it payment by payment."));
            var payment = (await CashBooks.Payment(connection, source!.Number, cancel))!;
            var (clearing, noPlace) = await CashBooks.Outgoing(connection, payment, account.LegalEntityId, bank, on, LedgerAccount.CashClearing, cancel);
            if (noPlace is not null) return (null, noPlace);
            var settled = (await CashBooks.Layers(connection, payment.Id, cancel)).Where(layer => layer.Pool.Settles == memo.Invoice);
            return CashPools.Take([.. settled], amount, on, currency) switch
            {
                // What was kept as a discount was never paid: with the money its part of the credit is used up, too.
                TakeDecision.Taken(var taken) when CashPools.Whole(taken) > memo.Left => (null, MoreThanPaid(memo.Left, taken, currency)),
                TakeDecision.Taken(var taken) => (new MovementToBook(
                    Guid.CreateVersion7(clock.GetUtcNow()), EntryKind.Refund, "refund", account, on, $"Refund of {number}", currency, amount,
                    CashEntries.PaidBack(memo.Id, taken, clearing), CashPools.Opposite(taken), payment.Id), null),
                TakeDecision.TooEarly early => (null, CashBooks.No(early.Problem)),
                var other => throw new InvalidOperationException($"No answer for {other}."),
            };
        }, cancel);
    }

    private static JournalOutcome.Refused MoreThanPaid(decimal left, IReadOnlyList<CashShare> taken, Currency currency)
    {
        var (money, whole) = (CashPools.Sum(taken), CashPools.Whole(taken));
        var most = decimal.Round(left * money / whole, currency.MinorUnits, MidpointRounding.ToZero);
        return new(
            "amount", "more-than-credit",
            string.Create(CultureInfo.InvariantCulture, $"of the {left:0.####} to the customer's credit {most:0.####} was paid; the rest is discount"),
            string.Create(CultureInfo.InvariantCulture, $"Refund at most {most:0.####}."));
    }

    private static JournalOutcome.Refused Unknown(string field, string what) => new(field, $"unknown-{field}", $"no {what} has this number", "Correct the number.");

    private static JournalOutcome.Refused? Bad(decimal amount, Currency currency) => CashFields.Problem(amount, currency) is not { } bad ? null
        : new JournalOutcome.Refused("amount", "bad-amount", bad, "Give it with no more decimals than the currency keeps.");

    private static Task<MemoRow?> Memo(NpgsqlConnection connection, string number, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<MemoRow>(new CommandDefinition(
            """
            select m.id, a.code as account_code, m.currency, m.issue_date, m.total,
                   coalesce((select sum(l.amount) from ledger.journal_line l where l.settles = m.id and l.account = 'receivable'), 0) as refunded,
                   about.corrects, coalesce(about.invoice, m.id) as invoice,
                   coalesce((select o.open from invoicing.open_amount o where o.id = about.invoice), 0) as open
            from invoicing.invoice m
            join customers.billing_account a on a.id = m.billing_account_id
            cross join lateral (
              select count(distinct t.about_invoice_id) as corrects, max(t.about_invoice_id::text)::uuid as invoice
              from invoicing.invoice_tax t where t.invoice_id = m.id and t.about_invoice_id <> m.id) about
            where m.tenant = 1 and m.number = @number and m.kind = 'credit-memo'
            """, new { number }, cancellationToken: cancel));

    // The newest that has all of it, else the one with the most.
    private static Task<SourceRow?> Source(NpgsqlConnection connection, Guid invoice, decimal amount, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<SourceRow>(new CommandDefinition(
            """
            select posting.business_key as number, pool.held as "left"
            from (select payment_id, sum(amount) as held from cash.share where pool = 'invoice' and invoice_id = @invoice
                  group by payment_id having sum(amount) > 0) pool
            join cash.movement m on m.id = pool.payment_id
            join posting.posting on posting.document_id = m.entry_id
            order by least(pool.held, @amount) desc, pool.payment_id desc limit 1
            """, new { invoice, amount }, cancellationToken: cancel));

    private sealed record SourceRow(string Number, decimal Left);

    private sealed record MemoRow(
        Guid Id, string AccountCode, string Currency, DateOnly IssueDate, decimal Total, decimal Refunded, long Corrects, Guid Invoice, decimal Open)
    {
        // Of the credit, what is not paid back and not used up by what the invoice asks for.
        public decimal Left => Math.Min(-Total - Refunded, -Open);
    }
}
