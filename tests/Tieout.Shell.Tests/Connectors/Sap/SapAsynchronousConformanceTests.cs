using Tieout.Connectors.Port;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Connectors.Sap;

/// <summary>The ways into SAP that book later, patient enough to hear the confirmation within the delivery.</summary>
public abstract class SapQueuedConformance : SapConformanceTests
{
    protected MemoryConfirmations Door { get; private set; } = null!;

    /// <summary>The way in.</summary>
    protected abstract string Delivery { get; }

    protected override TargetSettings CreateTarget() => TargetWith(("delivery", Delivery), ("confirmation-wait-seconds", "4"));

    protected override IErpConnector CreateConnector(TargetSettings target)
    {
        // A delivery may not wait longer for a confirmation than a call may take.
        if (target.Timeout >= TimeSpan.FromSeconds(4)) return ErpConnectors.Create(target, TimeProvider.System, Door);
        var options = new Dictionary<string, string>(target.Options, StringComparer.Ordinal) { ["confirmation-wait-seconds"] = "0" };
        return ErpConnectors.Create(target with { Options = options }, TimeProvider.System, Door);
    }

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Door = await MemoryConfirmations.Listen(CreateTarget);
        await Sap.Tell("confirmations", new { url = Door.Url });
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Door.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected override string DeliveryPlace => "queue";

    protected override async Task BookTwice(ErpInvoice document)
    {
        await SendOne<DeliveryOutcome.Accepted>(Connect(), document);
        await Sap.Tell("tamper/copy", new { companyCode = "1010", reference = document.Key });
    }
}

/// <summary>The asynchronous journal entry service.</summary>
public sealed class SapAsynchronousConformanceTests : SapQueuedConformance
{
    protected override string Delivery => "asynchronous";
}
