using Tieout.Domain.Catalog;

namespace Tieout.Domain.Subscriptions;

/// <summary>What is billed of one component in one billing period. Identified by the component, the first of its days and the detail.</summary>
/// <param name="Component">What is charged.</param>
/// <param name="Days">The days it is charged for. A day on which the component changes in mid-day belongs to what came last.</param>
/// <param name="Period">The whole billing period.</param>
/// <param name="ActiveShare">Numerator of the share of a full period's amount; multiply by it first.</param>
/// <param name="WholeShare">Denominator of the share; never zero.</param>
/// <param name="DueOn">The day it falls due for billing.</param>
/// <param name="Convention">How the share was counted, such as <c>17 of 31 days, actual days</c>.</param>
/// <param name="Model">What a full period costs, after ramps.</param>
/// <param name="Detail">Empty, or <c>T14:00</c> for a part prorated to the second that begins in mid-day: two may begin on one day.</param>
public sealed record Part(
    SubscribedComponent Component,
    ServicePeriod Days,
    ServicePeriod Period,
    decimal ActiveShare,
    decimal WholeShare,
    DateOnly DueOn,
    string Convention,
    ChargeModel Model,
    string Detail)
{
    /// <summary>For usage in a part that has no share of its own: the parts before it, with which it is rated; null for all others.</summary>
    public PartsBefore? Before { get; init; }
}

/// <summary>The parts of a billing period that one without a share of its own comes after.</summary>
/// <param name="ActiveShare">What they pay of the period, as numerator over the part's <see cref="Part.WholeShare"/>.</param>
/// <param name="Days">Their days, in order; none where nothing of the period was paid for before.</param>
public sealed record PartsBefore(decimal ActiveShare, IReadOnlyList<ServicePeriod> Days);
