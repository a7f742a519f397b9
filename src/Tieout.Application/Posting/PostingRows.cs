using System.Collections.ObjectModel;
using Tieout.Connectors.Port;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Posting;

namespace Tieout.Application.Posting;

/// <summary>A posting in the hands of one worker.</summary>
/// <param name="ChosenAt">
/// The attempt whose choices stand; null before it was sent, and once the ERP certainly has nothing of it. No choices are on record where no
/// rules were published then.
/// </param>
internal sealed record ClaimedPosting(
    Guid Id, string BusinessKey, int Attempts, int Tries, int LookUps, DateTimeOffset SentAt, Guid BillingAccountId, Guid LegalEntityId,
    DateOnly Month, string Currency, decimal Amount, Guid CorrelationId, Guid DocumentId, string DocumentKind, int? ChosenAt = null);

/// <summary>Postings claimed together, with what is to be told to the ERP about each, in the same order.</summary>
internal sealed record ClaimedBatch(Guid Claim, IReadOnlyList<ClaimedPosting> Postings, IReadOnlyList<ErpDocument> Documents)
{
    /// <summary>Those that an account, a tax code or a dimension is missing for, by posting: they must not be sent.</summary>
    public IReadOnlyDictionary<Guid, Finding> Unmapped { get; init; } = ReadOnlyDictionary<Guid, Finding>.Empty;
}

/// <summary>A request that is about to go out.</summary>
/// <param name="Batch">The claim, which is also the batch the exchanges are kept under.</param>
/// <param name="Target">The target spoken to.</param>
/// <param name="Claimed">How many postings must be claimed; 0 for questions that change nothing and need no claim.</param>
/// <param name="Operation">What is asked.</param>
/// <param name="Request">Byte for byte.</param>
internal sealed record ExchangeStart(Guid Batch, DeliveryTarget Target, int Claimed, string Operation, ReadOnlyMemory<byte> Request);

/// <summary>What became of one posting of a batch.</summary>
/// <param name="Posting">As claimed.</param>
/// <param name="Change">Its next state.</param>
/// <param name="Outcome">The word for the attempt.</param>
/// <param name="Detail">The attempt's detail; never a secret.</param>
/// <param name="CountsAsTry">False when the ERP as a whole was out of reach, which says nothing about this document.</param>
internal sealed record PostingResult(ClaimedPosting Posting, PostingChange Change, string Outcome, string Detail, bool CountsAsTry = true);

/// <summary>A staged document that could go.</summary>
/// <param name="CustomerId">The customer; of an entry the first that the ERP does not know, and nobody when it knows all or there is none.</param>
/// <param name="Known">Whether all of its customers have an id in the ERP.</param>
internal sealed record StagedDocument(
    Guid Id, Guid BillingAccountId, Guid CustomerId, string Currency, bool Known, Guid LegalEntityId, DateOnly Month, string Kind)
{
    /// <summary>Its turn among what is ready, the lowest first.</summary>
    public long Place { get; init; }
}

/// <summary>A customer that an ERP is to know.</summary>
internal sealed record CustomerToKnow(Guid Id, string Code, string Name, string Country);

/// <summary>A document that cannot go, and those it stands behind, with their states.</summary>
/// <param name="Kind">Its word, such as <c>credit-memo</c>.</param>
/// <param name="Before">What it stands behind, in words.</param>
internal sealed record BlockedDocument(
    string BusinessKey, string Kind, Guid LegalEntityId, Guid BillingAccountId, DateOnly Month, string Currency, decimal Amount, Guid CorrelationId, string Before);

/// <summary>What is not settled yet: of a target, or of a legal entity while it is staged.</summary>
/// <param name="Target">Empty while no route has picked one.</param>
/// <param name="LegalEntity">Only of what is staged.</param>
/// <param name="AtOnce">Those something can be done about now.</param>
/// <param name="NextDue">When the next of the others is.</param>
internal sealed record OpenPostings(string Target, string LegalEntity, long Documents, long InDoubt, long AtOnce, DateTimeOffset? NextDue);

/// <summary>A case that somebody wants to replay, with the posting it is about, if it is about one.</summary>
/// <param name="AskedAround">It was parked while ERPs were asked whether they have it, after a restore.</param>
internal sealed record CaseToReplay(
    Guid Id, string State, string Code, string Resolution, string SubjectKind, string SubjectKey,
    string? BusinessKey, string? PostingState, string? Target, DateTimeOffset? SentAt, bool AskedAround);
