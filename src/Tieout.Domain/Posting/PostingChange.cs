using Tieout.Domain.Exceptions;

namespace Tieout.Domain.Posting;

/// <summary>What becomes of a posting.</summary>
/// <param name="State">Its next state.</param>
/// <param name="NotBefore">When it may be touched again; null when nothing is waited for.</param>
/// <param name="Document">The ERP's document, once posted.</param>
/// <param name="Finding">What a person has to know, when parked or long in doubt, or beside what is posted.</param>
public sealed record PostingChange(
    PostingState State,
    DateTimeOffset? NotBefore = null,
    ErpReference? Document = null,
    Finding? Finding = null);
