using Tieout.Connectors.SapS4;

namespace Tieout.Connectors.Port;

/// <summary>What a message that an ERP sent by itself turned out to be.</summary>
public abstract record ConfirmationReading
{
    private ConfirmationReading() { }

    /// <summary>A message of the kind the target sends.</summary>
    /// <param name="Confirmations">At least one.</param>
    public sealed record Told(IReadOnlyList<Confirmation> Confirmations) : ConfirmationReading;

    /// <summary>Anything else.</summary>
    /// <param name="Reason">In plain words.</param>
    public sealed record Malformed(string Reason) : ConfirmationReading;
}

/// <summary>Reads messages that ERPs send by themselves.</summary>
public static class ErpConfirmations
{
    /// <summary>
    /// Reads a message from the system of a target. Whatever it holds, nothing is fetched, and entities are not expanded.
    /// </summary>
    /// <exception cref="ArgumentException">The target's system sends none, or its settings are wrong.</exception>
    public static ConfirmationReading Read(TargetSettings target, byte[] message) => target.System == SapConnector.SystemName
        ? SapConfirmations.Read(SapSettings.Of(target), message)
        : throw new ArgumentException($"Target '{target.Name}': a system '{target.System}' confirms nothing by itself.", nameof(target));

    /// <summary>Whether the target's documents are confirmed by messages.</summary>
    public static bool Sends(TargetSettings target) =>
        target.System == SapConnector.SystemName && target.Options.GetValueOrDefault("delivery", SapSettings.Synchronous) != SapSettings.Synchronous;
}
