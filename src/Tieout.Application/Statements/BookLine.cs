using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Banks;
using Tieout.Application.Exchange;
using Tieout.Application.Invoicing;
using Tieout.Application.Journals;
using Tieout.Application.Payments;
using Tieout.Domain.Cash;
using Tieout.Domain.Cash.Matching;

namespace Tieout.Application.Statements;

/// <summary>What is decided about a payment of a statement.</summary>
/// <param name="Proposal">Id of the one taken; null where account and invoices are named instead.</param>
/// <param name="Account">Code of the billing account; null with a proposal.</param>
internal sealed record TakenProposal(string Line, string? Proposal, string? Account, IReadOnlyList<SettleWish> Invoices, string Reason, string Actor)
{
    /// <summary>What the money differs from the one invoice named by goes to rounding.</summary>
    public bool Difference { get; init; }
}

/// <summary>
/// Books one payment of a statement as what a person decided it to be: by the same ways as any payment and any reversal, under a reference and
/// a key made of the line, so that it is booked once whoever decides how often. The entry and what the line says of it are one transaction.
/// </summary>
internal sealed class BookLine(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Books it and says so beside the line.</summary>
    public async Task<JournalOutcome> Run(TakenProposal taken, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (await MatchCandidates.One(connection, taken.Line, cancel) is not { } line) return new JournalOutcome.NotFound(taken.Line);
        var chosen = taken.Proposal is null ? null : await Find(connection, taken, cancel);
        if (taken.Proposal is not null && chosen is null)
            return new JournalOutcome.Refused("proposal", "unknown-proposal", "this payment has no such proposal any more", "Look at what is proposed now.");
        if (chosen?.Payout is { } payout) return await Confirm(line.Key, payout, taken.Reason, taken.Actor, proof: null, cancel);
        if (chosen?.TakesBack is { } payment) return await TakeBack(line.Key, line.On, payment, taken.Reason, taken.Actor, cancel);
        if (line.Amount.Amount < 0)
            return new JournalOutcome.Refused("line", "went-out", "it is money that went out", "Take a proposal, or reverse the payment it takes back.");
        var wishes = chosen is null ? taken.Invoices : LinePayment.Wishes(chosen.Settles);
        var place = (await BankPlaces.OfLines(connection, [line.Key], cancel)).GetValueOrDefault(line.Key);
        var (request, problems) = LinePayment.Of(
            (line.Key, line.On, line.Amount), place, chosen?.Account ?? taken.Account!, chosen?.Fee ?? 0m, wishes, taken.Reason, taken.Actor,
            chosen?.Settles.Any(one => one.Difference != 0) ?? taken.Difference);
        return request is null ? new JournalOutcome.Unreadable(problems) : await Receive(connection, line, request, place, cancel);
    }

    /// <summary>Takes an earlier payment back because its money went back.</summary>
    /// <param name="payment">Id of the one taken back.</param>
    public async Task<JournalOutcome> TakeBack(string key, DateOnly on, Guid payment, string reason, string actor, CancellationToken cancel)
    {
        ReturnOfLine? found;
        await using (var connection = await database.OpenConnectionAsync(cancel))
            found = (await ReturnOfLine.Find(connection, [(key, payment)], cancel)).GetValueOrDefault(key);
        if (found is null) return new JournalOutcome.NotFound(payment.ToString());
        if (found.Refusal is { } elsewhere) return elsewhere;
        var reversal = new ReverseEntry(database, clock) { Within = (connection, by, token) => Mark(connection, key, by, reason, actor, token) };
        var outcome = await reversal.Run(new ReversalRequest(found.Number, on, reason, actor, LinePayment.KeyOf(key)), cancel);
        if (outcome is not JournalOutcome.Done({ } journal, Again: true)) return outcome;
        // An earlier version was stopped before it could say so.
        await using var after = await database.OpenConnectionAsync(cancel);
        await Mark(after, key, journal.Number, reason, actor, cancel);
        return outcome;
    }

    /// <summary>
    /// The line is a gateway's payout: it is booked already, and confirmed by this. Nothing more is booked, but where it lies on another bank
    /// account than it came to.
    /// </summary>
    /// <param name="payout">Its entry.</param>
    /// <param name="proof">Why it is certain; null where a person took it.</param>
    public async Task<JournalOutcome> Confirm(
        string key, Guid payout, string reason, string actor, IReadOnlyList<string>? proof, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // Of two lines for one payout the second finds what the first did.
        await connection.ExecuteAsync(new CommandDefinition(
            "select from cash.bank_line where tenant = 1 and key = @key for update; select from cash.gateway_booked where entry_id = @payout for update",
            new { key, payout }, cancellationToken: cancel));
        if (await PayoutOfLine.Find(connection, key, payout, cancel) is not { } found) return new JournalOutcome.NotFound(key);
        var (number, other) = (found.Number, found.OtherLine);
        if (other is not null && other != key)
            return new JournalOutcome.Refused("proposal", "payout-confirmed", $"{number} is confirmed by line {other}", "Look at both lines, and ask the gateway.");
        if (!found.Fits)
            return new JournalOutcome.Refused(
                "proposal", "payout-differs", $"{number} is of another amount, currency or legal entity",
                "Ask the gateway what it paid; book the difference by hand (tieout journal add).");
        try
        {
            if (await found.ToItsBank(connection, key, clock.GetUtcNow(), cancel) is { } held) return held;
        }
        catch (RateMissingException missing)
        {
            return CashDoor.NoRate("proposal", missing);
        }
        await LinePayment.Mark(connection, [(key, number, proof)], (actor, reason), clock.GetUtcNow(), cancel);
        await transaction.CommitAsync(cancel);
        return new JournalOutcome.Done((await new FindJournals(database).One(payout, cancel))!, Again: other is not null);
    }

    // A person who says whose it is teaches where its customer pays from; what is certain knew it before.
    private async Task<JournalOutcome> Receive(
        NpgsqlConnection connection, BankLine line, PaymentRequest request, BankPlace? place, CancellationToken cancel)
    {
        PaymentAnswer answer;
        await using (var transaction = await connection.BeginTransactionAsync(cancel))
        {
            // First the line, then account and key: as those do who book many.
            await connection.ExecuteAsync(new CommandDefinition(
                "select from cash.bank_line where tenant = 1 and key = @Key for update", new { line.Key }, cancellationToken: cancel));
            var key = LinePayment.KeyOf(line.Key);
            await CashBooks.Locked(connection, request.Account, cancel);
            await GivenOnce.Lock(connection, key, cancel);
            answer = (await new BookPayments(clock).Run(connection, [new PaymentToBook(request, key, place)], cancel))[0];
            if (answer is PaymentAnswer.Booked(_, var number, _))
            {
                await Mark(connection, line.Key, number, request.Reason, request.Actor, cancel);
                await Teach(connection, line, request, cancel);
            }
            await transaction.CommitAsync(cancel);
        }
        return await RecordPayment.Outcome(database, answer, cancel);
    }

    private Task Mark(NpgsqlConnection connection, string key, string number, string reason, string actor, CancellationToken cancel) =>
        LinePayment.Mark(connection, [(key, number, null)], (actor, reason), clock.GetUtcNow(), cancel);

    private Task Teach(NpgsqlConnection connection, BankLine line, PaymentRequest request, CancellationToken cancel) =>
        line.Payer.Account.Length == 0 ? Task.CompletedTask : connection.ExecuteAsync(new CommandDefinition(
            """
            insert into cash.payer_number (number, billing_account_id, actor, created_at)
            select @number, a.id, @Actor, @now from customers.billing_account a where a.tenant = 1 and a.code = @Account on conflict do nothing
            """, new { number = line.Payer.Account, request.Actor, now = clock.GetUtcNow(), request.Account }, cancellationToken: cancel));

    private static async Task<Chosen?> Find(NpgsqlConnection connection, TakenProposal taken, CancellationToken cancel)
    {
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            """
            select a.code as account, p.settles::text as settles, p.fee, p.takes_back, p.payout
            from cash.proposal p left join customers.billing_account a on a.id = p.billing_account_id
            where p.tenant = 1 and p.line = @Line and p.id = @Proposal
            """, new { taken.Line, taken.Proposal }, cancellationToken: cancel));
        return row is null ? null : new Chosen(row.Account, JsonSerializer.Deserialize<Settlement[]>(row.Settles)!, row.Fee, row.TakesBack, row.Payout);
    }

    private sealed record Row(string? Account, string Settles, decimal Fee, Guid? TakesBack, Guid? Payout);

    // A proposal as it is stored.
    private sealed record Chosen(string? Account, IReadOnlyList<Settlement> Settles, decimal Fee, Guid? TakesBack, Guid? Payout);
}
