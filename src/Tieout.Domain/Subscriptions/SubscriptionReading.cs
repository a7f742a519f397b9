using Tieout.Domain.Catalog;

namespace Tieout.Domain.Subscriptions;

/// <summary>Turns a request for a subscription into its first amendment.</summary>
public static class SubscriptionReading
{
    private const int TrialDaysMost = 3650;

    /// <summary>Everything that is wrong with a request in itself.</summary>
    public static void Check(SubscriptionRequest request, RequestReader reader)
    {
        reader.Signed(request.Actor, request.Reason);
        reader.Code("code", request.Code);
        reader.Code("account", request.Account);
        Create(request, Currency.Of("EUR"), "UTC", null, null, reader);
        if (request.TrialDays is < 0 or > TrialDaysMost) reader.Wrong("trialDays", "Is not a number of days from 0 to 3650.");
        if (request.TrialDays is not null && !string.IsNullOrEmpty(request.TrialEnd)) reader.Wrong("trialDays", "Give the days of a trial or its end, not both.");
        reader.Day("start", request.Start);
    }

    /// <summary>The creation that is asked for. What is missing or unknown is in the reader, and what comes back is then of no use.</summary>
    /// <param name="request">As it came.</param>
    /// <param name="currency">The billing account's.</param>
    /// <param name="zone">The billing account's.</param>
    /// <param name="prices">The plan's prices in that currency; null while the books are not known yet.</param>
    /// <param name="trial">The trial the plan gives from the first day on; null while the books are not known yet.</param>
    /// <param name="reader">Remembers what is wrong.</param>
    public static Change.Create Create(
        SubscriptionRequest request, Currency currency, string zone, IReadOnlyList<Price>? prices, PlanTrial? trial, RequestReader reader)
    {
        var plan = reader.Code("plan", request.Plan);
        if (request.Components is not { Count: > 0 }) reader.Wrong("components", "At least one component of the plan is needed.");
        if (prices is { Count: 0 }) reader.Wrong("plan", $"No plan of this code has a price in {currency.Code}. Correct the code, or publish such a price.");
        return new Change.Create(plan, currency, zone, AmendmentReading.Orders("components", request.Components ?? [], plan, prices, reader))
        {
            Draft = request.Draft ?? false,
            TrialEnd = reader.Day("trialEnd", request.TrialEnd) ?? trial?.EndFor(request),
            TrialConverts = request.TrialConverts ?? true,
            Anchor = reader.Day("anchor", request.Anchor),
            End = reader.Day("end", request.End),
            TermLength = reader.Interval("term", request.Term),
            TermEnding = reader.Word<TermEnding>("termEnding", request.TermEnding) ?? TermEnding.Renew,
        };
    }
}

/// <summary>The trial that a plan's version gives to whoever subscribes.</summary>
/// <param name="Start">The subscription's first day.</param>
/// <param name="Days">Zero for none.</param>
public sealed record PlanTrial(DateOnly Start, int Days)
{
    /// <summary>
    /// The first day after the trial; null without one. What the request says wins over the plan; a draft begins its trial only when
    /// an amendment puts it on one.
    /// </summary>
    public DateOnly? EndFor(SubscriptionRequest request) =>
        (request.TrialDays ?? (request.Draft == true ? 0 : Days)) is > 0 and var days ? Start.AddDays(days) : null;
}
