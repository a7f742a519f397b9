using Tieout.Connectors.Port;
using Tieout.Domain.Posting;

namespace Tieout.Application.Tax;

/// <summary>A tax engine with the legal entities that it taxes.</summary>
/// <param name="Settings">As configured.</param>
/// <param name="Engine">Speaks its language.</param>
/// <param name="Policy">How patient telling it is.</param>
/// <param name="LegalEntities">Codes of the legal entities.</param>
/// <param name="From">Documents dated before this day are taxed by our table and not told.</param>
public sealed record TaxEngineRoute(TaxEngineSettings Settings, ITaxEngine Engine, PostingPolicy Policy, IReadOnlyList<string> LegalEntities, DateOnly From)
{
    /// <summary>How our books name it.</summary>
    public string Name => Settings.Name;
}

/// <summary>All engines that this program was told of; a legal entity has one at most.</summary>
public sealed record TaxRoutes(IReadOnlyList<TaxEngineRoute> All)
{
    /// <summary>No engine at all: our own table decides.</summary>
    public static TaxRoutes None { get; } = new([]);

    /// <summary>The engine that taxes a legal entity's documents of a day; null when none does.</summary>
    public TaxEngineRoute? Find(string legalEntity, DateOnly issueDate)
    {
        foreach (var route in All)
            if (issueDate >= route.From && route.LegalEntities.Contains(legalEntity, StringComparer.Ordinal)) return route;
        return null;
    }
}
