namespace Tieout.Domain.Posting;

/// <summary>Where the delivery of one document to one ERP stands.</summary>
public enum PostingState
{
    /// <summary>Written together with its document; waits for what it needs (the customer in that ERP).</summary>
    Staged,

    /// <summary>Nothing is missing; waits to be claimed.</summary>
    Ready,

    /// <summary>Claimed and perhaps on the wire. After a crash this is in doubt.</summary>
    Sending,

    /// <summary>The ERP holds it, and we know the ERP's document number.</summary>
    Posted,

    /// <summary>Sent, outcome unknown. Only a look-up leads out.</summary>
    InDoubt,

    /// <summary>The ERP refused it, or a rule of ours did; waits for a person.</summary>
    Parked,

    /// <summary>Will not be delivered; somebody said so.</summary>
    Cancelled,
}
