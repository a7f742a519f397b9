using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Tieout.Application.Database.Embedded;

namespace Tieout.Application.Documents;

/// <summary>
/// One running browser. It is spoken to over pipes and not over a port, so that nobody else on the machine can, and it ends when the
/// pipes close: however this process dies, no browser stays behind.
/// </summary>
internal sealed class Chromium : IAsyncDisposable
{
    // The shell outlives us only until the browser has noticed that the pipe is closed; then it lets go of the pipes and clears the profile away,
    // more than once when helpers of a browser that was killed still write there.
    private const string Keeper =
        """
        dir="$1"; shift
        "$@" --remote-debugging-pipe --user-data-dir="$dir" 3<&0 4>&1 </dev/null >/dev/null 2>&1
        exec <&- >&-
        for again in 1 2 3 4 5; do
          rm -rf "$dir" 2>/dev/null
          [ -d "$dir" ] || break
          sleep 0.3
        done
        """;

    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);

    // Nothing is fetched: no page asks for anything, and what would ask finds no name and no proxy that answers.
    private static readonly string[] Arguments =
    [
        "--headless", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--no-default-browser-check", "--disable-extensions",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-breakpad", "--mute-audio",
        "--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=127.0.0.1:9", "--proxy-bypass-list=<-loopback>", "--password-store=basic",
        "about:blank",
    ];

    private readonly Process keeper;
    private readonly string profile;

    private Chromium(Process keeper, string profile)
    {
        (this.keeper, this.profile) = (keeper, profile);
        Tools = new DevTools(keeper.StandardInput.BaseStream, keeper.StandardOutput.BaseStream);
    }

    /// <summary>How to speak with it.</summary>
    public DevTools Tools { get; }

    /// <summary>True once it ended.</summary>
    public bool IsGone => Tools.Reading.IsCompleted;

    /// <summary>The process that holds the browser.</summary>
    public int ProcessId => keeper.Id;

    /// <summary>Starts the program and waits until it answers.</summary>
    /// <exception cref="BrowserGoneException">It cannot be started, or ended at once.</exception>
    public static async Task<Chromium> Start(string program, CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("tieout-pdf-").FullName;
        string[] words = ["sh", "-c", Keeper, "sh", folder, program, .. Arguments];
        // Root has no unprivileged user to build Chromium's sandbox from; everybody else keeps it.
        if (Environment.IsPrivilegedProcess) words = [.. words[..^1], "--no-sandbox", words[^1]];
        // A session of its own: Ctrl-C in our terminal is for us, and we end it in our time.
        if (OperatingSystem.IsLinux()) words = ["setsid", .. words];
        var start = new ProcessStartInfo(Command.PathOf(words[0]), words[1..])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = folder,
        };
        var browser = new Chromium(Started(start, program), folder);
        try
        {
            await browser.Tools.Call(null, "Browser.getVersion", null, cancel);
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens an empty page and gives its session.</summary>
    public async Task<ChromiumPage> OpenPage(CancellationToken cancel)
    {
        var target = (await Tools.Call(null, "Target.createTarget", new JsonObject { ["url"] = "about:blank" }, cancel)).GetProperty("targetId").GetString()!;
        var session = (await Tools.Call(
            null, "Target.attachToTarget", new JsonObject { ["targetId"] = target, ["flatten"] = true }, cancel)).GetProperty("sessionId").GetString()!;
        await Tools.Call(session, "Page.enable", null, cancel);
        await Tools.Call(session, "Network.enable", null, cancel);
        await Tools.Call(session, "Network.setBlockedURLs", new JsonObject { ["urls"] = new JsonArray("*") }, cancel);
        await Tools.Call(session, "Emulation.setScriptExecutionDisabled", new JsonObject { ["value"] = true }, cancel);
        var tree = await Tools.Call(session, "Page.getFrameTree", null, cancel);
        return new ChromiumPage(this, target, session, tree.GetProperty("frameTree").GetProperty("frame").GetProperty("id").GetString()!);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            keeper.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended while something was being written to it.
        }
        using var patience = new CancellationTokenSource(StopPatience);
        try
        {
            await keeper.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            keeper.Kill(entireProcessTree: true);
            await keeper.WaitForExitAsync(CancellationToken.None);
        }
        keeper.Dispose();
        Tools.Dispose();
        Clear();
    }

    // The keeper did so already, unless it was killed itself.
    private void Clear()
    {
        try
        {
            Directory.Delete(profile, recursive: true);
        }
        catch (IOException)
        {
            // Gone, or still written to by the last helper of a killed browser; it is an empty profile in the folder for temporary files.
        }
    }

    private static Process Started(ProcessStartInfo start, string program)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            throw new BrowserGoneException($"{program} cannot be started: {missing.Message}", missing);
        }
    }
}

/// <summary>A page of the browser, used for one document after the other.</summary>
internal sealed record ChromiumPage(Chromium Browser, string Target, string Session, string Frame)
{
    /// <summary>How many documents it has printed; after some it is closed, so that what a page gathers is given back.</summary>
    public int Printed { get; private set; }

    /// <summary>Prints a page by its own style sheet.</summary>
    public async Task<byte[]> Print(string html, CancellationToken cancel)
    {
        await Browser.Tools.Call(Session, "Page.setDocumentContent", new JsonObject { ["frameId"] = Frame, ["html"] = html }, cancel);
        var answer = await Browser.Tools.Call(Session, "Page.printToPDF", new JsonObject
        {
            ["printBackground"] = true,
            ["preferCSSPageSize"] = true,
            ["displayHeaderFooter"] = false,
            ["generateTaggedPDF"] = true,
        }, cancel);
        Printed++;
        return answer.GetProperty("data").GetBytesFromBase64();
    }

    public Task Close(CancellationToken cancel) => Browser.Tools.Call(null, "Target.closeTarget", new JsonObject { ["targetId"] = Target }, cancel);
}
