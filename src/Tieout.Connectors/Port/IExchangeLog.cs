namespace Tieout.Connectors.Port;

/// <summary>
/// Keeps what was asked and what came back, byte for byte. The question is on disk before it is sent, so that a crash in
/// between leaves evidence. Connectors never hand it secrets: log-ins are not recorded, headers never.
/// </summary>
public interface IExchangeLog
{
    /// <summary>Records a request before it goes out.</summary>
    Task<Guid> Began(string operation, ReadOnlyMemory<byte> request, CancellationToken cancel);

    /// <summary>Records the answer, or why there is none.</summary>
    Task Ended(Guid exchange, int? status, ReadOnlyMemory<byte> answer, string? failure, CancellationToken cancel);
}
