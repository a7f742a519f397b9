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

/// <summary>Opens a dispute: on an invoice, which asks for that much less until it is decided, or on a payment whose money the bank took
/// back. Its number is that of the entry that opens it.</summary>
public sealed class DisputeMoney(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Where the money lies: what a gateway holds for us lies on its own clearing account.</summary>
    internal string Clearing { get; init; } = LedgerAccount.CashClearing;

    /// <summary>One transaction: the dispute with its entry, or nothing.</summary>
    /// <param name="document">docs/payments.md describes its members.</param>
    public async Task<JournalOutcome> Run(JsonElement document, string? actor, string? key, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        var json = CashFields.Top(document, problems, "invoice", "payment", "amount", "on", "reason", "actor");
        var (given, of, invoice, amount) = (json.Given(actor), json.DocumentNumber("payment"), json.DocumentNumber("invoice"), json.Amount("amount"));
        if (json.IsObject && of.Length > 0 == invoice.Length > 0 && problems.Count == 0)
            json.AddAt("invoice", "one-of", "A dispute is about an invoice or about a payment.", "Give exactly one of them.");
        if (CashDoor.Unreadable(key, problems) is { } bad) return bad;
        var content = $"dispute|{of}|{invoice}|{CashDoor.Word(amount)}|{GivenBy.Words(given.On)}|{given.Reason}";
        return of.Length > 0 ? await OfPayment(of, amount, given, (key!, content), cancel) : await OfInvoice(invoice, amount, given, (key!, content), cancel);
    }

    private async Task<JournalOutcome> OfPayment(string number, decimal? wanted, CashGiven given, (string Key, string Content) asked, CancellationToken cancel)
    {
        if (await CashDoor.Payment(database, number, cancel) is not { } known)
            return new JournalOutcome.Refused("payment", "unknown-payment", "no payment has this number", "Correct the number.");
        return await CashDoor.Run(database, clock, known.AccountCode, asked, given, async (connection, account) =>
        {
            var payment = (await CashBooks.Payment(connection, number, cancel))!;
            var (on, currency) = (given.On ?? GivenBy.Day(clock, payment.ReceivedOn), Currency.Of(payment.Currency));
            var layers = await CashBooks.Layers(connection, payment.Id, cancel);
            var left = layers.Where(layer => layer.Pool.IsMoney).Sum(layer => layer.Amount);
            var refused = CashDoor.TakenBack("payment", payment) ?? CashBooks.Before("on", on, payment.ReceivedOn, "payment")
                ?? Beyond("payment", wanted, left, currency, "more-than-paid", "of this payment is left");
            if (refused is not null) return (null, refused);
            var (clearing, noPlace) = await CashBooks.Outgoing(connection, payment, account.LegalEntityId, named: "", on, Clearing, cancel);
            if (noPlace is not null) return (null, noPlace);
            return CashPools.Take(layers, wanted ?? left, on, currency) switch
            {
                TakeDecision.Taken(var taken) => (new MovementToBook(
                    Guid.CreateVersion7(clock.GetUtcNow()), EntryKind.Dispute, "dispute-opened", account, on, $"Charge-back of {number}", currency,
                    wanted ?? left, CashEntries.ChargedBack(taken, clearing), CashPools.Opposite(taken), payment.Id), null),
                TakeDecision.TooEarly early => (null, CashBooks.No(early.Problem)),
                var other => throw new InvalidOperationException($"No answer for {other}."),
            };
        }, cancel);
    }

    private async Task<JournalOutcome> OfInvoice(string number, decimal? wanted, CashGiven given, (string Key, string Content) asked, CancellationToken cancel)
    {
        string? known;
        await using (var look = await database.OpenConnectionAsync(cancel))
            known = await look.QuerySingleOrDefaultAsync<string>(new CommandDefinition(
                "select a.code from invoicing.invoice i join customers.billing_account a on a.id = i.billing_account_id where i.tenant = 1 and i.number = @number",
                new { number }, cancellationToken: cancel));
        if (known is null) return new JournalOutcome.Refused("invoice", "unknown-invoice", "no invoice has this number", "Correct the number.");
        return await CashDoor.Run(database, clock, known, asked, given, async (connection, account) =>
        {
            var invoice = (await CashBooks.Invoices(connection, [number], cancel))[0];
            var (on, currency) = (given.On ?? GivenBy.Day(clock, invoice.Date), Currency.Of(invoice.Currency));
            var refused = CashBooks.Before("on", on, invoice.Date, "invoice") ?? Beyond("invoice", wanted, invoice.Open, currency, "more-than-owed", "is owed");
            if (refused is not null) return (null, refused);
            var amount = wanted ?? invoice.Open;
            return (new MovementToBook(
                Guid.CreateVersion7(clock.GetUtcNow()), EntryKind.Dispute, "dispute-opened", account, on, $"Dispute of {number}", currency, amount,
                CashEntries.Disputed(invoice.Id, amount), []), null);
        }, cancel);
    }

    private static JournalOutcome.Refused? Beyond(string field, decimal? wanted, decimal left, Currency currency, string code, string what) =>
        left <= 0 ? new JournalOutcome.Refused(field, "nothing-left", $"nothing {what}", "Look at what became of it.")
        : wanted is null ? null
        : CashFields.Problem(wanted.Value, currency) is { } bad
            ? new JournalOutcome.Refused("amount", "bad-amount", bad, "Give it with no more decimals than the currency keeps.")
        : wanted > left
            ? new JournalOutcome.Refused("amount", code, string.Create(CultureInfo.InvariantCulture, $"only {left:0.####} {what}"), "Dispute at most that.")
        : null;
}
