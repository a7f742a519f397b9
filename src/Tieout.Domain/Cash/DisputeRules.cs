using Tieout.Domain.Catalog;

namespace Tieout.Domain.Cash;

/// <summary>Where a dispute stands. <see cref="Words"/> spells it outside the program.</summary>
public enum DisputeState
{
    /// <summary>The customer disputes; nobody has decided.</summary>
    Opened,

    /// <summary>We were right.</summary>
    Won,

    /// <summary>The customer was right.</summary>
    Lost,

    /// <summary>It was opened by mistake, and that was taken back.</summary>
    TakenBack,
}

/// <summary>What becomes of the money of a lost dispute.</summary>
public enum LostTo
{
    /// <summary>It is given up.</summary>
    BadDebt,

    /// <summary>The invoice asks for it again; of a charge-back only.</summary>
    OwedAgain,
}

/// <summary>How a dispute goes: opened, then won or lost. A settlement that is taken back leaves it opened again.</summary>
public static class DisputeRules
{
    /// <summary>The state after what stands of it.</summary>
    /// <param name="opened">Its opening stands.</param>
    /// <param name="settled">The settlement that stands; null for none.</param>
    public static DisputeState Of(bool opened, DisputeState? settled) => !opened ? DisputeState.TakenBack : settled ?? DisputeState.Opened;

    /// <summary>Why a dispute does not go from one state to another; null when it does.</summary>
    public static PriceProblem? Refusal(DisputeState from, DisputeState to) => (from, to) switch
    {
        (DisputeState.Opened, DisputeState.Won or DisputeState.Lost or DisputeState.TakenBack) => null,
        (DisputeState.Won or DisputeState.Lost, DisputeState.Opened) => null,
        (DisputeState.TakenBack, _) => new PriceProblem(
            "number", "dispute-taken-back", "this dispute was taken back", "Open a new one if the customer disputes again."),
        _ => new PriceProblem(
            "number", "dispute-settled", $"this dispute is {Words.Of(from)}", "Take that back first: reverse the entry that settled it."),
    };
}
