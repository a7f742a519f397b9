using System.Globalization;
using Tieout.Domain.Catalog;
using Tieout.Domain.Subscriptions;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Subscriptions;

/// <summary>Subscriptions and parts in few words.</summary>
internal static class Sample
{
    public static readonly SubscriptionId Id = new(Guid.Parse("00000000-0000-0000-0000-00000000005b"));
    public static readonly CorrelationId Correlation = new(Guid.Empty);

    public static Price Price(string component, PriceTerms? terms = null, decimal amount = 10m, string plan = "TEAM", Currency? currency = null) =>
        new(plan, component, component == "seats" ? new ChargeModel.PerUnit(amount) : new ChargeModel.Flat(amount), currency ?? Eur, Recognition.Immediate, component)
        {
            Terms = terms ?? PriceTerms.Default,
        };

    public static Subscription With(PriceTerms terms, string start, string? end = null, params (string From, string? Until)[] changes)
    {
        var price = Price("base", terms);
        var components = changes.Length == 0
            ? [new SubscribedComponent("base", price, 1m, Day(start), null)]
            : changes.Select((change, index) => At(new SubscribedComponent("base", price, index + 1m, default, null), change.From, change.Until)).ToList();
        return new Subscription(Id, Correlation, Day(start), end is null ? null : Day(end), components);
    }

    /// <summary>Days may carry a time: <c>2026-03-16T14:00</c>.</summary>
    private static SubscribedComponent At(SubscribedComponent component, string from, string? until) => component with
    {
        From = Day(from[..10]),
        FromTime = Time(from),
        Until = until is null ? null : Day(until[..10]),
        UntilTime = until is null ? default : Time(until),
    };

    public static TimeOnly Time(string text) =>
        text.Length > 11 ? TimeOnly.ParseExact(text[11..], "HH:mm", CultureInfo.InvariantCulture) : default;

    /// <summary>All parts due in some years, each as <c>days, share, due</c>.</summary>
    public static List<Part> All(Subscription subscription, string dueThrough = "2031-01-01") =>
        [.. Parts.Of(subscription, DateOnly.MinValue, Day(dueThrough))];

    /// <summary><c>2026-01-15..2026-02-01 17/31 due 2026-01-15</c>: half-open days.</summary>
    public static string Told(Part part) => string.Create(CultureInfo.InvariantCulture,
        $"{part.Days.Start:yyyy-MM-dd}{part.Detail}..{part.Days.End:yyyy-MM-dd} {part.ActiveShare}/{part.WholeShare} due {part.DueOn:yyyy-MM-dd}");
}
