using System.Text;
using Tieout.Connectors.Port;

namespace Tieout.Shell.Tests.Connectors;

/// <summary>Keeps exchanges in memory, in the order they began.</summary>
public sealed class MemoryExchangeLog : IExchangeLog
{
    private readonly Lock _gate = new();
    private readonly List<Exchange> _exchanges = [];

    public sealed record Exchange(Guid Id, string Operation, byte[] Request)
    {
        public bool Ended { get; set; }
        public int? Status { get; set; }
        public byte[] Answer { get; set; } = [];
        public string? Failure { get; set; }
    }

    public IReadOnlyList<Exchange> Exchanges
    {
        get { lock (_gate) return [.. _exchanges]; }
    }

    public string AllText => string.Join('\n', Exchanges.Select(one => Encoding.UTF8.GetString(one.Request) + Encoding.UTF8.GetString(one.Answer) + one.Failure));

    public Task<Guid> Began(string operation, ReadOnlyMemory<byte> request, CancellationToken cancel)
    {
        var exchange = new Exchange(Guid.CreateVersion7(), operation, request.ToArray());
        lock (_gate) _exchanges.Add(exchange);
        return Task.FromResult(exchange.Id);
    }

    public Task Ended(Guid exchange, int? status, ReadOnlyMemory<byte> answer, string? failure, CancellationToken cancel)
    {
        lock (_gate)
        {
            var found = _exchanges.Single(one => one.Id == exchange);
            Assert.False(found.Ended, "An exchange ends once.");
            (found.Ended, found.Status, found.Answer, found.Failure) = (true, status, answer.ToArray(), failure);
        }
        return Task.CompletedTask;
    }
}

/// <summary>A log whose disk is full.</summary>
public sealed class BrokenExchangeLog : IExchangeLog
{
    public Task<Guid> Began(string operation, ReadOnlyMemory<byte> request, CancellationToken cancel) => throw new IOException("No space left.");

    public Task Ended(Guid exchange, int? status, ReadOnlyMemory<byte> answer, string? failure, CancellationToken cancel) => Task.CompletedTask;
}
