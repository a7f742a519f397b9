namespace Tieout.Domain.Subscriptions;

/// <summary>What concerns the subscription as a whole.</summary>
internal sealed partial class Folding
{
    private Applied Create(Change.Create create, Amendment amendment)
    {
        if (amendment.Version != 1) return Refusals.NotFirst();
        if (!ZoneTime.IsKnown(create.Zone)) return Refusals.UnknownZone();
        if (create.End is not null && create.TermLength is not null) return Refusals.BadEnd("end", "It has a term, which says its end.");
        if (create.Components.Count == 0) return Refusals.NoComponents();
        (_created, _plan, _start) = (create, create.Plan, amendment.EffectiveOn);
        (_trialEnd, _trialConverts) = (create.TrialEnd, create.TrialConverts);
        _state = create.Draft ? SubscriptionState.Draft : create.TrialEnd is null ? SubscriptionState.Active : SubscriptionState.Trialing;
        var refusal = Begin();
        foreach (var order in create.Components)
        {
            refusal ??= Wrong(order, create.Plan)
                ?? (Open(order.Component) >= 0 ? Refusals.ComponentTwice(order.Component) : Ordered(order, amendment, order.Quantity ?? 1m));
        }
        if (refusal is not null)
        {
            _created = null;
            return refusal;
        }
        var how = create.Draft ? " as a draft" : create.TrialEnd is { } trial ? $" on trial until {AmendmentWords.Day(trial.AddDays(-1), default)}" : "";
        return $"Created{how}: plan {create.Plan}";
    }

    private Applied Activate(DateOnly day)
    {
        if (_state == SubscriptionState.Draft) Restart(day);
        // A trial that ends on the day it began was none; one that ends like this has gone on.
        (_trialEnd, _trialConverts) = (_state == SubscriptionState.Trialing && day > _start ? day : null, true);
        _state = SubscriptionState.Active;
        return Begin() is { } refusal ? refusal : "Active, paid";
    }

    private Applied Trial(Change.Trial trial, DateOnly day)
    {
        if (trial.Until <= day) return Refusals.BadEnd("until", "The trial would end before it begins.");
        if (_state == SubscriptionState.Draft) Restart(day);
        (_trialEnd, _trialConverts, _state) = (trial.Until, trial.Converts, SubscriptionState.Trialing);
        var then = trial.Converts ? "then paid" : "then it expires";
        return Begin() is { } refusal ? refusal : $"On trial until {AmendmentWords.Day(trial.Until.AddDays(-1), default)}, {then},";
    }

    // A draft is in force from the day it is put in force.
    private void Restart(DateOnly day)
    {
        _start = day;
        for (var index = 0; index < _components.Count; index++) _components[index] = _components[index] with { From = day, FromTime = default };
    }

    private Applied Renew(Change.Renew renew, Amendment amendment)
    {
        var length = renew.Length ?? _term?.Length;
        if (length is null) return Refusals.NoTerm("It has no term yet, so the length of the new one has to be given.");
        if (_state == SubscriptionState.Expired) GoOn(amendment);
        var early = _state == SubscriptionState.Active && _term?.EndFor(amendment.EffectiveOn.AddDays(-1)) is { } end && end != amendment.EffectiveOn;
        _term = Term.From(amendment.EffectiveOn, length.Value, renew.Ending ?? _term?.Ending ?? TermEnding.Renew);
        _agreedEnd = _term.Ending == TermEnding.Expire ? _term.End : null;
        (_end, _endTime, _endIsCancellation, _endedBy, _state) = (_agreedEnd, default, false, null, SubscriptionState.Active);
        return $"{(early ? "Renewed early" : "Renewed")} until {AmendmentWords.Day(_term.End.AddDays(-1), default)},";
    }

    private Applied Rest(Change.Rest rest, Amendment amendment)
    {
        var day = amendment.EffectiveOn;
        if (rest.Until <= day) return Refusals.BadEnd("until", "The pause would end before it begins.");
        _pauses.Add(new Pause(day, rest.Until, rest.Mode, amendment.Version));
        _state = SubscriptionState.Paused;
        if (rest.Mode == PauseMode.MoveEnd && rest.Until is { } end) MoveEnd(end.DayNumber - day.DayNumber);
        var how = rest.Mode == PauseMode.CreditDays ? "days are credited" : "the end moves";
        var until = rest.Until is { } last ? $" until {AmendmentWords.Day(last.AddDays(-1), default)}" : "";
        return $"Paused{until}, {how},";
    }

    private Applied Resume(DateOnly day)
    {
        EndPause(day);
        _state = SubscriptionState.Active;
        return "Resumed";
    }

    private void EndPause(DateOnly day)
    {
        var pause = _pauses[^1];
        if (pause.Mode == PauseMode.MoveEnd) MoveEnd(day.DayNumber - (pause.Until ?? pause.From).DayNumber);
        if (day <= pause.From) _pauses.RemoveAt(_pauses.Count - 1);
        else _pauses[^1] = pause with { Until = day };
    }

    private void MoveEnd(int days)
    {
        if (_term is not null) _term = _term with { End = _term.End.AddDays(days) };
        _agreedEnd = _agreedEnd?.AddDays(days);
        _end = _end?.AddDays(days);
    }

    private Applied Cancel(Change.Cancel cancel, Amendment amendment)
    {
        if (_state == SubscriptionState.Paused) EndPause(amendment.EffectiveOn);
        // What never was in force ends where it would have begun.
        var never = _state == SubscriptionState.Draft;
        (_end, _endTime) = never ? (_start, default) : (amendment.EffectiveOn, amendment.EffectiveTime);
        (_endIsCancellation, _endedBy, _state) = (cancel.DayCounts && !never, amendment.Version, SubscriptionState.Cancelled);
        return "Cancelled";
    }

    private Applied Reactivate(Amendment amendment)
    {
        var paid = _end > FirstPaidDay;
        GoOn(amendment);
        // A trial that was given up is not gone on with: from now on it is paid for.
        if (_trialEnd > amendment.EffectiveOn) _trialEnd = amendment.EffectiveOn;
        if (!paid) _anchor = _created!.Anchor ?? amendment.EffectiveOn;
        if (_term is not null && _term.EndFor(amendment.EffectiveOn) <= amendment.EffectiveOn) _term = null;
        _agreedEnd = _agreedEnd > amendment.EffectiveOn ? _agreedEnd : null;
        (_end, _endTime, _endIsCancellation, _endedBy, _state) = (_agreedEnd, default, false, null, SubscriptionState.Active);
        return "Reactivated";
    }

    // What stood at the end is closed there and opened again, unless no time lies between. What was sold once stays sold.
    private void GoOn(Amendment amendment)
    {
        var (end, time) = (_end!.Value, _endTime);
        if (end == amendment.EffectiveOn && time == amendment.EffectiveTime) return;
        for (var index = _components.Count - 1; index >= 0; index--)
        {
            var component = _components[index];
            if (component.Until is not null || IsSold(component)) continue;
            var opened = component with { From = amendment.EffectiveOn, FromTime = amendment.EffectiveTime, OpenedBy = amendment.Version };
            var extra = _endIsCancellation && component.Terms.CancellationDayBilled && amendment.EffectiveOn > end;
            var closed = component with { Until = extra ? end.AddDays(1) : end, UntilTime = extra ? default : time, ClosedBy = _endedBy ?? amendment.Version };
            _components[index] = opened;
            if ((component.From, component.FromTime).CompareTo((end, time)) < 0) _components.Insert(index, closed);
        }
    }
}
