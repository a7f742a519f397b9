using System.CommandLine;
using Spectre.Console;
using Tieout.Application.Dunning;
using Tieout.Application.Gateways;
using Tieout.Application.Ledger;
using Tieout.Application.Posting;
using Tieout.Application.Tax;
using Tieout.Application.Usage;
using Tieout.Application.Webhooks;
using Tieout.Cli.Terminal;
using Tieout.Connectors.Webhooks;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout serve</c>.</summary>
internal static class ServeVerb
{
    public static Command Create()
    {
        var url = new Option<string>("--url")
        {
            Description = "Where the API and the tower listen; this machine only.",
            DefaultValueFactory = _ => "http://127.0.0.1:8130",
        };
        var targets = new Option<FileInfo?>("--targets")
        {
            Description = "YAML file of targets and routes: what waits is delivered while serving.",
            HelpName = "file",
        };
        var engines = new Option<FileInfo?>("--tax-engines")
        {
            Description = "YAML file of tax engines: they tax previews and drafts, and finished invoices are committed while serving.",
            HelpName = "file",
        };
        var gateways = new Option<FileInfo?>("--gateways")
        {
            Description = "YAML file of payment gateways: their webhooks are taken, what they missed is fetched, and booked while serving.",
            HelpName = "file",
        };
        const string What = "Serve the API and the tower, and deliver what waits.";
        return new Command("serve", What) { url, targets, engines, gateways }.Does(async (parsed, screen, cancel) =>
        {
            await using var set = parsed.GetValue(targets) is { } file ? TargetSet.Load(file) : null;
            await using var taxes = parsed.GetValue(engines) is { } engineFile ? TaxEngineSet.Load(engineFile) : null;
            await using var database = await parsed.OpenDatabase(cancel);
            var doors = parsed.GetValue(gateways) is { } gatewayFile ? await GatewaySet.Load(gatewayFile, database, cancel) : null;
            set?.Hear(database.Source);
            await using var host = await Tower.Start(database, parsed.GetRequiredValue(url), cancel, taxes?.Taxes, set, doors);
            screen.Result(new { url = host.Address }, console => console.MarkupLineInterpolated($"{host.Address}"));
            screen.Note(set is null ? "The tower is open; no document is delivered, for no --targets were named. Ctrl-C ends." : "The tower is open. Ctrl-C ends.");
            using var webhooks = new WebhookClient(TimeProvider.System);
            await Task.WhenAll(
                new DeliverWebhooks(database.Source, TimeProvider.System, webhooks).Always(screen.Note, cancel),
                new SummariseAlways(database.Source, TimeProvider.System).Run(screen.Note, cancel),
                new FoldAlways(database.Source, TimeProvider.System).Run(screen.Note, cancel),
                new BookGateway(database.Source, TimeProvider.System).Always(screen.Note, cancel),
                new DunAlways(database.Source, TimeProvider.System).Run(screen.Note, cancel),
                new FetchAlways(database.Source, TimeProvider.System, doors ?? []).Run(screen.Note, cancel),
                taxes is null ? Task.CompletedTask : new CommitTaxes(database.Source, TimeProvider.System, taxes.Routes).Always(screen.Note, cancel),
                set is null ? Waiting.ForTheEnd(cancel) : new DeliverAlways(database.Source, TimeProvider.System, set.Targets).Run(screen.Note, cancel));
            return ExitCode.Done;
        });
    }
}
