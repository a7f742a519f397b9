using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Tieout.Domain.Webhooks;

namespace Tieout.Shell.Tests.Webhooks;

/// <summary>One request as it came.</summary>
internal sealed record Received(string Id, long Timestamp, string Signature, byte[] Body)
{
    public bool SignedBy(WebhookSecret secret) => secret.Verifies(Signature, Id, Timestamp, Body, Timestamp);
}

/// <summary>A receiver over real HTTP on this machine that answers as it is told, and can go down and come up again on its port.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private WebApplication? _app;

    /// <summary>Everything that came, in order.</summary>
    public ConcurrentQueue<Received> All { get; } = new();

    public string Url { get; private set; } = "";

    /// <summary>How it answers.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = http => Task.CompletedTask;

    /// <summary>The most requests that were open at the same time.</summary>
    public int OpenMost { get; private set; }

    public static async Task<Receiver> Start()
    {
        var receiver = new Receiver();
        await receiver.Up("http://127.0.0.1:0");
        return receiver;
    }

    public Task Up() => Up(Url);

    public async Task Down()
    {
        if (_app is null) return;
        await _app.StopAsync();
        await _app.DisposeAsync();
        _app = null;
    }

    public async ValueTask DisposeAsync() => await Down();

    private async Task Up(string url)
    {
        var open = 0;
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(url);
        _app = builder.Build();
        _app.Run(async http =>
        {
            OpenMost = Math.Max(OpenMost, Interlocked.Increment(ref open));
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            var headers = http.Request.Headers;
            All.Enqueue(new Received(
                headers["webhook-id"].ToString(), long.Parse(headers["webhook-timestamp"].ToString(), System.Globalization.CultureInfo.InvariantCulture),
                headers["webhook-signature"].ToString(), body.ToArray()));
            await Answer(http);
            Interlocked.Decrement(ref open);
        });
        await _app.StartAsync();
        Url = _app.Urls.First();
    }
}

/// <summary>A secret in a file, as an operator keeps one.</summary>
internal sealed class SecretFile : IDisposable
{
    public SecretFile()
    {
        Path = System.IO.Path.GetTempFileName();
        var text = WebhookSecret.TextOf(RandomNumberGenerator.GetBytes(32));
        File.WriteAllText(Path, text + "\n");
        WebhookSecret.TryParse(text, out var secret).ShouldBeTrue();
        Secret = secret!;
    }

    public string Path { get; }

    public WebhookSecret Secret { get; }

    public void Dispose() => File.Delete(Path);
}
