namespace Tieout.Domain.Subscriptions;

/// <summary>An amendment as somebody asks for it, every value in words; which ones are needed depends on the kind.</summary>
public sealed record AmendmentRequest
{
    /// <summary>One of <see cref="AmendmentKind"/>, such as <c>change-quantity</c>; not <c>create</c>.</summary>
    public string? Kind { get; init; }

    /// <summary><c>now</c>, <c>period-end</c>, <c>term-end</c>, or a day such as <c>2026-03-16</c>, also a past one. Default: now.</summary>
    public string? Effective { get; init; }

    /// <summary>Local time of day such as <c>14:00</c>, for prices prorated to the second.</summary>
    public string? Time { get; init; }

    /// <summary>The component to change, add or remove.</summary>
    public string? Component { get; init; }

    /// <summary>Units, zero or more.</summary>
    public string? Quantity { get; init; }

    /// <summary>The agreed price of a full period or a unit; <c>catalogue</c> for the catalogue's again.</summary>
    public string? Price { get; init; }

    /// <summary>A whole price agreed for this subscription, instead of <c>price</c>.</summary>
    public AgreedPriceRequest? Agreed { get; init; }

    /// <summary>The plan to change to.</summary>
    public string? Plan { get; init; }

    /// <summary>The new plan's components; without them all that stand now and the new plan has too.</summary>
    public IReadOnlyList<ComponentRequest>? Components { get; init; }

    /// <summary>The first day after a pause or a trial.</summary>
    public string? Until { get; init; }

    /// <summary>Whether a trial goes on by itself, paid. Default: it does.</summary>
    public bool? Converts { get; init; }

    /// <summary><c>credit-days</c> (default) or <c>move-end</c>.</summary>
    public string? Mode { get; init; }

    /// <summary>Length of the new term, such as <c>1 year</c>.</summary>
    public string? Term { get; init; }

    /// <summary>What happens at the end of the new term: <c>renew</c> or <c>expire</c>.</summary>
    public string? TermEnding { get; init; }

    /// <summary>Why; kept with the amendment.</summary>
    public string? Reason { get; init; }

    /// <summary>Who asks; kept with the amendment.</summary>
    public string? Actor { get; init; }
}

/// <summary>One component as somebody asks for it.</summary>
public sealed record ComponentRequest
{
    /// <summary>Its name in the plan.</summary>
    public string? Component { get; init; }

    /// <summary>Units; 1 when not given, or in a change of plan what stands.</summary>
    public string? Quantity { get; init; }

    /// <summary>The agreed price of a full period or a unit; the catalogue's when not given.</summary>
    public string? Price { get; init; }

    /// <summary>A whole price agreed for this subscription, instead of <c>price</c>.</summary>
    public AgreedPriceRequest? Agreed { get; init; }
}

/// <summary>A new subscription as somebody asks for it.</summary>
public sealed record SubscriptionRequest
{
    /// <summary>Its code, unique.</summary>
    public string? Code { get; init; }

    /// <summary>Code of the billing account.</summary>
    public string? Account { get; init; }

    /// <summary>Code of the plan.</summary>
    public string? Plan { get; init; }

    /// <summary>The first day it is in force. Default: today.</summary>
    public string? Start { get; init; }

    /// <summary>The first day it no longer is; not together with a term.</summary>
    public string? End { get; init; }

    /// <summary>Prepared only: it is activated or put on trial by an amendment.</summary>
    public bool? Draft { get; init; }

    /// <summary>The first day after a trial. Default: what <see cref="TrialDays"/> makes of the start.</summary>
    public string? TrialEnd { get; init; }

    /// <summary>Days of trial from the start on; 0 for none. Default: those of the plan's version; a draft has none by itself.</summary>
    public int? TrialDays { get; init; }

    /// <summary>Whether the trial goes on by itself, paid. Default: it does.</summary>
    public bool? TrialConverts { get; init; }

    /// <summary>Another anchor of billing periods than the first paid day.</summary>
    public string? Anchor { get; init; }

    /// <summary>Length of its terms, such as <c>1 year</c>; open-ended when not given.</summary>
    public string? Term { get; init; }

    /// <summary>What happens at the end of a term: <c>renew</c> (default) or <c>expire</c>.</summary>
    public string? TermEnding { get; init; }

    /// <summary>What is subscribed to.</summary>
    public IReadOnlyList<ComponentRequest>? Components { get; init; }

    /// <summary>Why; kept with the creation.</summary>
    public string? Reason { get; init; }

    /// <summary>Who asks; kept with the creation.</summary>
    public string? Actor { get; init; }
}
