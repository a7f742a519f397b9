using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tieout.Connectors.Port;

namespace Tieout.Shell.Tests.Connectors.Sap;

/// <summary>A door for confirmations that keeps them in memory; what it hears is read as the target has it.</summary>
public sealed class MemoryConfirmations : IConfirmations, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, string> _expected = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Confirmation> _told = new();
    private readonly WebApplication _app;

    private MemoryConfirmations(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    public Uri Url => new(new Uri(_app.Urls.First() + "/"), "confirmations");

    /// <summary>All it heard.</summary>
    public IReadOnlyCollection<Confirmation> All => _told;

    /// <summary>The keys by reference that it was told to expect.</summary>
    public IReadOnlyDictionary<string, string> Expected => _expected;

    public static async Task<MemoryConfirmations> Listen(Func<TargetSettings> target)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var door = new MemoryConfirmations(app);
        app.MapPost("/confirmations", async (HttpContext http) =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            if (ErpConfirmations.Read(target(), body.ToArray()) is not ConfirmationReading.Told read) return Results.BadRequest();
            foreach (var one in read.Confirmations) door.Hear(one);
            return Results.Accepted();
        });
        await app.StartAsync();
        return door;
    }

    public void Hear(Confirmation one) => _told.Enqueue(one with { ReceivedAt = TimeProvider.System.GetUtcNow() });

    public Task Expect(string target, IReadOnlyList<ExpectedConfirmation> expected, CancellationToken cancel)
    {
        foreach (var one in expected) _expected[one.Reference] = one.Key;
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<ToldOf>> Told(string target, IReadOnlyList<string> references, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<ToldOf>>(
            [.. references.Select(reference => new ToldOf(reference, _expected.ContainsKey(reference), [.. _told.Where(one => one.Reference == reference)]))]);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
