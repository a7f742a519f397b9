using System.Diagnostics;
using System.Text;

namespace Tieout.Bench.Kills;

/// <summary>The real program in a process of its own; what it says is kept.</summary>
internal sealed class KillProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _said = new();

    private KillProcess(Process process, string what) => (_process, What) = (process, what);

    /// <summary>The verb.</summary>
    public string What { get; }

    public bool HasEnded => _process.HasExited;

    /// <summary>Its exit code once it has ended.</summary>
    public int Code => _process.ExitCode;

    public string Said
    {
        get { lock (_said) return _said.ToString(); }
    }

    /// <summary>Starts a verb.</summary>
    /// <param name="secrets">Environment variables that the targets file names.</param>
    /// <param name="arguments">The verb and what it takes.</param>
    public static KillProcess Start(IReadOnlyDictionary<string, string> secrets, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "tieout.dll"), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in secrets) start.Environment[name] = value;
        var started = new KillProcess(Process.Start(start)!, arguments[0]);
        started._process.OutputDataReceived += started.Keep;
        started._process.ErrorDataReceived += started.Keep;
        started._process.BeginOutputReadLine();
        started._process.BeginErrorReadLine();
        return started;
    }

    /// <summary>SIGKILL. False when it had ended by itself: that is no kill.</summary>
    public async Task<bool> Kill()
    {
        if (_process.HasExited) return false;
        _process.Kill();
        await _process.WaitForExitAsync();
        // 128 + 9: ended by the signal and not by itself in between.
        return _process.ExitCode == 137;
    }

    public Task Ended() => _process.WaitForExitAsync();

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
