using Tieout.Simulation.Time;

namespace Tieout.Simulation.Store;

/// <summary>What may happen to one question on its way to the database and back.</summary>
/// <param name="There">How long it takes to get there.</param>
/// <param name="Back">How long the answer takes.</param>
/// <param name="Lost">It breaks on the way: the question is not carried out.</param>
/// <param name="AnswerLost">It breaks on the way back: all is done, and nobody is told.</param>
internal readonly record struct LineTrouble(TimeSpan There, TimeSpan Back, bool Lost = false, bool AnswerLost = false);

/// <summary>
/// The line of one program to the database server. A question that is on its way is carried out even when the program that asked
/// is dead by then; one that waits for a lock gives up after <see cref="CommandTimeout"/>.
/// </summary>
internal sealed class ServerLine(VirtualTime time, MemoryServer server, Func<string, LineTrouble> trouble)
{
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LockCheck = TimeSpan.FromMilliseconds(500);

    /// <summary>The server at the other end.</summary>
    public MemoryServer Server => server;

    /// <summary>True time: the server's clock is the one that counts.</summary>
    public DateTimeOffset Now => time.Now;

    /// <summary>Asks; the answer comes into the life of whoever awaits it.</summary>
    /// <param name="name">The operation, for whoever draws troubles.</param>
    /// <param name="writes">Whether it takes room on the disk.</param>
    /// <param name="operation">Carried out in one step at the server.</param>
    /// <exception cref="StoreAwayException">It broke, before or after it was carried out.</exception>
    public Task<T> Ask<T>(string name, bool writes, Func<T> operation)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var way = trouble(name);
        var epoch = server.Epoch;
        if (server.IsDown) Fail(answer, StoreAwayException.Starting(), way.There);
        else if (way.Lost) Fail(answer, StoreAwayException.NoAnswer(), way.There);
        else Then(way.There, () => CarryOut(answer, way, writes, operation, epoch, time.Now + CommandTimeout));
        return answer.Task;
    }

    private void CarryOut<T>(TaskCompletionSource<T> answer, LineTrouble way, bool writes, Func<T> operation, int epoch, DateTimeOffset until)
    {
        if (server.IsDown || server.Epoch != epoch)
        {
            answer.SetException(StoreAwayException.NoAnswer());
            return;
        }
        try
        {
            if (writes && server.IsFull) throw StoreAwayException.Full();
            var result = operation();
            Then(way.Back, () =>
            {
                if (way.AnswerLost || server.Epoch != epoch) answer.SetException(StoreAwayException.NoAnswer());
                else answer.SetResult(result);
            });
        }
        catch (RowLockedException) when (time.Now < until)
        {
            time.After(LockCheck, () => CarryOut(answer, way, writes, operation, epoch, until));
        }
        catch (RowLockedException)
        {
            Fail(answer, StoreAwayException.NoAnswer(), way.Back);
        }
        catch (Exception refused)
        {
            Fail(answer, refused, way.Back);
        }
    }

    private void Fail<T>(TaskCompletionSource<T> answer, Exception why, TimeSpan delay) => Then(delay, () => answer.SetException(why));

    private void Then(TimeSpan delay, Action action)
    {
        if (delay == TimeSpan.Zero) time.Soon(action);
        else time.After(delay, action);
    }
}
