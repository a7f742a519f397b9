using Tieout.Application.Exceptions;
using Tieout.Application.Posting;
using Tieout.Domain.Posting;

namespace Tieout.Simulation.Store;

internal sealed partial class MemoryPosting
{
    public Task Record(Guid claim, PostingState from, IReadOnlyList<PostingResult> results)
    {
        var now = Now;
        return Write("record", () =>
        {
            var ours = results.Where(result => Books.Postings.TryGetValue(result.Posting.Id, out var row)
                && (row.Claim == claim || flaws.HasFlag(Flaws.NoFence)) && row.State == from).ToList();
            Server.Demand(ours.Select(result => result.Posting.Id));
            var books = Books;
            foreach (var result in ours)
            {
                var (change, before) = (result.Change, books.Postings[result.Posting.Id]);
                var back = result.CountsAsTry ? 0 : 1;
                books = books.Set(before.Freed() with
                {
                    State = change.State,
                    NotBefore = change.NotBefore,
                    Erp = change.Document,
                    ChosenAt = Standing(before, result.Outcome),
                    Tries = before.Tries - (from == PostingState.Sending ? back : 0),
                    LookUps = before.LookUps - (from == PostingState.InDoubt ? back : 0),
                });
                if (from == PostingState.InDoubt && change.State == PostingState.Ready && before.AskAlso is [var next, ..])
                    books = books.Set(books.Postings[before.Id] with
                    {
                        State = PostingState.InDoubt,
                        NotBefore = now,
                        Target = next,
                        AskAlso = [.. before.AskAlso.Skip(1)],
                    });
                books = Ended(books, before, result.Outcome, result.Detail);
                if (change.State == PostingState.Posted)
                    books = books.Resolve("posting", before.Key, ExceptionLog.PostedBy(result.Posting.Attempts, change.Document!.Number));
                if (change.Finding is { } finding) books = books.Raise(newId(), "posting", before.Key, finding);
            }
            Books = books;
        });
    }

    public Task<int> FreeDead(CancellationToken cancel)
    {
        var now = Now;
        return _line.Ask("free-dead", writes: true, () => Free(row =>
            !flaws.HasFlag(Flaws.NoRecovery) && row.Claim is not null && (row.ClaimedUntil < now || !Server.IsAlive(row.ClaimedBy!.Value)), now));
    }

    public Task<int> Release(Guid claim, string target)
    {
        var now = Now;
        return _line.Ask("release", writes: true, () => Free(row => row.Claim == claim && row.Target == target, now));
    }

    private int Free(Func<PostingRow, bool> dead, DateTimeOffset now)
    {
        var rows = Books.Rows
            .Where(row => row.State is PostingState.Sending or PostingState.InDoubt && dead(row) && !Server.IsLocked(row.Id)).ToList();
        var books = Books;
        foreach (var row in rows)
        {
            var sent = row.State == PostingState.InDoubt || !flaws.HasFlag(Flaws.ReadyAfterCrash) && books.BatchesAsked.Contains(row.Claim!.Value);
            books = books.Set(row.Freed() with
            {
                State = sent ? PostingState.InDoubt : PostingState.Ready,
                Tries = row.Tries - (sent ? 0 : 1),
                ChosenAt = sent ? row.ChosenAt : Standing(row, "not-sent"),
                NotBefore = now,
            });
            books = Ended(books, row, "crashed", "");
        }
        Books = books;
        return rows.Count;
    }

    // Where the ERP certainly has nothing, the rules choose anew next time.
    private static int? Standing(PostingRow row, string outcome) => outcome switch
    {
        "refused" or "conflict" => null,
        "not-sent" => row.ChosenAt == row.Attempts ? null : row.ChosenAt,
        _ => row.ChosenAt,
    };

    // Once: a second end of one attempt is refused, as the key of the table refuses it.
    private static Books Ended(Books books, PostingRow row, string outcome, string detail)
    {
        if (row.Claim is not { } claim) return books; // only where the fence is missing on purpose
        var attempt = new AttemptRow(row.Taken.Kind, claim, row.ClaimedBy!.Value, row.Taken.At, outcome, detail);
        if (books.Attempts.ContainsKey((row.Id, row.Attempts))) throw StoreAwayException.Refused("attempt_pkey");
        return books with { Attempts = books.Attempts.Add((row.Id, row.Attempts), attempt) };
    }
}
