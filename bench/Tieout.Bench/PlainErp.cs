using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tieout.Bench;

/// <summary>
/// An ERP that answers at once, in a process of its own: it takes documents as lines of JSON, the key first, books each key once and
/// answers a line with key and number for each. What it costs is told apart from what the hub costs.
/// </summary>
internal sealed class PlainErp : IAsyncDisposable
{
    /// <summary>The argument that makes this program be one.</summary>
    public const string Argument = "plain-erp";

    private readonly Process _process;

    private PlainErp(Process process, Uri url) => (_process, Url) = (process, url);

    /// <summary>Where it listens.</summary>
    public Uri Url { get; }

    /// <summary>CPU time so far.</summary>
    public TimeSpan CpuUsed
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts it; it answers once this returns.</summary>
    public static async Task<PlainErp> Start()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, Argument) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardInput = true };
        var process = Process.Start(start)!;
        return new PlainErp(process, new Uri((await process.StandardOutput.ReadLineAsync())!));
    }

    /// <summary>Documents booked, and how often a key came again.</summary>
    public async Task<(int Booked, int Again)> Ledger()
    {
        using var client = new HttpClient();
        var told = (await client.GetStringAsync(new Uri(Url, "ledger"))).Split(' ').Select(int.Parse).ToArray();
        return (told[0], told[1]);
    }

    /// <summary>The process itself: serves until its standard input ends.</summary>
    public static async Task Serve()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        var booked = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var again = 0;
        app.Run(async context =>
        {
            using var memory = new MemoryStream();
            await context.Request.Body.CopyToAsync(memory);
            var answer = new StringBuilder();
            if (context.Request.Path == "/ledger") answer.Append(booked.Count).Append(' ').Append(again);
            foreach (var line in Encoding.UTF8.GetString(memory.GetBuffer(), 0, (int)memory.Length).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var key = line.Split('"', 5)[3]; // {"key":"…",
                if (!booked.TryAdd(key, booked.Count)) Interlocked.Increment(ref again);
                answer.Append(key).Append(" N").Append(key).Append('\n');
            }
            await context.Response.WriteAsync(answer.ToString());
        });
        await app.StartAsync();
        Console.WriteLine(app.Urls.First());
        while (await Console.In.ReadLineAsync() is not null) { }
        await app.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
