using System.CommandLine;
using Spectre.Console;
using Tieout.Cli.Terminal;
using Tieout.Sandbox;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout sandbox</c>.</summary>
internal static class SandboxVerb
{
    public static Command Create()
    {
        var port = new Option<int>("--port") { Description = "Port on 127.0.0.1; 0 takes a free one." };
        var slots = new Option<int?>("--sap-slots")
        {
            Description = "Calls at once that the SAP stand-in takes; any number when not given.",
            HelpName = "number",
        };
        var work = new Option<int>("--sap-work-ms") { Description = "How long it works on a message.", HelpName = "milliseconds" };
        slots.Validators.Add(value => { if (value.GetValueOrDefault<int?>() < 0) value.AddError("--sap-slots: not below 0."); });
        work.Validators.Add(value => { if (value.GetValueOrDefault<int>() < 0) value.AddError("--sap-work-ms: not below 0."); });
        return new Command("sandbox", "Stand-ins for vendors' clouds on this machine: their contract, a ledger of their own, faults on demand.")
            { port, slots, work }
            .Does(async (parsed, screen, cancel) =>
            {
                await using var sandbox = await SandboxServer.Start(
                    new SandboxOptions
                    {
                        Port = parsed.GetValue(port),
                        SapSlots = parsed.GetValue(slots),
                        SapWork = TimeSpan.FromMilliseconds(parsed.GetValue(work)),
                    }, cancel);
                screen.Result(new { url = sandbox.BaseUrl }, console => console.MarkupLineInterpolated($"{sandbox.BaseUrl}"));
                screen.Note("The sandbox listens. Ctrl-C ends it; it keeps nothing.");
                await Waiting.ForTheEnd(cancel);
                return ExitCode.Done;
            });
    }
}
