using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Tieout.Sandbox.Stripe;

/// <summary>Stripe as seen through the lists of its API, and through the webhooks it sends.</summary>
internal sealed class StripeStandIn(SandboxOptions options, Faults faults, CancellationToken stopping)
{
    private const int MostOnPage = 100;
    private const int UsualOnPage = 10;
    private static readonly TimeSpan EventsKept = TimeSpan.FromDays(30);
    private static readonly HttpClient Sender = new() { Timeout = TimeSpan.FromSeconds(30) };
    private StripeBooks _books = new();
    private int _calls;

    private long Now => options.Clock.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Adds the lists.</summary>
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/events", http => Guarded(http, ["types[]", "created[gte]"], Events));
        app.MapGet("/v1/balance_transactions", http => Guarded(http, ["payout"], Movements));
        app.MapGet("/v1/payouts", http => Guarded(http, [], () => _books.Payouts));

        IReadOnlyList<StripeRow>? Movements(HttpContext http) =>
            Of(http, "payout") is { } payout && _books.Payouts.All(one => one.Id != payout) ? null : _books.Movements(Of(http, "payout"));

        IReadOnlyList<StripeRow> Events(HttpContext http)
        {
            var oldest = (options.Clock.GetUtcNow() - EventsKept).ToUnixTimeSeconds();
            var since = Of(http, "created[gte]") is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : oldest;
            var types = http.Request.Query["types[]"];
            return [.. _books.Events.Where(one =>
                one.At >= Math.Max(since, oldest) && (types.Count == 0 || types.Contains(one.Body["type"]!.GetValue<string>())))];
        }
    }

    /// <summary>Adds what tests and the demo steer it by.</summary>
    public void MapControl(IEndpointRouteBuilder control)
    {
        var group = control.MapGroup("/stripe");
        group.MapPost("/charges", (NewCharge made) => Results.Json(new
        {
            id = _books.Charge(made.Customer, new StripeCharge(made.Amount, made.Currency, made.Settles, made.Rate), made.Reference, made.At ?? Now),
        }));
        group.MapPost("/refunds", (NewRefund made) => Made(_books.Refund(made.Charge, made.Amount, made.Rate, made.At ?? Now)));
        group.MapPost("/disputes", (NewDispute made) => Made(_books.Dispute(made.Charge, made.Amount, made.Outcome, made.Rate, made.At ?? Now)));
        group.MapPost("/payouts", (NewPayout made) => Made(_books.Payout(made.Currency, made.At ?? Now)));
        group.MapPost("/webhooks", (Webhooks webhooks) => Send(webhooks));
    }

    /// <summary>Empty books.</summary>
    public void Reset() => _books = new StripeBooks();

    private static IResult Made(string? id) => id is null ? Results.NotFound() : Results.Json(new { id });

    private static string? Of(HttpContext http, string name) => http.Request.Query.TryGetValue(name, out var value) ? value[0] : null;

    private Task Guarded(HttpContext http, string[] known, Func<IReadOnlyList<StripeRow>?> list) => Guarded(http, known, _ => list());

    private async Task Guarded(HttpContext http, string[] known, Func<HttpContext, IReadOnlyList<StripeRow>?> list)
    {
        http.Response.Headers["Request-Id"] = string.Create(CultureInfo.InvariantCulture, $"req_{Interlocked.Increment(ref _calls):000000}");
        if (await Struck(http, faults.Take(Faults.StripeRead))) return;
        if (http.Request.Headers.Authorization != $"Bearer {options.StripeKey}")
            await Refuse(http, 401, "invalid_request_error", "", "Invalid API Key provided.");
        else if (http.Request.Query.Keys.FirstOrDefault(name => !known.Contains(name) && name is not ("limit" or "starting_after")) is { } unknown)
            await Refuse(http, 400, "invalid_request_error", "parameter_unknown", $"Received unknown parameter: {unknown}", unknown);
        else if (Limit(http) is not { } limit)
            await Refuse(http, 400, "invalid_request_error", "parameter_invalid_integer", "Invalid integer: limit is from 1 to 100.", "limit");
        else if (list(http) is not { } rows)
            await Refuse(http, 404, "invalid_request_error", "resource_missing", $"No such payout: '{Of(http, "payout")}'", "payout");
        else await Page(http, rows, limit);
    }

    // Null for what is none.
    private static int? Limit(HttpContext http) => Of(http, "limit") is not { } text ? UsualOnPage
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MostOnPage ? limit : null;

    private static async Task Page(HttpContext http, IReadOnlyList<StripeRow> rows, int limit)
    {
        var first = 0;
        if (Of(http, "starting_after") is { } after)
        {
            first = rows.ToList().FindIndex(row => row.Id == after) + 1;
            if (first == 0)
            {
                await Refuse(http, 400, "invalid_request_error", "resource_missing", $"No such object: '{after}'", "starting_after");
                return;
            }
        }
        await http.Response.WriteAsJsonAsync(new JsonObject
        {
            ["object"] = "list",
            ["url"] = http.Request.Path.Value,
            ["has_more"] = first + limit < rows.Count,
            ["data"] = new JsonArray([.. rows.Skip(first).Take(limit).Select(row => row.Body.DeepClone())]),
        });
    }

    private async Task<bool> Struck(HttpContext http, Fault? fault)
    {
        switch (fault?.Kind)
        {
            case Faults.Slow:
                await Task.Delay(fault.Pause(0.1), options.Clock, stopping);
                return false;
            case Faults.Throttle429:
                http.Response.Headers.RetryAfter = Math.Ceiling(fault.Seconds ?? 1).ToString(CultureInfo.InvariantCulture);
                http.Response.Headers["Stripe-Rate-Limited-Reason"] = "global-rate";
                await Refuse(http, 429, "invalid_request_error", "rate_limit", "Request rate limit exceeded.");
                return true;
            case Faults.Reject503 or Faults.ServerFault:
                http.Response.Headers["Stripe-Should-Retry"] = "true";
                await Refuse(http, fault.Kind == Faults.Reject503 ? 503 : 500, "api_error", "", "An unknown error occurred.");
                return true;
            case Faults.TokenExpired or Faults.CertificateExpired:
                await Refuse(http, 401, "invalid_request_error", "api_key_expired", "Expired API Key provided.");
                return true;
            case Faults.HtmlAnswer:
                http.Response.ContentType = "text/html";
                await http.Response.WriteAsync("<html><body><h1>Maintenance</h1></body></html>");
                return true;
            case Faults.TruncatedAnswer:
                http.Response.ContentLength = 1_000;
                await http.Response.WriteAsync("{\"object\":\"list\",");
                await http.Response.Body.FlushAsync();
                http.Abort();
                return true;
            default:
                return false;
        }
    }

    private static Task Refuse(HttpContext http, int status, string type, string code, string message, string parameter = "")
    {
        http.Response.StatusCode = status;
        var error = new JsonObject { ["type"] = type, ["message"] = message };
        if (code.Length > 0) error["code"] = code;
        if (parameter.Length > 0) error["param"] = parameter;
        return http.Response.WriteAsJsonAsync(new JsonObject { ["error"] = error });
    }

    private async Task<IResult> Send(Webhooks webhooks)
    {
        var rows = _books.Untold().ToArray();
        if (webhooks.Seed != 0) new Random(webhooks.Seed).Shuffle(rows);
        var (sent, dropped, taken) = (0, 0, 0);
        foreach (var (no, row) in rows.Index())
        {
            if (webhooks.DropEvery > 0 && (no + 1) % webhooks.DropEvery == 0)
            {
                dropped++;
                continue;
            }
            for (var time = webhooks.DoubleEvery > 0 && (no + 1) % webhooks.DoubleEvery == 0 ? 2 : 1; time > 0; time--)
            {
                await Task.Delay(webhooks.DelayMilliseconds, stopping);
                sent++;
                if (await Deliver(webhooks, Encoding.UTF8.GetBytes(row.Body.ToJsonString()))) taken++;
            }
        }
        return Results.Json(new { sent, dropped, taken });
    }

    private async Task<bool> Deliver(Webhooks webhooks, byte[] body)
    {
        var time = Now.ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.ASCII.GetBytes($"{time}."), .. body];
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(webhooks.Secret), signed));
        using var request = new HttpRequestMessage(HttpMethod.Post, webhooks.Url)
        {
            Content = new ByteArrayContent(body) { Headers = { { "Content-Type", "application/json" } } },
        };
        request.Headers.Add("Stripe-Signature", $"t={time},v1={signature}");
        try
        {
            using var answer = await Sender.SendAsync(request, stopping);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private sealed record NewCharge(
        string Customer, long Amount, string Currency = "usd", string Reference = "", long? At = null, string? Settles = null, decimal Rate = 1);

    private sealed record NewRefund(string Charge, long Amount, long? At = null, decimal? Rate = null);

    private sealed record NewDispute(string Charge, long? Amount = null, string Outcome = "", long? At = null, decimal? Rate = null);

    private sealed record NewPayout(string Currency = "usd", long? At = null);

    private sealed record Webhooks(string Url, string Secret, int DropEvery = 0, int DoubleEvery = 0, int Seed = 0, int DelayMilliseconds = 0);
}
