using Tieout.Domain.Catalog;

namespace Tieout.Domain.Subscriptions;

/// <summary>What concerns single components: a change closes what stands and opens what comes.</summary>
internal sealed partial class Folding
{
    private Applied Quantity(Change.Quantity change, Amendment amendment)
    {
        var index = Open(change.Component);
        if (index < 0) return Refusals.UnknownComponent(change.Component, OpenNames());
        if (change.Units < 0) return Refusals.NegativeQuantity();
        var before = _components[index];
        if (before.Terms.Kind == PriceKind.OneOff) return Refusals.BoughtOnce(change.Component);
        if (before.Quantity == change.Units) return Refusals.NothingChanges("quantity", $"It is {AmendmentWords.Plain(change.Units)} already.");
        return AmendmentWords.Between(before, Replace(index, before with { Quantity = change.Units }, amendment));
    }

    private Applied AgreedPrice(Change.AgreedPrice change, Amendment amendment)
    {
        var index = Open(change.Component);
        if (index < 0) return Refusals.UnknownComponent(change.Component, OpenNames());
        var before = _components[index];
        if (before.Terms.Kind == PriceKind.OneOff) return Refusals.BoughtOnce(change.Component);
        if (before.Agreed == change.Agreed && before.AgreedTerms == change.Terms) return Refusals.NothingChanges("price", "This price is agreed already.");
        return AmendmentWords.Between(before, Replace(index, before with { Agreed = change.Agreed, AgreedTerms = change.Terms }, amendment));
    }

    private Applied Add(ComponentOrder order, Amendment amendment)
    {
        if (Open(order.Component) >= 0) return Refusals.ComponentTwice(order.Component);
        if (Wrong(order, _plan) is { } wrong) return wrong;
        Ordered(order, amendment, order.Quantity ?? 1m);
        return AmendmentWords.Between(null, _components[^1]);
    }

    private Applied Remove(string component, Amendment amendment)
    {
        var index = Open(component);
        if (index < 0) return Refusals.UnknownComponent(component, OpenNames());
        if (OpenNames().Skip(1).Any() is false) return Refusals.NoComponents();
        Close(index, amendment);
        return $"{AmendmentWords.Name(component)}: removed";
    }

    private Applied ToPlan(Change.ToPlan change, Amendment amendment)
    {
        if (change.Components.Count == 0) return Refusals.NoComponents();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var order in change.Components)
        {
            if (Wrong(order, change.Plan) is { } wrong) return wrong;
            if (!seen.Add(order.Component)) return Refusals.ComponentTwice(order.Component);
        }
        var sold = change.Components.Where(order => IsSold(order, amendment)).Select(order => order.Component).ToHashSet(StringComparer.Ordinal);
        var kept = sold.Where(name => Open(name) is >= 0 and var index && _components[index].Terms.Kind == PriceKind.OneOff).ToList();
        if (sold.Count == change.Components.Count && kept.Count == 0) return Refusals.NoComponents();
        seen.ExceptWith(sold.Except(kept, StringComparer.Ordinal));
        var changes = 0;
        foreach (var name in OpenNames().Where(name => !seen.Contains(name)).ToList())
        {
            Close(Open(name), amendment);
            changes++;
        }
        foreach (var order in change.Components.Where(order => !sold.Contains(order.Component))) changes += Carried(order, amendment) ? 1 : 0;
        if (changes == 0 && change.Plan == _plan) return Refusals.NothingChanges("plan", "All of it stands already.");
        var before = _plan;
        _plan = change.Plan;
        return $"Plan: {before} -> {_plan} ({(change.Up ? "upgrade" : "downgrade")})";
    }

    // False when the order is what stands.
    private bool Carried(ComponentOrder order, Amendment amendment)
    {
        var index = Open(order.Component);
        if (index < 0)
        {
            Ordered(order, amendment, order.Quantity ?? 1m);
            return true;
        }
        var before = _components[index];
        var after = before with { Price = order.Price, Quantity = order.Quantity ?? before.Quantity, Agreed = order.Agreed, AgreedTerms = order.Terms };
        if (after.Quantity == before.Quantity && after.Agreed == before.Agreed && after.AgreedTerms == before.AgreedTerms
            && SamePrice(after.Price, before.Price)) return false;
        Replace(index, after, amendment);
        return true;
    }

    // A one-off of a new plan that was paid for under its name before, in whatever plan: what stands of it stays, and nothing is opened.
    private bool IsSold(ComponentOrder order, Amendment amendment) =>
        (order.Terms ?? order.Price.Terms).Kind == PriceKind.OneOff
        && _components.Exists(item => item.Component == order.Component && IsSold(
            item.Until is null ? item with { Until = amendment.EffectiveOn, UntilTime = amendment.EffectiveTime } : item));

    // Sold once, and fallen due: the same question that parts are cut by.
    private bool IsSold(SubscribedComponent component) =>
        component.Terms.Kind == PriceKind.OneOff && !PaidTime.Of(Timeline().Subscription, component, RunningDays.Of(_pauses)).IsEmpty;

    private static bool SamePrice(Price one, Price other) =>
        one.PlanCode == other.PlanCode && one.Component == other.Component && one.Version == other.Version && one.Currency == other.Currency;

    private AmendmentRefusal? Wrong(ComponentOrder order, string plan)
    {
        if (order.Quantity < 0) return Refusals.NegativeQuantity();
        if (order.Price.Component != order.Component) return Refusals.UnknownComponent(order.Component, []);
        if (order.Price.PlanCode != plan) return Refusals.WrongPlan(order.Price.PlanCode, plan);
        return order.Price.Currency != _created!.Currency ? Refusals.WrongCurrency(order.Price.Currency, _created.Currency) : null;
    }

    private AmendmentRefusal? Ordered(ComponentOrder order, Amendment amendment, decimal quantity)
    {
        _components.Add(new SubscribedComponent(order.Component, order.Price, quantity, amendment.EffectiveOn, null)
        {
            Agreed = order.Agreed,
            AgreedTerms = order.Terms,
            OpenedBy = amendment.Version,
            FromTime = amendment.EffectiveTime,
        });
        return null;
    }

    private SubscribedComponent Replace(int index, SubscribedComponent after, Amendment amendment)
    {
        var opened = after with
        {
            From = amendment.EffectiveOn,
            FromTime = amendment.EffectiveTime,
            Until = null,
            UntilTime = default,
            OpenedBy = amendment.Version,
            ClosedBy = null,
        };
        Close(index, amendment);
        _components.Add(opened);
        return opened;
    }

    // What is closed at the moment it was opened never was; what it had closed is closed by this one.
    private void Close(int index, Amendment amendment)
    {
        var component = _components[index];
        if (component.From != amendment.EffectiveOn || component.FromTime != amendment.EffectiveTime)
        {
            _components[index] = component with { Until = amendment.EffectiveOn, UntilTime = amendment.EffectiveTime, ClosedBy = amendment.Version };
            return;
        }
        _components.RemoveAt(index);
        for (var other = 0; other < _components.Count; other++)
            if (_components[other].Component == component.Component && _components[other].ClosedBy == component.OpenedBy)
                _components[other] = _components[other] with { ClosedBy = amendment.Version };
    }

    private int Open(string component)
    {
        for (var index = 0; index < _components.Count; index++)
            if (_components[index].Component == component && _components[index].Until is null) return index;
        return -1;
    }

    private IEnumerable<string> OpenNames() => _components.Where(item => item.Until is null).Select(item => item.Component);
}
