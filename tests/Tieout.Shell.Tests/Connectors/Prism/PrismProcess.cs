using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Tieout.Sandbox;
using Tieout.Shell.Tests.Api;

namespace Tieout.Shell.Tests.Connectors.Prism;

/// <summary>One running Prism on a free loopback port.</summary>
internal sealed class PrismProcess : IAsyncDisposable
{
    private const string Program = "node_modules/@stoplight/prism-cli/dist/index.js";

    private readonly Process _process;
    private readonly HttpClient _http;

    private PrismProcess(Process process, Uri url)
    {
        _process = process;
        // Node closes what is idle for five seconds; a request on its way just then would be lost.
        _http = new HttpClient(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromSeconds(1) }) { BaseAddress = url };
    }

    public static async Task<PrismProcess> Start(string spec)
    {
        var folder = Path.Combine(ApiTests.Repository(), "tests", "prism");
        await Installed(folder);
        var port = FreePort();
        var process = Run(folder, "node", [Program, "mock", Path.Combine("specs", spec), "-h", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture), "--errors"]);
        var prism = new PrismProcess(process, new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/")));
        try
        {
            await prism.Listening();
            return prism;
        }
        catch
        {
            await prism.DisposeAsync();
            throw;
        }
    }

    /// <summary>What is wrong with a request; empty when the description allows it.</summary>
    public async Task<string> Ask(SeenRequest seen)
    {
        using var request = new HttpRequestMessage(new HttpMethod(seen.Method), seen.PathAndQuery);
        if (seen.Body.Length > 0) request.Content = new ByteArrayContent(seen.Body);
        foreach (var (name, value) in seen.Headers.Where(header => PrismSpec.Told(header.Key)))
            if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content?.Headers.TryAddWithoutValidation(name, value);
        if (seen.Headers.ContainsKey("authorization")) request.Headers.TryAddWithoutValidation("Authorization", "Bearer of-nobody");
        using var answer = await _http.SendAsync(request);
        if (answer.Headers.TryGetValues("sl-violations", out var violations) && Violations(string.Concat(violations)) is { Length: > 0 } wrong) return wrong;
        var text = await answer.Content.ReadAsStringAsync();
        return text.Contains("stoplight.io/prism/errors", StringComparison.Ordinal) ? text : "";
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    // Of the request; its own examples may deviate from its own description.
    private static string Violations(string header)
    {
        using var document = JsonDocument.Parse(header);
        return string.Join("; ", document.RootElement.EnumerateArray()
            .Where(one => one.GetProperty("location").EnumerateArray().FirstOrDefault().ValueEquals("request"))
            .Select(one => $"{string.Join('.', one.GetProperty("location").EnumerateArray())}: {one.GetProperty("message").GetString()}"));
    }

    private async Task Listening()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            Assert.False(_process.HasExited, "Prism has ended: " + (_process.HasExited ? await _process.StandardError.ReadToEndAsync(patience.Token) : ""));
            try
            {
                using var answer = await _http.GetAsync(new Uri("/", UriKind.Relative), patience.Token);
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
            }
        }
    }

    // dev/test has done it; whoever runs the tests by hand waits once.
    private static async Task Installed(string folder)
    {
        if (File.Exists(Path.Combine(folder, Program))) return;
        using var npm = Run(folder, "npm", ["ci", "--ignore-scripts", "--silent"]);
        await npm.WaitForExitAsync();
        Assert.True(npm.ExitCode == 0, $"npm ci failed in {folder}");
    }

    private static Process Run(string folder, string program, IEnumerable<string> args)
    {
        var process = Process.Start(new ProcessStartInfo(program, args)
        {
            UseShellExecute = false,
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
