using Tieout.Domain.Catalog;
using Tieout.Domain.Subscriptions;
using static Tieout.Domain.Tests.Amounts;
using static Tieout.Domain.Tests.Subscriptions.Sample;

namespace Tieout.Domain.Tests.Subscriptions;

/// <summary>Amendments in few words; days may carry a time.</summary>
internal static class Amend
{
    public static Amendment At(int version, string when, Change change) =>
        new(version, Day(when[..10]), change) { EffectiveTime = Time(when), Reason = "agreed", Actor = "mara" };

    public static Change.Create Team(decimal seats = 5m, PriceTerms? terms = null) =>
        new("TEAM", Eur, "Europe/Berlin", [Order("base", 99m, null, terms), Order("seats", 12.5m, seats, terms)]);

    public static ComponentOrder Order(string component, decimal price, decimal? quantity = null, PriceTerms? terms = null, string plan = "TEAM") =>
        new(component, Price(component, terms, price, plan), quantity, null);

    public static Change.Quantity Seats(decimal units) => new("seats", units);

    public static Timeline Folded(params Amendment[] amendments) => Timeline.Fold(Id, Correlation, amendments) switch
    {
        Domain.Subscriptions.Folded.Done done => done.Timeline,
        Domain.Subscriptions.Folded.Refused refused => throw new InvalidOperationException(refused.Refusal.ToString()),
        var other => throw new InvalidOperationException(other.ToString()),
    };

    /// <summary>Folds the last one in after the others.</summary>
    public static AmendmentRefusal? Refused(params Amendment[] amendments) =>
        (Timeline.With(Id, Correlation, amendments[..^1], amendments[^1]) as Folded.Refused)?.Refusal;

    /// <summary><c>seats 5 2026-03-01..2026-03-16 (1-2)</c>.</summary>
    public static string Told(SubscribedComponent component) =>
        $"{component.Component} {component.Quantity:0.####} {component.From:yyyy-MM-dd}{Clock(component.FromTime)}.."
        + $"{component.Until?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)}{Clock(component.UntilTime)} ({component.OpenedBy}-{component.ClosedBy})";

    public static IEnumerable<string> Seats(Timeline timeline) =>
        timeline.Subscription.Components.Where(component => component.Component == "seats").Select(Told);

    private static string Clock(TimeOnly time) => time == default ? "" : time.ToString("'T'HH:mm", System.Globalization.CultureInfo.InvariantCulture);
}
