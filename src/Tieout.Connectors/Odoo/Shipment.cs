using Tieout.Connectors.Port;
using Tieout.Domain.Posting;

namespace Tieout.Connectors.Odoo;

/// <summary>A document on its way, with what is known of it so far.</summary>
internal sealed class Shipment(ErpDocument document)
{
    public ErpDocument Document { get; } = document;

    /// <summary>Id of its draft; 0 while there is none.</summary>
    public long Draft { get; set; }

    /// <summary>The posted move, once it was seen.</summary>
    public HeldMove? Posted { get; set; }

    /// <summary>What Odoo said when it refused to change or post the draft.</summary>
    public OdooError? Refusal { get; set; }

    /// <summary>Null while nothing is decided; stays so in a look-up for what is not there.</summary>
    public DeliveryOutcome? Outcome { get; set; }

    /// <summary>As a look-up tells it.</summary>
    public LookUpOutcome LookedUp => Outcome switch
    {
        null => new LookUpOutcome.Absent(),
        DeliveryOutcome.Accepted accepted => new LookUpOutcome.Found(accepted.Document) { Beside = accepted.Beside },
        DeliveryOutcome.AlreadyPosted posted => new LookUpOutcome.Found(posted.Document) { Beside = posted.Beside },
        DeliveryOutcome.Refused refused => new LookUpOutcome.Conflict(refused.Finding),
        DeliveryOutcome.NotSent later => new LookUpOutcome.NoAnswer(later.Reason, later.RetryAfter, later.ThisDocument),
        DeliveryOutcome.NoAnswer unknown => new LookUpOutcome.NoAnswer(unknown.Reason, ThisDocument: unknown.ThisDocument),
        _ => throw new InvalidOperationException("Unknown outcome."),
    };
}
