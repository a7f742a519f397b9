namespace Tieout.Domain.Cash.Gateway;

/// <summary>What one event of the gateway says.</summary>
public abstract record GatewayReading
{
    private GatewayReading() { }

    /// <summary>It is understood.</summary>
    /// <param name="Id">The event's: two with the same id are one.</param>
    /// <param name="Live">False for test mode, whose money is not money.</param>
    /// <param name="Account">The connected account it is about; empty for our own.</param>
    /// <param name="Facts">May be empty: an authorisation moves no money.</param>
    public sealed record Read(string Id, string Type, bool Live, string Account, IReadOnlyList<GatewayFact> Facts) : GatewayReading;

    /// <summary>It is kept and nothing follows until somebody has looked.</summary>
    /// <param name="Id">Empty when there is none.</param>
    /// <param name="Code">Stable: <c>bad-json</c>, <c>unknown-version</c>, <c>unknown-type</c>, <c>unknown-currency</c>, <c>bad-object</c>.</param>
    public sealed record Parked(string Id, string Code, string Field, string Reason, string Remedy) : GatewayReading;
}
