using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tieout.Shell.Tests.Connectors.Tryton;

/// <summary>What happens to one call on the wire.</summary>
public enum WireFault
{
    /// <summary>It never reaches the ERP, and no answer comes.</summary>
    Swallow,

    /// <summary>The ERP does it; no answer comes.</summary>
    LoseAnswer,

    /// <summary>It reaches the ERP a fifth of a second after the caller has gone.</summary>
    DeliverLate,

    /// <summary>The line breaks in the middle of the answer.</summary>
    CutAnswer,

    /// <summary>A whole HTTP answer with half a document in it.</summary>
    HalfDocument,

    /// <summary>The ERP does it; a web page comes back.</summary>
    WebPage,

    /// <summary>429 with Retry-After; the ERP never hears of it.</summary>
    Throttle,

    /// <summary>503 with Retry-After; the ERP never hears of it.</summary>
    Unavailable,

    /// <summary>401; the ERP never hears of it.</summary>
    EndSession,

    /// <summary>500; the ERP never hears of it.</summary>
    ServerError,

    /// <summary>The ERP's error of a lost lock, without a kind; the ERP never hears of it.</summary>
    LockLost,

    /// <summary>A Python error of no kind after the ERP did it.</summary>
    PythonErrorAfter,

    /// <summary>The answer comes half a second late.</summary>
    Slow,

    /// <summary>The second half of the rows is missing from the answer.</summary>
    HalfTheRows,
}

/// <summary>
/// Stands between connector and ERP on the loopback and passes everything on, one call per connection, until it is told to
/// do something to the next call of a method.
/// </summary>
public sealed class TrytonProxy : IAsyncDisposable
{
    private readonly Uri _erp;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<(string After, string Method, WireFault Fault)> _faults = [];
    private readonly List<string> _methods = [];
    private readonly Task _accepting;

    public TrytonProxy(Uri erp)
    {
        _erp = erp;
        _listener.Start();
        Url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/"));
        _accepting = Accept();
    }

    public Uri Url { get; }

    /// <summary>The methods called since the last <see cref="Forget"/>.</summary>
    public IReadOnlyList<string> Methods
    {
        get { lock (_gate) return [.. _methods]; }
    }

    /// <summary>Does something to the next call of a method; with <paramref name="after"/>, the next one behind a call of that.</summary>
    public void Next(string method, WireFault fault, string after = "")
    {
        lock (_gate) _faults.Add((after, method, fault));
    }

    /// <summary>Drops faults that never struck, and the list of calls.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _faults.Clear();
            _methods.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task Accept()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _ = Serve(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
            catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private async Task Serve(TcpClient caller)
    {
        using var _ = caller;
        try
        {
            var stream = caller.GetStream();
            var request = await ReadRequest(stream);
            if (request.Length > 0) await Pass(request, stream);
        }
        catch (Exception broken) when (broken is IOException or SocketException or OperationCanceledException)
        {
            // A caller who gave up is what most of these tests are about.
        }
    }

    private async Task Pass(byte[] request, NetworkStream caller)
    {
        switch (Take(MethodOf(request)))
        {
            case WireFault.Swallow: await Gone(caller); break;
            case WireFault.LoseAnswer: await Ask(request); await Gone(caller); break;
            case WireFault.DeliverLate: await Gone(caller); await Task.Delay(200, _stop.Token); await Ask(request); break;
            case WireFault.CutAnswer: await Say(caller, await Ask(request) is var whole ? whole[..^(BodyOf(whole).Length / 2)] : []); break;
            case WireFault.HalfDocument: await Say(caller, Http(200, "application/json", BodyOf(await Ask(request)) is var body ? body[..(body.Length / 2)] : "")); break;
            case WireFault.WebPage: await Ask(request); await Say(caller, Http(200, "text/html", "<html><body>Gateway</body></html>")); break;
            case WireFault.Throttle: await Say(caller, Http(429, "text/html", "Too Many Requests", "Retry-After: 3\r\n")); break;
            case WireFault.Unavailable: await Say(caller, Http(503, "text/html", "Service Unavailable", "Retry-After: 3\r\n")); break;
            case WireFault.EndSession: await Say(caller, Http(401, "text/html", "")); break;
            case WireFault.ServerError: await Say(caller, Http(500, "text/html", "<html>Internal Server Error</html>")); break;
            case WireFault.LockLost: await Say(caller, Http(200, "application/json", """{"id":1,"error":["could not obtain lock on row in relation \"ir_sequence_strict\"\n",""]}""")); break;
            case WireFault.PythonErrorAfter: await Ask(request); await Say(caller, Http(200, "application/json", """{"id":1,"error":["'colour'",""]}""")); break;
            case WireFault.Slow: var late = await Ask(request); await Task.Delay(500, _stop.Token); await Say(caller, late); break;
            case WireFault.HalfTheRows: await Say(caller, Http(200, "application/json", HalfOf(BodyOf(await Ask(request))))); break;
            default: await Say(caller, await Ask(request)); break;
        }
    }

    private WireFault? Take(string method)
    {
        lock (_gate)
        {
            _methods.Add(method);
            var found = _faults.FindIndex(fault => fault.Method == method && fault.After.Length == 0);
            for (var index = 0; index < _faults.Count; index++)
                if (_faults[index].After == method) _faults[index] = _faults[index] with { After = "" };
            if (found < 0) return null;
            var fault = _faults[found].Fault;
            _faults.RemoveAt(found);
            return fault;
        }
    }

    private async Task<byte[]> Ask(byte[] request)
    {
        using var erp = new TcpClient();
        await erp.ConnectAsync(IPAddress.Loopback, _erp.Port, _stop.Token);
        var stream = erp.GetStream();
        await stream.WriteAsync(request, _stop.Token);
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer, _stop.Token); // the connector asks for connections to be closed, so the end is the end
        return answer.ToArray();
    }

    private async Task Say(NetworkStream caller, byte[] answer) => await caller.WriteAsync(answer, _stop.Token);

    private async Task Gone(NetworkStream caller)
    {
        try
        {
            while (await caller.ReadAsync(new byte[1], _stop.Token) > 0) { }
        }
        catch (IOException)
        {
            // Reset: gone as well.
        }
    }

    private async Task<byte[]> ReadRequest(NetworkStream stream)
    {
        using var request = new MemoryStream();
        var part = new byte[64 * 1024];
        while (true)
        {
            var read = await stream.ReadAsync(part, _stop.Token);
            if (read == 0) return [];
            request.Write(part, 0, read);
            var text = Encoding.Latin1.GetString(request.ToArray());
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0) continue;
            var length = text[..end].Split("\r\n").First(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))[15..];
            if (request.Length >= end + 4 + int.Parse(length, CultureInfo.InvariantCulture)) return request.ToArray();
        }
    }

    private static string MethodOf(byte[] request)
    {
        var method = JsonElement.Parse(BodyOf(request)).GetProperty("method").GetString()!;
        return method.StartsWith("model.", StringComparison.Ordinal) ? method["model.".Length..] : method;
    }

    private static string BodyOf(byte[] message)
    {
        var text = Encoding.UTF8.GetString(message);
        return text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
    }

    private static string HalfOf(string body)
    {
        var answer = JsonNode.Parse(body)!;
        var rows = answer["result"]!.AsArray();
        for (var left = rows.Count / 2; rows.Count > left;) rows.RemoveAt(rows.Count - 1);
        return answer.ToJsonString();
    }

    private static byte[] Http(int status, string type, string body, string headers = "") => Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} Told\r\nContent-Type: {type}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n{headers}\r\n{body}"));
}
