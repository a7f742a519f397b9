using Tieout.Connectors.Port;
using Tieout.Domain.Posting;

namespace Tieout.Connectors.SapS4;

/// <summary>A way into SAP's books. Asking under our keys is the same for all ways and not part of it.</summary>
internal interface ISapDelivery
{
    /// <summary>How a dry run tells this way's requests.</summary>
    DryRunRules DryRules { get; }

    /// <summary>Sends the documents at these positions, which SAP does not show under their keys; each gets its outcome.</summary>
    Task Deliver(DeliveryBatch batch, IReadOnlyList<int> open, IExchangeLog log, CancellationToken cancel);

    /// <summary>What it means that SAP does not show these documents under their keys; in the order asked.</summary>
    Task<IReadOnlyList<LookUpOutcome>> NotShown(IReadOnlyList<ErpDocument> documents, CancellationToken cancel);
}
