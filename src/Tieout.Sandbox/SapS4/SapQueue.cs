using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Tieout.Sandbox.SapS4;

/// <summary>Where a tenant's messages wait until they are booked, and from where it tells what became of them.</summary>
internal sealed class SapQueue
{
    private static readonly HttpClient Http = new();

    private readonly SandboxOptions _options;
    private readonly TimeProvider _clock;
    private readonly CancellationToken _stopping;
    private readonly KeyMemory _seen;
    private readonly PeriodCloser _closer;
    private readonly ConcurrentQueue<SentConfirmation> _sent = new();
    private volatile Callback _callback;

    public SapQueue(SandboxOptions options, Faults faults, TimeProvider clock, CancellationToken stopping)
    {
        (_options, _clock, _stopping) = (options, clock, stopping);
        (_seen, _closer) = (new KeyMemory(faults, clock), new PeriodCloser(clock, stopping));
        _callback = Usual();
    }

    /// <summary>Adds <c>/_sandbox/confirmations</c>.</summary>
    public void MapControl(IEndpointRouteBuilder control)
    {
        control.MapGet("/confirmations", () => _sent);
        control.MapPost("/confirmations", (Callback callback) => { _callback = callback; return Results.NoContent(); });
    }

    /// <summary>As it was when it started.</summary>
    public void Forget()
    {
        _seen.Forget();
        _sent.Clear();
        _callback = Usual();
    }

    /// <summary>Takes ids that it has not seen; none of them, and false, where it has seen one.</summary>
    public bool TakeNew(IReadOnlyList<string> ids) => _seen.TakeNew(ids);

    /// <summary>No id was ever seen.</summary>
    public void ForgetKeys() => _seen.Forget();

    /// <summary>Books after a while and then tells, whoever still waits.</summary>
    /// <param name="work">What lies in it.</param>
    /// <param name="fault">What goes wrong; null for nothing.</param>
    /// <param name="pause">Null for the tenant's own.</param>
    public async Task Later(QueuedWork work, Fault? fault, TimeSpan? pause = null)
    {
        try
        {
            await Task.Delay(pause ?? TimeSpan.FromMilliseconds(_callback.BooksAfterMs ?? _options.SapBooksAfter.TotalMilliseconds), _clock, _stopping);
            await Now(work, fault);
        }
        catch (OperationCanceledException)
        {
            // The sandbox stops; nobody will ask any more.
        }
    }

    /// <summary>Books at once and then tells.</summary>
    public async Task Now(QueuedWork work, Fault? fault)
    {
        if (fault?.Kind == Faults.NotBooked) return;
        // A confirmation of what was never booked.
        var half = fault?.Kind == Faults.HalfBatch ? (work.Requests.Count + 1) / 2 : work.Requests.Count;
        List<(SapRequest, SapPosting.Result)> results = [];
        foreach (var (index, one) in work.Requests.Index())
        {
            work.Books.Master.Passing(_closer, fault, index, one.Document, work.Requests.Count);
            results.Add((one, fault?.Kind == Faults.ConfirmationFalse ? Pretended(one.Document)
                : index < half ? SapPosting.Post(one.Document, work.Books.Master, work.Books.Ledger)
                : SapPosting.Rejected("150(ZZ)", "Refused by a check of the sandbox")));
        }
        work.Books.Master.Passing(_closer, fault, work.Requests.Count, work.Requests[^1].Document, work.Requests.Count);
        switch (fault?.Kind)
        {
            case Faults.ConfirmationMissing: return;
            case Faults.HalfAnswer: results.RemoveRange((results.Count + 1) / 2, results.Count / 2); break;
            case Faults.ConfirmationLate: await Task.Delay(fault.Pause(2), _clock, _stopping); break;
            case Faults.ConfirmationError:
                results = results.ConvertAll(one => (one.Item1, SapPosting.Rejected("150(ZZ)", "Says that it failed, and did not")));
                break;
        }
        var message = work.Confirm(results, _clock.GetUtcNow());
        for (var times = fault?.Kind == Faults.ConfirmationDoubled ? 2 : 1; times > 0; times--)
            await Tell(work.Requests[0].Document.CompanyCode, message);
    }

    private static SapPosting.Result Pretended(SapDocument document)
    {
        document.Sequence = 1;
        return new SapPosting.Result(document, [("605(RW)", '1', $"Document posted: BKPFF {document.Number}{document.CompanyCode}{document.FiscalYear}")]);
    }

    private async Task Tell(string company, byte[] message)
    {
        if (_callback is not { Url: { } url } callback) return;
        using var request = new HttpRequestMessage(HttpMethod.Post, url.Replace("{company}", company, StringComparison.Ordinal))
        {
            Content = new ByteArrayContent(message) { Headers = { { "Content-Type", "text/xml; charset=utf-8" } } },
        };
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{callback.User ?? _options.SapConfirmsAs}:{callback.Secret ?? _options.SapConfirmsWith}")));
        try
        {
            using var answer = await Http.SendAsync(request, _stopping);
            _sent.Enqueue(new SentConfirmation((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(_stopping)));
        }
        catch (HttpRequestException broken)
        {
            _sent.Enqueue(new SentConfirmation(0, broken.Message));
        }
    }

    private Callback Usual() => new(_options.SapConfirmsTo);

    /// <summary>Input of <c>/_sandbox/confirmations</c>.</summary>
    internal sealed record Callback(string? Url, string? User = null, string? Secret = null, double? BooksAfterMs = null);

    /// <summary>A confirmation that was sent, and what was answered; status 0 for nothing.</summary>
    internal sealed record SentConfirmation(int Status, string Answer);
}

/// <summary>The books of the moment; a reset gives others.</summary>
internal sealed record SapBooks(SapLedger Ledger, SapMasterData Master);

/// <summary>Documents that wait.</summary>
/// <param name="Requests">Each with what the sender calls it.</param>
/// <param name="Books">Where they are booked.</param>
/// <param name="Confirm">The message that tells.</param>
internal sealed record QueuedWork(
    IReadOnlyList<SapRequest> Requests, SapBooks Books, Func<IReadOnlyList<(SapRequest Request, SapPosting.Result Result)>, DateTimeOffset, byte[]> Confirm);
