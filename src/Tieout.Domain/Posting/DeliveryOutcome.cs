using Tieout.Domain.Exceptions;

namespace Tieout.Domain.Posting;

/// <summary>What is known after one document was handed to an ERP.</summary>
public abstract record DeliveryOutcome
{
    private DeliveryOutcome() { }

    /// <summary>The ERP booked it now and told its document number.</summary>
    public sealed record Accepted(ErpReference Document) : DeliveryOutcome
    {
        /// <summary>What a person has to see to all the same; null when there is nothing. It stays posted.</summary>
        public Finding? Beside { get; init; }
    }

    /// <summary>The ERP held it already, under the same business key and with the same content.</summary>
    public sealed record AlreadyPosted(ErpReference Document) : DeliveryOutcome
    {
        /// <summary>What a person has to see to all the same; null when there is nothing. It stays posted.</summary>
        public Finding? Beside { get; init; }
    }

    /// <summary>The ERP, or the connector's own check before sending, said no. Nothing was booked.</summary>
    public sealed record Refused(Finding Finding) : DeliveryOutcome;

    /// <summary>It was sent and no usable answer came: nobody knows whether it is booked.</summary>
    /// <param name="Reason">In plain words.</param>
    /// <param name="Taken">The ERP has answered: it has the document and books it in its own time, or refuses it then.</param>
    /// <param name="ThisDocument">True when the ERP was asked afterwards and answered, and the answer settles nothing for this document.</param>
    public sealed record NoAnswer(string Reason, bool Taken = false, bool ThisDocument = false) : DeliveryOutcome;

    /// <summary>
    /// It certainly was not booked (no connection, throttled, session ended, lock not obtained): may be sent again after a pause.
    /// </summary>
    /// <param name="Reason">In plain words.</param>
    /// <param name="RetryAfter">What the ERP asks us to wait.</param>
    /// <param name="ThisDocument">True when it says nothing about the ERP as a whole, such as a lock on this customer.</param>
    public sealed record NotSent(string Reason, TimeSpan? RetryAfter = null, bool ThisDocument = false) : DeliveryOutcome
    {
        /// <summary>The ERP turned this document away, and takes others or answers questions: found out by the lane, never told by a connector.</summary>
        public bool Alone { get; init; }
    }
}
