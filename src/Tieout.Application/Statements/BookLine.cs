using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Banks;
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
    public LineBy By => new(Actor, Reason, IsPerson: true);

    /// <summary>What the money differs from the one invoice named by goes to rounding.</summary>
    public bool Difference { get; init; }
}

/// <summary>
/// Books one payment of a statement as what it was decided to be: by the same ways as any payment and any reversal, under a reference and a key made
/// of the line, so that it is booked once whoever decides how often. The line is locked first and asked whether something books it already; the entry
/// and what the line says of it are one transaction.
/// </summary>
internal sealed class BookLine(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Books it as a person decided, and says so beside the line.</summary>
    public async Task<JournalOutcome> Run(TakenProposal taken, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (await MatchCandidates.One(connection, taken.Line, cancel) is not { } line) return new JournalOutcome.NotFound(taken.Line);
        var chosen = taken.Proposal is null ? null : await Find(connection, taken, cancel);
        if (taken.Proposal is not null && chosen is null)
            return new JournalOutcome.Refused("proposal", "unknown-proposal", "this payment has no such proposal any more", "Look at what is proposed now.");
        if ((chosen?.Payout ?? chosen?.Refund) is { } entry) return await new ConfirmLine(clock).Run(connection, line.Key, entry, taken.By, cancel);
        if (chosen?.Ledger is { } ledger) return await new BookBeside(clock).Run(connection, line.Key, ledger, taken.By, cancel);
        if (chosen?.TakesBack is { } payment) return await TakeBack(connection, (line.Key, line.On), payment, taken.By, cancel);
        return line.Amount.Amount < 0
            ? new JournalOutcome.Refused(
                "line", "went-out", "it is money that went out",
                "Take a proposal, book it on an account of the ledger, or reverse the payment it takes back.")
            : await Receive(connection, line, chosen, taken, cancel);
    }

    /// <summary>Takes an earlier payment back because its money went back. One of a closed month goes by the policy for late arrivals.</summary>
    /// <param name="payment">Id of the one taken back.</param>
    public async Task<JournalOutcome> TakeBack(
        NpgsqlConnection connection, (string Key, DateOnly On) line, Guid payment, LineBy by, CancellationToken cancel)
    {
        try
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            if (await LockedLine.Take(connection, line.Key, cancel) is not { } locked) return new JournalOutcome.NotFound(line.Key);
            if (!by.IsPerson && locked.IsAPersons) return LockedLine.Decided;
            if (locked.IsBooked) return await IsReturnOf(connection, locked.Entry, payment, cancel) ? await locked.Again(connection, cancel) : locked.Booked;
            if ((await ReturnOfLine.Find(connection, [(line.Key, payment)], cancel)).GetValueOrDefault(line.Key) is not { } found)
                return new JournalOutcome.NotFound(payment.ToString());
            if (found.Refusal is { } elsewhere) return elsewhere;
            var request = new ReversalRequest(found.Number, line.On, by.Reason, by.Actor, locked.Once) { WentBack = true };
            var answer = (await new ReverseEntries(clock).Run(connection, [request], cancel))[0];
            if (answer is ReversalAnswer.Booked(_, var number, _)) await Mark(connection, line.Key, number, by, cancel);
            // Also that its month be opened again is asked for.
            await transaction.CommitAsync(cancel);
            return answer switch
            {
                ReversalAnswer.Booked(var entry, _, var again) => new JournalOutcome.Done((await FindJournals.Read(connection, entry, cancel))!, again),
                ReversalAnswer.Refused(var why) => why,
                _ => throw new InvalidOperationException($"No answer for {answer}."),
            };
        }
        catch (PostgresException moved) when (ReverseEntry.StoodUpon(moved) is { } refused)
        {
            return refused;
        }
    }

    // A person who says whose it is teaches where its customer pays from; what is certain knew it before.
    private async Task<JournalOutcome> Receive(
        NpgsqlConnection connection, BankLine line, Chosen? chosen, TakenProposal taken, CancellationToken cancel)
    {
        var wishes = chosen is null ? taken.Invoices : LinePayment.Wishes(chosen.Settles);
        var place = (await BankPlaces.OfLines(connection, [line.Key], cancel)).GetValueOrDefault(line.Key);
        // First the line, then account and key: as those do who book many.
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var locked = (await LockedLine.Take(connection, line.Key, cancel))!;
        var (request, problems) = LinePayment.Of(
            (line.Key, line.On, line.Amount, locked.Attempt), place, chosen?.Account ?? taken.Account!, chosen?.Fee ?? 0m, wishes, taken.Reason, taken.Actor,
            chosen?.Settles.Any(one => one.Difference != 0) ?? taken.Difference);
        if (request is null) return new JournalOutcome.Unreadable(problems);
        if (locked.IsBooked) return await locked.Same(connection, request.Content, cancel) ?? locked.Booked;
        await CashBooks.Locked(connection, request.Account, cancel);
        await GivenOnce.Lock(connection, locked.Once, cancel);
        var answer = (await new BookPayments(clock).Run(connection, [new PaymentToBook(request, locked.Once, place)], cancel))[0];
        if (answer is PaymentAnswer.Booked(_, var number, _))
        {
            await Mark(connection, line.Key, number, taken.By, cancel);
            await Teach(connection, line, request, number, cancel);
        }
        await transaction.CommitAsync(cancel);
        return await RecordPayment.Outcome(connection, answer, cancel);
    }

    private static Task<bool> IsReturnOf(NpgsqlConnection connection, string number, Guid payment, CancellationToken cancel) =>
        connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            """
            select exists (
              select from posting.posting p join cash.movement m on m.entry_id = p.document_id
              where p.tenant = 1 and p.business_key = @number and m.reverses = @payment)
            """, new { number, payment }, cancellationToken: cancel));

    private Task Mark(NpgsqlConnection connection, string key, string number, LineBy by, CancellationToken cancel) =>
        LinePayment.Mark(connection, [(key, number, by.Proof)], (by.Actor, by.Reason), clock.GetUtcNow(), cancel);

    // Taken back, it teaches nothing any more.
    private Task Teach(NpgsqlConnection connection, BankLine line, PaymentRequest request, string entry, CancellationToken cancel) =>
        line.Payer.Account.Length == 0 ? Task.CompletedTask : connection.ExecuteAsync(new CommandDefinition(
            """
            insert into cash.payer_number (number, billing_account_id, actor, created_at, taught_by)
            select @number, a.id, @Actor, @now, @entry from customers.billing_account a where a.tenant = 1 and a.code = @Account on conflict do nothing
            """, new { number = line.Payer.Account, request.Actor, now = clock.GetUtcNow(), request.Account, entry }, cancellationToken: cancel));

    private static async Task<Chosen?> Find(NpgsqlConnection connection, TakenProposal taken, CancellationToken cancel)
    {
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            """
            select a.code as account, p.settles::text as settles, p.fee, p.takes_back, p.payout, p.refund, p.ledger_account as ledger
            from cash.proposal p left join customers.billing_account a on a.id = p.billing_account_id
            where p.tenant = 1 and p.line = @Line and p.id = @Proposal
            """, new { taken.Line, taken.Proposal }, cancellationToken: cancel));
        return row is null ? null : new Chosen(
            row.Account, JsonSerializer.Deserialize<Settlement[]>(row.Settles)!, row.Fee, row.TakesBack, row.Payout, row.Refund, row.Ledger);
    }

    private sealed record Row(string? Account, string Settles, decimal Fee, Guid? TakesBack, Guid? Payout, Guid? Refund, string? Ledger);

    // A proposal as it is stored.
    private sealed record Chosen(
        string? Account, IReadOnlyList<Settlement> Settles, decimal Fee, Guid? TakesBack, Guid? Payout, Guid? Refund, string? Ledger);
}
