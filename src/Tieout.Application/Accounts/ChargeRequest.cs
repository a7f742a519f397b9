using Tieout.Domain.Catalog;

namespace Tieout.Application.Accounts;

/// <summary>A charge beside the subscription: set-up, training, a penalty.</summary>
public sealed record ChargeRequest
{
    /// <summary>The day it is for, and falls due; today when none is given.</summary>
    public string? On { get; init; }

    /// <summary>Units, above zero; 1 when not given. As text.</summary>
    public string? Quantity { get; init; }

    /// <summary>Price of one, before tax, in the account's currency. As text.</summary>
    public string? UnitPrice { get; init; }

    /// <summary>What the customer reads.</summary>
    public string? Description { get; init; }

    /// <summary>Code of the subscription it goes with; none for the account as a whole.</summary>
    public string? Subscription { get; init; }

    /// <summary><c>immediate</c>, as when not given, or <c>deferred</c>.</summary>
    public string? Recognition { get; init; }

    /// <summary>What kind of thing it is for tax; <c>standard</c> when not given.</summary>
    public string? TaxCategory { get; init; }

    /// <summary>Who charges.</summary>
    public string? Actor { get; init; }
}

/// <summary>A charge as it stands.</summary>
/// <param name="Subscription">Code of the subscription; null for the account as a whole.</param>
/// <param name="Amount">Before tax, rounded, in the account's currency.</param>
/// <param name="Invoice">Number of the invoice it first stood on; null while no run billed it.</param>
/// <param name="Withdrawn">When it was withdrawn; null while it stands. What was billed is credited by the next run.</param>
public sealed record AccountCharge(
    Guid Id, string Account, string? Subscription, DateOnly On, decimal Quantity, decimal UnitPrice, Domain.Money Amount, Recognition Recognition,
    string TaxCategory, string Description, string Actor, DateTimeOffset CreatedAt, string? Invoice, DateTimeOffset? Withdrawn);

/// <summary>What came of a change of an account.</summary>
/// <typeparam name="T">What it answers with.</typeparam>
public abstract record AccountOutcome<T>
{
    private protected AccountOutcome() { }
}

/// <summary>It stands.</summary>
/// <param name="Again">It stood before, by the same key or the same words; nothing was added now.</param>
public sealed record AccountDone<T>(T Value, bool Again) : AccountOutcome<T>;

/// <summary>Every field that is wrong; nothing was written.</summary>
public sealed record AccountUnreadable<T>(IReadOnlyDictionary<string, string[]> Errors) : AccountOutcome<T>;

/// <summary>There is no such account, charge or discount.</summary>
public sealed record AccountNotFound<T>(string Words) : AccountOutcome<T>;

/// <summary>The books say no; nothing was written.</summary>
public sealed record AccountRefused<T>(string Field, string Code, string Reason, string Remedy) : AccountOutcome<T>;
