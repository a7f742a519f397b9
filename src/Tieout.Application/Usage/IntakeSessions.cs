using System.Collections.Concurrent;
using Npgsql;

namespace Tieout.Application.Usage;

/// <summary>A few sessions that requests take in turn; who finds none free waits.</summary>
internal sealed class IntakeSessions(NpgsqlDataSource database, int most) : IAsyncDisposable
{
    private readonly SemaphoreSlim _free = new(most);
    private readonly ConcurrentBag<IntakeSession> _idle = [];
    private volatile bool _closed;

    public async Task<T> Use<T>(Func<IntakeSession, Task<T>> work, CancellationToken cancel)
    {
        await _free.WaitAsync(cancel);
        IntakeSession? session = null;
        try
        {
            session = await Take(cancel);
            var result = await work(session);
            if (!_closed && session.IsUsable)
            {
                _idle.Add(session);
                session = null;
            }
            return result;
        }
        finally
        {
            // One whose work threw may be in the middle of anything: it is not used again.
            if (session is not null) await session.DisposeAsync();
            _free.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _closed = true;
        while (_idle.TryTake(out var session)) await session.DisposeAsync();
        _free.Dispose();
    }

    private async Task<IntakeSession> Take(CancellationToken cancel)
    {
        while (_idle.TryTake(out var session))
        {
            if (session.IsUsable) return session;
            await session.DisposeAsync();
        }
        return await IntakeSession.Open(database, cancel);
    }
}
