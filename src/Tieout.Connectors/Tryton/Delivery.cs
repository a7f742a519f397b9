using System.Text.Json.Nodes;
using Tieout.Connectors.Port;
using Tieout.Domain.Posting;
using static Tieout.Connectors.Tryton.TrytonValues;

namespace Tieout.Connectors.Tryton;

/// <summary>An invoice or credit memo on its way, with what is known of it so far.</summary>
internal sealed class Shipment(ErpInvoice document) : Draft
{
    public ErpInvoice Document { get; } = document;

    public long Address { get; set; }

    /// <summary>Decides the number and the month it is booked in.</summary>
    public DateOnly Accounting { get; set; } = document.IssueDate;
}

/// <summary>The two steps of booking invoices and credit memos, for a batch: create drafts, post them.</summary>
internal sealed class Delivery(TrytonClient client, TrytonSettings settings, Catalogue catalogue, DateOnly today, IExchangeLog log, CancellationToken cancel)
    : DraftDelivery<Shipment>(Invoices, client, catalogue, log, cancel)
{
    // Measured: 83 to 91 ms an invoice at 10 to 50 per call, 120 at 100, 164 at 200. A short call is also less to be in doubt about.
    private const int PostAtOnce = 20;

    private const string Invoices = "account.invoice";
    private const string DueDateWarning = "invoice_payment_term_";

    private readonly InvoiceMap _map = new(settings, catalogue);

    /// <summary>What the ERP holds under the keys.</summary>
    /// <exception cref="NotAnsweredException">It did not tell.</exception>
    public async Task<ILookup<string, HeldInvoice>> Held(IEnumerable<string> keys)
    {
        List<JsonNode> where = [Where("company", "=", Catalogue.Company), Where("type", "=", "out"), Where("reference", "in", List(keys))];
        var rows = await Client.Rows(Invoices, new RowQuery(where, HeldInvoice.Fields), HeldInvoice.Of, Catalogue.Context(), Log, Cancel);
        return rows.ToLookup(invoice => invoice.Key, StringComparer.Ordinal);
    }

    /// <summary>Settles what the ERP holds already; a draft that a broken delivery left is taken up.</summary>
    /// <exception cref="NotAnsweredException">The ERP did not tell.</exception>
    public override async Task Look(IReadOnlyList<Shipment> shipments)
    {
        if (shipments.Count == 0) return;
        var held = await Held(shipments.Select(shipment => shipment.Document.Key));
        foreach (var shipment in shipments)
            switch (HeldInvoice.Judge(shipment.Document, [.. held[shipment.Document.Key]], settings.TaxForced))
            {
                case (_, { } conflict): shipment.Outcome = new DeliveryOutcome.Refused(conflict); break;
                case ({ Posted: true } posted, _): shipment.Outcome = new DeliveryOutcome.AlreadyPosted(posted.Reference); break;
                case ({ } draft, _): shipment.Id = draft.Id; break;
            }
    }

    /// <summary>Finds the customers' addresses and the accounting dates that numbering still takes.</summary>
    /// <exception cref="NotAnsweredException">The ERP did not tell.</exception>
    public async Task Prepare(IReadOnlyList<Shipment> shipments)
    {
        if (shipments.Count == 0) return;
        var parties = await Parties(shipments);
        foreach (var shipment in shipments)
        {
            var party = InvoiceMap.PartyOf(shipment.Document) is { } id ? parties.GetValueOrDefault(id) : null;
            shipment.Outcome = PartyProblem(shipment.Document, party);
            shipment.Address = party?.Address ?? 0;
        }
        if (!settings.MayMoveAccountingDate) return;
        foreach (var series in shipments.GroupBy(shipment => Catalogue.SeriesAt(shipment.Document.IssueDate, shipment.Document.Kind)))
            if (series.Key is { } sequence && await Newest(sequence) is { } newest)
                foreach (var shipment in series)
                    if (shipment.Accounting < newest) shipment.Accounting = newest;
    }

    private static DeliveryOutcome.Refused? PartyProblem(ErpInvoice document, HeldParty? party) => party switch
    {
        null => Refused("customer-unknown", $"Tryton knows no customer with the id '{document.ErpCustomerId}'."),
        // By its id the ERP would take it.
        { Active: false } => Refused("customer-blocked", $"The customer {document.CustomerCode} is deactivated in Tryton."),
        { Address: null } => Refused("customer-address-missing", $"The customer {document.CustomerCode} has no address in Tryton."),
        _ => null,
    };

    /// <summary>With our tax forced, a draft shows the final figures: what differs is taken back before it is booked.</summary>
    /// <exception cref="NotAnsweredException">The ERP did not tell.</exception>
    public async Task Compare(IReadOnlyList<Shipment> shipments)
    {
        if (!settings.TaxForced || shipments.Count == 0) return;
        var held = await ByIds(shipments);
        foreach (var shipment in shipments)
        {
            var difference = held.GetValueOrDefault(shipment.Id!.Value)?.DifferenceFrom(shipment.Document, taxForced: true) ?? "the draft is gone";
            if (difference.Length > 0)
                shipment.Outcome = Refused("erp-computed-otherwise", $"Tryton's draft of {shipment.Document.Key} differs from ours: {difference}.");
        }
    }

    /// <summary>Posts drafts, takes back those that are refused, and reads back what was booked.</summary>
    /// <param name="shipments">Drafts, and those refused since they were created.</param>
    /// <param name="keepUnsent">Leaves a draft that could not be posted for now, for a look-up that is asked again anyway.</param>
    /// <exception cref="NotAnsweredException">The ERP did not tell what it booked.</exception>
    public async Task Finish(IReadOnlyList<Shipment> shipments, bool keepUnsent)
    {
        var open = shipments.Where(shipment => shipment.Outcome is null && shipment.Id is not null).OrderBy(shipment => shipment.Accounting).ToList();
        // A due date in the past is a question to the user; unanswered, it refuses the whole call.
        await Answer([.. open.Where(shipment => shipment.Document.DueDate < today)]);
        foreach (var chunk in open.Chunk(PostAtOnce)) await Post(chunk);
        await TakeBack([.. shipments.Where(shipment => shipment.Id is not null
            && (shipment.Outcome is DeliveryOutcome.Refused || (shipment.Outcome is DeliveryOutcome.NotSent && !keepUnsent)))]);
        await ReadBack([.. open.Where(shipment => shipment.Outcome is null)]);
    }

    protected override JsonObject Values(Shipment draft) => _map.Values(draft.Document, draft.Address, draft.Accounting);

    protected override async Task<IReadOnlyDictionary<long, ErpReference>> PostedAmong(IReadOnlyList<Shipment> drafts) =>
        (await ByIds(drafts)).Values.Where(invoice => invoice.Posted).ToDictionary(invoice => invoice.Id, invoice => invoice.Reference);

    private async Task Post(IReadOnlyList<Shipment> chunk, bool again = false)
    {
        if (await TryPost(chunk) is { } error) await PostRefused(chunk, error, again);
    }

    private async Task PostRefused(IReadOnlyList<Shipment> chunk, TrytonError error, bool again)
    {
        var finding = TrytonFindings.Of(error);
        if (!again && error.Warning.StartsWith(DueDateWarning, StringComparison.Ordinal))
        {
            await Answer(chunk); // the ERP's day has begun and ours has not
            await Post(chunk, again: true);
        }
        else if (!again && finding.Code == "date-order" && settings.MayMoveAccountingDate && await MoveOn(chunk))
            await Post(chunk, again: true);
        else if (chunk.Count == 1 || (finding.Code == "period-closed" && chunk.All(shipment => shipment.Accounting == chunk[0].Accounting)))
            Settle(chunk, new DeliveryOutcome.Refused(finding));
        else
        {
            await Post([.. chunk.Take(chunk.Count / 2)], again);
            await Post([.. chunk.Skip(chunk.Count / 2)], again);
        }
    }

    /// <summary>Somebody booked a later date since we asked, or a draft found here is older: dates the drafts as late as needed.</summary>
    private async Task<bool> MoveOn(IReadOnlyList<Shipment> chunk)
    {
        var moved = false;
        foreach (var series in chunk.GroupBy(shipment => Catalogue.SeriesAt(shipment.Accounting, shipment.Document.Kind)))
            if (series.Key is { } sequence && await Newest(sequence) is { } newest)
                moved |= await MoveOn([.. series.Where(shipment => shipment.Accounting <= newest)], newest);
        return moved;
    }

    private async Task<bool> MoveOn(IReadOnlyList<Shipment> early, DateOnly newest)
    {
        if (early.Count == 0) return false;
        JsonArray arguments = [Ids(early), new JsonObject { ["accounting_date"] = Date(newest) }];
        if (await Client.Call(Invoices + ".write", arguments, Catalogue.Context(), Log, Cancel) is not TrytonReply.Done) return false;
        foreach (var shipment in early) shipment.Accounting = newest;
        return true;
    }

    // The rows are used up by the post. If this fails, the post is refused with the question itself.
    private async Task Answer(IReadOnlyList<Shipment> shipments)
    {
        if (shipments.Count == 0) return;
        var answers = shipments.Select(shipment => new JsonObject
        {
            ["user"] = Client.UserId,
            ["name"] = FormattableString.Invariant($"{DueDateWarning}{shipment.Id}"),
            ["always"] = false,
        });
        await Client.Call("res.user.warning.create", [List(answers)], Catalogue.Context(), Log, Cancel);
    }

    private async Task<IReadOnlyDictionary<long, HeldInvoice>> ByIds(IReadOnlyList<Shipment> shipments)
    {
        var rows = await Client.Rows(
            Invoices, new RowQuery([Where("id", "in", Ids(shipments))], HeldInvoice.Fields), HeldInvoice.Of, Catalogue.Context(), Log, Cancel);
        return rows.ToDictionary(invoice => invoice.Id);
    }

    private async Task<DateOnly?> Newest(long sequence)
    {
        // Ordered by the accounting date, or the invoice date where it has none: that is what numbering compares.
        var query = new RowQuery(
            [Where("company", "=", Catalogue.Company), Where("type", "=", "out"), Where("sequence", "=", sequence)], ["accounting_date", "invoice_date"])
        { Order = [["accounting_date", "DESC"]], Limit = 1 };
        var rows = await Client.Rows(Invoices, query, row => Day(row, "accounting_date") ?? Day(row, "invoice_date"), Catalogue.Context(), Log, Cancel);
        return rows.Count == 0 ? null : rows[0];
    }

    private async Task<IReadOnlyDictionary<long, HeldParty>> Parties(IReadOnlyList<Shipment> shipments)
    {
        var ids = shipments.Select(shipment => InvoiceMap.PartyOf(shipment.Document)).OfType<long>().Distinct();
        var parties = await Client.Rows(
            "party.party", HeldParty.Query(Where("id", "in", List(ids))), HeldParty.Of, Catalogue.Context(), Log, Cancel);
        return parties.ToDictionary(party => party.Id);
    }
}
