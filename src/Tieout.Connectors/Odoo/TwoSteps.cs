using System.Text.Json;
using System.Text.Json.Nodes;
using Tieout.Connectors.Port;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Posting;
using static Tieout.Connectors.Odoo.OdooValues;

namespace Tieout.Connectors.Odoo;

/// <summary>
/// Creating and posting, each a transaction of its own. Between the two a document stands in Odoo as a draft and in no book; whoever comes next
/// finds it there and finishes it. A call is all or nothing: when Odoo refuses one for several documents, they go singly. After silence nothing
/// more is sent.
/// </summary>
internal sealed class TwoSteps(OdooSettings settings, OdooClient client, OdooRows rows, MoveReader reader)
{
    private const string Moves = "account.move";

    private readonly MoveMap _map = new(settings);
    private readonly OdooSettling _settling = new(client, reader);

    /// <summary>Brings documents into the books, or, when not <paramref name="sending"/>, finishes those that stand there as drafts.</summary>
    public async Task<IReadOnlyList<Shipment>> Run(IReadOnlyList<ErpDocument> documents, bool sending, IExchangeLog log, CancellationToken cancel)
    {
        Shipment[] run = [.. documents.Select(document => new Shipment(document))];
        if (run.Length == 0) return run;
        Catalogue? catalogue;
        try
        {
            catalogue = await Catalogue.Load(rows, settings, documents, log, cancel);
            if (catalogue is null)
            {
                foreach (var one in run) one.Outcome = new DeliveryOutcome.Refused(OdooFindings.Of("company-unknown", $"company {settings.Target.Company}"));
                return run;
            }
            await Look(run, catalogue, log, cancel);
        }
        catch (ReadBackException unknown)
        {
            // What cannot be asked is not sent either.
            Rest(run, new DeliveryOutcome.NotSent(unknown.Message, unknown.RetryAfter));
            return run;
        }
        foreach (var one in Open(run))
            if (catalogue.Problem(one.Document, settings) is { } problem) await Object(one, problem, sending, catalogue, log, cancel);
        if (sending) await Create(run, catalogue, log, cancel);
        await Check(run, catalogue, log, cancel);
        await Post(run, sending, catalogue, log, cancel);
        await Confirm(run, catalogue, log, cancel);
        await Settle(run, catalogue, log, cancel);
        return run;
    }

    private static List<Shipment> Open(IEnumerable<Shipment> run) => [.. run.Where(one => one.Outcome is null)];

    private static List<Shipment> Drafts(IEnumerable<Shipment> run) => [.. run.Where(one => one is { Outcome: null, Draft: not 0 })];

    private static void Rest(IEnumerable<Shipment> run, DeliveryOutcome outcome)
    {
        foreach (var one in Open(run)) one.Outcome = outcome;
    }

    // ---- Look -------------------------------------------------------------------------------------------------------

    private async Task Look(Shipment[] run, Catalogue catalogue, IExchangeLog log, CancellationToken cancel)
    {
        var held = await reader.Under(catalogue.Company, run.Select(one => one.Document.Key), log, cancel);
        foreach (var one in run) await Begin(one, [.. held[one.Document.Key]], catalogue, log, cancel);
    }

    private async Task Begin(Shipment one, IReadOnlyList<HeldMove> held, Catalogue catalogue, IExchangeLog log, CancellationToken cancel)
    {
        var key = one.Document.Key;
        var posted = held.Where(move => move.Posted).ToList();
        var drafts = held.Where(move => !move.Posted).ToList();
        if (posted.Count > 1)
        {
            one.Outcome = new DeliveryOutcome.Refused(OdooFindings.Duplicate(key, posted.Select(move => $"{move.Document.Number} (id {move.Document.Id})")));
            return;
        }
        var standing = posted.Concat(drafts).FirstOrDefault();
        if (standing is null) return;
        if (standing.Differences(one.Document, standing.Posted ? Facts.Content : Facts.Draft, settings) is { Length: > 0 } differences)
        {
            one.Outcome = new DeliveryOutcome.Refused(OdooFindings.KeyTaken(key, standing.Document.Number, differences));
            return;
        }
        if (standing.Posted) (one.Posted, one.Outcome) = (standing, new DeliveryOutcome.AlreadyPosted(standing.Document));
        else one.Draft = standing.Id;
        // Our own late calls may have left several drafts: only one of them may ever be posted.
        foreach (var extra in drafts.Where(draft => draft.Id != standing.Id))
            if (!await Withdrawn(extra.Id, catalogue, log, cancel) && !standing.Posted)
                one.Outcome = new DeliveryOutcome.NotSent($"A second draft of {key} (id {extra.Id}) stands in Odoo and could not be deleted.",
                    ThisDocument: true);
        if (one.Outcome is null && !standing.IsAsWritten(one.Document, settings))
        {
            // It follows earlier rules, stands in no book, and is no longer wanted as it is.
            if (await Withdrawn(standing.Id, catalogue, log, cancel)) one.Draft = 0;
            else one.Outcome = new DeliveryOutcome.NotSent($"A draft of {key} (id {standing.Id}) under earlier rules could not be deleted in Odoo.",
                ThisDocument: true);
        }
    }

    /// <summary>Refuses what Odoo would not take or would book wrongly. In a look-up, what is not there is absent, whatever is wrong with it.</summary>
    private async Task Object(Shipment one, Finding problem, bool sending, Catalogue catalogue, IExchangeLog log, CancellationToken cancel)
    {
        if (one.Draft != 0) one.Outcome = await TakenBack(one, leftBehind => problem with { Cause = problem.Cause + leftBehind }, catalogue, log, cancel);
        else if (sending) one.Outcome = new DeliveryOutcome.Refused(problem);
    }

    // ---- The first step -----------------------------------------------------------------------------------------------

    private async Task Create(Shipment[] run, Catalogue catalogue, IExchangeLog log, CancellationToken cancel)
    {
        var missing = Open(run).Where(one => one.Draft == 0).ToList();
        if (missing.Count == 0 || await CreatePart(missing, catalogue, log, cancel) is not OdooReply.Refused) return;
        foreach (var one in missing.Where(one => one.Outcome is null))
            if (await CreatePart([one], catalogue, log, cancel) is OdooReply.Silent or OdooReply.NotNow)
            {
                Rest(run, new DeliveryOutcome.NotSent("Odoo left an earlier document of this delivery without an answer."));
                return;
            }
    }

    private async Task<OdooReply> CreatePart(List<Shipment> part, Catalogue catalogue, IExchangeLog log, CancellationToken cancel)
    {
        JsonArray values = [.. part.Select(one => (JsonNode)_map.Of(one.Document, catalogue))];
        var reply = await client.Call("moves-create", new OdooCall(Moves, "create", [values], Named(catalogue)), log, cancel);
        switch (reply)
        {
            case OdooReply.Done done when IdsOf(done.Result) is { } ids && ids.Count == part.Count:
                foreach (var (index, one) in part.Index()) one.Draft = ids[index];
                break;
            case OdooReply.Done: Rest(part, new DeliveryOutcome.NoAnswer("The answer of Odoo does not name the documents it created.")); break;
            case OdooReply.Silent silent: Rest(part, new DeliveryOutcome.NoAnswer(silent.Reason)); break;
            case OdooReply.NotNow not: Rest(part, new DeliveryOutcome.NotSent(not.Reason, not.RetryAfter)); break;
            case OdooReply.Refused refused when part is [var only]: only.Outcome = Refusal(refused.Error, only); break;
        }
        return reply;
    }

    private static List<long>? IdsOf(JsonElement result) =>
        result.ValueKind == JsonValueKind.Array && result.EnumerateArray().All(id => id.ValueKind == JsonValueKind.Number)
            ? [.. result.EnumerateArray().Select(id => id.GetInt64())]
            : null;

    // ---- Our figures --------------------------------------------------------------------------------------------------

    /// <summary>Sets taxes to ours and takes back what still is not as we sent it: a draft is posted only when every figure is right.</summary>
    private async Task Check(Shipment[] run, Catalogue catalogue, IExchangeLog log, CancellationToken cancel)
    {
        var drafts = Drafts(run);
        if (drafts.Count == 0) return;
        try
        {
            var standing = await reader.ById(catalogue.Company, drafts.Select(one => one.Draft), log, cancel);
            // What is not told cannot be set to our figures, nor judged by them: the look-up finishes it.
            foreach (var one in drafts.Where(one => !standing.ContainsKey(one.Draft))) one.Outcome = NotTold(one);
            foreach (var one in Drafts(drafts).Where(one => one.Document is ErpInvoice))
                await Correct(one, (ErpInvoice)one.Document, standing[one.Draft], catalogue, log, cancel);
            var open = Drafts(run);
            if (open.Count == 0) return;
            standing = await reader.ById(catalogue.Company, open.Select(one => one.Draft), log, cancel);
            foreach (var one in open)
            {
                if (!standing.TryGetValue(one.Draft, out var draft)) one.Outcome = NotTold(one);
                else if (one.Refusal is not null) one.Outcome = await TakenBack(one, left => WithLeft(Refusal(one.Refusal, one), left), catalogue, log, cancel);
                else if (draft.Differences(one.Document, Facts.Everything, settings) is { Length: > 0 } wrong)
                    one.Outcome = await TakenBack(one, left => NotAsSent(one.Document, draft, wrong, left), catalogue, log, cancel);
            }
        }
        catch (ReadBackException unknown)
        {
            foreach (var one in Drafts(run)) one.Outcome = new DeliveryOutcome.NoAnswer(unknown.Message); // the look-up finishes them
        }
    }

    private static DeliveryOutcome.NoAnswer NotTold(Shipment one) => new($"A draft (id {one.Draft}) was created and is not told.", ThisDocument: true);

    private async Task Correct(Shipment one, ErpInvoice invoice, HeldMove draft, Catalogue catalogue, IExchangeLog log, CancellationToken cancel)
    {
        if (draft.Posted) return;
        var changes = _map.Corrections(invoice, draft, catalogue);
        if (changes.Count == 0) return;
        var call = new OdooCall(Moves, "write", [new JsonArray(draft.Id), new JsonObject { ["line_ids"] = changes }], Named(catalogue));
        switch (await client.Call("moves-correct", call, log, cancel))
        {
            case OdooReply.Refused refused: one.Refusal = refused.Error; break;
            case OdooReply.NotNow not: one.Outcome = new DeliveryOutcome.NotSent(not.Reason, not.RetryAfter); break;
            case OdooReply.Silent silent: one.Outcome = new DeliveryOutcome.NoAnswer(silent.Reason); break;
        }
    }

    private Finding NotAsSent(ErpDocument document, HeldMove draft, string differences, string left)
    {
        var number = settings.NumberIsOurs && draft.Name != document.Key;
        var finding = OdooFindings.Of(number ? "number-not-taken" : "not-as-sent", differences);
        return finding with { Cause = finding.Cause + left };
    }

    // ---- The second step ----------------------------------------------------------------------------------------------

    private async Task Post(Shipment[] run, bool sending, Catalogue catalogue, IExchangeLog log, CancellationToken cancel)
    {
        var drafts = Drafts(run);
        if (drafts.Count == 0 || await PostPart(drafts, sending, catalogue, log, cancel) is not OdooReply.Refused || drafts.Count == 1) return;
        foreach (var one in drafts)
            if (await PostPart([one], sending, catalogue, log, cancel) is OdooReply.Silent or OdooReply.NotNow)
            {
                foreach (var rest in Drafts(drafts).Where(rest => rest.Refusal is null))
                    if (drafts.IndexOf(rest) > drafts.IndexOf(one))
                        rest.Outcome = new DeliveryOutcome.NotSent("Odoo left an earlier document of this delivery without an answer.");
                return;
            }
    }

    private async Task<OdooReply> PostPart(List<Shipment> part, bool sending, Catalogue catalogue, IExchangeLog log, CancellationToken cancel)
    {
        var reply = await client.Call("moves-post", new OdooCall(Moves, "action_post", [List(part.Select(one => one.Draft))], Named(catalogue)), log, cancel);
        switch (reply)
        {
            case OdooReply.Silent silent: Rest(part, new DeliveryOutcome.NoAnswer(silent.Reason)); break;
            // It was read, and stands there: that we may not post it is about these drafts, not about Odoo.
            case OdooReply.NotNow { Right: true } not when !sending: Rest(part, new DeliveryOutcome.NotSent(not.Reason, ThisDocument: true)); break;
            case OdooReply.NotNow not: Rest(part, new DeliveryOutcome.NotSent(not.Reason, not.RetryAfter)); break;
            case OdooReply.Refused refused when part is [var only]: only.Refusal = refused.Error; break;
        }
        return reply;
    }

    /// <summary>What the answer says counts for nothing until it is read: an action may only have asked a question.</summary>
    private async Task Confirm(Shipment[] run, Catalogue catalogue, IExchangeLog log, CancellationToken cancel)
    {
        var drafts = Drafts(run);
        if (drafts.Count == 0) return;
        ILookup<string, HeldMove> held;
        try
        {
            held = await reader.Under(catalogue.Company, drafts.Select(one => one.Document.Key), log, cancel);
        }
        catch (ReadBackException unknown)
        {
            foreach (var one in drafts) one.Outcome = new DeliveryOutcome.NoAnswer(unknown.Message);
            return;
        }
        foreach (var one in drafts) one.Outcome = await Final(one, [.. held[one.Document.Key]], catalogue, log, cancel);
    }

    private async Task<DeliveryOutcome> Final(Shipment one, IReadOnlyList<HeldMove> held, Catalogue catalogue, IExchangeLog log, CancellationToken cancel)
    {
        var posted = held.Where(move => move.Posted).ToList();
        if (posted.Count > 1) return new DeliveryOutcome.NoAnswer($"Odoo holds {one.Document.Key} more than once.", ThisDocument: true); // the look-up names them
        if (posted is [var only])
        {
            // Somebody else, or our own late call, may have been faster with another draft; Odoo then refused ours.
            foreach (var draft in held.Where(move => !move.Posted)) await Withdrawn(draft.Id, catalogue, log, cancel);
            if (only.Differences(one.Document, Facts.Content, settings) is { Length: > 0 } differences)
                return new DeliveryOutcome.NoAnswer($"Odoo now holds something else: {differences}.", ThisDocument: true);
            one.Posted = only;
            return new DeliveryOutcome.Accepted(only.Document);
        }
        if (one.Refusal is { } refusal) return await TakenBack(one, left => WithLeft(Refusal(refusal, one), left), catalogue, log, cancel);
        return new DeliveryOutcome.NoAnswer(held.Count == 0
            ? $"The draft of {one.Document.Key} (id {one.Draft}) was created and is not there any more."
            : $"{one.Document.Key} stands in Odoo as a draft (id {one.Draft}) and is not posted yet; it is looked at again.", ThisDocument: true);
    }

    /// <summary>What was posted also settles what it is for.</summary>
    private async Task Settle(Shipment[] run, Catalogue catalogue, IExchangeLog log, CancellationToken cancel)
    {
        foreach (var one in run)
            if (one is { Document: ErpEntry entry, Posted: { } move }
                && await _settling.Run(entry, move, catalogue.Company, settings, log, cancel) is { } trouble)
                one.Outcome = trouble.Beside(one.Outcome!, entry, "Odoo");
    }

    // ---- Taking back --------------------------------------------------------------------------------------------------

    /// <summary>A refusal counts once the draft is deleted: then nobody, not even our own late call, can post it any more.</summary>
    private async Task<DeliveryOutcome> TakenBack(
        Shipment one, Func<string, Finding?> finding, Catalogue catalogue, IExchangeLog log, CancellationToken cancel)
    {
        // Somebody else is at it: the draft stays, for the next try takes it up.
        if (finding("") is null) return new DeliveryOutcome.NotSent($"Somebody else works on {one.Document.Key} in Odoo.", ThisDocument: true);
        var left = await Withdrawn(one.Draft, catalogue, log, cancel)
            ? ""
            : FormattableString.Invariant($" A draft (id {one.Draft}) stands in Odoo and could not be deleted: delete it there if you cancel the document here.");
        return new DeliveryOutcome.Refused(finding(left)!);
    }

    /// <summary>
    /// Deletes a draft; Odoo refuses to delete a posted move. It also refuses a numbered one that is not the last of its journal, unless the
    /// number is taken off first.
    /// </summary>
    /// <returns>True when it is gone.</returns>
    private async Task<bool> Withdrawn(long draft, Catalogue catalogue, IExchangeLog log, CancellationToken cancel)
    {
        Task<OdooReply> Delete() => client.Call("moves-withdraw", new OdooCall(Moves, "unlink", [new JsonArray(draft)], Named(catalogue)), log, cancel);

        var reply = await Delete();
        if (reply is OdooReply.Refused { Error: { IsMissing: false, IsBusy: false } error }
            && error.Message.Contains("sequence", StringComparison.OrdinalIgnoreCase))
        {
            var call = new OdooCall(Moves, "write", [new JsonArray(draft), new JsonObject { ["name"] = "/" }], Named(catalogue));
            if (await client.Call("moves-withdraw", call, log, cancel) is OdooReply.Done) reply = await Delete();
        }
        return reply is OdooReply.Done or OdooReply.Refused { Error.IsMissing: true };
    }

    private DeliveryOutcome Refusal(OdooError error, Shipment one) => OdooFindings.Meaning(error, settings) is var meaning && meaning == OdooFindings.Locked
        ? new DeliveryOutcome.NotSent($"Somebody else works on {one.Document.Key} in Odoo.", ThisDocument: true)
        : new DeliveryOutcome.Refused(OdooFindings.Of(meaning, error.Text));

    private static Finding? WithLeft(DeliveryOutcome refusal, string left) =>
        refusal is DeliveryOutcome.Refused refused ? refused.Finding with { Cause = refused.Finding.Cause + left } : null;

    private static JsonObject Named(Catalogue catalogue) => new() { ["context"] = catalogue.Context() };
}
