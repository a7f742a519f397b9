using System.Collections.Concurrent;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Tax;

namespace Tieout.Application.Tax;

/// <summary>
/// The engines of a run or a preview, and what they said since it began: why some did not answer, and, where nothing may be written, what
/// the others answered. What is kept lies in <c>tax.quote</c>.
/// </summary>
internal sealed class TaxAnswers(TaxRoutes routes)
{
    private readonly ConcurrentDictionary<string, (Guid Id, TaxQuote Quote)> _told = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Finding> _failed = new(StringComparer.Ordinal);

    /// <summary>Which engine taxes whom.</summary>
    public TaxRoutes Routes { get; } = routes;

    /// <summary>What was answered and is not kept; null when nothing was.</summary>
    public (Guid Id, TaxQuote Quote)? Told(QuoteWanted wanted) => _told.TryGetValue(wanted.Fingerprint, out var told) ? told : null;

    /// <summary>Why there is no answer; null when nobody asked.</summary>
    public Finding? Failed(QuoteWanted wanted) => _failed.GetValueOrDefault(wanted.Fingerprint);

    public void Tell(QuoteWanted wanted, Guid id, TaxQuote quote) => _told[wanted.Fingerprint] = (id, quote);

    public void Fail(QuoteWanted wanted, Finding finding) => _failed[wanted.Fingerprint] = finding;
}
