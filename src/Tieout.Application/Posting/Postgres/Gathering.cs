using Npgsql;

namespace Tieout.Application.Posting.Postgres;

/// <summary>
/// Questions that wait at the same moment are carried out together, in one transaction. While one is on its way the next ones gather;
/// who waits alone waits for nobody. When the database refuses several together, or they met somebody's lock, each is carried out alone,
/// so that none suffers for another.
/// </summary>
/// <param name="together">All or nothing: one answer to each, in their order. It must give up soon on rows that somebody holds.</param>
/// <param name="alone">The same for one, however long it has to wait.</param>
/// <param name="most">How many go together at most.</param>
/// <param name="pause">
/// How long to gather after some have gone together, before the next ones go: where many come, fewer and larger transactions carry more.
/// Who comes alone never waits for it, nor do those who were too many to go together.
/// </param>
/// <param name="beside">How many such transactions may be under way at once: while one waits for the disk, another works.</param>
internal sealed class Gathering<TQuestion, TAnswer>(
    Func<IReadOnlyList<TQuestion>, Task<IReadOnlyList<TAnswer>>> together, Func<TQuestion, Task<TAnswer>> alone, int most, TimeSpan pause = default,
    int beside = 1)
{
    private const int Some = 3;

    private readonly Lock _gate = new();
    private readonly Queue<Waiting> _waiting = new();
    private int _busy;

    /// <summary>Waits for the answer; throws what the database throws.</summary>
    public Task<TAnswer> Ask(TQuestion question)
    {
        var one = new Waiting(question, new TaskCompletionSource<TAnswer>(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_gate)
        {
            _waiting.Enqueue(one);
            if (_busy >= beside) return one.Answer.Task;
            _busy++;
        }
        _ = Work();
        return one.Answer.Task;
    }

    private async Task Work()
    {
        while (Next() is { Count: > 0 } some)
        {
            await CarryOut(some);
            if (some.Count >= Some && some.Count < most && pause > TimeSpan.Zero) await Task.Delay(pause, TimeProvider.System);
        }
    }

    private List<Waiting> Next()
    {
        lock (_gate)
        {
            List<Waiting> some = [];
            while (some.Count < most && _waiting.TryDequeue(out var one)) some.Add(one);
            if (some.Count == 0) _busy--;
            return some;
        }
    }

    // Throws nothing: whoever asked is told.
    private async Task CarryOut(List<Waiting> some)
    {
        try
        {
            var answers = await together(some.ConvertAll(one => one.Question));
            for (var index = 0; index < some.Count; index++) some[index].Answer.SetResult(answers[index]);
        }
        catch (PostgresException refused) when (some.Count > 1 || refused.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            // Rolled back for certain. Not waited for: one may wait long, and others come meanwhile.
            foreach (var one in some) _ = Alone(one);
        }
        catch (Exception trouble)
        {
            foreach (var one in some) one.Answer.SetException(trouble);
        }
    }

    private async Task Alone(Waiting one)
    {
        try
        {
            one.Answer.SetResult(await alone(one.Question));
        }
        catch (Exception trouble)
        {
            one.Answer.SetException(trouble);
        }
    }

    private sealed record Waiting(TQuestion Question, TaskCompletionSource<TAnswer> Answer);
}
