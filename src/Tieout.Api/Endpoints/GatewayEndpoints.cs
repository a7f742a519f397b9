using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Gateways;

namespace Tieout.Api.Endpoints;

/// <summary>What became of a webhook.</summary>
/// <param name="State">taken, parked, ignored or duplicate.</param>
internal sealed record GatewayEventAnswer(string State);

/// <summary>A page of events.</summary>
/// <param name="Next">To give as <c>after</c> for the next page; null on the last.</param>
internal sealed record GatewayEventList(IReadOnlyList<GatewayEvent> Rows, string? Next);

/// <summary>A page of charges and payouts.</summary>
/// <param name="Next">To give as <c>after</c> for the next page; null on the last.</param>
internal sealed record GatewayObjectList(IReadOnlyList<GatewayObject> Rows, string? Next);

/// <summary>Whose a gateway's customer is from now on.</summary>
/// <param name="LookedAtAgain">So many charges waited for it.</param>
internal sealed record GatewayPayerAnswer(string Gateway, string Payer, string BillingAccount, int LookedAtAgain);

/// <summary>The door for payment gateways, and what they told.</summary>
internal static class GatewayEndpoints
{
    private const string Path = "/v1/gateways";

    public static void MapGateways(this IEndpointRouteBuilder app)
    {
        var gateways = app.MapGroup(Path).WithTags("Cash");
        gateways.MapPost("{name}/events", Take).TakesDocument().WithName("takeGatewayEvent").WithMetadata(new Limit())
            .Produces<GatewayEventAnswer>().ProducesProblem(400).ProducesProblem(404).ProducesProblem(413)
            .WithSummary("Takes a gateway's webhook: signed, kept byte for byte, booked in the background.");
        gateways.MapGet("", List).WithName("listGateways").WithSummary("Payment gateways, where what they told stands, and what lies on clearing.");
        gateways.MapGet("{name}/events", Events).WithName("listGatewayEvents").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("Events of a gateway, the newest first, with what became of them.");
        gateways.MapGet("{name}/charges", Charges).WithName("listGatewayCharges").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("Charges and payouts of a gateway, the newest first, with what money may settle that is not applied.");
        gateways.MapGet("{name}/clearing", Clearing).WithName("listGatewayClearing").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("What lies on a gateway's clearing account and why, the oldest first.");
        gateways.MapPost("{name}/payers", Payer).TakesDocument().WithName("nameGatewayPayer").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("Says which billing account a gateway's customer is, or whose a charge without one is.");
    }

    private static async Task<IResult> Take(
        TakeGatewayEvent events, HttpRequest request, [Description("Name of the gateway")] string name,
        [FromHeader(Name = "Stripe-Signature")] string? signature, CancellationToken cancel)
    {
        using var body = new MemoryStream();
        try
        {
            await request.Body.CopyToAsync(body, cancel);
        }
        catch (BadHttpRequestException tooLong) when (tooLong.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return Problems.Of(413, "too-large", "This is too much for one event.",
                $"Nothing was kept. Send at most {TakeGatewayEvent.MostBytes / 1000 / 1000} MB at a time.");
        }
        return await events.Run(name, signature, body.ToArray(), cancel) switch
        {
            GatewayEventOutcome.Kept(var state) => TypedResults.Ok(new GatewayEventAnswer(state)),
            GatewayEventOutcome.Unknown => Unknown,
            GatewayEventOutcome.Refused(var problem) => Problems.BadFields(
                problem.Code == "stale" ? "stale-signature" : "bad-signature", "This is not the gateway's; nothing was kept.",
                new Dictionary<string, string[]>(StringComparer.Ordinal) { [problem.Field] = [$"{problem.Reason} {problem.Remedy}"] }),
            var other => throw new InvalidOperationException($"No answer for {other}."),
        };
    }

    private static async Task<Ok<IReadOnlyList<Gateway>>> List(FindGateways gateways, CancellationToken cancel) =>
        TypedResults.Ok(await gateways.List(gateway: null, cancel));

    private static async Task<Results<Ok<GatewayEventList>, ProblemHttpResult>> Events(
        FindGateways gateways, string name, [Description("new, booked, waits, parked or ignored")] string? state,
        [Description("The next of the page before")] string? after, [Description("1 to 200; 50 when not given")] string? limit, CancellationToken cancel)
    {
        var asked = new Asked();
        var (of, last, rows) = (asked.OneOf("state", state, FindGateways.States), asked.Text("after", after), asked.Limit(limit));
        if (asked.Problem is { } problem) return problem;
        if (await Missing(gateways, name, cancel)) return Unknown;
        var found = await gateways.Events(name, of, last, rows + 1, cancel);
        return TypedResults.Ok(new GatewayEventList([.. found.Take(rows)], found.Count > rows ? found[rows - 1].Id : null));
    }

    private static async Task<Results<Ok<GatewayObjectList>, ProblemHttpResult>> Charges(
        FindGateways gateways, FindCharges charges, string name, [Description("new, booked, waits or parked")] string? state,
        [Description("The next of the page before")] string? after, [Description("1 to 200; 50 when not given")] string? limit, CancellationToken cancel)
    {
        var asked = new Asked();
        var (of, last, rows) = (asked.OneOf("state", state, FindCharges.States), asked.Text("after", after), asked.Limit(limit));
        if (asked.Problem is { } problem) return problem;
        if (await Missing(gateways, name, cancel)) return Unknown;
        var found = await charges.List(name, of, last, rows + 1, cancel);
        return TypedResults.Ok(new GatewayObjectList([.. found.Take(rows)], found.Count > rows ? found[rows - 1].Id : null));
    }

    private static async Task<Results<Ok<IReadOnlyList<ClearingItem>>, ProblemHttpResult>> Clearing(
        FindGateways gateways, string name, [Description("1 to 200; 50 when not given")] string? limit, CancellationToken cancel)
    {
        var asked = new Asked();
        var rows = asked.Limit(limit);
        if (asked.Problem is { } problem) return problem;
        return await Missing(gateways, name, cancel) ? Unknown : TypedResults.Ok(await gateways.OnClearing(name, rows, cancel));
    }

    private static async Task<Results<Ok<GatewayPayerAnswer>, ProblemHttpResult>> Payer(
        NamePayer payers, string name, HttpRequest request, CancellationToken cancel)
    {
        var (document, problem) = await Body.Read(request, cancel);
        if (problem is not null) return problem;
        return await payers.Run(name, document, actor: null, cancel) switch
        {
            NamePayerOutcome.Named(var gateway, var payer, var account, var again) =>
                TypedResults.Ok(new GatewayPayerAnswer(gateway, payer, account, again)),
            NamePayerOutcome.UnknownGateway => Unknown,
            NamePayerOutcome.Unreadable(var problems) => Problems.BadDocument("bad-request", "This request cannot be taken; nothing was changed.", problems),
            var other => throw new InvalidOperationException($"No answer for {other}."),
        };
    }

    private static ProblemHttpResult Unknown => Problems.NotFound("name", "No gateway has this name here. Name one of the gateways file.");

    private static async Task<bool> Missing(FindGateways gateways, string name, CancellationToken cancel) =>
        name.Length > 200 || name.Contains('\0', StringComparison.Ordinal) || (await gateways.List(name, cancel)).Count == 0;

    private sealed class Limit : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => TakeGatewayEvent.MostBytes;
    }
}
