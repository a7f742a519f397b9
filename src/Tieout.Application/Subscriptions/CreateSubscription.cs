using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Subscriptions;

/// <summary>Creates a subscription with its first amendment, in one transaction.</summary>
public sealed class CreateSubscription(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Creates it once; the same key with the same request answers what was answered first.</summary>
    public async Task<AmendmentOutcome> Run(SubscriptionRequest request, string? key, CancellationToken cancel)
    {
        var reader = new RequestReader();
        SubscriptionReading.Check(request, reader);
        if (reader.Errors.Count > 0) return new AmendmentOutcome.Unreadable(reader.Errors);
        var (code, sha256) = (request.Code!.Trim(), AmendmentLog.Hash(request.Code!.Trim(), request));
        await using var connection = await database.OpenConnectionAsync(cancel);
        try
        {
            return await New(connection, code, request, key, sha256, cancel);
        }
        catch (PostgresException twice) when (twice.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            // Somebody was first, with the same key or with the same code.
            return AmendSubscription.Known(await AmendmentLog.Answered(connection, key, cancel), sha256) ?? new AmendmentOutcome.CodeTaken(code);
        }
    }

    private async Task<AmendmentOutcome> New(
        NpgsqlConnection connection, string code, SubscriptionRequest request, string? key, string sha256, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (AmendSubscription.Known(await AmendmentLog.Answered(connection, key, cancel), sha256) is { } known) return known;
        var account = await NewSubscription.AccountOf(connection, request.Account!.Trim(), locked: true, cancel);
        var now = clock.GetUtcNow();
        var decided = await NewSubscription.Decide(connection, account, request, now, cancel);
        if (decided is not NewSubscription.Decided(var amendment, var timeline, var prices)) return ((NewSubscription.Not)decided).Outcome;
        var step = timeline.Steps[0];
        var id = timeline.Subscription.Id.Value;
        await SaveTimeline.Insert(connection, account!.Id, code, timeline, prices, now, cancel);
        await AmendmentLog.Write(connection, account.Id, id, new StoredAmendment(amendment, step.Words, step.State, now), key, sha256, prices, cancel);
        // Billing that never ran for this entity finds all of it by itself.
        if (account.BillsFrom is not null)
            await AmendmentLog.Touch(connection, account.Id, id, timeline.TouchedFrom(timeline.Subscription.Start), step.Words, now, cancel);
        await transaction.CommitAsync(cancel);
        return new AmendmentOutcome.Done(
            new AmendmentAnswer(code, 1, AmendmentKind.Create, amendment.EffectiveOn, default, step.State, step.Words, now), Again: false);
    }
}

/// <summary>What a new subscription would be, before anything is written.</summary>
internal abstract record NewSubscription
{
    private NewSubscription() { }

    /// <summary>It is possible.</summary>
    public sealed record Decided(Amendment Amendment, Timeline Timeline, PriceBook Prices) : NewSubscription;

    /// <summary>It is not.</summary>
    public sealed record Not(AmendmentOutcome Outcome) : NewSubscription;

    /// <summary>The billing account of a code, null when there is none. Locked, billing cannot begin for its legal entity until the transaction ends.</summary>
    public static async Task<AccountRow?> AccountOf(NpgsqlConnection connection, string code, bool locked, CancellationToken cancel) =>
        await connection.QuerySingleOrDefaultAsync<AccountRow>(new CommandDefinition(
            $"""
            select account.id, account.currency, entity.bills_from, account.time_zone as zone
            from customers.billing_account account
            join customers.legal_entity entity on entity.id = account.legal_entity_id
            where account.tenant = 1 and account.code = @code
            {(locked ? "for key share of entity" : "")}
            """, new { code }, cancellationToken: cancel));

    /// <summary>Reads the request against the books.</summary>
    public static async Task<NewSubscription> Decide(
        NpgsqlConnection connection, AccountRow? account, SubscriptionRequest request, DateTimeOffset now, CancellationToken cancel)
    {
        var reader = new RequestReader();
        if (account is null)
        {
            reader.Wrong("account", "No billing account has this code. Correct it, or import the account first.");
            return new Not(new AmendmentOutcome.Unreadable(reader.Errors));
        }
        var currency = Currency.Of(account.Currency);
        var prices = await PriceBook.Load(connection, [request.Plan!.Trim()], null, cancel);
        var today = ZoneTime.IsKnown(account.Zone) ? ZoneTime.Today(account.Zone, now) : DateOnly.FromDateTime(now.UtcDateTime);
        var start = reader.Day("start", request.Start) ?? today;
        var create = SubscriptionReading.Create(
            request, currency, account.Zone, prices.In(currency, start), new PlanTrial(start, prices.TrialDays(request.Plan!.Trim(), start)), reader);
        if (reader.Errors.Count > 0) return new Not(new AmendmentOutcome.Unreadable(reader.Errors));
        var amendment = new Amendment(1, start, create)
        {
            Reason = request.Reason!.Trim(),
            Actor = request.Actor!.Trim(),
        };
        return Timeline.Fold(new(Guid.CreateVersion7()), new(Guid.CreateVersion7()), [amendment]) switch
        {
            Folded.Done done => new Decided(amendment, done.Timeline, prices),
            Folded.Refused refused => new Not(new AmendmentOutcome.Refused(refused.Refusal)),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };
    }

    internal sealed record AccountRow(Guid Id, string Currency, DateOnly? BillsFrom, string Zone);
}
