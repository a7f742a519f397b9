using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Cash.Matching;

namespace Tieout.Application.Statements;

/// <summary>A payment that is certain, on its way into the books.</summary>
internal sealed record CertainLine(string Key, DateOnly On, Money Amount, Proposal Match);

/// <summary>What came of one round.</summary>
/// <param name="Certain">To be booked; no two of them are for the same.</param>
/// <param name="Next">Where the next round begins; null when all are decided.</param>
internal sealed record MatchRound(IReadOnlyList<CertainLine> Certain, int Proposed, int Unapplied, int Unknown, LineCursor? Next);

/// <summary>
/// Decides about payments, some thousand at a time over two connections: first by what they name and who is known to pay from where they came,
/// which is all that makes one certain; then the others by everything there is. Answers but the certain ones are kept as they come.
/// </summary>
internal sealed class DecideLines(NpgsqlDataSource database)
{
    private const int Connections = 2;

    private readonly List<CertainLine> _certain = [];
    private readonly MatchTogether _together = new();
    private readonly Lock _gathering = new();
    private int _proposed, _unapplied, _unknown;

    /// <summary>Payments that are loaded and decided together. What comes of them is the same whatever it is.</summary>
    internal int AtOnce { get; init; } = 5_000;

    /// <summary>One round; an instance does it once.</summary>
    public async Task<MatchRound> Run(LineCursor after, int most, CancellationToken cancel)
    {
        using var reading = new SemaphoreSlim(1);
        var (place, read, ended) = (after, 0, false);
        var (names, payouts) = (new Lazy<Task<MatchBook>>(() => Names(cancel)), await Payouts(cancel));
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Work()));
        await Together(cancel);
        return new MatchRound(_certain, _proposed, _unapplied, _unknown, ended ? null : place);

        async Task Work()
        {
            await using var connection = await database.OpenConnectionAsync(cancel);
            while (await Next(connection) is { Count: > 0 } lines) await Decide(connection, lines, names, payouts, cancel);
        }

        async Task<IReadOnlyList<BankLine>> Next(NpgsqlConnection connection)
        {
            await reading.WaitAsync(cancel);
            try
            {
                if (ended || read >= most) return [];
                var lines = await MatchCandidates.Undecided(connection, place, AtOnce, cancel);
                ended = lines.Count < AtOnce;
                read += lines.Count;
                if (lines.Count > 0) place = new LineCursor(lines[^1].On, lines[^1].Key);
                return lines;
            }
            finally
            {
                reading.Release();
            }
        }
    }

    private async Task<MatchBook> Names(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await MatchCandidates.Names(connection, cancel);
    }

    private async Task<IReadOnlyList<ExpectedPayout>> Payouts(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await MatchCandidates.Payouts(connection, cancel);
    }

    private async Task Decide(
        NpgsqlConnection connection, IReadOnlyList<BankLine> lines, Lazy<Task<MatchBook>> names, IReadOnlyList<ExpectedPayout> payouts, CancellationToken cancel)
    {
        var named = await MatchCandidates.Named(connection, lines, cancel);
        List<BankLine> others = [];
        foreach (var line in lines)
            if (MatchCash.Certain(line, named, MatchPolicy.Default) is { } match) Gather(new MatchedLine(line, new MatchDecision.Certain(match)), named);
            else others.Add(line);
        if (others.Count == 0) return;
        var book = (await MatchCandidates.Book(connection, await names.Value, others, cancel)).With(payouts)
            .With(await MatchCandidates.Refunds(connection, others, cancel));
        List<MatchedLine> decided = [.. others.Select(line => new MatchedLine(line, MatchCash.Decide(line, book, MatchPolicy.Default)))];
        foreach (var one in decided) Gather(one, book);
        await Keep(connection, [.. decided.Where(one => one.Decision is not MatchDecision.Certain).Select(one => (one.Line.Key, one.Decision))], cancel);
    }

    private void Gather(MatchedLine one, MatchBook book)
    {
        lock (_gathering)
        {
            _together.Add(one, book);
            switch (one.Decision)
            {
                case MatchDecision.Certain(var match): _certain.Add(new CertainLine(one.Line.Key, one.Line.On, one.Line.Amount, match)); break;
                case MatchDecision.Proposed: _proposed++; break;
                case MatchDecision.Unapplied: _unapplied++; break;
                default: _unknown++; break;
            }
        }
    }

    // What the answers mean for each other shows when all are there; nothing is booked before.
    private async Task Together(CancellationToken cancel)
    {
        var contested = _certain.FindAll(one => _together.IsContested(one.Match));
        _certain.RemoveAll(one => _together.IsContested(one.Match));
        _certain.Sort((one, other) => one.On != other.On ? one.On.CompareTo(other.On) : string.CompareOrdinal(one.Key, other.Key));
        _proposed += contested.Count;
        await using var connection = await database.OpenConnectionAsync(cancel);
        await Keep(
            connection, [.. contested.Select(one => (one.Key, (MatchDecision)new MatchDecision.Proposed([MatchTogether.Contested(one.Match)])))], cancel);
        await SaveAnswers.Joint(connection, [.. _together.Joint()], cancel);
    }

    private static async Task Keep(NpgsqlConnection connection, IReadOnlyList<(string Key, MatchDecision Decision)> decided, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await SaveAnswers.Run(connection, decided, cancel);
        await transaction.CommitAsync(cancel);
    }
}
