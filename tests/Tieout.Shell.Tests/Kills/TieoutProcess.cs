using System.Diagnostics;
using System.Text;

namespace Tieout.Shell.Tests.Kills;

/// <summary>The real program in a process of its own; what it says is kept.</summary>
internal sealed class TieoutProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _said = new();

    private TieoutProcess(Process process) => _process = process;

    /// <summary>Standard output and standard error.</summary>
    public string Said
    {
        get { lock (_said) return _said.ToString(); }
    }

    public bool HasExited => _process.HasExited;

    public static TieoutProcess Start(params string[] arguments)
    {
        // Whoever runs the tests in the background of a shell has SIGINT ignored, and so would every program they start.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", Path.Combine(AppContext.BaseDirectory, "tieout.dll"), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TIEOUT_TEST_PASSWORD"] = "sandbox";
        var started = new TieoutProcess(Process.Start(start)!);
        started._process.OutputDataReceived += started.Keep;
        started._process.ErrorDataReceived += started.Keep;
        started._process.BeginOutputReadLine();
        started._process.BeginErrorReadLine();
        return started;
    }

    /// <summary>SIGKILL: it gets no chance to finish anything.</summary>
    public async Task KillHard()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Ctrl-C.</summary>
    public async Task Interrupt()
    {
        using var kill = Process.Start(new ProcessStartInfo("kill", ["-INT", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))!;
        await kill.WaitForExitAsync();
    }

    /// <summary>Its exit code, within two minutes.</summary>
    public async Task<int> Ended()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_said) _said.AppendLine(line.Data);
    }
}
