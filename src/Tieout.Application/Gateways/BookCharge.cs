using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Npgsql;
using Tieout.Application.Journals;
using Tieout.Application.Payments;
using Tieout.Domain;
using Tieout.Domain.Cash;
using Tieout.Domain.Cash.Gateway;
using Tieout.Domain.Cash.Matching;
using Tieout.Domain.Closing;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Gateways;

/// <summary>A charge to be looked at.</summary>
/// <param name="FirstAt">When it was first told of.</param>
internal sealed record ChargeToBook(GatewayPlace Place, string Charge, DateTimeOffset FirstAt, GatewayWanted Wanted)
{
    /// <summary>Which time it is booked.</summary>
    public GatewayAttempt Attempt { get; init; } = new(1, "", "", default);

    /// <summary>What its payment has as its reference.</summary>
    public string Reference => GatewayPlace.Of(Charge, Attempt.No);

    /// <summary>Under which one of its steps is booked, once.</summary>
    public string Key(string step) => Place.Key(step, Attempt.No);
}

/// <summary>
/// Books what should stand of a charge less what stands: the receipt as unapplied cash, then refunds and disputes in the order of their days, by
/// the same ways as people's. Where number, payer and amount say the same, the money is applied to its invoice. Each step has a key of its
/// own, so whoever was stopped, or came second, books nothing twice.
/// </summary>
internal sealed class BookCharge(NpgsqlDataSource database, TimeProvider clock)
{
    private const string Actor = "gateway";
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(1);

    /// <summary>Books, and says where it stands.</summary>
    /// <param name="book">The invoices it may settle.</param>
    public async Task<Looked> Run(NpgsqlConnection connection, ChargeToBook charge, MatchBook book, CancellationToken cancel)
    {
        var (place, wanted) = (charge.Place, charge.Wanted);
        if (wanted.Contradictions.Count > 0) return Looks.Contradiction(wanted);
        if (wanted.Received is not { } received) return Looks.Waiting(wanted.Waits[0], []);
        charge = charge with { Attempt = await GatewayStanding.Attempt(connection, place, charge.Charge, cancel) };
        var standing = await GatewayStanding.Of(connection, place, [.. wanted.Steps.Select(step => step.Key)], charge.Attempt.No, cancel);
        List<BookedStep> booked = [];
        var (unapplied, late) = (false, (Looked?)null);
        foreach (var step in wanted.Steps)
        {
            if (!standing.TryGetValue(step.Key, out var stands))
            {
                var (outcome, refused) = step.Kind == GatewayStepKind.Receipt
                    ? await Receipt(connection, charge, received, step, cancel) : await Follow(connection, charge, step, standing, cancel);
                if (refused is not null) return refused with { Booked = booked };
                if (outcome is not JournalOutcome.Done(var journal, _)) return Looked.Refused(outcome!, booked);
                standing[step.Key] = stands = (journal.Id, journal.Number);
            }
            booked.Add(new BookedStep(step, stands.Entry, stands.Number) { Attempt = charge.Attempt.No });
            if (step.Kind == GatewayStepKind.Receipt) (unapplied, late) = await Apply(connection, charge, received, book, cancel);
        }
        if (wanted.Waits.Count > 0) return Looks.Waiting(wanted.Waits[0], booked);
        if (late is not null) return late with { Booked = booked };
        return unapplied && await GatewayStanding.Payment(connection, place, charge.Reference, cancel) is { Unapplied: > 0 } left
            ? Looked.Waits(
                "unapplied", $"{received.Amount} is booked as {left.Number} and owed to {left.Account}; no invoice is settled by it for certain.",
                $"Apply it (tieout payment apply {left.Number} …), or wait for its invoice.", booked, clock.GetUtcNow() + Pause(charge.FirstAt))
            : Looked.Done(booked);
    }

    // What lies long is looked at seldom.
    private TimeSpan Pause(DateTimeOffset since) =>
        TimeSpan.FromTicks(Math.Clamp((clock.GetUtcNow() - since).Ticks / 4, ShortestPause.Ticks, LongestPause.Ticks));

    private async Task<(JournalOutcome? Outcome, Looked? Refused)> Receipt(
        NpgsqlConnection connection, ChargeToBook charge, GatewayFact.Received received, GatewayStep step, CancellationToken cancel)
    {
        var place = charge.Place;
        if (place.Of(step.Amount.Currency) is not { } entity) return (null, Looks.NoEntity(place, step.Amount.Currency));
        var accounts = await GatewayStanding.Accounts(connection, place, charge.Charge, received.Customer, cancel);
        if (Looks.Account(place, received, entity, accounts) is { } refused) return (null, refused);
        var payer = accounts.Single(one => one.Currency == step.Amount.Currency.Code);
        // A person took it back; not before somebody said anew whose it is, it is booked again.
        if (charge.Attempt.No > 1 && payer.Since <= charge.Attempt.At) return (null, Looks.TakenBack(charge, received));
        var document = Document(
            step, step.On, $"Charge {charge.Charge} of {place.Name}",
            ("billing-account", payer.Code), ("currency", step.Amount.Currency.Code),
            ("reference", charge.Reference), ("method", "gateway"));
        var outcome = await new RecordPayment(database, clock) { Clearing = LedgerAccount.GatewayClearing, Source = place.Source }
            .Run(document, Actor, charge.Key(step.Key), cancel);
        // The books decided, and asked where the policy says so.
        return outcome is JournalOutcome.Refused { Code: "month-closed" or "reopening-asked" } no
            ? (null, Looks.Held(entity, new HeldDay(entity.Id, step.On, Journal: false, Asked: no.Code == "reopening-asked"), []))
            : (outcome, null);
    }

    // Not before what it stands on; what the gateway told late is dated after what was booked since where it has to be.
    private async Task<(JournalOutcome? Outcome, Looked? Refused)> Follow(
        NpgsqlConnection connection, ChargeToBook charge, GatewayStep step, Dictionary<string, (Guid Entry, string Number)> standing, CancellationToken cancel)
    {
        if (charge.Place.Of(step.Amount.Currency) is not { } entity) return (null, Looks.NoEntity(charge.Place, step.Amount.Currency));
        var payment = (await GatewayStanding.Payment(connection, charge.Place, charge.Reference, cancel))!;
        var told = step.On > payment.ReceivedOn ? step.On : payment.ReceivedOn;
        var held = new HeldDay(
            entity.Id, told, step.Kind is GatewayStepKind.RefundBack or GatewayStepKind.LossTakenBack, entity.Late == LateArrivals.AskToReopen);
        if (entity.Arrive(told, held.Journal) is not LateArrival.Booked day)
            return (null, await GatewayLate.Hold(database, entity, held, charge.Key(step.Key), [], clock.GetUtcNow(), cancel));
        var reason = $"{Said(step.Kind)} {step.Source} of {charge.Place.Name}{GatewayLate.Words(told, day)}";
        var outcome = await Follow(charge, step, payment.Number, day.On, reason, standing, cancel);
        if (outcome is JournalOutcome.Refused no && no.Code.StartsWith("before-", StringComparison.Ordinal) && payment.Last > day.On)
            outcome = await Follow(charge, step, payment.Number, payment.Last, reason, standing, cancel);
        // Closed since it was looked at: the next look finds the policy.
        return outcome is JournalOutcome.Refused { Code: "month-closed" } ? (null, Looks.Held(entity, held with { Asked = false }, [])) : (outcome, null);
    }

    private Task<JournalOutcome> Follow(
        ChargeToBook charge, GatewayStep step, string payment, DateOnly on, string reason, Dictionary<string, (Guid Entry, string Number)> standing,
        CancellationToken cancel)
    {
        var key = charge.Key(step.Key);
        return step.Kind switch
        {
            GatewayStepKind.Refund => new RefundMoney(database, clock) { Clearing = LedgerAccount.GatewayClearing }
                .Run(Document(step, on, reason, ("payment", payment)), Actor, key, cancel),
            GatewayStepKind.ChargeBack => new DisputeMoney(database, clock) { Clearing = LedgerAccount.GatewayClearing }
                .Run(Document(step, on, reason, ("payment", payment)), Actor, key, cancel),
            GatewayStepKind.RefundBack => Reverse(GatewayStepKind.Refund),
            GatewayStepKind.LossTakenBack => Reverse(GatewayStepKind.ChargeBackLost),
            GatewayStepKind.ChargeBackLost => Settle(DisputeState.Lost, Decided(on, reason, ("to", Words.Of(charge.Place.LostTo)))),
            GatewayStepKind.ChargeBackWon => Settle(DisputeState.Won, Decided(on, reason)),
            _ => throw new InvalidOperationException($"{step.Kind} does not follow a charge."),
        };

        Task<JournalOutcome> Settle(DisputeState to, JsonElement document) =>
            new SettleDispute(database, clock).Run(standing[$"{Words.Of(GatewayStepKind.ChargeBack)}/{step.Source}"].Number, to, document, Actor, key, cancel);

        Task<JournalOutcome> Reverse(GatewayStepKind what) => new ReverseEntry(database, clock).Run(
            new ReversalRequest(standing[$"{Words.Of(what)}/{step.Source}"].Number, on, reason, Actor, key), cancel);
    }

    // Not unapplied when nothing of it is left to be applied by us: it is applied now, or somebody decided about it.
    private async Task<(bool Unapplied, Looked? Late)> Apply(
        NpgsqlConnection connection, ChargeToBook charge, GatewayFact.Received received, MatchBook book, CancellationToken cancel)
    {
        if (await GatewayStanding.Payment(connection, charge.Place, charge.Reference, cancel) is not { } payment || payment.Unapplied <= 0)
            return (false, null);
        if (payment.WasApplied || payment.Unapplied != received.Amount.Amount) return (!payment.WasApplied, null);
        if (MatchCash.Decide(GatewayLines.Line(charge.Place, received, Today), book, MatchPolicy.Default)
            is not MatchDecision.Certain({ TakesBack: null, Fee: 0, Unapplied: 0, IsOff: false } match) || match.Account != payment.AccountId) return (true, null);
        var (on, entity, key) = (await Day(connection, payment, match, cancel), charge.Place.Of(received.Amount.Currency)!, $"application/{charge.Charge}");
        if (entity.Arrive(on, journal: false) is not LateArrival.Booked day)
        {
            var held = new HeldDay(entity.Id, on, Journal: false, entity.Late == LateArrivals.AskToReopen);
            return (true, await GatewayLate.Hold(database, entity, held, charge.Key(key), [], clock.GetUtcNow(), cancel));
        }
        var document = new JsonObject
        {
            ["invoices"] = new JsonArray([.. match.Settles.Select(Wish)]),
            ["on"] = Plain(day.On),
            ["reason"] = "It is certain: number, payer and amount",
        };
        var outcome = await new MovePayment(database, clock).Apply(
            payment.Number, JsonSerializer.SerializeToElement(document), Actor, charge.Key(key), cancel);
        // Somebody settled it meanwhile: a person decides.
        return (outcome is not JournalOutcome.Done, null);
    }

    private static JsonNode Wish(Settlement one)
    {
        var wish = new JsonObject { ["invoice"] = one.Number, ["amount"] = Plain(one.Amount) };
        if (one.Discount > 0) wish["discount"] = Plain(one.Discount);
        return wish;
    }

    private DateOnly Today => DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);

    // The day on which both are there: the money and the last of its invoices.
    private static async Task<DateOnly> Day(NpgsqlConnection connection, GatewayPayment payment, Proposal match, CancellationToken cancel)
    {
        var issued = await connection.QuerySingleAsync<DateOnly>(new CommandDefinition(
            "select max(issue_date) from invoicing.invoice where id = any(@ids)", new { ids = match.Settles.Select(one => one.Invoice).ToArray() },
            cancellationToken: cancel));
        return issued > payment.Last ? issued : payment.Last;
    }

    private static JsonElement Document(GatewayStep step, DateOnly on, string reason, params IEnumerable<(string Name, string Value)> more)
    {
        var document = new JsonObject
        {
            ["amount"] = Plain(step.Amount.Amount),
            [step.Kind == GatewayStepKind.Receipt ? "received-on" : "on"] = Plain(on),
            ["reason"] = reason,
        };
        foreach (var (name, value) in more) document[name] = value;
        return JsonSerializer.SerializeToElement(document);
    }

    private static JsonElement Decided(DateOnly on, string reason, params IEnumerable<(string Name, string Value)> more)
    {
        var document = new JsonObject { ["on"] = Plain(on), ["reason"] = reason };
        foreach (var (name, value) in more) document[name] = value;
        return JsonSerializer.SerializeToElement(document);
    }

    private static string Said(GatewayStepKind kind) => kind switch
    {
        GatewayStepKind.Refund => "Refund",
        GatewayStepKind.RefundBack => "Came back: refund",
        GatewayStepKind.ChargeBack => "Money taken for dispute",
        GatewayStepKind.ChargeBackLost => "Lost: dispute",
        GatewayStepKind.LossTakenBack => "Not lost after all: dispute",
        _ => "Money given back after dispute",
    };

    private static string Plain(decimal amount) => amount.ToString("0.####", CultureInfo.InvariantCulture);

    private static string Plain(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
