namespace Tieout.Domain.Cash.Gateway;

/// <summary>What the books do about something that happened at the gateway; each is one entry. <see cref="Words"/> spells it outside the program.</summary>
public enum GatewayStepKind
{
    /// <summary>A customer's money, unapplied.</summary>
    Receipt,

    /// <summary>Some of it went back.</summary>
    Refund,

    /// <summary>A refund came back, or was called off after all.</summary>
    RefundBack,

    /// <summary>The gateway took the money for a dispute.</summary>
    ChargeBack,

    /// <summary>The dispute is lost.</summary>
    ChargeBackLost,

    /// <summary>It was not lost after all: the money came.</summary>
    LossTakenBack,

    /// <summary>The money was given back.</summary>
    ChargeBackWon,

    /// <summary>Our bank has what the gateway held.</summary>
    PaidOut,

    /// <summary>It came back to the gateway.</summary>
    PayoutBack,
}

/// <summary>One entry that should stand.</summary>
/// <param name="Source">The gateway's id of what it is about: charge, refund, dispute or payout.</param>
/// <param name="Amount">Above zero; of a payout below zero where the gateway took money from our bank.</param>
/// <param name="On">The day by UTC; a payout's is the day its money arrives.</param>
/// <param name="At">What is told later comes later.</param>
public sealed record GatewayStep(GatewayStepKind Kind, string Source, Money Amount, DateOnly On, DateTimeOffset At)
{
    /// <summary>The same entry has the same key, whatever told of it: it is booked once.</summary>
    public string Key => $"{Words.Of(Kind)}/{Source}";

    /// <summary>The kind of movement on the gateway's balance that goes with it; null where the balance does not move.</summary>
    public MovementKind? Moves => Kind switch
    {
        GatewayStepKind.Receipt => MovementKind.Charge,
        GatewayStepKind.Refund => MovementKind.Refund,
        GatewayStepKind.RefundBack => MovementKind.RefundFailed,
        GatewayStepKind.ChargeBack => MovementKind.Dispute,
        GatewayStepKind.ChargeBackWon => MovementKind.DisputeReversal,
        GatewayStepKind.PaidOut => MovementKind.Payout,
        GatewayStepKind.PayoutBack => MovementKind.PayoutFailed,
        _ => null,
    };
}

/// <summary>What is missing before all of an object is booked. <see cref="Words"/> spells it outside the program.</summary>
public enum GatewayWait
{
    /// <summary>Refunds or disputes are told of, their charge is not.</summary>
    ChargeMissing,

    /// <summary>The gateway counts more refunded than it told of.</summary>
    RefundMissing,

    /// <summary>A dispute was decided or its money given back, and nothing said that it was taken.</summary>
    WithdrawalMissing,

    /// <summary>A dispute is won and its money is not back yet.</summary>
    FundsNotBack,

    /// <summary>A payout is on its way, or was called off.</summary>
    NotPaidOut,
}

/// <summary>All entries that should stand of an object, in the order in which they are booked.</summary>
/// <param name="Received">The money that came; null for a payout, and while only what followed it is known.</param>
/// <param name="Payout">The payout as it stood when it was paid; null for a charge, and before that.</param>
/// <param name="Contradictions">Keys of facts that two events tell otherwise; then nothing more is booked.</param>
public sealed record GatewayWanted(
    GatewayFact.Received? Received, GatewayFact.Payout? Payout, IReadOnlyList<GatewayStep> Steps, IReadOnlyList<GatewayWait> Waits,
    IReadOnlyList<string> Contradictions);
