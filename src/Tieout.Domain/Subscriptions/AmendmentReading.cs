using Tieout.Domain.Catalog;

namespace Tieout.Domain.Subscriptions;

/// <summary>Turns a request for an amendment into a change: first what can be read without the books, then with the catalogue's prices.</summary>
public static class AmendmentReading
{
    /// <summary>When it is to count. What cannot be read is in the reader.</summary>
    public static Effective When(AmendmentRequest request, RequestReader reader) => request.Effective switch
    {
        null or "" or "now" => new Effective.Now(),
        "period-end" => new Effective.AtPeriodEnd(),
        "term-end" => new Effective.AtTermEnd(),
        var day => reader.Day("effective", day) is { } known ? new Effective.On(known) : new Effective.Now(),
    };

    /// <summary>Everything that is wrong with a request in itself.</summary>
    public static AmendmentKind? Check(AmendmentRequest request, RequestReader reader)
    {
        reader.Signed(request.Actor, request.Reason);
        When(request, reader);
        reader.Time("time", request.Time);
        var kind = new RequestReader().Word<AmendmentKind>("kind", request.Kind);
        if (kind is not { } known || known == AmendmentKind.Create) reader.Wrong("kind", $"Is needed, as one of {Kinds()}.");
        // Prices are looked up later; all else is read here.
        else Change(request, known, null, [], reader);
        return kind;
    }

    /// <summary>
    /// The change that is asked for, with prices of the right plan and currency. What is missing or unknown is in the reader, and
    /// what comes back is then of no use.
    /// </summary>
    /// <param name="request">As it came.</param>
    /// <param name="kind">What it is to be.</param>
    /// <param name="timeline">As it stands on the day the change is to count (<see cref="Timeline.On"/>); null while its books are not known yet.</param>
    /// <param name="prices">Prices of the plans it was in and of the requested one, in the account's currency.</param>
    /// <param name="reader">Remembers what is wrong.</param>
    public static Change? Change(
        AmendmentRequest request, AmendmentKind kind, Timeline? timeline, IReadOnlyList<Price> prices, RequestReader reader) => kind switch
        {
            AmendmentKind.Activate => new Change.Activate(),
            AmendmentKind.Trial => new Change.Trial(Needed("until", reader.Day("until", request.Until), reader), request.Converts ?? true),
            AmendmentKind.Upgrade or AmendmentKind.Downgrade => ToPlan(request, kind, timeline, prices, reader),
            AmendmentKind.ChangeQuantity => new Change.Quantity(
                reader.Code("component", request.Component), Needed("quantity", reader.Number("quantity", request.Quantity), reader)),
            AmendmentKind.AddComponent => Added(request, timeline, prices, reader),
            AmendmentKind.RemoveComponent => new Change.Remove(reader.Code("component", request.Component)),
            AmendmentKind.ChangePrice => AgreedPrice(request, timeline, reader),
            AmendmentKind.Renew => new Change.Renew(reader.Interval("term", request.Term), reader.Word<TermEnding>("termEnding", request.TermEnding)),
            AmendmentKind.Pause => new Change.Rest(
                reader.Word<PauseMode>("mode", request.Mode) ?? PauseMode.CreditDays, reader.Day("until", request.Until)),
            AmendmentKind.Resume => new Change.Resume(),
            AmendmentKind.Cancel => new Change.Cancel(DayCounts: request.Effective is not ("period-end" or "term-end")),
            AmendmentKind.Reactivate => new Change.Reactivate(),
            _ => null,
        };

    /// <summary>Components with their prices; <paramref name="field"/> names the list.</summary>
    internal static List<ComponentOrder> Orders(
        string field, IReadOnlyList<ComponentRequest> components, string plan, IReadOnlyList<Price>? prices, RequestReader reader)
    {
        List<ComponentOrder> orders = [];
        for (var index = 0; index < components.Count; index++)
        {
            var at = $"{field}[{AmendmentWords.Number(index)}]";
            var asked = components[index] ?? new ComponentRequest(); // JSON may hold null here
            var name = reader.Code(at + ".component", asked.Component);
            var (quantity, agreed) = (reader.Number(at + ".quantity", asked.Quantity), reader.Number(at + ".price", asked.Price));
            AgreedReading.Check(at + ".", asked.Price, asked.Agreed, reader);
            if (prices is null) continue;
            if (PriceOf(at + ".component", name, plan, prices, reader) is not { } price) continue;
            var (model, terms) = AgreedReading.Of(at + ".", price, agreed, asked.Agreed, reader);
            orders.Add(new ComponentOrder(name, price, quantity, model) { Terms = terms });
        }
        return orders;
    }

    private static Change.ToPlan ToPlan(
        AmendmentRequest request, AmendmentKind kind, Timeline? timeline, IReadOnlyList<Price> prices, RequestReader reader)
    {
        var plan = reader.Code("plan", request.Plan);
        if (timeline is not null && prices.All(price => price.PlanCode != plan))
            reader.Wrong("plan", "No plan of this code has a price in the account's currency. Correct the code, or publish such a price.");
        // Without a list: what stands now and the new plan has too.
        var asked = request.Components ?? (timeline is null ? [] : Standing(timeline, plan, prices));
        var orders = Orders("components", asked, plan, timeline is null ? null : prices, reader);
        return new Change.ToPlan(plan, kind == AmendmentKind.Upgrade, orders);
    }

    private static List<ComponentRequest> Standing(Timeline timeline, string plan, IReadOnlyList<Price> prices) =>
        [.. timeline.Subscription.Components.Where(item => item.Until is null).Select(item => item.Component).Distinct(StringComparer.Ordinal)
            .Where(name => prices.Any(price => price.PlanCode == plan && price.Component == name))
            .Select(name => new ComponentRequest { Component = name })];

    private static Change.Add? Added(AmendmentRequest request, Timeline? timeline, IReadOnlyList<Price> prices, RequestReader reader)
    {
        var name = reader.Code("component", request.Component);
        var (quantity, agreed) = (reader.Number("quantity", request.Quantity), reader.Number("price", request.Price));
        AgreedReading.Check("", request.Price, request.Agreed, reader);
        if (timeline is null || PriceOf("component", name, timeline.Plan, prices, reader) is not { } price) return null;
        var (model, terms) = AgreedReading.Of("", price, agreed, request.Agreed, reader);
        return new Change.Add(new ComponentOrder(name, price, quantity, model) { Terms = terms });
    }

    private static Change.AgreedPrice? AgreedPrice(AmendmentRequest request, Timeline? timeline, RequestReader reader)
    {
        var name = reader.Code("component", request.Component);
        AgreedReading.Check("", request.Price, request.Agreed, reader);
        if (string.IsNullOrEmpty(request.Price) && request.Agreed is null)
            reader.Wrong("price", "Is needed: an amount, or 'catalogue' for the catalogue's price; or a whole price as 'agreed'.");
        if (request.Price == "catalogue") return new Change.AgreedPrice(name, null);
        var agreed = reader.Number("price", request.Price);
        var standing = timeline?.Subscription.Components.LastOrDefault(item => item.Component == name && item.Until is null);
        if (standing is null) return new Change.AgreedPrice(name, null);
        var (model, terms) = AgreedReading.Of("", standing.Price, agreed, request.Agreed, reader);
        return new Change.AgreedPrice(name, model) { Terms = terms };
    }

    private static Price? PriceOf(string field, string component, string plan, IReadOnlyList<Price> prices, RequestReader reader)
    {
        var found = prices.Where(price => price.PlanCode == plan && price.Component == component).MaxBy(price => price.Version);
        if (found is null)
            reader.Wrong(field, $"Plan {plan} has no price of this component in the account's currency. Choose of what it has: {Names(plan, prices)}.");
        return found;
    }

    private static string Names(string plan, IReadOnlyList<Price> prices)
    {
        var names = prices.Where(price => price.PlanCode == plan).Select(price => price.Component).Distinct(StringComparer.Ordinal).ToList();
        return names.Count == 0 ? "nothing in this currency" : string.Join(", ", names);
    }

    private static T Needed<T>(string field, T? value, RequestReader reader) where T : struct
    {
        if (value is null) reader.Wrong(field, "Is needed; nothing was given.");
        return value ?? default;
    }

    private static string Kinds() =>
        string.Join(", ", Enum.GetValues<AmendmentKind>().Where(kind => kind != AmendmentKind.Create).Select(kind => Words.Of(kind)));
}
