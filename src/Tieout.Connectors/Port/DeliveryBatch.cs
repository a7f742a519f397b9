using Tieout.Domain.Exceptions;
using Tieout.Domain.Posting;

namespace Tieout.Connectors.Port;

/// <summary>The documents of one call of <see cref="IErpConnector.Send"/> and what is known of each so far; the same for every ERP.</summary>
internal sealed class DeliveryBatch
{
    private readonly DeliveryOutcome?[] _outcomes;

    /// <summary>Takes the documents of one call.</summary>
    /// <param name="documents">In the order asked.</param>
    /// <param name="harm">What the ERP would do with one key twice, for the engineer who made that mistake.</param>
    /// <exception cref="ArgumentException">One key stands twice.</exception>
    public DeliveryBatch(IReadOnlyList<ErpDocument> documents, string harm)
    {
        NoKeyTwice(documents, harm);
        (Documents, _outcomes) = (documents, new DeliveryOutcome?[documents.Count]);
    }

    /// <summary>In the order asked.</summary>
    public IReadOnlyList<ErpDocument> Documents { get; }

    /// <summary>Positions of the documents nothing is decided about yet.</summary>
    public IReadOnlyList<int> Open => [.. Enumerable.Range(0, _outcomes.Length).Where(index => _outcomes[index] is null)];

    /// <summary>The outcome of the document at a position; null while nothing is decided.</summary>
    public DeliveryOutcome? this[int index]
    {
        get => _outcomes[index];
        set => _outcomes[index] = value;
    }

    /// <summary>One call may not name a key twice: every look comes before the first booking, so both would be booked.</summary>
    /// <exception cref="ArgumentException">One key stands twice.</exception>
    public static void NoKeyTwice(IReadOnlyList<ErpDocument> documents, string harm)
    {
        if (documents.DistinctBy(document => document.Key, StringComparer.Ordinal).Count() < documents.Count)
            throw new ArgumentException($"One call names the same key twice; {harm}", nameof(documents));
    }

    /// <summary>Refuses what cannot be told to the ERP as it is, before anything is asked or sent.</summary>
    public void Refuse(Func<ErpDocument, Finding?> problem)
    {
        foreach (var index in Open)
            if (problem(Documents[index]) is { } finding) _outcomes[index] = new DeliveryOutcome.Refused(finding);
    }

    /// <summary>Settles what the ERP holds already. What cannot be asked is not sent either.</summary>
    /// <param name="lookUp">The connector's look-up; answers in the order asked.</param>
    public async Task Look(Func<IReadOnlyList<ErpDocument>, Task<IReadOnlyList<LookUpOutcome>>> lookUp)
    {
        var open = Open;
        if (open.Count == 0) return;
        var held = await lookUp([.. open.Select(index => Documents[index])]);
        foreach (var (position, index) in open.Index())
            _outcomes[index] = held[position] switch
            {
                LookUpOutcome.Found found => new DeliveryOutcome.AlreadyPosted(found.Document) { Beside = found.Beside },
                LookUpOutcome.Conflict conflict => new DeliveryOutcome.Refused(conflict.Finding),
                LookUpOutcome.NoAnswer unknown => new DeliveryOutcome.NotSent(unknown.Reason, unknown.RetryAfter, unknown.ThisDocument),
                _ => null,
            };
    }

    /// <summary>The same outcome for several.</summary>
    public void Fill(IEnumerable<int> indexes, DeliveryOutcome outcome)
    {
        foreach (var index in indexes) _outcomes[index] = outcome;
    }

    /// <summary>The outcomes in the order asked.</summary>
    /// <exception cref="InvalidOperationException">One is still open: a bug of the connector.</exception>
    public IReadOnlyList<DeliveryOutcome> Result() =>
        [.. _outcomes.Select(outcome => outcome ?? throw new InvalidOperationException("A document was left without an outcome."))];
}
