using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Exchange;
using Tieout.Application.Invoicing;
using Tieout.Application.Journals;
using Tieout.Domain;
using Tieout.Domain.Cash;
using Tieout.Domain.Catalog;
using Tieout.Domain.Closing;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Ledger;
using Tieout.Domain.Posting;

namespace Tieout.Application.Payments;

/// <summary>
/// Books money received: what settles invoices settles them, the rest is owed to the customer until it is applied. One reference of
/// one source is one payment of an account, however often it is reported and under whatever key.
/// </summary>
public sealed class RecordPayment(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Where the money lies: what a gateway holds for us lies on its own clearing account.</summary>
    internal string Clearing { get; init; } = LedgerAccount.CashClearing;

    /// <summary>One transaction: the payment with its entry, or nothing.</summary>
    /// <param name="document">docs/payments.md describes its members.</param>
    /// <param name="actor">Who reports it; null when the document says.</param>
    /// <param name="key">The same key again answers with what the first gave; null is refused.</param>
    public async Task<JournalOutcome> Run(JsonElement document, string? actor, string? key, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        if (GivenText.KeyProblem(key) is { } bad) problems.Add(new PriceProblem("idempotency-key", "bad-key", bad, "Give one."));
        if (PaymentRequest.Read(document, actor, problems) is not { } request || problems.Count > 0) return new JournalOutcome.Unreadable(problems);
        try
        {
            return await Book(request, key!, cancel);
        }
        catch (RateMissingException missing)
        {
            return CashDoor.NoRate("received-on", missing);
        }
    }

    private async Task<JournalOutcome> Book(PaymentRequest request, string key, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await CashBooks.Locked(connection, request.Account, cancel) is not { } account)
            return new JournalOutcome.Refused("billing-account", "unknown-account", "there is no billing account with this code", "Correct the code.");
        if (await CashBooks.Earlier(database, connection, key, request.Content, cancel) is { } earlier) return earlier;
        if (await Known(connection, account.Id, request, key, cancel) is { } known)
        {
            await transaction.CommitAsync(cancel); // what the key was given for
            return known;
        }
        var now = clock.GetUtcNow();
        if (LateArrival.Of(request.ReceivedOn, account.ClosedThrough, Words.Parse<LateArrivals>(account.LateArrivals)) is not LateArrival.Booked booked)
            return await LateMoney.Held(connection, transaction, account, request, now, cancel);
        var (shares, writeOff, refused) = await Shares(connection, account, request, booked.On, cancel);
        if (refused is not null) return refused;

        var id = Guid.CreateVersion7(now);
        await Add(connection, id, account, request, writeOff?.Id, now, cancel);
        var entry = await SaveMovement.Run(
            connection,
            new MovementToBook(
                id, EntryKind.Payment, "receipt", account, booked.On, LateMoney.Text(request, booked), request.Amount.Currency, request.Amount.Amount,
                CashEntries.Received(request.Amount.Amount, request.Fee, shares, Clearing), shares, Payment: id,
                Follows: writeOff is null ? [] : [writeOff.Entry]),
            request.Reason, request.Actor, (key, request.Content), now, cancel);
        await transaction.CommitAsync(cancel);
        return new JournalOutcome.Done((await new FindJournals(database).One(entry, cancel))!, Again: false);
    }

    private async Task<JournalOutcome?> Known(NpgsqlConnection connection, Guid account, PaymentRequest request, string key, CancellationToken cancel)
    {
        var (id, hash, number, reversed) = await connection.QuerySingleOrDefaultAsync<(Guid, string, string, bool)>(new CommandDefinition(
            """
            select p.id, p.content_hash, posting.business_key, exists (select from cash.movement back where back.reverses = m.id) as reversed
            from cash.payment p join cash.movement m on m.id = p.id join posting.posting on posting.document_id = m.entry_id
            where p.tenant = 1 and p.billing_account_id = @account and p.source = @Source and p.reference = @Reference
            """, new { account, request.Source, request.Reference }, cancellationToken: cancel));
        return id == Guid.Empty ? null
            : reversed ? new JournalOutcome.Refused(
                "reference", "payment-reversed", $"this source reported it as {number}, which was taken back",
                "If the money is there, report it under another reference.")
            : string.Equals(hash, request.ContentHash, StringComparison.Ordinal) ? await Again(connection, id, request, key, cancel)
            : new JournalOutcome.Refused(
                "reference", "reference-used", $"this source reported other money under this reference, {number}",
                "Correct the reference, or reverse that payment and report this one under another.");
    }

    // From now on the key stands for this content, as one does that booked it.
    private async Task<JournalOutcome> Again(NpgsqlConnection connection, Guid id, PaymentRequest request, string key, CancellationToken cancel)
    {
        await GivenOnce.Add(connection, key, request.Content, id, clock.GetUtcNow(), cancel);
        return await CashBooks.Again(database, connection, id, cancel);
    }

    // Into the pools, or why not.
    private static async Task<(IReadOnlyList<CashShare> Shares, WriteOffRow? WriteOff, JournalOutcome? Refused)> Shares(
        NpgsqlConnection connection, CashAccount account, PaymentRequest request, DateOnly on, CancellationToken cancel)
    {
        if (request.Recovers.Length > 0)
        {
            var found = await WriteOff(connection, request.Recovers, cancel);
            return RecoveryRefusal(found, account, request) is { } no ? ([], null, no)
                : ([new CashShare(new CashPool.Recovered(), request.Amount.Amount)], found, null);
        }
        if (request.Amount.Currency.Code != account.Currency)
            return ([], null, new JournalOutcome.Refused(
                "currency", "other-currency", $"this billing account pays in {account.Currency}", "Name the account of that currency."));
        var cash = new CashToApply(account.Id, request.Amount, on);
        return await CashBooks.Settle(connection, cash, request.Invoices, request.OldestFirst, cancel) switch
        {
            ApplyDecision.Applied(var shares, var rest) =>
                ([.. shares, .. rest > 0 ? [new CashShare(new CashPool.Unapplied(), rest)] : Array.Empty<CashShare>()], null, null),
            ApplyDecision.Refused no => ([], null, CashBooks.No(no.Problem)),
            var other => throw new InvalidOperationException($"No answer for {other}."),
        };
    }

    private static JournalOutcome.Refused? RecoveryRefusal(WriteOffRow? off, CashAccount account, PaymentRequest request) => off switch
    {
        null => new("recovers", "unknown-write-off", "no write-off has this number", "Correct the number."),
        _ when off.BillingAccountId != account.Id => new("recovers", "other-account", "this write-off is of another billing account", "Name the account's own."),
        _ when off.Currency != request.Amount.Currency.Code => new("recovers", "other-currency", $"it is in {off.Currency}",
            "Name one in the currency of the money."),
        { Reversed: true } => new("recovers", "already-reversed", "this write-off was taken back", "Settle the invoice instead: it is owed again."),
        _ when request.ReceivedOn < off.Date => CashBooks.Before("received-on", request.ReceivedOn, off.Date, "write-off"),
        _ when request.Amount.Amount > off.Left => new(
            "amount", "more-than-written-off", $"only {off.Left:0.####} of it is not recovered",
                $"Recover at most {off.Left:0.####}; book the rest as a payment of its own."),
        _ => null,
    };

    private static Task<WriteOffRow?> WriteOff(NpgsqlConnection connection, string number, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<WriteOffRow>(new CommandDefinition(
            $"""
            select w.id, e.id as entry, w.billing_account_id, w.currency, e.entry_date as date, after.id is not null as reversed,
                   w.amount - coalesce((
                     select sum(s.amount) from cash.payment p join cash.share s on s.payment_id = p.id and s.pool = 'recovered' where p.recovers = w.id),
                         0) as "left"
            from posting.posting posting
            join ledger.journal_entry e on e.id = posting.document_id and e.source_kind = 'write-off'
            join invoicing.write_off w on w.id = e.source_id and w.billing_account_id = e.billing_account_id
            left join ledger.journal_entry after on after.reverses = e.id
            where posting.tenant = 1 and posting.business_key = @number
            """, new { number }, cancellationToken: cancel));

    private static Task Add(
        NpgsqlConnection connection, Guid id, CashAccount account, PaymentRequest request, Guid? recovers, DateTimeOffset now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into cash.payment (id, billing_account_id, legal_entity_id, source, reference, method, received_on, currency, amount, fee, recovers,
              content_hash, created_at)
            values (@id, @account, @entity, @Source, @Reference, @Method, @ReceivedOn, @currency, @amount, @Fee, @recovers, @ContentHash, @now)
            """,
            new
            {
                id,
                account = account.Id,
                entity = account.LegalEntityId,
                request.Source,
                request.Reference,
                request.Method,
                request.ReceivedOn,
                currency = request.Amount.Currency.Code,
                amount = request.Amount.Amount,
                request.Fee,
                recovers,
                request.ContentHash,
                now,
            }, cancellationToken: cancel));

    private sealed record WriteOffRow(Guid Id, Guid Entry, Guid BillingAccountId, string Currency, DateOnly Date, bool Reversed, decimal Left);
}
