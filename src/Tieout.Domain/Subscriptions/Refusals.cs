namespace Tieout.Domain.Subscriptions;

/// <summary>The refusals of amendments, in words.</summary>
internal static class Refusals
{
    public static AmendmentRefusal NotFirst() => new(
        AmendmentRefusalCode.NotFirst, "kind", "A subscription begins with its creation, once.", "Create another subscription, or amend this one.");

    public static AmendmentRefusal BeforeStart(DateOnly start) => new(
        AmendmentRefusalCode.BeforeStart, "effective", $"The subscription starts on {Day(start)} only.",
        $"Choose {Day(start)} or a later day.");

    public static AmendmentRefusal NotTaken(SubscriptionState state, AmendmentKind kind, DateOnly? end, int? endedBy, Pause? pause)
    {
        if (kind == AmendmentKind.Resume) return new(
            AmendmentRefusalCode.NotPaused, "kind", $"It does not rest on that day; it is {Words.Of(state)}.", "Resume on a day on which it rests.");
        if (state == SubscriptionState.Paused && kind == AmendmentKind.Pause && pause is not null) return new(
            AmendmentRefusalCode.OverlappingPause, "effective", $"It rests already, since {Day(pause.From)} (amendment {AmendmentWords.Number(pause.Version)}).",
            "Resume it first, or choose a day after that pause.");
        if (state is SubscriptionState.Cancelled or SubscriptionState.Expired && end is { } last)
        {
            var how = endedBy is { } version ? $"cancelled by amendment {AmendmentWords.Number(version)}" : "its term or trial ran out";
            return new(
                AmendmentRefusalCode.AfterEnd, "effective", $"It is no longer in force since {Day(last)} ({how}).",
                $"Choose a day before {Day(last)}, or reactivate it first.");
        }
        var takers = SubscriptionMoves.TakersOf(kind).Select(taker => Words.Of(taker));
        return new(
            AmendmentRefusalCode.WrongState, "kind", $"It is {Words.Of(state)} on that day; {Words.Of(kind)} needs it to be {string.Join(" or ", takers)}.",
            "Choose another day, or bring it into that state first.");
    }

    public static AmendmentRefusal UnknownComponent(string component, IEnumerable<string> known) => new(
        AmendmentRefusalCode.UnknownComponent, "component", $"No component '{component}' stands on that day.",
        known.Any() ? $"Choose one of {string.Join(", ", known)}." : "Look into the plan for its components.");

    public static AmendmentRefusal ComponentTwice(string component) => new(
        AmendmentRefusalCode.ComponentTwice, "component", $"The component '{component}' stands already.", "Change its quantity instead.");

    public static AmendmentRefusal NoComponents() => new(
        AmendmentRefusalCode.NoComponents, "components", "Nothing would be left of the subscription.", "Keep a component, or cancel the subscription.");

    public static AmendmentRefusal NegativeQuantity() => new(
        AmendmentRefusalCode.NegativeQuantity, "quantity", "A quantity is not below zero.", "Give zero or more; to give money back, issue a credit memo.");

    public static AmendmentRefusal BoughtOnce(string component) => new(
        AmendmentRefusalCode.BoughtOnce, "component", $"'{component}' is charged once and was bought.", "Add another component instead.");

    public static AmendmentRefusal UnknownZone() => new(
        AmendmentRefusalCode.UnknownZone, "zone", "The account's time zone is not in the time zone database.", "Write its IANA name, such as Europe/Berlin.");

    public static AmendmentRefusal WrongCurrency(Currency price, Currency account) => new(
        AmendmentRefusalCode.WrongCurrency, "component", $"The price is in {price.Code}, the billing account in {account.Code}.",
        $"Take the plan's price in {account.Code}.");

    public static AmendmentRefusal WrongPlan(string price, string plan) => new(
        AmendmentRefusalCode.WrongPlan, "component", $"The price belongs to plan {price}, not to {plan}.", $"Take a component of {plan}, or change the plan.");

    public static AmendmentRefusal NothingChanges(string field, string reason) => new(
        AmendmentRefusalCode.NothingChanges, field, reason, "Nothing needs to be done.");

    public static AmendmentRefusal BadEnd(string field, string reason) => new(
        AmendmentRefusalCode.BadEnd, field, reason, "Choose a later end.");

    public static AmendmentRefusal NoTerm(string reason) => new(
        AmendmentRefusalCode.NoTerm, "term", reason, "Give a length, such as 1 year.");

    private static string Day(DateOnly day) => AmendmentWords.Day(day, default);
}
