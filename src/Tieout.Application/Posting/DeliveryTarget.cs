using Tieout.Connectors.Port;
using Tieout.Domain.Posting;
using Tieout.Domain.Posting.Lanes;

namespace Tieout.Application.Posting;

/// <summary>An ERP tenant that documents can be delivered to.</summary>
/// <param name="Settings">As configured.</param>
/// <param name="Connector">Speaks its language.</param>
/// <param name="Policy">How patient delivery is with it.</param>
/// <param name="LegalEntities">Codes of the legal entities whose documents go there.</param>
public sealed record DeliveryTarget(
    TargetSettings Settings,
    IErpConnector Connector,
    PostingPolicy Policy,
    IReadOnlyList<string> LegalEntities)
{
    /// <summary>Its rate, hours and order.</summary>
    public LaneSettings Lane { get; init; } = LaneSettings.Default;

    /// <summary>How our books name it.</summary>
    public string Name => Settings.Name;
}
