using Dapper;
using Npgsql;
using Tieout.Application.Banks;
using Tieout.Application.Exchange;
using Tieout.Application.Invoicing;
using Tieout.Application.Journals;
using Tieout.Domain;
using Tieout.Domain.Cash;
using Tieout.Domain.Closing;
using Tieout.Domain.Ledger;
using Tieout.Domain.Posting;

namespace Tieout.Application.Payments;

/// <summary>A payment on its way into the books.</summary>
/// <param name="Key">The key it was given under.</param>
/// <param name="CameTo">The bank account whose statement tells it; null where no statement does.</param>
internal sealed record PaymentToBook(PaymentRequest Request, string Key, BankPlace? CameTo = null);

/// <summary>What came of it.</summary>
internal abstract record PaymentAnswer
{
    private PaymentAnswer() { }

    /// <summary>It stands in the books.</summary>
    /// <param name="Number">Of its entry.</param>
    /// <param name="Again">It stood there before.</param>
    public sealed record Booked(Guid Entry, string Number, bool Again) : PaymentAnswer;

    /// <summary>It does not, and why.</summary>
    public sealed record Refused(JournalOutcome.Refused Why) : PaymentAnswer;
}

/// <summary>
/// Books money received, one payment or a thousand: locks and loads what all of them need, decides one after the other, so that each sees
/// what those before it settle, and saves all of them in a few statements. Inside the caller's transaction, who commits whatever it answers.
/// </summary>
internal sealed class BookPayments(TimeProvider clock, string clearing = LedgerAccount.CashClearing)
{
    /// <summary>Answers in the order of the payments. What one is refused for keeps no other from being booked.</summary>
    /// <param name="payments">The caller keeps others from giving under their keys.</param>
    public async Task<IReadOnlyList<PaymentAnswer>> Run(NpgsqlConnection connection, IReadOnlyList<PaymentToBook> payments, CancellationToken cancel)
    {
        if (payments.Count == 0) return [];
        var accounts = await CashBooks.Locked(connection, [.. payments.Select(one => one.Request.Account).Distinct(StringComparer.Ordinal)], cancel);
        var standing = await StandingPayments.Load(connection, payments, accounts, cancel);
        var open = await Open(connection, payments, accounts, cancel);
        var banks = payments.All(one => one.Request.BankAccount.Length == 0) ? []
            : await BankPlaces.Of(connection, [.. accounts.Values.Select(one => one.LegalEntityId).Distinct()], cancel);
        var values = await Values(connection, payments, accounts, open, cancel);
        var now = clock.GetUtcNow();
        var answers = new PaymentAnswer?[payments.Count];
        List<(int Place, NewPayment Payment)> booked = [];
        List<(string Key, string Content, Guid Document)> again = [];
        foreach (var (place, payment) in payments.Index())
        {
            if (!accounts.TryGetValue(payment.Request.Account, out var account))
                answers[place] = No("billing-account", "unknown-account", "there is no billing account with this code", "Correct the code.");
            else if (standing.Of(payment, account, again) is { } known) answers[place] = known;
            else
            {
                var (bank, noPlace) = Place(payment, account, banks);
                var (decided, refused) = noPlace is not null ? (null, noPlace) : await Decide(connection, payment, account, open, bank, now, cancel);
                (decided, refused) = decided is null ? (null, refused) : await Valued(decided, values, open, now, cancel);
                if (decided is not null) booked.Add((place, decided));
                else answers[place] = new PaymentAnswer.Refused(refused!);
            }
        }
        if (again.Count > 0) await GivenOnce.Add(connection, again, now, cancel);
        await Add(connection, [.. booked.Select(one => one.Payment)], now, cancel);
        var entries = await SaveMovement.Run(connection, [.. booked.Select(one => one.Payment.Movement)], now, cancel);
        foreach (var ((place, _), (entry, number)) in booked.Zip(entries)) answers[place] = new PaymentAnswer.Booked(entry, number, Again: false);
        return answers!;
    }

    // What all of them may settle, as it stands now.
    private static async Task<OpenInvoices> Open(
        NpgsqlConnection connection, IReadOnlyList<PaymentToBook> payments, Dictionary<string, CashAccount> accounts, CancellationToken cancel)
    {
        var numbers = payments.SelectMany(one => one.Request.Invoices).Select(wish => wish.Number).Distinct(StringComparer.Ordinal).ToArray();
        var oldest = payments.Where(one => one.Request.OldestFirst).Select(one => accounts.GetValueOrDefault(one.Request.Account)?.Id).OfType<Guid>()
            .Distinct().ToArray();
        IReadOnlyList<SettledInvoice> named = numbers.Length == 0 ? [] : await CashBooks.Invoices(connection, numbers, cancel);
        IReadOnlyList<SettledInvoice> owed = oldest.Length == 0 ? [] : await CashBooks.OpenOf(connection, oldest, cancel);
        var kept = payments.SelectMany(one => one.Request.Invoices).Where(wish => wish.Discount is not null).Select(wish => wish.Number);
        return new OpenInvoices(await DiscountBooks.With(connection, [.. named.Concat(owed).DistinctBy(one => one.Id)], kept, cancel));
    }

    // What those in a foreign currency move, and the rates of their days, for all of them together.
    private static async Task<ValueEntry> Values(
        NpgsqlConnection connection, IReadOnlyList<PaymentToBook> payments, Dictionary<string, CashAccount> accounts, OpenInvoices open,
        CancellationToken cancel)
    {
        var values = new ValueEntry(connection);
        var foreign = payments.Where(one => accounts.GetValueOrDefault(one.Request.Account) is { } account && account.Books != one.Request.Amount.Currency.Code)
            .ToList();
        if (foreign.Count > 0)
            await values.Know(open.Of(foreign.Select(one => one.Request.Amount.Currency.Code)), [], [.. foreign.Select(one => one.Request.ReceivedOn)], cancel);
        return values;
    }

    // What it comes to in the books, after those before it; one that lacks a rate settles nothing.
    private static async Task<(NewPayment? Decided, JournalOutcome.Refused? Refused)> Valued(
        NewPayment payment, ValueEntry values, OpenInvoices open, DateTimeOffset now, CancellationToken cancel)
    {
        var movement = payment.Movement.Movement;
        if (movement.Currency.Code == movement.Account.Books) return (payment, null);
        try
        {
            var entry = await values.Run(SaveMovement.Entry(movement, Guid.CreateVersion7(now)), cancel);
            return (payment with { Movement = payment.Movement with { Entry = entry } }, null);
        }
        catch (RateMissingException missing)
        {
            open.Undo(movement.Shares);
            return (null, CashDoor.NoRate("received-on", missing));
        }
    }

    // The bank account that it came to; null where nobody says one, and it lies where the caller does.
    private static (BankPlace? Place, JournalOutcome.Refused? Refused) Place(PaymentToBook payment, CashAccount account, IReadOnlyList<BankPlace> banks)
    {
        var (request, day) = (payment.Request, ("received-on", payment.Request.ReceivedOn));
        if (payment.CameTo is not { } came)
            return request.BankAccount.Length == 0 ? (null, null)
                : BankPlaces.Named(banks.Where(one => one.LegalEntityId == account.LegalEntityId), request.BankAccount, request.Amount.Currency.Code, day);
        return came.LegalEntityId != account.LegalEntityId
            ? (null, new JournalOutcome.Refused(
                "billing-account", "other-entity", $"the money came to bank account {came.Code} of another legal entity than {account.Code} owes",
                "Say whose it is there, or book it in both legal entities by hand (tieout journal add)."))
            : BankPlaces.Refusal(came, request.Amount.Currency.Code, day) is { } no ? (null, no) : (came, null);
    }

    private async Task<(NewPayment? Decided, JournalOutcome.Refused? Refused)> Decide(
        NpgsqlConnection connection, PaymentToBook payment, CashAccount account, OpenInvoices open, BankPlace? place, DateTimeOffset now,
        CancellationToken cancel)
    {
        var request = payment.Request;
        if (LateArrival.Of(request.ReceivedOn, account.ClosedThrough, Words.Parse<LateArrivals>(account.LateArrivals)) is not LateArrival.Booked day)
            return (null, await LateMoney.Held(connection, account, request, now, cancel));
        var (shares, writeOff, refused) = request.Recovers.Length > 0 ? await RecoverMoney.Of(connection, account, request, cancel)
            : Shares(account, request, day.On, open);
        if (refused is not null) return (null, refused);
        var id = Guid.CreateVersion7(now);
        var movement = new MovementToBook(
            id, EntryKind.Payment, "receipt", account, day.On, LateMoney.Text(request, day), request.Amount.Currency, request.Amount.Amount,
            CashEntries.Received(request.Amount.Amount, request.Fee, shares, place?.Account ?? clearing), shares, Payment: id,
            Follows: writeOff is null ? [] : [writeOff.Entry]);
        return (new NewPayment(new GivenMovement(movement, request.Reason, request.Actor, payment.Key, request.Content), request, writeOff?.Id, place?.Id), null);
    }

    // Into the pools, or why not.
    private static (IReadOnlyList<CashShare> Shares, WriteOffRow? WriteOff, JournalOutcome.Refused? Refused) Shares(
        CashAccount account, PaymentRequest request, DateOnly on, OpenInvoices open)
    {
        if (request.Amount.Currency.Code != account.Currency)
            return ([], null, new JournalOutcome.Refused(
                "currency", "other-currency", $"this billing account pays in {account.Currency}", "Name the account of that currency."));
        var cash = new CashToApply(account.Id, request.Amount, on)
        {
            ReceivedOn = request.ReceivedOn,
            Tolerance = request.Difference ? account.Tolerance : null,
        };
        return open.Settle(cash, request.Invoices, request.OldestFirst) switch
        {
            ApplyDecision.Applied(var shares, var rest) =>
                ([.. shares, .. rest > 0 ? [new CashShare(new CashPool.Unapplied(), rest)] : Array.Empty<CashShare>()], null, null),
            ApplyDecision.Refused no => ([], null, CashBooks.No(no.Problem)),
            var other => throw new InvalidOperationException($"No answer for {other}."),
        };
    }

    private static PaymentAnswer.Refused No(string field, string code, string reason, string remedy) => new(new JournalOutcome.Refused(field, code, reason, remedy));

    private static Task Add(NpgsqlConnection connection, IReadOnlyList<NewPayment> payments, DateTimeOffset now, CancellationToken cancel) =>
        payments.Count == 0 ? Task.CompletedTask : connection.ExecuteAsync(new CommandDefinition(
            """
            insert into cash.payment (id, billing_account_id, legal_entity_id, source, reference, method, received_on, currency, amount, fee, recovers,
              bank_account_id, content_hash, created_at)
            select id, account, entity, source, reference, method, day, currency, amount, fee, recovers, bank, hash, @now
            from unnest(@ids, @accounts, @entities, @sources, @references, @methods, @days, @currencies, @amounts, @fees, @recovers, @banks, @hashes)
              as payment (id, account, entity, source, reference, method, day, currency, amount, fee, recovers, bank, hash)
            """,
            new
            {
                ids = payments.Select(one => one.Movement.Movement.Id).ToArray(),
                accounts = payments.Select(one => one.Movement.Movement.Account.Id).ToArray(),
                entities = payments.Select(one => one.Movement.Movement.Account.LegalEntityId).ToArray(),
                sources = payments.Select(one => one.Request.Source).ToArray(),
                references = payments.Select(one => one.Request.Reference).ToArray(),
                methods = payments.Select(one => one.Request.Method).ToArray(),
                days = payments.Select(one => one.Request.ReceivedOn).ToArray(),
                currencies = payments.Select(one => one.Request.Amount.Currency.Code).ToArray(),
                amounts = payments.Select(one => one.Request.Amount.Amount).ToArray(),
                fees = payments.Select(one => one.Request.Fee).ToArray(),
                recovers = payments.Select(one => one.Recovers).ToArray(),
                banks = payments.Select(one => one.Bank).ToArray(),
                hashes = payments.Select(one => one.Request.ContentHash).ToArray(),
                now,
            }, cancellationToken: cancel));

    private sealed record NewPayment(GivenMovement Movement, PaymentRequest Request, Guid? Recovers, Guid? Bank);
}
