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
        return new Command("sandbox", "Stand-ins for vendors' clouds on this machine: their contract, a ledger of their own, faults on demand.") { port }
            .Does(async (parsed, screen, cancel) =>
            {
                await using var sandbox = await SandboxServer.Start(new SandboxOptions { Port = parsed.GetValue(port) }, cancel);
                screen.Result(new { url = sandbox.BaseUrl }, console => console.MarkupLineInterpolated($"{sandbox.BaseUrl}"));
                screen.Note("The sandbox listens. Ctrl-C ends it; it keeps nothing.");
                await Waiting.ForTheEnd(cancel);
                return ExitCode.Done;
            });
    }
}
