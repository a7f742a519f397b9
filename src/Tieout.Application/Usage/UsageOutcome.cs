using Tieout.Domain.Usage;

namespace Tieout.Application.Usage;

/// <summary>What came of sending usage.</summary>
public abstract record UsageOutcome
{
    private UsageOutcome() { }

    /// <summary>
    /// Everything was looked at, and what was accepted is on disk. Received = accepted + duplicate + refused.
    /// </summary>
    /// <param name="Batch">Its number; 0 when nothing was sent, which leaves no trace.</param>
    /// <param name="Refused">In the order of the batch.</param>
    public sealed record Taken(long Batch, int Received, int Accepted, int Duplicate, IReadOnlyList<RefusedEvent> Refused) : UsageOutcome;

    /// <summary>Nothing of it can be read, and nothing was written.</summary>
    public sealed record Malformed(string Code, string Reason) : UsageOutcome;

    /// <summary>More events than one request may hold. Nothing was written.</summary>
    public sealed record TooMany(int Most) : UsageOutcome;
}

/// <summary>How a body holds its events.</summary>
public enum UsageFormat
{
    /// <summary>One JSON object.</summary>
    Single,

    /// <summary>A JSON array of objects.</summary>
    Batch,

    /// <summary>One JSON object a line.</summary>
    Lines,
}

/// <summary>Events that were read, and those that could not be.</summary>
internal sealed class ReadBatch
{
    public List<IncomingEvent> Events { get; } = [];

    public List<RefusedEvent> Refused { get; } = [];

    public int Received => Events.Count + Refused.Count;

    public void Add((IncomingEvent? Event, RefusedEvent? Refused) read)
    {
        if (read.Event is { } good) Events.Add(good);
        else Refused.Add(read.Refused!);
    }
}
