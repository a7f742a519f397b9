using System.Globalization;
using System.Text.Json;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Application.Journals;
using Tieout.Domain;
using Tieout.Domain.Cash;
using Tieout.Domain.Catalog;
using Tieout.Domain.Posting;

namespace Tieout.Application.Payments;

/// <summary>Applies what a payment left unapplied to invoices, or takes it off invoices again: each an entry of its own.</summary>
public sealed class MovePayment(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Unapplied cash settles invoices, by name or the oldest first.</summary>
    /// <param name="number">The payment's.</param>
    /// <param name="document">docs/payments.md describes its members.</param>
    public Task<JournalOutcome> Apply(string number, JsonElement document, string? actor, string? key, CancellationToken cancel) =>
        Move(number, document, actor, key, release: false, cancel);

    /// <summary>What the payment settled is owed again, and its money unapplied.</summary>
    /// <param name="number">The payment's.</param>
    /// <param name="document">docs/payments.md describes its members.</param>
    public Task<JournalOutcome> Unapply(string number, JsonElement document, string? actor, string? key, CancellationToken cancel) =>
        Move(number, document, actor, key, release: true, cancel);

    private async Task<JournalOutcome> Move(string number, JsonElement document, string? actor, string? key, bool release, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        var json = release ? CashFields.Top(document, problems, "invoices", "on", "reason", "actor")
            : CashFields.Top(document, problems, "invoices", "oldest-first", "on", "reason", "actor");
        var (given, wishes, oldest) = (json.Given(actor), json.Wishes(discounts: !release), !release && json.FlagOr("oldest-first", otherwise: false));
        if (json.IsObject && wishes.Count > 0 == oldest && problems.Count == 0)
            json.AddAt("invoices", "missing", release ? "It is to be said from which invoices." : "Either invoices are named, or the oldest come first.",
                "Give one of them.");
        if (CashDoor.Unreadable(key, problems) is { } bad) return bad;
        if (await CashDoor.Payment(database, number, cancel) is not { } known) return new JournalOutcome.NotFound(number);
        var content = string.Create(
            CultureInfo.InvariantCulture,
            $"{(release ? "release" : "apply")}|{number}|{Words(wishes)}|{oldest}|{GivenBy.Words(given.On)}|{given.Reason}");
        return await CashDoor.Run(database, clock, known.AccountCode, (key!, content), given, async (connection, account) =>
        {
            var payment = (await CashBooks.Payment(connection, number, cancel))!;
            var on = given.On ?? GivenBy.Day(clock, payment.ReceivedOn);
            if ((CashDoor.TakenBack("number", payment) ?? CashBooks.Before("on", on, payment.ReceivedOn, "payment")) is { } no) return (null, no);
            var layers = await CashBooks.Layers(connection, payment.Id, cancel);
            var (shares, refused) = release
                ? Released(wishes, layers, on, await CashBooks.Invoices(connection, wishes.Select(wish => wish.Number), cancel), Currency.Of(payment.Currency))
                : await Applied(connection, account.Id, payment, layers, on, wishes, oldest, cancel);
            return refused is not null ? (null, refused) : (Movement(release, payment, account, on, shares), null);
        }, cancel);
    }

    private static string Words(IEnumerable<SettleWish> wishes) =>
        string.Join(',', wishes.Select(wish => $"{wish.Number}={CashDoor.Word(wish.Amount)}{(wish.Discount is { } kept ? $"-{CashDoor.Word(kept)}" : "")}"));

    private MovementToBook Movement(bool release, CashPayment payment, CashAccount account, DateOnly on, IReadOnlyList<CashShare> shares) => new(
        Guid.CreateVersion7(clock.GetUtcNow()), EntryKind.Payment, release ? "release" : "application", account, on,
        release ? $"Taken off invoices again, {payment.Number}" : $"Applied of {payment.Number}", Currency.Of(payment.Currency),
        CashPools.Sum(shares.Where(share => share.Amount > 0)), CashEntries.Moved(shares), shares, payment.Id);

    private static async Task<(IReadOnlyList<CashShare> Shares, JournalOutcome? Refused)> Applied(
        NpgsqlConnection connection, Guid account, CashPayment payment, IReadOnlyList<CashLayer> layers, DateOnly on, IReadOnlyList<SettleWish> wishes,
        bool oldest, CancellationToken cancel)
    {
        var currency = Currency.Of(payment.Currency);
        IReadOnlyList<CashLayer> unapplied = [.. layers.Where(layer => layer.Pool is CashPool.Unapplied)];
        var cash = new CashToApply(account, new Money(unapplied.Sum(layer => layer.Amount), currency), on) { ReceivedOn = payment.ReceivedOn };
        if (cash.Amount.IsZero)
            return ([], new JournalOutcome.Refused("number", "nothing-unapplied", "nothing of this payment is unapplied", "Look at what it settled."));
        switch (await CashBooks.Settle(connection, cash, wishes, oldest, cancel))
        {
            case ApplyDecision.Applied { Shares.Count: 0 }:
                return ([], new JournalOutcome.Refused("oldest-first", "nothing-owed", "no invoice of the account asks for money on that day",
                    "Leave it unapplied, or refund it."));
            case ApplyDecision.Applied(var shares, _):
                return CashPools.Take(unapplied, CashPools.Sum(shares), on, currency) switch
                {
                    TakeDecision.Taken(var taken) => ([.. shares, .. CashPools.Opposite(taken)], null),
                    TakeDecision.TooEarly early => ([], CashBooks.No(early.Problem)),
                    var other => throw new InvalidOperationException($"No answer for {other}."),
                };
            case ApplyDecision.Refused no: return ([], CashBooks.No(no.Problem));
            case var other: throw new InvalidOperationException($"No answer for {other}.");
        }
    }

    private static (IReadOnlyList<CashShare> Shares, JournalOutcome? Refused) Released(
        IReadOnlyList<SettleWish> wishes, IReadOnlyList<CashLayer> layers, DateOnly on, IReadOnlyList<SettledInvoice> invoices, Currency currency)
    {
        List<CashShare> shares = [];
        foreach (var (index, wish) in wishes.Index())
        {
            var pool = new CashPool.OnInvoice(invoices.FirstOrDefault(one => one.Number == wish.Number)?.Id ?? Guid.Empty);
            var field = string.Create(CultureInfo.InvariantCulture, $"invoices[{index}]");
            var (taken, refused) = shares.Exists(share => share.Pool == pool)
                ? ([], new JournalOutcome.Refused($"{field}.invoice", "invoice-twice", "this invoice is named twice", "Name it once, with the whole amount."))
                : Released(wish, [.. layers.Where(layer => layer.Pool.Settles == pool.Invoice)], on, field, currency);
            if (refused is not null) return ([], refused);
            shares.AddRange(CashPools.Opposite(taken));
        }
        return ([.. shares, new CashShare(new CashPool.Unapplied(), -CashPools.Sum(shares))], null);
    }

    private static (IReadOnlyList<CashShare> Taken, JournalOutcome? Refused) Released(
        SettleWish wish, IReadOnlyList<CashLayer> held, DateOnly on, string field, Currency currency)
    {
        if (held.Count == 0)
            return ([], new JournalOutcome.Refused($"{field}.invoice", "not-settled", "this payment settles nothing on it", "Name an invoice that it settles."));
        var amount = wish.Amount ?? held.Where(layer => layer.Pool.IsMoney).Sum(layer => layer.Amount);
        if (CashFields.Problem(amount, currency) is { } bad)
            return ([], new JournalOutcome.Refused($"{field}.amount", "bad-amount", bad, "Correct the amount."));
        return CashPools.Take(held, amount, on, currency) switch
        {
            TakeDecision.Taken(var taken) => (taken, null),
            TakeDecision.TooEarly early => ([], CashBooks.No(early.Problem)),
            TakeDecision.TooMuch(var most) => ([], new JournalOutcome.Refused(
                $"{field}.amount", "more-than-settled", string.Create(CultureInfo.InvariantCulture, $"it settles only {most:0.####} of it"),
                "Take off at most that.")),
            var other => throw new InvalidOperationException($"No answer for {other}."),
        };
    }
}
