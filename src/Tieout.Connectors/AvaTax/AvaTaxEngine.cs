using System.Text.Json;
using System.Text.Json.Nodes;
using Tieout.Connectors.Port;
using Tieout.Domain.Posting;
using Tieout.Domain.Tax;

namespace Tieout.Connectors.AvaTax;

/// <summary>Avalara AvaTax, REST v2.</summary>
internal sealed class AvaTaxEngine : ITaxEngine
{
    /// <summary>How settings name it.</summary>
    public const string SystemName = "avatax";

    private const string Include = "$include=Lines,Details";
    private readonly TaxEngineSettings _settings;
    private readonly AvaTaxClient _client;

    /// <summary>An engine for one account.</summary>
    /// <exception cref="ArgumentException">A setting is not possible; the message names it.</exception>
    public AvaTaxEngine(TaxEngineSettings settings, TimeProvider clock)
    {
        if (settings.Company.Length is 0 or > 25) throw new ArgumentException($"Tax engine '{settings.Name}': company has 1 to 25 characters.", nameof(settings));
        if (settings.Url.Scheme is not ("http" or "https"))
            throw new ArgumentException($"Tax engine '{settings.Name}': url is not an http(s) address.", nameof(settings));
        (_settings, _client) = (settings, new AvaTaxClient(settings, clock));
    }

    /// <inheritdoc/>
    public async Task<QuoteOutcome> Quote(TaxDocument document, IExchangeLog log, CancellationToken cancel)
    {
        if (AvaTaxMap.Fits(document) is { } unfit) return new QuoteOutcome.Refused(unfit);
        var reply = await _client.Post("tax-quote", $"transactions/create?{Include}", Json(AvaTaxMap.Transaction(document, _settings, keep: false)), log, cancel);
        return reply switch
        {
            // An estimate leaves nothing behind: however a call failed, it may be asked again.
            AvaTaxReply.NeverLeft never => new QuoteOutcome.NotNow(never.Reason),
            AvaTaxReply.Silent silent => new QuoteOutcome.NotNow(silent.Reason),
            AvaTaxReply.Answered { Status: 200 or 201 } answered => Quoted(document, answered.Body),
            AvaTaxReply.Answered answered when OfEngine(answered) is { } reason => new QuoteOutcome.NotNow(reason, answered.RetryAfter),
            AvaTaxReply.Answered { Status: >= 400 and < 500 and not 408 } refused =>
                new QuoteOutcome.Refused(AvaTaxFindings.OfQuote(refused.Status, AvaTaxAnswer.Error(refused.Body))),
            AvaTaxReply.Answered other => new QuoteOutcome.NotNow(Unreadable(other)),
            _ => throw new InvalidOperationException("Unknown reply."),
        };
    }

    /// <summary>
    /// Looks first and sends only what is not there: each repeat of <c>createoradjust</c> on a committed document makes a new
    /// version of it, and a hub restored from an older backup must not do that either.
    /// </summary>
    public async Task<CommitAnswer> Commit(TaxDocument document, IExchangeLog log, CancellationToken cancel)
    {
        if (AvaTaxMap.Fits(document) is { } unfit) return new(new DeliveryOutcome.Refused(unfit));
        switch (await Find(document, log, cancel))
        {
            case Held.There { Transaction: var found } when found.IsKept && found.Holds(document):
                return new(new DeliveryOutcome.AlreadyPosted(Reference(found)));
            case Held.There { Transaction: { IsVoid: true } }:
                return new(new DeliveryOutcome.Refused(AvaTaxFindings.Voided(document.Number)));
            case Held.There { Transaction: { IsKept: true } found }:
                return new(new DeliveryOutcome.Refused(AvaTaxFindings.Taken(document.Number, found.Content)));
            case Held.Refused refused: return new(new DeliveryOutcome.Refused(refused.Finding));
            case Held.Unknown unknown: return new(new DeliveryOutcome.NotSent(unknown.Reason, unknown.RetryAfter));
        }
        var message = new JsonObject
        {
            ["adjustmentReason"] = "Other",
            ["adjustmentDescription"] = "Invoice as issued",
            ["createTransactionModel"] = AvaTaxMap.Transaction(document, _settings, keep: true),
        };
        return Sent(document, await _client.Post("tax-commit", $"transactions/createoradjust?{Include}", Json(message), log, cancel));
    }

    /// <inheritdoc/>
    public async Task<LookUpOutcome> LookUp(TaxDocument document, IExchangeLog log, CancellationToken cancel) => await Find(document, log, cancel) switch
    {
        Held.There { Transaction: var found } when found.IsVoid => new LookUpOutcome.Conflict(AvaTaxFindings.Voided(document.Number)),
        // Saved and not committed counts for nothing: sending again overwrites it.
        Held.There { Transaction: var found } when !found.IsKept => new LookUpOutcome.Absent(),
        Held.There { Transaction: var found } when found.Holds(document) => new LookUpOutcome.Found(Reference(found)),
        Held.There { Transaction: var found } => new LookUpOutcome.Conflict(AvaTaxFindings.Taken(document.Number, found.Content)),
        Held.Nothing => new LookUpOutcome.Absent(),
        Held.Refused refused => new LookUpOutcome.NoAnswer(refused.Finding.Cause),
        Held.Unknown unknown => new LookUpOutcome.NoAnswer(unknown.Reason),
        _ => throw new InvalidOperationException("Unknown answer."),
    };

    /// <inheritdoc/>
    public async Task<LookUpOutcome> LookUpVoid(TaxDocument document, IExchangeLog log, CancellationToken cancel) => await Find(document, log, cancel) switch
    {
        Held.There { Transaction: { IsVoid: true } found } => new LookUpOutcome.Found(Reference(found)),
        Held.There => new LookUpOutcome.Absent(),
        Held.Nothing => new LookUpOutcome.Conflict(AvaTaxFindings.Missing(document.Number)),
        Held.Refused refused => new LookUpOutcome.NoAnswer(refused.Finding.Cause),
        Held.Unknown unknown => new LookUpOutcome.NoAnswer(unknown.Reason),
        _ => throw new InvalidOperationException("Unknown answer."),
    };

    /// <inheritdoc/>
    public async Task<DeliveryOutcome> Void(TaxDocument document, IExchangeLog log, CancellationToken cancel)
    {
        var path = $"{Path(document)}/void?documentType={AvaTaxMap.TypeOf(document)}";
        var reply = await _client.Post("tax-void", path, Json(new JsonObject { ["code"] = "DocVoided" }), log, cancel);
        if (reply is AvaTaxReply.Answered { Status: 200 } answered && AvaTaxAnswer.Transaction(answered.Body) is { IsVoid: true } voided)
            return new DeliveryOutcome.Accepted(Reference(voided));
        if (reply is AvaTaxReply.Answered { Status: 400 } known && AvaTaxAnswer.Error(known.Body)?.Code == "TransactionAlreadyCancelled")
            return new DeliveryOutcome.AlreadyPosted(new ErpReference(document.Number, document.Number));
        if (reply is AvaTaxReply.Answered { Status: 404 } none && AvaTaxAnswer.Error(none.Body)?.Code == "EntityNotFoundError")
            return new DeliveryOutcome.Refused(AvaTaxFindings.Missing(document.Number));
        return Failed(reply);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<Held> Find(TaxDocument document, IExchangeLog log, CancellationToken cancel)
    {
        var reply = await _client.Get("tax-look-up", $"{Path(document)}?documentType={AvaTaxMap.TypeOf(document)}", log, cancel);
        switch (reply)
        {
            case AvaTaxReply.Answered { Status: 200 } answered:
                return AvaTaxAnswer.Transaction(answered.Body) is { } found ? new Held.There(found) : new Held.Unknown(Unreadable(answered));
            // Only AvaTax's own word for it counts: any gateway says 404.
            case AvaTaxReply.Answered { Status: 404 } none when AvaTaxAnswer.Error(none.Body)?.Code == "EntityNotFoundError": return new Held.Nothing();
            case AvaTaxReply.Answered answered when OfEngine(answered) is { } reason: return new Held.Unknown(reason, answered.RetryAfter);
            case AvaTaxReply.Answered { Status: 400 } refused when AvaTaxAnswer.Error(refused.Body) is { } error:
                return new Held.Refused(AvaTaxFindings.Of(refused.Status, error));
            case AvaTaxReply.Answered other: return new Held.Unknown(Unreadable(other));
            case AvaTaxReply.Silent silent: return new Held.Unknown(silent.Reason);
            case AvaTaxReply.NeverLeft never: return new Held.Unknown(never.Reason);
            default: throw new InvalidOperationException("Unknown reply.");
        }
    }

    private static CommitAnswer Sent(TaxDocument document, AvaTaxReply reply)
    {
        if (reply is not AvaTaxReply.Answered { Status: 200 or 201 } answered) return new(Failed(reply));
        if (AvaTaxAnswer.Transaction(answered.Body) is not { } kept) return new(new DeliveryOutcome.NoAnswer(Unreadable(answered)));
        // Whatever it means, it is on record there: asking again will show the same.
        if (!kept.IsKept) return new(new DeliveryOutcome.NoAnswer($"AvaTax answers with status {kept.Status}."));
        if (!kept.Holds(document)) return new(new DeliveryOutcome.Refused(AvaTaxFindings.Taken(document.Number, kept.Content)));
        var remark = document.Tax is { } tax && Math.Abs(kept.TaxCalculated - tax) > Apart(document)
            ? AvaTaxFindings.ComputedOtherwise(document.Number, tax, kept.TaxCalculated, document.Currency.Code)
            : null;
        return new(new DeliveryOutcome.Accepted(Reference(kept)), remark);
    }

    // A credit takes what is left of its invoice's tax, the engine rounds by line: a minor unit a line is no difference.
    private static decimal Apart(TaxDocument document)
    {
        var apart = document.IsCredit ? document.Lines.Count : 0m;
        for (var place = 0; place < document.Currency.MinorUnits; place++) apart /= 10;
        return apart;
    }

    // Of a call that may have changed something.
    private static DeliveryOutcome Failed(AvaTaxReply reply) => reply switch
    {
        AvaTaxReply.NeverLeft never => new DeliveryOutcome.NotSent(never.Reason),
        AvaTaxReply.Silent silent => new DeliveryOutcome.NoAnswer(silent.Reason),
        AvaTaxReply.Answered answered when !HttpTrouble.CertainlyNotProcessed(answered.Status, answered.RetryAfter) =>
            new DeliveryOutcome.NoAnswer(Unreadable(answered)),
        AvaTaxReply.Answered answered when OfEngine(answered) is { } reason => new DeliveryOutcome.NotSent(reason, answered.RetryAfter),
        AvaTaxReply.Answered answered when AvaTaxAnswer.Error(answered.Body) is not { } error || AvaTaxFindings.LeavesDoubt(error) =>
            new DeliveryOutcome.NoAnswer(Unreadable(answered)),
        AvaTaxReply.Answered answered => new DeliveryOutcome.Refused(AvaTaxFindings.Of(answered.Status, AvaTaxAnswer.Error(answered.Body))),
        _ => throw new InvalidOperationException("Unknown reply."),
    };

    // What says nothing about the document, and that nothing was done.
    private static string? OfEngine(AvaTaxReply.Answered answered) => answered.Status switch
    {
        401 => "AvaTax does not accept account id and license key (401).",
        403 => "The account may not use this service (403).",
        429 => "AvaTax asks us to slow down (429).",
        503 when answered.RetryAfter is not null => "AvaTax is not available for now (503).",
        >= 300 and < 400 => FormattableString.Invariant($"AvaTax leads elsewhere (HTTP {answered.Status}); check the url."),
        _ when AvaTaxFindings.Passes(AvaTaxAnswer.Error(answered.Body)) => $"AvaTax is busy: {AvaTaxAnswer.Error(answered.Body)!.Code}.",
        _ => null,
    };

    private static QuoteOutcome Quoted(TaxDocument document, byte[] body)
    {
        if (AvaTaxAnswer.Transaction(body) is not { } answer) return new QuoteOutcome.NotNow("AvaTax's answer cannot be read.");
        if (answer.Amount != document.Net || answer.Currency != document.Currency.Code)
            return new QuoteOutcome.NotNow($"AvaTax answers for {answer.Amount} {answer.Currency}, and was asked for {document.Net} {document.Currency.Code}.");
        return new QuoteOutcome.Quoted(new TaxQuote(answer.Lines) { Told = answer.Tax });
    }

    private static string Unreadable(AvaTaxReply.Answered answered) =>
        FormattableString.Invariant($"AvaTax answers HTTP {answered.Status} with something that does not say what became of the call.");

    private string Path(TaxDocument document) => $"companies/{Uri.EscapeDataString(_settings.Company)}/transactions/{AvaTaxMap.InPath(document.Number)}";

    private static ErpReference Reference(AvaTaxTransaction transaction) => new(transaction.Code, transaction.Id);

    private static byte[] Json(JsonObject message) => JsonSerializer.SerializeToUtf8Bytes(message);

    private abstract record Held
    {
        public sealed record There(AvaTaxTransaction Transaction) : Held;

        public sealed record Nothing : Held;

        public sealed record Refused(Domain.Exceptions.Finding Finding) : Held;

        public sealed record Unknown(string Reason, TimeSpan? RetryAfter = null) : Held;
    }
}
