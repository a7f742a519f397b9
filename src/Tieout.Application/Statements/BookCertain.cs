using System.Data;
using Dapper;
using Npgsql;
using Tieout.Application.Banks;
using Tieout.Application.Journals;
using Tieout.Application.Payments;

namespace Tieout.Application.Statements;

/// <summary>
/// Books payments of statements that are certain, a thousand in one transaction over two connections. What a look beforehand refuses is left
/// out and waits with the reason; where PostgreSQL refuses a batch all the same, it is halved until what is at fault stands alone.
/// </summary>
internal sealed class BookCertain(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Who booked it.</summary>
    public const string Actor = "matching";

    private const string Why = "It is certain: number, payer and amount";

    // What a connection has planned it keeps, and tables grow meanwhile: after so many batches it starts afresh.
    private const int BatchesOfConnection = 10;

    private int _booked, _refused;

    /// <summary>Payments in one transaction; one of them is what a person's single payment is.</summary>
    internal int OfBatch { get; init; } = 1_000;

    /// <summary>With one, numbers are given in the order of the payments.</summary>
    internal int Connections { get; init; } = 2;

    /// <summary>Answers how many are booked, and of how many something stood in the way.</summary>
    /// <param name="certain">In the order in which they get their numbers, batch by batch.</param>
    public async Task<(int Booked, int Refused)> Run(IReadOnlyList<CertainLine> certain, CancellationToken cancel)
    {
        var batches = new Queue<CertainLine[]>(certain.Where(one => one.Match is { TakesBack: null, Payout: null, Refund: null }).Chunk(OfBatch));
        await Task.WhenAll(Enumerable.Range(0, Math.Min(Connections, batches.Count)).Select(_ => Work(batches, cancel)));
        await using var connection = await database.OpenConnectionAsync(cancel);
        foreach (var batch in certain.Where(one => one.Match.TakesBack is not null).Chunk(OfBatch)) await TakeBack(connection, batch, cancel);
        // They are few, and each is about an entry of its own.
        foreach (var line in certain.Where(one => one.Match is { Payout: not null } or { Refund: not null })) await Alone(connection, line, cancel);
        return (_booked, _refused);
    }

    private async Task Work(Queue<CertainLine[]> batches, CancellationToken cancel)
    {
        while (true)
        {
            await using var connection = await database.OpenConnectionAsync(cancel);
            for (var done = 0; done < BatchesOfConnection; done++)
            {
                CertainLine[]? batch;
                lock (batches)
                    if (!batches.TryDequeue(out batch)) return;
                await Book(connection, await Payers(connection, batch, cancel), cancel);
            }
        }
    }

    private static async Task<IReadOnlyList<LineToBook>> Payers(NpgsqlConnection connection, CertainLine[] batch, CancellationToken cancel)
    {
        var payers = (await connection.QueryAsync<(Guid Id, string Code)>(new CommandDefinition(
            "select id, code from customers.billing_account where id = any(@ids)",
            new { ids = batch.Select(one => one.Match.Account).Distinct().ToArray() }, cancellationToken: cancel))).ToDictionary(row => row.Id, row => row.Code);
        return [.. batch.Select(line => new LineToBook(line, payers[line.Match.Account]))];
    }

    private async Task Book(NpgsqlConnection connection, IReadOnlyList<LineToBook> lines, CancellationToken cancel)
    {
        try
        {
            await Together(connection, lines, cancel);
        }
        catch (PostgresException refused) when (lines.Count > 1 && IsOfTheBatch(refused))
        {
            await Reopen(connection, cancel);
            await Book(connection, [.. lines.Take(lines.Count / 2)], cancel);
            await Book(connection, [.. lines.Skip(lines.Count / 2)], cancel);
        }
        catch (PostgresException refused) when (IsOfTheLine(refused))
        {
            await Reopen(connection, cancel);
            await Wait(connection, lines, Said(refused), cancel);
        }
    }

    private async Task Together(NpgsqlConnection connection, IReadOnlyList<LineToBook> lines, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var free = await Free(connection, lines, cancel);
        var places = await BankPlaces.OfLines(connection, [.. free], cancel);
        List<(LineToBook Line, PaymentToBook Payment)> asked = [];
        List<(CertainLine Line, string Why)> waiting = [];
        foreach (var one in lines.Where(one => free.Contains(one.Line.Key)))
        {
            var place = places.GetValueOrDefault(one.Line.Key);
            var (request, problems) = LinePayment.Of(one.Line, place, one.Account, Why, Actor);
            if (request is null) waiting.Add((one.Line, $"Not booked: {string.Join(' ', problems)}"));
            else asked.Add((one, new PaymentToBook(request, LinePayment.KeyOf(one.Line.Key), place)));
        }
        var answers = await new BookPayments(clock).Run(connection, [.. asked.Select(one => one.Payment)], cancel);
        List<(CertainLine Line, string Number)> booked = [];
        foreach (var ((one, _), answer) in asked.Zip(answers))
            if (answer is PaymentAnswer.Booked(_, var number, _)) booked.Add((one.Line, number));
            else waiting.Add((one.Line, Said(((PaymentAnswer.Refused)answer).Why)));
        await Mark(connection, booked, cancel);
        await SaveAnswers.Waits(connection, waiting, cancel);
        await transaction.CommitAsync(cancel);
        Interlocked.Add(ref _booked, booked.Count);
        Interlocked.Add(ref _refused, waiting.Count);
    }

    // Nobody else books or declines them until the transaction ends; what somebody did before stays.
    private static async Task<HashSet<string>> Free(NpgsqlConnection connection, IReadOnlyList<LineToBook> lines, CancellationToken cancel) =>
        [.. await connection.QueryAsync<string>(new CommandDefinition(
            """
            select key from cash.bank_line where tenant = 1 and key = any(@keys) and state not in ('booked', 'declined') and attempt = 1
            order by key for update
            """, new { keys = lines.Select(one => one.Line.Key).ToArray() }, cancellationToken: cancel))];

    private async Task Mark(NpgsqlConnection connection, List<(CertainLine Line, string Number)> booked, CancellationToken cancel)
    {
        if (booked.Count == 0) return;
        await connection.ExecuteAsync(new CommandDefinition(
            "delete from cash.proposal where tenant = 1 and line = any(@keys)", new { keys = booked.Select(one => one.Line.Key).ToArray() },
            cancellationToken: cancel));
        await LinePayment.Mark(
            connection, [.. booked.Select(one => (one.Line.Key, one.Number, (IReadOnlyList<string>?)one.Line.Match.Reasons))], (Actor, Why),
            clock.GetUtcNow(), cancel);
    }

    // Returns of payments: what one is refused for keeps no other from being booked; one alone goes the way that a person's goes.
    private async Task TakeBack(NpgsqlConnection connection, IReadOnlyList<CertainLine> lines, CancellationToken cancel)
    {
        if (lines.Count == 1)
        {
            await Alone(connection, lines[0], cancel);
            return;
        }
        try
        {
            await TakeBackTogether(connection, lines, cancel);
        }
        catch (PostgresException refused) when (IsOfTheBatch(refused))
        {
            await Reopen(connection, cancel);
            await TakeBack(connection, [.. lines.Take(lines.Count / 2)], cancel);
            await TakeBack(connection, [.. lines.Skip(lines.Count / 2)], cancel);
        }
    }

    private async Task TakeBackTogether(NpgsqlConnection connection, IReadOnlyList<CertainLine> lines, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var free = await Free(connection, [.. lines.Select(line => new LineToBook(line, ""))], cancel);
        var ours = lines.Where(line => free.Contains(line.Key)).ToList();
        var found = await ReturnOfLine.Find(connection, [.. ours.Select(line => (line.Key, line.Match.TakesBack!.Value))], cancel);
        List<(CertainLine Line, ReversalRequest Request)> asked = [];
        List<(CertainLine Line, string Why)> waiting = [];
        foreach (var line in ours)
            if (!found.TryGetValue(line.Key, out var payment)) waiting.Add((line, Said(new JournalOutcome.NotFound(line.Key))));
            else if (payment.Refusal is { } elsewhere) waiting.Add((line, Said(elsewhere)));
            else asked.Add((line, new ReversalRequest(payment.Number, line.On, Why, Actor, LinePayment.KeyOf(line.Key)) { WentBack = true }));
        var answers = await new ReverseEntries(clock).Run(connection, [.. asked.Select(one => one.Request)], cancel);
        List<(string Key, string Number, IReadOnlyList<string>? Proof)> booked = [];
        foreach (var ((line, _), answer) in asked.Zip(answers))
            if (answer is ReversalAnswer.Booked(_, var number, _)) booked.Add((line.Key, number, null));
            else waiting.Add((line, Said(((ReversalAnswer.Refused)answer).Why)));
        await LinePayment.Mark(connection, booked, (Actor, Why), clock.GetUtcNow(), cancel);
        await SaveAnswers.Waits(connection, waiting, cancel);
        await transaction.CommitAsync(cancel);
        (_booked, _refused) = (_booked + booked.Count, _refused + waiting.Count);
    }

    // What goes wrong with one of them is said beside it, and the others are booked.
    private async Task Alone(NpgsqlConnection connection, CertainLine line, CancellationToken cancel)
    {
        string why;
        try
        {
            switch (await Booked(connection, line, cancel))
            {
                case JournalOutcome.Done: _booked++; return;
                case JournalOutcome.Refused refused when refused == LockedLine.Decided: return;
                case var no: why = Said(no); break;
            }
        }
        catch (PostgresException refused) when (IsOfTheLine(refused))
        {
            await Reopen(connection, cancel);
            why = Said(refused);
        }
        await Wait(connection, [new LineToBook(line, "")], why, cancel);
    }

    private Task<JournalOutcome> Booked(NpgsqlConnection connection, CertainLine line, CancellationToken cancel)
    {
        var what = line.Match.Payout is null ? "refund" : "payout";
        return (line.Match.Payout ?? line.Match.Refund) is { } entry
            ? new ConfirmLine(clock).Run(
                connection, line.Key, entry,
                new LineBy(Actor, $"It is certain: the {what}'s reference and amount", IsPerson: false, line.Match.Reasons), cancel)
            : new BookLine(database, clock).TakeBack(connection, (line.Key, line.On), line.Match.TakesBack!.Value, new LineBy(Actor, Why, IsPerson: false), cancel);
    }

    private async Task Wait(NpgsqlConnection connection, IReadOnlyList<LineToBook> lines, string why, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await SaveAnswers.Waits(connection, [.. lines.Select(one => (one.Line, why))], cancel);
        await transaction.CommitAsync(cancel);
        Interlocked.Add(ref _refused, lines.Count);
    }

    // What PostgreSQL calls an error of its own ends the connection.
    private static Task Reopen(NpgsqlConnection connection, CancellationToken cancel) =>
        connection.State == ConnectionState.Open ? Task.CompletedTask : connection.OpenAsync(cancel);

    private static string Said(PostgresException refused) =>
        $"Not booked: the books refuse it ({refused.ConstraintName ?? refused.SqlState}): {refused.MessageText}";

    private static string Said(JournalOutcome outcome) => outcome switch
    {
        JournalOutcome.Refused no => $"Not booked: {no.Reason}. {no.Remedy}",
        JournalOutcome.Unreadable bad => $"Not booked: {string.Join(' ', bad.Problems)}",
        _ => "Not booked: what it would take back is gone.",
    };

    // Of many also that their locks were too many.
    private static bool IsOfTheBatch(PostgresException refused) => IsOfTheLine(refused) || refused.SqlState == PostgresErrorCodes.OutOfMemory;

    // Whatever it is that PostgreSQL refuses of one line; not that it is away, stops, or has no room left.
    private static bool IsOfTheLine(PostgresException refused) => refused.SqlState[..2] is not ("08" or "53" or "57" or "58");

    private sealed record LineToBook(CertainLine Line, string Account);
}
