using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tieout.Application.Documents;

/// <summary>The browser is gone, or does not answer as it should.</summary>
internal sealed class BrowserGoneException : Exception
{
    public BrowserGoneException() { }

    public BrowserGoneException(string message) : base(message) { }

    public BrowserGoneException(string message, Exception inner) : base(message, inner) { }
}

/// <summary>
/// The DevTools protocol over two pipes: JSON messages, each ended by a zero byte. Many calls may be under way at once; when the
/// browser's end closes, all of them fail.
/// </summary>
internal sealed class DevTools : IDisposable
{
    private readonly Stream toBrowser;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> waiting = new();
    private readonly SemaphoreSlim writing = new(1);
    private int last;

    public DevTools(Stream toBrowser, Stream fromBrowser)
    {
        this.toBrowser = toBrowser;
        Reading = Task.Run(() => Read(fromBrowser));
    }

    /// <summary>Ends when the browser does.</summary>
    public Task Reading { get; }

    /// <summary>Calls a method, in a page's session or (null) in the browser's, and waits for its answer.</summary>
    /// <exception cref="BrowserGoneException">The browser ended, or answered with an error.</exception>
    public async Task<JsonElement> Call(string? session, string method, JsonObject? parameters, CancellationToken cancel)
    {
        var id = Interlocked.Increment(ref last);
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting[id] = answer;
        try
        {
            if (Reading.IsCompleted) throw new BrowserGoneException("The browser has ended.");
            var message = new JsonObject { ["id"] = id, ["method"] = method };
            if (parameters is not null) message["params"] = parameters;
            if (session is not null) message["sessionId"] = session;
            await Send(message, cancel);
            return await answer.Task.WaitAsync(cancel);
        }
        finally
        {
            waiting.TryRemove(id, out _);
        }
    }

    public void Dispose() => writing.Dispose();

    private async Task Send(JsonObject message, CancellationToken cancel)
    {
        var text = message.ToJsonString();
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length) + 1);
        try
        {
            var count = Encoding.UTF8.GetBytes(text, bytes);
            bytes[count] = 0;
            await writing.WaitAsync(cancel);
            try
            {
                // Not to be cut off half-way: what follows would be read as its rest.
                await toBrowser.WriteAsync(bytes.AsMemory(0, count + 1), CancellationToken.None);
                await toBrowser.FlushAsync(CancellationToken.None);
            }
            finally
            {
                writing.Release();
            }
        }
        catch (Exception broken) when (broken is IOException or ObjectDisposedException)
        {
            throw new BrowserGoneException("The browser has ended.", broken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private async Task Read(Stream fromBrowser)
    {
        try
        {
            var message = new MemoryStream();
            var part = new byte[65_536];
            while (await fromBrowser.ReadAsync(part) is > 0 and var count) Take(message, part.AsSpan(0, count));
        }
        catch (Exception broken) when (broken is IOException or ObjectDisposedException or JsonException)
        {
            // Either way nothing more can be understood; the callers are told below.
        }
        finally
        {
            foreach (var answer in waiting.Values) answer.TrySetException(new BrowserGoneException("The browser has ended."));
        }
    }

    private void Take(MemoryStream message, ReadOnlySpan<byte> bytes)
    {
        while (bytes.IndexOf((byte)0) is >= 0 and var end)
        {
            message.Write(bytes[..end]);
            Answer(message.GetBuffer().AsMemory(0, (int)message.Length));
            message.SetLength(0);
            bytes = bytes[(end + 1)..];
        }
        message.Write(bytes);
    }

    private void Answer(ReadOnlyMemory<byte> json)
    {
        using var parsed = JsonDocument.Parse(json);
        var root = parsed.RootElement;
        if (root.TryGetProperty("id", out var id))
        {
            if (!waiting.TryGetValue(id.GetInt32(), out var answer)) return;
            if (root.TryGetProperty("error", out var error)) answer.TrySetException(new BrowserGoneException($"The browser refused: {error.GetRawText()}"));
            else answer.TrySetResult(root.GetProperty("result").Clone());
            return;
        }
        // A page that crashed answers nothing any more.
        if (root.TryGetProperty("method", out var method) && method.ValueEquals("Inspector.targetCrashed"u8))
            foreach (var answer in waiting.Values) answer.TrySetException(new BrowserGoneException("A page crashed."));
    }
}
