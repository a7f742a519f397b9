namespace Tieout.Domain.Subscriptions;

/// <summary>A subscription while its amendments are applied to it one by one, in the order they take effect.</summary>
internal sealed partial class Folding(SubscriptionId id, CorrelationId correlation)
{
    private readonly List<SubscribedComponent> _components = [];
    private readonly List<Pause> _pauses = [];
    private readonly List<TimelineStep> _steps = [];
    private Change.Create? _created;
    private SubscriptionState _state;
    private string _plan = "";
    private DateOnly _start;
    private DateOnly? _trialEnd;
    private bool _trialConverts;
    private DateOnly _anchor;
    private Term? _term;
    private DateOnly? _agreedEnd;
    private DateOnly? _end;
    private TimeOnly _endTime;
    private bool _endIsCancellation;
    private int? _endedBy;

    /// <summary>Null when it was applied; otherwise nothing of it was.</summary>
    public AmendmentRefusal? Apply(Amendment amendment)
    {
        if (amendment.Change is Change.Create create)
            return _created is null ? Recorded(Create(create, amendment), amendment) : Refusals.NotFirst();
        if (_created is null) return Refusals.NotFirst();
        if (amendment.EffectiveOn < _start) return Refusals.BeforeStart(_start);
        Pass(amendment.EffectiveOn);
        return SubscriptionMoves.Takes(_state, amendment.Change.Kind)
            ? Recorded(Changed(amendment), amendment)
            : Refusals.NotTaken(_state, amendment.Change.Kind, _end, _endedBy, _pauses.Count > 0 ? _pauses[^1] : null);
    }

    /// <summary>What stands after all that was applied.</summary>
    public Timeline Timeline()
    {
        var components = _components
            .OrderBy(item => item.Component, StringComparer.Ordinal).ThenBy(item => item.From).ThenBy(item => item.FromTime)
            .ToList();
        var subscription = new Subscription(id, correlation, _start, _end, components)
        {
            Anchor = _anchor,
            TrialEnd = _trialEnd,
            Pauses = [.. _pauses],
            Zone = _created!.Zone,
            State = _state,
            EndTime = _endTime,
            EndIsCancellation = _endIsCancellation,
            EndedBy = _endedBy,
        };
        return new Timeline(subscription, _plan, _created.Currency, _term, _steps);
    }

    private Applied Changed(Amendment amendment) => amendment.Change switch
    {
        Change.Activate => Activate(amendment.EffectiveOn),
        Change.Trial trial => Trial(trial, amendment.EffectiveOn),
        Change.ToPlan plan => ToPlan(plan, amendment),
        Change.Quantity quantity => Quantity(quantity, amendment),
        Change.Add add => Add(add.Component, amendment),
        Change.Remove remove => Remove(remove.Component, amendment),
        Change.AgreedPrice price => AgreedPrice(price, amendment),
        Change.Renew renew => Renew(renew, amendment),
        Change.Rest rest => Rest(rest, amendment),
        Change.Resume => Resume(amendment.EffectiveOn),
        Change.Cancel cancel => Cancel(cancel, amendment),
        Change.Reactivate => Reactivate(amendment),
        _ => throw new ArgumentOutOfRangeException(nameof(amendment), amendment.Change, "Unknown change."),
    };

    private AmendmentRefusal? Recorded(Applied applied, Amendment amendment)
    {
        if (applied.Refusal is { } refusal) return refusal;
        _steps.Add(new TimelineStep(amendment, _state, AmendmentWords.Sentence(applied.Words, amendment)));
        return null;
    }

    // What time has done by a day: a trial is over, a pause with an end too, a term has run out.
    private void Pass(DateOnly day)
    {
        if (_state == SubscriptionState.Trialing && _trialEnd <= day && _trialConverts) _state = SubscriptionState.Active;
        if (_state == SubscriptionState.Paused && _pauses[^1].Until <= day) _state = SubscriptionState.Active;
        if (_state is not (SubscriptionState.Trialing or SubscriptionState.Active or SubscriptionState.Paused) || !(_end <= day)) return;
        // A term does not run out while its end is moving.
        if (_state == SubscriptionState.Paused && _pauses[^1] is { Mode: PauseMode.MoveEnd, Until: null }) return;
        if (_state == SubscriptionState.Paused) EndPause(_end!.Value);
        _state = SubscriptionState.Expired;
    }

    private DateOnly FirstPaidDay => _trialEnd ?? _start;

    // Anchor, term and end follow from the first day and the first paid day, until something else is agreed.
    private AmendmentRefusal? Begin()
    {
        _anchor = _created!.Anchor ?? FirstPaidDay;
        if (_created.TermLength is { } length) _term = Term.From(FirstPaidDay, length, _created.TermEnding);
        else if (_created.End is { } end && end > FirstPaidDay) _term = new Term(FirstPaidDay, end, null, TermEnding.Expire);
        _agreedEnd = _created.End ?? (_term is { Ending: TermEnding.Expire } ? _term.End : null);
        _end = _trialEnd is not null && !_trialConverts ? _trialEnd : _agreedEnd;
        if (_agreedEnd <= _start) return Refusals.BadEnd("end", $"It would end on {AmendmentWords.Day(_agreedEnd.Value, default)}, before it begins.");
        return _trialEnd <= _start && _state == SubscriptionState.Trialing
            ? Refusals.BadEnd("trialEnd", "The trial would end before it begins.")
            : null;
    }

    /// <summary>The words of what was applied, or why it was not.</summary>
    private readonly record struct Applied(string Words, AmendmentRefusal? Refusal)
    {
        public static implicit operator Applied(string words) => new(words, null);

        public static implicit operator Applied(AmendmentRefusal refusal) => new("", refusal);
    }
}
