using Tieout.Domain.Exceptions;
using Tieout.Domain.Posting;
using Tieout.Domain.Tax;

namespace Tieout.Connectors.Port;

/// <summary>
/// Something that computes tax and keeps finished invoices for the tax returns. It holds no state of ours and never throws for
/// what the outside world does; only cancelling and bugs throw.
/// </summary>
public interface ITaxEngine : IAsyncDisposable
{
    /// <summary>
    /// The tax of a document, without any effect: asking twice is the same as asking once. An amount is never guessed; without
    /// an answer the document waits.
    /// </summary>
    Task<QuoteOutcome> Quote(TaxDocument document, IExchangeLog log, CancellationToken cancel);

    /// <summary>
    /// Keeps a finished document under its number, with the tax that was invoiced. A number that is kept already with the same
    /// content is <see cref="DeliveryOutcome.AlreadyPosted"/>; with other content it is refused with code <c>key-taken</c>.
    /// </summary>
    Task<CommitAnswer> Commit(TaxDocument document, IExchangeLog log, CancellationToken cancel);

    /// <summary>Asks under the number whether the document is kept, with the content given. Changes nothing.</summary>
    Task<LookUpOutcome> LookUp(TaxDocument document, IExchangeLog log, CancellationToken cancel);

    /// <summary>Takes a kept document back. One that is taken back already is <see cref="DeliveryOutcome.AlreadyPosted"/>.</summary>
    Task<DeliveryOutcome> Void(TaxDocument document, IExchangeLog log, CancellationToken cancel);

    /// <summary>
    /// Asks under the number whether the document is taken back: <see cref="LookUpOutcome.Found"/> when it is,
    /// <see cref="LookUpOutcome.Absent"/> while it is still kept. Changes nothing.
    /// </summary>
    Task<LookUpOutcome> LookUpVoid(TaxDocument document, IExchangeLog log, CancellationToken cancel);
}

/// <summary>What came of keeping a document.</summary>
/// <param name="Outcome">As with an ERP.</param>
/// <param name="Remark">What a person should know although it is kept, such as a tax that the engine computes otherwise.</param>
public sealed record CommitAnswer(DeliveryOutcome Outcome, Finding? Remark = null);

/// <summary>What came of asking for a tax.</summary>
public abstract record QuoteOutcome
{
    private QuoteOutcome() { }

    /// <summary>The tax of every line.</summary>
    public sealed record Quoted(TaxQuote Quote) : QuoteOutcome;

    /// <summary>It says no: an address it cannot find, a code it does not know.</summary>
    public sealed record Refused(Finding Finding) : QuoteOutcome;

    /// <summary>Not known yet; the document waits and is asked for again.</summary>
    public sealed record NotNow(string Reason, TimeSpan? RetryAfter = null) : QuoteOutcome;
}
