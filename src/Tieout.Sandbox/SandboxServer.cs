using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tieout.Sandbox.AvaTax;
using Tieout.Sandbox.Dynamics;
using Tieout.Sandbox.Legacy;
using Tieout.Sandbox.NetSuite;
using Tieout.Sandbox.Odoo;
using Tieout.Sandbox.SapS4;
using Tieout.Sandbox.Stripe;

namespace Tieout.Sandbox;

/// <summary>
/// Stand-ins for vendors' clouds on 127.0.0.1: their contract, a ledger of their own, their errors, and every fault on
/// demand. For the demo, the tests and the benchmarks; nothing in it is kept when it stops.
/// </summary>
public sealed class SandboxServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping;
    private Task _files = Task.CompletedTask;
    private bool _ownFolder;

    private SandboxServer(WebApplication app, CancellationTokenSource stopping) => (_app, _stopping) = (app, stopping);

    /// <summary>Folder of the legacy ERP's files.</summary>
    public string LegacyFolder { get; private init; } = "";

    /// <summary>Where it listens, such as <c>http://127.0.0.1:40211/</c>. The same address serves every stand-in.</summary>
    public Uri BaseUrl { get; private init; } = null!;

    /// <summary>Starts it; it answers once this returns.</summary>
    public static async Task<SandboxServer> Start(SandboxOptions options, CancellationToken cancel)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(FormattableString.Invariant($"http://127.0.0.1:{options.Port}"));
        // Calls that a fault keeps hanging must not hold up the end.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(200));
        var app = builder.Build();
        if (options.Seen is { } seen)
            app.Use(async (context, next) =>
            {
                seen(await SeenRequest.Of(context.Request, context.RequestAborted));
                await next();
            });

        var stopping = new CancellationTokenSource();
        var faults = new Faults(TimeProvider.System);
        if (options.Seed is { } seed) faults.Seed(seed, options.FaultRate);
        var sap = new SapStandIn(options, faults, TimeProvider.System, stopping.Token);
        sap.Map(app);
        var tax = new AvaTaxStandIn(options, faults, TimeProvider.System, stopping.Token);
        tax.Map(app);
        var netSuite = new NetSuiteStandIn(options, faults, TimeProvider.System, stopping.Token);
        netSuite.Map(app);
        var dynamics = new DynamicsStandIn(options, faults, TimeProvider.System, stopping.Token);
        dynamics.Map(app);
        var odoo = new OdooStandIn(options, faults, TimeProvider.System, stopping.Token);
        odoo.Map(app);
        var folder = options.LegacyFolder ?? Directory.CreateTempSubdirectory("tieout-legacy-").FullName;
        var files = new LegacyFilesStandIn(options, folder, faults, TimeProvider.System, stopping.Token);
        var soap = new LegacySoapStandIn(options, faults, TimeProvider.System, stopping.Token);
        soap.Map(app);
        var stripe = new StripeStandIn(options, faults, stopping.Token);
        stripe.Map(app);
        var control = FaultControl.Map(
            app, faults, options, [sap.Reset, tax.Reset, netSuite.Reset, dynamics.Reset, odoo.Reset, files.Reset, soap.Reset, stripe.Reset]);
        sap.MapControl(control);
        tax.MapControl(control);
        netSuite.MapControl(control);
        dynamics.MapControl(control);
        odoo.MapControl(control);
        files.MapControl(control);
        soap.MapControl(control);
        stripe.MapControl(control);
        await app.StartAsync(cancel);
        return new SandboxServer(app, stopping)
        {
            BaseUrl = new Uri(app.Urls.First() + "/"),
            LegacyFolder = folder,
            _files = files.Run(),
            _ownFolder = options.LegacyFolder is null,
        };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _files;
        _stopping.Dispose();
        if (_ownFolder) Directory.Delete(LegacyFolder, recursive: true);
    }
}
