using System.Text.Json.Nodes;
using Tieout.Connectors.Port;
using Tieout.Domain.Posting;
using static Tieout.Connectors.Tryton.TrytonValues;

namespace Tieout.Connectors.Tryton;

/// <summary>An entry on its way, with what is known of it so far.</summary>
internal sealed class EntryShipment(ErpEntry entry) : Draft
{
    public ErpEntry Entry { get; } = entry;

    /// <summary>The open period its date lies in.</summary>
    public long Period { get; set; }

    /// <summary>Units of the company's currency for one of the entry's; null where none is needed.</summary>
    public decimal? Rate { get; set; }
}

/// <summary>The steps of booking entries, for a batch: create drafts, post them, settle what they settle.</summary>
internal sealed class EntryDelivery(TrytonClient client, TrytonSettings settings, Catalogue catalogue, IExchangeLog log, CancellationToken cancel)
    : DraftDelivery<EntryShipment>(Moves, client, catalogue, log, cancel)
{
    private const string Moves = "account.move";
    private const string MoveLines = "account.move.line";
    private const int PostAtOnce = 50;

    private readonly EntryMap _map = new(settings, catalogue);

    /// <summary>What the ERP holds under the keys, with its lines.</summary>
    /// <exception cref="NotAnsweredException">It did not tell.</exception>
    public async Task<ILookup<string, HeldMove>> Held(IEnumerable<string> keys)
    {
        // Moves of invoices have an origin, and a description that may be the key of the invoice.
        List<JsonNode> where = [Where("company", "=", Catalogue.Company), Where("origin", "=", null), Where("description", "in", List(keys))];
        var rows = await Client.Rows(Moves, new RowQuery(where, HeldMove.Fields), HeldMove.Of, Catalogue.Context(), Log, Cancel);
        var lines = await LinesOf(rows.Select(move => move.Id));
        return rows.Select(move => move with { Lines = [.. lines[move.Id]] }).ToLookup(move => move.Key, StringComparer.Ordinal);
    }

    /// <summary>Settles what the ERP holds already; a draft that a broken delivery left is taken up, a posted one's settling is finished.</summary>
    /// <exception cref="NotAnsweredException">The ERP did not tell.</exception>
    public override async Task Look(IReadOnlyList<EntryShipment> shipments)
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
                    (shipment.Id, shipment.Outcome) = (posted.Id, new DeliveryOutcome.AlreadyPosted(posted.Reference));
                    break;
                case ({ } draft, _): shipment.Id = draft.Id; break;
            }
    }

    /// <summary>Finds customers, periods and rates; refuses what has none.</summary>
    /// <exception cref="NotAnsweredException">The ERP did not tell.</exception>
    public async Task Prepare(IReadOnlyList<EntryShipment> shipments)
    {
        if (shipments.Count == 0) return;
        var ids = shipments.SelectMany(shipment => shipment.Entry.Lines).Where(line => line.CustomerCode.Length > 0)
            .Select(EntryMap.PartyOf).OfType<long>().Distinct();
        var parties = (await Client.Rows(
            "party.party", HeldParty.Query(Where("id", "in", List(ids))), HeldParty.Of, Catalogue.Context(), Log, Cancel)).ToDictionary(party => party.Id);
        var periods = await Periods(shipments);
        foreach (var shipment in shipments)
        {
            shipment.Outcome = shipment.Entry.Lines.Where(line => line.CustomerCode.Length > 0)
                .Select(line => PartyProblem(line, EntryMap.PartyOf(line) is { } id ? parties.GetValueOrDefault(id) : null))
                .FirstOrDefault(problem => problem is not null);
            if (shipment.Outcome is not null) continue;
            if (periods.FirstOrDefault(period => period.From <= shipment.Entry.Date && shipment.Entry.Date <= period.To) is not { Open: true } open)
                shipment.Outcome = Refused("period-closed", "The accounting period of the document is closed in Tryton, or was never opened.");
            else if (shipment.Entry.Currency.Code != Catalogue.CompanyCurrency && !_map.IsTold(shipment.Entry)
                && (shipment.Rate = await RateOf(shipment.Entry)) is null)
                shipment.Outcome = Refused("rate-missing", $"Tryton has no rate of {shipment.Entry.Currency} on {shipment.Entry.Date:yyyy-MM-dd}.");
            else shipment.Period = open.Id;
        }
    }

    /// <summary>Posts drafts, takes back those that are refused, reads back what was booked, and settles what they settle.</summary>
    /// <param name="shipments">With a move.</param>
    /// <param name="keepUnsent">Leaves a draft that could not be posted for now, for a look-up that is asked again anyway.</param>
    /// <exception cref="NotAnsweredException">The ERP did not tell what it booked.</exception>
    public async Task Finish(IReadOnlyList<EntryShipment> shipments, bool keepUnsent)
    {
        List<EntryShipment> open = [.. shipments.Where(shipment => shipment.Outcome is null && shipment.Id is not null)];
        foreach (var chunk in open.Chunk(PostAtOnce)) await Post(chunk);
        await TakeBack([.. open.Where(shipment => shipment.Outcome is DeliveryOutcome.Refused || (shipment.Outcome is DeliveryOutcome.NotSent && !keepUnsent))]);
        await ReadBack([.. open.Where(shipment => shipment.Outcome is null)]);
        var settling = new TrytonSettling(Client, settings, Catalogue, Log, Cancel);
        foreach (var shipment in shipments)
            if (shipment.Outcome is DeliveryOutcome.Accepted or DeliveryOutcome.AlreadyPosted && !Silent && await settling.Run(shipment) is { } trouble)
                shipment.Outcome = trouble.Beside(shipment.Outcome, shipment.Entry, "Tryton");
    }

    protected override JsonObject Values(EntryShipment draft) => _map.Values(draft.Entry, draft.Period, draft.Rate);

    protected override async Task<IReadOnlyDictionary<long, ErpReference>> PostedAmong(IReadOnlyList<EntryShipment> drafts)
    {
        var rows = await Client.Rows(Moves, new RowQuery([Where("id", "in", Ids(drafts))], HeldMove.Fields), HeldMove.Of, Catalogue.Context(), Log, Cancel);
        return rows.Where(move => move.Posted).ToDictionary(move => move.Id, move => move.Reference);
    }

    private async Task Post(IReadOnlyList<EntryShipment> chunk)
    {
        if (await TryPost(chunk) is not { } error) return;
        if (chunk.Count == 1)
        {
            Settle(chunk, new DeliveryOutcome.Refused(TrytonFindings.Of(error)));
            return;
        }
        await Post([.. chunk.Take(chunk.Count / 2)]);
        await Post([.. chunk.Skip(chunk.Count / 2)]);
    }

    private async Task<ILookup<long, HeldMoveLine>> LinesOf(IEnumerable<long> moves)
    {
        var ids = moves.ToList();
        if (ids.Count == 0) return Array.Empty<HeldMoveLine>().ToLookup(line => line.Move);
        var rows = await Client.Rows(
            MoveLines, new RowQuery([Where("move", "in", List(ids))], HeldMoveLine.Fields), row => HeldMoveLine.Of(row, Catalogue),
            Catalogue.Context(), Log, Cancel);
        return rows.ToLookup(line => line.Move);
    }

    private async Task<HashSet<string>> InvoicesUnder(IEnumerable<string> keys)
    {
        List<JsonNode> where = [Where("company", "=", Catalogue.Company), Where("type", "=", "out"), Where("reference", "in", List(keys))];
        var rows = await Client.Rows("account.invoice", new RowQuery(where, ["reference"]), row => Text(row, "reference"), Catalogue.Context(), Log, Cancel);
        return rows.ToHashSet(StringComparer.Ordinal);
    }

    private Task<IReadOnlyList<Period>> Periods(IReadOnlyList<EntryShipment> shipments)
    {
        List<JsonNode> where =
        [
            Where("company", "=", Catalogue.Company), Where("type", "=", "standard"),
            Where("start_date", "<=", Date(shipments.Max(shipment => shipment.Entry.Date))),
            Where("end_date", ">=", Date(shipments.Min(shipment => shipment.Entry.Date))),
        ];
        return Client.Rows(
            "account.period", new RowQuery(where, ["start_date", "end_date", "state"]),
            row => new Period(Id(row, "id")!.Value, Day(row, "start_date")!.Value, Day(row, "end_date")!.Value, Text(row, "state") == "open"),
            Catalogue.Context(), Log, Cancel);
    }

    /// <summary>The ERP's own rate of the day, so that entries are booked at the rate its invoices are.</summary>
    private async Task<decimal?> RateOf(ErpEntry entry)
    {
        var context = Catalogue.Context();
        context["date"] = Date(entry.Date);
        List<JsonNode> where = [Where("code", "in", List([entry.Currency.Code, Catalogue.CompanyCurrency]))];
        var rates = (await Client.Rows(
            "currency.currency", new RowQuery(where, ["code", "rate"]), row => (Code: Text(row, "code"), Rate: Amount(row, "rate")), context, Log, Cancel))
            .DistinctBy(rate => rate.Code, StringComparer.Ordinal).ToDictionary(rate => rate.Code, rate => rate.Rate, StringComparer.Ordinal);
        var (from, to) = (rates.GetValueOrDefault(entry.Currency.Code), rates.GetValueOrDefault(Catalogue.CompanyCurrency));
        return from > 0m && to > 0m ? to / from : null;
    }

    private static DeliveryOutcome.Refused? PartyProblem(ErpEntryLine line, HeldParty? party) => party switch
    {
        null => Refused("customer-unknown", $"Tryton knows no customer with the id '{line.ErpCustomerId}'."),
        { Active: false } => Refused("customer-blocked", $"The customer {line.CustomerCode} is deactivated in Tryton."),
        _ => null,
    };

    private sealed record Period(long Id, DateOnly From, DateOnly To, bool Open);
}
