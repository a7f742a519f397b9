using System.Diagnostics;

namespace Tieout.Shell.Tests.Database;

/// <summary>Another Tieout process that holds the private PostgreSQL of a folder until it is killed or let go.</summary>
internal sealed class HubProcess : IDisposable
{
    private readonly Process process;

    private HubProcess(Process process) => this.process = process;

    /// <summary>Returns when it has said what it is: "owner 20123" or "attached 20123".</summary>
    public static async Task<(HubProcess Hub, string Role)> Start(string dataFolder)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "tieout.dll");
        var start = new ProcessStartInfo("dotnet", [program, "internal", "hold-database"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["TIEOUT_DATA"] = dataFolder;
        var started = Process.Start(start)!;
        var role = await started.StandardOutput.ReadLineAsync();
        return (new HubProcess(started), role ?? "nothing");
    }

    /// <summary>SIGKILL: it gets no chance to stop its server.</summary>
    public async Task KillHard()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.StandardInput.Close();
            process.WaitForExit();
        }

        process.Dispose();
    }
}
