using System.Text.Json;
using System.Text.Json.Nodes;
using Tieout.Connectors.Port;
using Tieout.Domain.Posting;
using static Tieout.Connectors.Tryton.TrytonValues;

namespace Tieout.Connectors.Tryton;

/// <summary>A document on its way, with what is known of it so far.</summary>
internal abstract class Draft
{
    /// <summary>The ERP's id once created; from then on it stands there, at least as a draft.</summary>
    public long? Id { get; set; }

    /// <summary>Null while it is open.</summary>
    public DeliveryOutcome? Outcome { get; set; }
}

/// <summary>
/// The steps of a booking that invoices and moves have in common, for a batch: create drafts, take back what is refused, read back what was
/// booked. Each call is all or nothing. After silence nothing more is sent: what stands as a draft then is in doubt, and the look-up
/// finishes it.
/// </summary>
/// <param name="model">Tryton's name of what is booked.</param>
/// <param name="client">The way to Tryton.</param>
/// <param name="catalogue">What the company has.</param>
/// <param name="log">Takes each exchange.</param>
/// <param name="cancel">Ends the waiting.</param>
internal abstract class DraftDelivery<TDraft>(string model, TrytonClient client, Catalogue catalogue, IExchangeLog log, CancellationToken cancel)
    where TDraft : Draft
{
    protected TrytonClient Client { get; } = client;

    protected Catalogue Catalogue { get; } = catalogue;

    protected IExchangeLog Log { get; } = log;

    protected CancellationToken Cancel { get; } = cancel;

    /// <summary>Tryton fell silent: nothing more is sent in this delivery.</summary>
    public bool Silent { get; private set; }

    /// <summary>Settles what the ERP holds already; a draft that a broken delivery left is taken up.</summary>
    /// <exception cref="NotAnsweredException">The ERP did not tell.</exception>
    public abstract Task Look(IReadOnlyList<TDraft> drafts);

    /// <summary>Creates drafts in one call; when the ERP refuses it, halves it until the bad one stands alone.</summary>
    public async Task Create(IReadOnlyList<TDraft> drafts)
    {
        if (drafts.Count == 0) return;
        if (Silent)
        {
            Settle(drafts, new DeliveryOutcome.NotSent("Not sent: Tryton fell silent on the ones before."));
            return;
        }
        switch (await Ask("create", List(drafts.Select(Values))))
        {
            case TrytonReply.Done { Result: { ValueKind: JsonValueKind.Array } ids } when ids.GetArrayLength() == drafts.Count:
                foreach (var (index, id) in ids.EnumerateArray().Index()) drafts[index].Id = id.GetInt64();
                break;
            case TrytonReply.NotDone not: Settle(drafts, new DeliveryOutcome.NotSent(not.Reason, not.RetryAfter)); break;
            case TrytonReply.Refused { Error.Kind: TrytonErrorKind.Unforeseen } refused when !await NothingCame(drafts, refused.Error): break;
            case TrytonReply.Refused refused when drafts.Count == 1: drafts[0].Outcome = new DeliveryOutcome.Refused(TrytonFindings.Of(refused.Error)); break;
            case TrytonReply.Refused:
                await Create([.. drafts.Take(drafts.Count / 2)]);
                await Create([.. drafts.Skip(drafts.Count / 2)]);
                break;
            case TrytonReply.Silent silent: Silence(drafts, silent.Reason); break;
            default: Silence(drafts, $"Tryton's answer to {model}.create names other ids than expected."); break;
        }
    }

    /// <summary>What a draft is created with.</summary>
    protected abstract JsonObject Values(TDraft draft);

    /// <summary>Which of the ids are posted, and under which number.</summary>
    /// <exception cref="NotAnsweredException">The ERP did not tell.</exception>
    protected abstract Task<IReadOnlyDictionary<long, ErpReference>> PostedAmong(IReadOnlyList<TDraft> drafts);

    /// <summary>Posts drafts in one call. True when it is done with: only a refusal is the caller's to judge.</summary>
    protected async Task<TrytonError?> TryPost(IReadOnlyList<TDraft> drafts)
    {
        if (Silent)
        {
            Settle(drafts, new DeliveryOutcome.NoAnswer("It stands as a draft: Tryton fell silent on the ones before."));
            return null;
        }
        switch (await Ask("post", Ids(drafts)))
        {
            case TrytonReply.Done: break;
            case TrytonReply.NotDone not: Settle(drafts, new DeliveryOutcome.NotSent(not.Reason, not.RetryAfter)); break;
            case TrytonReply.Silent silent: Silence(drafts, silent.Reason); break;
            case TrytonReply.Refused refused: return refused.Error;
        }
        return null;
    }

    // A refusal is one only when nothing of it is left in the ERP; a draft we cannot remove is in doubt.
    protected async Task TakeBack(IReadOnlyList<TDraft> drafts)
    {
        if (drafts.Count == 0) return;
        if (!Silent && await Ask("delete", Ids(drafts)) is TrytonReply.Done) return;
        Settle(drafts, new DeliveryOutcome.NoAnswer("It was not booked, and its draft could not be removed from Tryton.", ThisDocument: !Silent));
    }

    /// <summary>What was booked, by the ERP's own word.</summary>
    protected async Task ReadBack(IReadOnlyList<TDraft> drafts)
    {
        if (drafts.Count == 0) return;
        var posted = await PostedAmong(drafts);
        foreach (var draft in drafts)
            draft.Outcome = posted.TryGetValue(draft.Id!.Value, out var reference)
                ? new DeliveryOutcome.Accepted(reference)
                : new DeliveryOutcome.NoAnswer($"Tryton took the posting and does not show {model} {draft.Id} as posted.", ThisDocument: true);
    }

    /// <summary>Nothing more is sent, and nobody knows of these.</summary>
    protected void Silence(IReadOnlyList<TDraft> drafts, string reason)
    {
        Silent = true;
        Settle(drafts, new DeliveryOutcome.NoAnswer(reason));
    }

    /// <summary>The same outcome for all.</summary>
    protected static void Settle(IReadOnlyList<TDraft> drafts, DeliveryOutcome outcome)
    {
        foreach (var draft in drafts) draft.Outcome = outcome;
    }

    /// <summary>Of drafts that were created.</summary>
    protected static JsonArray Ids(IReadOnlyList<TDraft> drafts) => List(drafts.Select(draft => draft.Id!.Value));

    /// <summary>A refusal by a code of ours.</summary>
    protected static DeliveryOutcome.Refused Refused(string code, string cause) => new(TrytonFindings.Of(code, cause));

    private Task<TrytonReply> Ask(string method, JsonArray argument) => Client.Call($"{model}.{method}", [argument], Catalogue.Context(), Log, Cancel);

    /// <summary>An unforeseen error may come up after the commit: before anything is repeated, the keys are asked for.</summary>
    private async Task<bool> NothingCame(IReadOnlyList<TDraft> drafts, TrytonError error)
    {
        try
        {
            await Look(drafts);
            var missing = drafts.Where(draft => draft is { Outcome: null, Id: null }).ToList();
            if (missing.Count == drafts.Count) return true;
            Settle(missing, new DeliveryOutcome.NoAnswer(error.Text));
            return false;
        }
        catch (NotAnsweredException unknown)
        {
            Silence(drafts, $"{error.Text}; and then: {unknown.Message}");
            return false;
        }
    }
}
