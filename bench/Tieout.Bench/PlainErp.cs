using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

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
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Console.WriteLine($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}");
        var ledger = new PlainLedger();
        // A thread for each connection: there are as many as the lane has slots, and nobody else is to be woken for an answer.
        new Thread(() =>
        {
            while (true)
            {
                var caller = listener.Accept();
                new Thread(() => Answer(caller, ledger)) { IsBackground = true }.Start();
            }
        })
        { IsBackground = true }.Start();
        while (await Console.In.ReadLineAsync() is not null) { }
    }

    // HTTP/1.1 as a client that says Content-Length speaks it; one request after the other.
    private static void Answer(Socket caller, PlainLedger ledger)
    {
        using var connection = caller;
        connection.NoDelay = true;
        var buffer = new byte[1 << 20];
        for (var filled = 0; ;)
        {
            int body, length = 0;
            while ((body = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8) + 4) < 4 || filled < body + (length = LengthOf(buffer.AsSpan(0, body))))
            {
                if (connection.Receive(buffer.AsSpan(filled)) is var read and > 0) filled += read;
                else return;
            }
            var answer = buffer.AsSpan().StartsWith("GET /ledger"u8) ? ledger.Told() : ledger.Book(buffer.AsSpan(body, length));
            connection.Send(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {answer.Length}\r\n\r\n{answer}"));
            filled -= body + length;
            buffer.AsSpan(body + length, filled).CopyTo(buffer);
        }
    }

    private static int LengthOf(ReadOnlySpan<byte> head)
    {
        var name = "Content-Length: "u8;
        var at = head.IndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(head[(at + name.Length)..], out int length, out _) ? length : 0;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
