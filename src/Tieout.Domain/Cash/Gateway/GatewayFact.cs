namespace Tieout.Domain.Cash.Gateway;

/// <summary>Something that happened at the payment gateway, told by one or more of its events.</summary>
/// <param name="At">When the gateway said so.</param>
public abstract record GatewayFact(DateTimeOffset At)
{
    /// <summary>The same for every event that tells the same: what was told twice counts once.</summary>
    public abstract string Key { get; }

    /// <summary>A customer's money came.</summary>
    /// <param name="Charge">What is refunded, disputed and settled later.</param>
    /// <param name="Intent">Empty for none.</param>
    /// <param name="Customer">The gateway's customer; empty for none.</param>
    /// <param name="Reference">What says which invoice it is for; empty for nothing.</param>
    public sealed record Received(string Charge, string Intent, Money Amount, string Customer, string Reference, DateTimeOffset At) : GatewayFact(At)
    {
        /// <inheritdoc/>
        public override string Key => $"received/{Charge}";
    }

    /// <summary>Where one refund stands.</summary>
    public sealed record Refund(string Id, string Charge, Money Amount, RefundState State, DateTimeOffset At) : GatewayFact(At)
    {
        /// <inheritdoc/>
        public override string Key => $"refund/{Id}/{Words.Of(State)}";

        /// <summary>When the refund was made, the same in everything that is told of it; when it was told where that is not said.</summary>
        public DateTimeOffset Made { get; init; } = At;
    }

    /// <summary>What was refunded of a charge in all: proves that no refund is missing, and books nothing.</summary>
    public sealed record RefundedInAll(string Charge, Money Amount, DateTimeOffset At) : GatewayFact(At)
    {
        /// <inheritdoc/>
        public override string Key => FormattableString.Invariant($"refunded/{Charge}/{Amount.Amount:0.####}");
    }

    /// <summary>A step of a dispute.</summary>
    /// <param name="Why">The gateway's word for the customer's reason.</param>
    public sealed record Dispute(string Id, string Charge, Money Amount, DisputeStep Step, string Why, DateTimeOffset At) : GatewayFact(At)
    {
        /// <inheritdoc/>
        public override string Key => $"dispute/{Id}/{Words.Of(Step)}";
    }

    /// <summary>Where a payout to our bank stands.</summary>
    /// <param name="Arrives">The day the bank should have it.</param>
    public sealed record Payout(string Id, Money Amount, PayoutState State, DateOnly Arrives, DateTimeOffset At) : GatewayFact(At)
    {
        /// <inheritdoc/>
        public override string Key => $"payout/{Id}/{Words.Of(State)}";
    }

    /// <summary>A movement on our balance at the gateway: the amount, what the gateway kept of it, and what is left.</summary>
    /// <param name="Source">The charge, refund, dispute or payout it is of; empty for none.</param>
    /// <param name="Gross">Positive for what comes onto the balance.</param>
    /// <param name="Rate">Into the balance's currency; null where nothing was exchanged.</param>
    public sealed record Movement(
        string Id, MovementKind Kind, string Source, Money Gross, Money Fee, decimal? Rate, DateOnly AvailableOn, DateTimeOffset At) : GatewayFact(At)
    {
        /// <inheritdoc/>
        public override string Key => $"movement/{Id}";

        /// <summary>What the balance got or gave.</summary>
        public Money Net => Gross - Fee;
    }
}

/// <summary>Where a refund stands. Later words win at the same instant. <see cref="Words"/> spells it outside the program.</summary>
public enum RefundState
{
    /// <summary>On its way, or waiting for somebody.</summary>
    Pending,

    /// <summary>The customer has it.</summary>
    Succeeded,

    /// <summary>It was called off.</summary>
    Canceled,

    /// <summary>It came back, even after it had succeeded.</summary>
    Failed,
}

/// <summary>Steps of a dispute.</summary>
public enum DisputeStep
{
    /// <summary>The customer's bank asks.</summary>
    Opened,

    /// <summary>The money was taken from our balance.</summary>
    FundsWithdrawn,

    /// <summary>It was given back.</summary>
    FundsReinstated,

    /// <summary>We were right.</summary>
    Won,

    /// <summary>The customer was.</summary>
    Lost,

    /// <summary>It ended without money: an inquiry, or one that was prevented.</summary>
    Closed,
}

/// <summary>Where a payout stands. Later words win at the same instant.</summary>
public enum PayoutState
{
    /// <summary>On its way.</summary>
    Pending,

    /// <summary>Our bank should have it.</summary>
    Paid,

    /// <summary>It was called off.</summary>
    Canceled,

    /// <summary>It came back, even after it was paid.</summary>
    Failed,
}

/// <summary>What a movement on the balance is.</summary>
public enum MovementKind
{
    /// <summary>Customers' money.</summary>
    Charge,

    /// <summary>Paid back.</summary>
    Refund,

    /// <summary>A refund that came back.</summary>
    RefundFailed,

    /// <summary>Taken for a dispute.</summary>
    Dispute,

    /// <summary>Given back after one.</summary>
    DisputeReversal,

    /// <summary>The gateway's own charges.</summary>
    Fee,

    /// <summary>To our bank.</summary>
    Payout,

    /// <summary>A payout that came back.</summary>
    PayoutFailed,
}
