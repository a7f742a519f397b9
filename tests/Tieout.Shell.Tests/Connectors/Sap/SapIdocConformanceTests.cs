using Tieout.Connectors.Port;

namespace Tieout.Shell.Tests.Connectors.Sap;

/// <summary>IDocs of type ACC_DOCUMENT05 over HTTP, confirmed by status messages.</summary>
public sealed class SapIdocConformanceTests : SapQueuedConformance
{
    protected override string Delivery => "idoc";

    protected override string DeliveryPlace => "idoc";

    protected override TargetSettings CreateTarget() =>
        TargetWith(("delivery", Delivery), ("confirmation-wait-seconds", "4"), ("idoc-receiver", "SBXCLNT100"), ("sap-client", "100"));
}
