using System.Text.Json;
using System.Text.Json.Nodes;
using Tieout.Connectors.Port;
using Tieout.Domain.Posting;
using static Tieout.Connectors.Tryton.TrytonValues;

namespace Tieout.Connectors.Tryton;

/// <summary>An entry on its way, with what is known of it so far.</summary>
internal sealed class EntryShipment(ErpEntry entry)
{
    public ErpEntry Entry { get; } = entry;

    /// <summary>The ERP's id once created; from then on it stands there, at least as a draft.</summary>
    public long? Move { get; set; }

    /// <summary>The open period its date lies in.</summary>
    public long Period { get; set; }

    /// <summary>Units of the company's currency for one of the entry's; null where they are the same.</summary>
    public decimal? Rate { get; set; }

    /// <summary>Null while it is open.</summary>
    public DeliveryOutcome? Outcome { get; set; }
}

/// <summary>
/// The steps of booking entries, for a batch: create drafts, post them, settle what they settle. Each call is all or nothing. After
/// silence nothing more is sent: what stands as a draft then is in doubt, and the look-up finishes it.
/// </summary>
internal sealed class EntryDelivery(TrytonClient client, TrytonSettings settings, Catalogue catalogue, IExchangeLog log, CancellationToken cancel)
{
    private const string Moves = "account.move";
    private const string MoveLines = "account.move.line";
    private const int PostAtOnce = 50;

    private readonly EntryMap _map = new(settings, catalogue);
    private bool _silent;

    /// <summary>What the ERP holds under the keys, with its lines.</summary>
    /// <exception cref="NotAnsweredException">It did not tell.</exception>
    public async Task<ILookup<string, HeldMove>> Held(IEnumerable<string> keys)
    {
        // Moves of invoices have an origin, and a description that may be the key of the invoice.
        List<JsonNode> where = [Where("company", "=", catalogue.Company), Where("origin", "=", null), Where("description", "in", List(keys))];
        var rows = await client.Rows(Moves, new RowQuery(where, HeldMove.Fields), HeldMove.Of, catalogue.Context(), log, cancel);
        var lines = await LinesOf(rows.Select(move => move.Id));
        return rows.Select(move => move with { Lines = [.. lines[move.Id]] }).ToLookup(move => move.Key, StringComparer.Ordinal);
    }

    /// <summary>Settles what the ERP holds already; a draft that a broken delivery left is taken up, a posted one's settling is finished.</summary>
    /// <exception cref="NotAnsweredException">The ERP did not tell.</exception>
    public async Task Look(IReadOnlyList<EntryShipment> shipments)
    {
        if (shipments.Count == 0) return;
        var keys = shipments.Select(shipment => shipment.Entry.Key).ToList();
        var held = await Held(keys);
        var invoices = await InvoicesUnder(keys);
        foreach (var shipment in shipments)
            switch (HeldMove.Judge(shipment.Entry, [.. held[shipment.Entry.Key]], invoices.Contains(shipment.Entry.Key), settings.Target))
            {
                case (_, { } conflict): shipment.Outcome = new DeliveryOutcome.Refused(conflict); break;
                case ({ Posted: true } posted, _):
                    (shipment.Move, shipment.Outcome) = (posted.Id, new DeliveryOutcome.AlreadyPosted(posted.Reference));
                    break;
                case ({ } draft, _): shipment.Move = draft.Id; break;
            }
    }

    /// <summary>Finds customers, periods and rates; refuses what has none.</summary>
    /// <exception cref="NotAnsweredException">The ERP did not tell.</exception>
    public async Task Prepare(IReadOnlyList<EntryShipment> shipments)
    {
        if (shipments.Count == 0) return;
        var ids = shipments.SelectMany(shipment => shipment.Entry.Lines).Where(line => line.CustomerCode.Length > 0)
            .Select(EntryMap.PartyOf).OfType<long>().Distinct();
        var parties = (await client.Rows(
            "party.party", HeldParty.Query(Where("id", "in", List(ids))), HeldParty.Of, catalogue.Context(), log, cancel)).ToDictionary(party => party.Id);
        var periods = await Periods(shipments);
        foreach (var shipment in shipments)
        {
            shipment.Outcome = shipment.Entry.Lines.Where(line => line.CustomerCode.Length > 0)
                .Select(line => PartyProblem(line, EntryMap.PartyOf(line) is { } id ? parties.GetValueOrDefault(id) : null))
                .FirstOrDefault(problem => problem is not null);
            if (shipment.Outcome is not null) continue;
            if (periods.FirstOrDefault(period => period.From <= shipment.Entry.Date && shipment.Entry.Date <= period.To) is not { Open: true } open)
                shipment.Outcome = Refused("period-closed", "The accounting period of the document is closed in Tryton, or was never opened.");
            else if (shipment.Entry.Currency.Code != catalogue.CompanyCurrency && (shipment.Rate = await RateOf(shipment.Entry)) is null)
                shipment.Outcome = Refused("rate-missing", $"Tryton has no rate of {shipment.Entry.Currency} on {shipment.Entry.Date:yyyy-MM-dd}.");
            else shipment.Period = open.Id;
        }
    }

    /// <summary>Creates drafts in one call; when the ERP refuses it, halves it until the bad one stands alone.</summary>
    public async Task Create(IReadOnlyList<EntryShipment> shipments)
    {
        if (shipments.Count == 0) return;
        if (_silent)
        {
            Settle(shipments, new DeliveryOutcome.NotSent("Not sent: Tryton fell silent on the ones before."));
            return;
        }
        var values = shipments.Select(shipment => _map.Values(shipment.Entry, shipment.Period, shipment.Rate));
        switch (await client.Call(Moves + ".create", [List(values)], catalogue.Context(), log, cancel))
        {
            case TrytonReply.Done { Result: { ValueKind: JsonValueKind.Array } ids } when ids.GetArrayLength() == shipments.Count:
                foreach (var (index, id) in ids.EnumerateArray().Index()) shipments[index].Move = id.GetInt64();
                break;
            case TrytonReply.NotDone not: Settle(shipments, new DeliveryOutcome.NotSent(not.Reason, not.RetryAfter)); break;
            case TrytonReply.Refused { Error.Kind: TrytonErrorKind.Unforeseen } refused when !await NothingCame(shipments, refused.Error): break;
            case TrytonReply.Refused refused when shipments.Count == 1: shipments[0].Outcome = new DeliveryOutcome.Refused(TrytonFindings.Of(refused.Error)); break;
            case TrytonReply.Refused:
                await Create([.. shipments.Take(shipments.Count / 2)]);
                await Create([.. shipments.Skip(shipments.Count / 2)]);
                break;
            case TrytonReply.Silent silent: Silence(shipments, silent.Reason); break;
            default: Silence(shipments, "Tryton's answer to the creation of moves names other ids than expected."); break;
        }
    }

    /// <summary>Posts drafts, takes back those that are refused, reads back what was booked, and settles what they settle.</summary>
    /// <param name="shipments">With a move.</param>
    /// <param name="keepUnsent">Leaves a draft that could not be posted for now, for a look-up that is asked again anyway.</param>
    /// <exception cref="NotAnsweredException">The ERP did not tell what it booked.</exception>
    public async Task Finish(IReadOnlyList<EntryShipment> shipments, bool keepUnsent)
    {
        List<EntryShipment> open = [.. shipments.Where(shipment => shipment.Outcome is null && shipment.Move is not null)];
        foreach (var chunk in open.Chunk(PostAtOnce)) await Post(chunk);
        await TakeBack([.. open.Where(shipment => shipment.Outcome is DeliveryOutcome.Refused || (shipment.Outcome is DeliveryOutcome.NotSent && !keepUnsent))]);
        await ReadBack([.. open.Where(shipment => shipment.Outcome is null)]);
        var settling = new TrytonSettling(client, settings, catalogue, log, cancel);
        foreach (var shipment in shipments)
            if (shipment.Outcome is DeliveryOutcome.Accepted or DeliveryOutcome.AlreadyPosted && !_silent && await settling.Run(shipment) is { } trouble)
                shipment.Outcome = new DeliveryOutcome.NoAnswer($"It is booked, and what it settles is not settled yet: {trouble}");
    }

    private async Task Post(IReadOnlyList<EntryShipment> chunk)
    {
        if (_silent)
        {
            Settle(chunk, new DeliveryOutcome.NoAnswer("It stands as a draft: Tryton fell silent on the ones before."));
            return;
        }
        switch (await client.Call(Moves + ".post", [Ids(chunk)], catalogue.Context(), log, cancel))
        {
            case TrytonReply.Done: break;
            case TrytonReply.NotDone not: Settle(chunk, new DeliveryOutcome.NotSent(not.Reason, not.RetryAfter)); break;
            case TrytonReply.Silent silent: Silence(chunk, silent.Reason); break;
            case TrytonReply.Refused refused when chunk.Count == 1: Settle(chunk, new DeliveryOutcome.Refused(TrytonFindings.Of(refused.Error))); break;
            case TrytonReply.Refused:
                await Post([.. chunk.Take(chunk.Count / 2)]);
                await Post([.. chunk.Skip(chunk.Count / 2)]);
                break;
        }
    }

    // A refusal is one only when nothing of it is left in the ERP; a draft we cannot remove is in doubt.
    private async Task TakeBack(IReadOnlyList<EntryShipment> shipments)
    {
        if (shipments.Count == 0) return;
        if (!_silent && await client.Call(Moves + ".delete", [Ids(shipments)], catalogue.Context(), log, cancel) is TrytonReply.Done) return;
        Settle(shipments, new DeliveryOutcome.NoAnswer("It was not booked, and its draft could not be removed from Tryton."));
    }

    private async Task ReadBack(IReadOnlyList<EntryShipment> shipments)
    {
        if (shipments.Count == 0) return;
        var rows = await client.Rows(Moves, new RowQuery([Where("id", "in", Ids(shipments))], HeldMove.Fields), HeldMove.Of, catalogue.Context(), log, cancel);
        var held = rows.ToDictionary(move => move.Id);
        foreach (var shipment in shipments)
            shipment.Outcome = held.GetValueOrDefault(shipment.Move!.Value) is { Posted: true } posted
                ? new DeliveryOutcome.Accepted(posted.Reference)
                : new DeliveryOutcome.NoAnswer("Tryton took the posting and does not show the move as posted.");
    }

    /// <summary>An unforeseen error may come up after the commit: before anything is repeated, the keys are asked for.</summary>
    private async Task<bool> NothingCame(IReadOnlyList<EntryShipment> shipments, TrytonError error)
    {
        try
        {
            await Look(shipments);
            var missing = shipments.Where(shipment => shipment is { Outcome: null, Move: null }).ToList();
            if (missing.Count == shipments.Count) return true;
            Settle(missing, new DeliveryOutcome.NoAnswer(error.Text));
            return false;
        }
        catch (NotAnsweredException unknown)
        {
            Silence(shipments, $"{error.Text}; and then: {unknown.Message}");
            return false;
        }
    }

    private async Task<ILookup<long, HeldMoveLine>> LinesOf(IEnumerable<long> moves)
    {
        var ids = moves.ToList();
        if (ids.Count == 0) return Array.Empty<HeldMoveLine>().ToLookup(line => line.Move);
        var rows = await client.Rows(
            MoveLines, new RowQuery([Where("move", "in", List(ids))], HeldMoveLine.Fields), row => HeldMoveLine.Of(row, catalogue),
            catalogue.Context(), log, cancel);
        return rows.ToLookup(line => line.Move);
    }

    private async Task<HashSet<string>> InvoicesUnder(IEnumerable<string> keys)
    {
        List<JsonNode> where = [Where("company", "=", catalogue.Company), Where("type", "=", "out"), Where("reference", "in", List(keys))];
        var rows = await client.Rows("account.invoice", new RowQuery(where, ["reference"]), row => Text(row, "reference"), catalogue.Context(), log, cancel);
        return rows.ToHashSet(StringComparer.Ordinal);
    }

    private Task<IReadOnlyList<Period>> Periods(IReadOnlyList<EntryShipment> shipments)
    {
        List<JsonNode> where =
        [
            Where("company", "=", catalogue.Company), Where("type", "=", "standard"),
            Where("start_date", "<=", Date(shipments.Max(shipment => shipment.Entry.Date))),
            Where("end_date", ">=", Date(shipments.Min(shipment => shipment.Entry.Date))),
        ];
        return client.Rows(
            "account.period", new RowQuery(where, ["start_date", "end_date", "state"]),
            row => new Period(Id(row, "id")!.Value, Day(row, "start_date")!.Value, Day(row, "end_date")!.Value, Text(row, "state") == "open"),
            catalogue.Context(), log, cancel);
    }

    /// <summary>The ERP's own rate of the day, so that entries are booked at the rate its invoices are.</summary>
    private async Task<decimal?> RateOf(ErpEntry entry)
    {
        var context = catalogue.Context();
        context["date"] = Date(entry.Date);
        List<JsonNode> where = [Where("code", "in", List([entry.Currency.Code, catalogue.CompanyCurrency]))];
        var rates = (await client.Rows(
            "currency.currency", new RowQuery(where, ["code", "rate"]), row => (Code: Text(row, "code"), Rate: Amount(row, "rate")), context, log, cancel))
            .DistinctBy(rate => rate.Code, StringComparer.Ordinal).ToDictionary(rate => rate.Code, rate => rate.Rate, StringComparer.Ordinal);
        var (from, to) = (rates.GetValueOrDefault(entry.Currency.Code), rates.GetValueOrDefault(catalogue.CompanyCurrency));
        return from > 0m && to > 0m ? to / from : null;
    }

    private static DeliveryOutcome.Refused? PartyProblem(ErpEntryLine line, HeldParty? party) => party switch
    {
        null => Refused("customer-unknown", $"Tryton knows no customer with the id '{line.ErpCustomerId}'."),
        { Active: false } => Refused("customer-blocked", $"The customer {line.CustomerCode} is deactivated in Tryton."),
        _ => null,
    };

    private void Silence(IReadOnlyList<EntryShipment> shipments, string reason)
    {
        _silent = true;
        Settle(shipments, new DeliveryOutcome.NoAnswer(reason));
    }

    private static void Settle(IReadOnlyList<EntryShipment> shipments, DeliveryOutcome outcome)
    {
        foreach (var shipment in shipments) shipment.Outcome = outcome;
    }

    private static JsonArray Ids(IReadOnlyList<EntryShipment> shipments) => List(shipments.Select(shipment => shipment.Move!.Value));

    private static DeliveryOutcome.Refused Refused(string code, string cause) => new(TrytonFindings.Of(code, cause));

    private sealed record Period(long Id, DateOnly From, DateOnly To, bool Open);
}
