using Npgsql;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Subscriptions;

/// <summary>What came of asking for a subscription or an amendment.</summary>
public abstract record AmendmentOutcome
{
    private AmendmentOutcome() { }

    /// <summary>It is recorded; or it was, under the same key with the same content, and this was the answer.</summary>
    public sealed record Done(AmendmentAnswer Answer, bool Again) : AmendmentOutcome;

    /// <summary>The request cannot be read or names what there is not; nothing was written.</summary>
    public sealed record Unreadable(IReadOnlyDictionary<string, string[]> Errors) : AmendmentOutcome;

    /// <summary>There is no such subscription.</summary>
    public sealed record NotFound(string Code) : AmendmentOutcome;

    /// <summary>The rules speak against it; nothing was written.</summary>
    public sealed record Refused(AmendmentRefusal Refusal) : AmendmentOutcome;

    /// <summary>The key was used for something else.</summary>
    public sealed record KeyReused(AmendmentAnswer Earlier) : AmendmentOutcome;

    /// <summary>Another subscription has the code.</summary>
    public sealed record CodeTaken(string Code) : AmendmentOutcome;
}

/// <summary>
/// Amends a subscription: locks it, folds the amendment in, and writes the amendment, what follows from all of them, and the note
/// to billing in one transaction. Two at once take turns; each gets a version of its own.
/// </summary>
public sealed class AmendSubscription(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Amends it once; the same key with the same request answers what was answered first.</summary>
    /// <param name="code">The subscription's.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="key">Chosen by the caller, or null to be recorded whatever was before.</param>
    /// <param name="cancel">Gives up; nothing is changed then.</param>
    public async Task<AmendmentOutcome> Run(string code, AmendmentRequest request, string? key, CancellationToken cancel)
    {
        var reader = new RequestReader();
        if (AmendmentReading.Check(request, reader) is null || reader.Errors.Count > 0) return new AmendmentOutcome.Unreadable(reader.Errors);
        var sha256 = AmendmentLog.Hash(code, request);
        await using var connection = await database.OpenConnectionAsync(cancel);
        try
        {
            return await Locked(connection, code, request, key, sha256, cancel);
        }
        catch (PostgresException twice) when (twice is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "amendment_once" })
        {
            // Somebody used the key for another subscription in the same moment.
            return Known(await AmendmentLog.Answered(connection, key, cancel), sha256)
                ?? throw new InvalidOperationException("A key that is taken was not found.", twice);
        }
    }

    private async Task<AmendmentOutcome> Locked(
        NpgsqlConnection connection, string code, AmendmentRequest request, string? key, string sha256, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        string[] plans = request.Plan is { } plan ? [plan.Trim()] : [];
        var stored = await LoadedSubscription.Load(connection, code, plans, locked: true, cancel);
        if (Known(await AmendmentLog.Answered(connection, key, cancel), sha256) is { } known) return known;
        if (stored is null) return new AmendmentOutcome.NotFound(code);

        var now = clock.GetUtcNow();
        var decided = AmendmentDecision.Of(stored, request, now);
        if (decided is not AmendmentDecision.Decided(var amendment, var before, var after)) return ((AmendmentDecision.Not)decided).Outcome;
        var step = after.Steps.First(item => item.Amendment.Version == amendment.Version);
        var written = new StoredAmendment(amendment, step.Words, step.State, now);
        if (stored.Implied) await AmendmentLog.Write(connection, stored.Account, stored.Id, stored.Amendments[0], null, null, stored.Prices, cancel);
        await AmendmentLog.Write(connection, stored.Account, stored.Id, written, key, sha256, stored.Prices, cancel);
        await SaveTimeline.Update(connection, stored.Account, after, stored.State, amendment.Version, stored.Prices, cancel);
        var (one, other) = (before.TouchedFrom(amendment.EffectiveOn), after.TouchedFrom(amendment.EffectiveOn));
        await AmendmentLog.Touch(connection, stored.Account, stored.Id, one < other ? one : other, step.Words, now, cancel);
        await transaction.CommitAsync(cancel);
        return new AmendmentOutcome.Done(
            new AmendmentAnswer(code, amendment.Version, amendment.Change.Kind, amendment.EffectiveOn, amendment.EffectiveTime, step.State, step.Words, now),
            Again: false);
    }

    /// <summary>The answer to a key that was used before; null for a new one.</summary>
    internal static AmendmentOutcome? Known((AmendmentAnswer Answer, string Sha256)? answered, string sha256) => answered switch
    {
        null => null,
        var (answer, hash) when hash == sha256 => new AmendmentOutcome.Done(answer, Again: true),
        var (answer, _) => new AmendmentOutcome.KeyReused(answer),
    };
}

/// <summary>What an amendment would do, before anything is written.</summary>
internal abstract record AmendmentDecision
{
    private AmendmentDecision() { }

    /// <summary>It is possible.</summary>
    public sealed record Decided(Amendment Amendment, Timeline Before, Timeline After) : AmendmentDecision;

    /// <summary>It is not.</summary>
    public sealed record Not(AmendmentOutcome Outcome) : AmendmentDecision;

    /// <summary>Reads the request against the books and folds it in; pure but for what was loaded.</summary>
    public static AmendmentDecision Of(LoadedSubscription stored, AmendmentRequest request, DateTimeOffset now)
    {
        var reader = new RequestReader();
        var before = stored.Timeline();
        var kind = AmendmentReading.Check(request, reader)!.Value;
        var today = ZoneTime.Today(before.Subscription.Zone, now);
        var day = AmendmentReading.When(request, reader).DayFor(before, kind, today);
        var time = reader.Time("time", request.Time);
        // What is scheduled for later, or was changed after a day of the past, says nothing about that day.
        var then = Timeline.On(new(stored.Id), new(stored.Correlation), stored.All, day ?? today, time);
        var change = AmendmentReading.Change(request, kind, then, stored.Prices.In(stored.Currency, day ?? today), reader);
        if (day is null) reader.Wrong("effective", $"It has no {(request.Effective == "term-end" ? "term" : "billing period")}; give a day.");
        if (reader.Errors.Count > 0 || change is null) return new Not(new AmendmentOutcome.Unreadable(reader.Errors));
        var amendment = new Amendment(stored.Version + 1, day!.Value, change)
        {
            EffectiveTime = time,
            Reason = request.Reason!.Trim(),
            Actor = request.Actor!.Trim(),
        };
        return Timeline.With(new(stored.Id), new(stored.Correlation), stored.All, amendment) switch
        {
            Folded.Done done => new Decided(amendment, before, done.Timeline),
            Folded.Refused refused => new Not(new AmendmentOutcome.Refused(refused.Refusal)),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };
    }
}
