using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Webhooks;
using Tieout.Domain.Webhooks;

namespace Tieout.Api.Endpoints;

/// <summary>Carries a plan out.</summary>
/// <param name="Fingerprint">The plan's, so that what was looked at is what goes.</param>
internal sealed record CarryOutRequest(string Fingerprint, string Actor, string Reason);

internal static class WebhookDeliveryEndpoints
{
    public static void MapWebhookDeliveries(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/webhook-deliveries").WithTags("Webhooks");
        group.MapGet("", List).WithName("listWebhookDeliveries").ProducesProblem(400).WithSummary("Deliveries, the newest first.");
        group.MapGet("{id:guid}", One).WithName("readWebhookDelivery").ProducesProblem(404)
            .WithSummary("What is sent, and every attempt with its status, duration and the beginning of the answer.");
        group.MapPost("{id:guid}/replay", Replay).WithName("replayWebhookDelivery").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Sends one again under the same webhook-id.");
        group.MapPost("replay-plans", Plan).WithName("planWebhookReplay").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("What a replay of many would send, and what it would leave alone; nothing is sent.");
        group.MapGet("replay-plans/{id:guid}", Plans).WithName("readWebhookReplayPlan").ProducesProblem(404).WithSummary("A plan, and what came of it.");
        group.MapPost("replay-plans/{id:guid}/carry-out", CarryOut).WithName("carryOutWebhookReplay")
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Sends exactly what the plan listed, as far as it still stands so; once.");
    }

    private static async Task<Results<Ok<DeliveryList>, ProblemHttpResult>> List(
        WebhookDeliveries deliveries,
        [Description("Id of an endpoint")] string? endpoint,
        [Description("waiting, delivered, failed, held or cancelled")] string? state,
        [Description("Kind of event")] string? @event,
        [Description("The subject's key, such as an invoice number")] string? key,
        [Description("Rows of a page, 1 to 200; 50 when not given")] string? limit,
        [Description("The next of the page before")] string? after,
        CancellationToken cancel)
    {
        var asked = new Asked();
        Guid? only = Guid.TryParse(endpoint, out var known) ? known : null;
        if (!string.IsNullOrEmpty(endpoint) && only is null) asked.Wrong("endpoint", "This is not an id.");
        var filter = new DeliveryFilter(
            only, asked.OneOf("state", state, "waiting", "delivered", "failed", "held", "cancelled"),
            asked.OneOf("event", @event, [.. WebhookEvent.Kinds, WebhookEvent.Test]), asked.Text("key", key));
        var (start, rows) = (asked.Number("after", after), asked.Limit(limit));
        if (asked.Problem is { } problem) return problem;
        return TypedResults.Ok(await deliveries.Run(filter, start, rows, cancel));
    }

    private static async Task<Results<Ok<DeliveryDetail>, ProblemHttpResult>> One(WebhookDeliveries deliveries, Guid id, CancellationToken cancel) =>
        await deliveries.One(id, cancel) is { } found ? TypedResults.Ok(found) : Problems.NotFound($"No delivery has the id {id}.");

    private static async Task<Results<Ok<WebhookDelivery>, ProblemHttpResult>> Replay(
        ReplayDelivery replay, Guid id, [FromBody] ReplayRequest request, CancellationToken cancel) =>
        WebhookEndpointEndpoints.Answer(await replay.Run(id, request.Actor, request.Reason, cancel));

    private static async Task<Results<Created<ReplayPlan>, ProblemHttpResult>> Plan(
        ReplayRange range, [FromBody] ReplayPlanRequest request, CancellationToken cancel)
    {
        var outcome = await range.Plan(request, cancel);
        return outcome is WebhookDone<ReplayPlan>(var plan)
            ? TypedResults.Created($"/v1/webhook-deliveries/replay-plans/{plan.Id}", plan)
            : WebhookEndpointEndpoints.Problem(outcome);
    }

    private static async Task<Results<Ok<ReplayPlan>, ProblemHttpResult>> Plans(ReplayRange range, Guid id, CancellationToken cancel) =>
        await range.One(id, cancel) is { } plan ? TypedResults.Ok(plan) : Problems.NotFound($"No plan has the id {id}.");

    private static async Task<Results<Ok<ReplayPlan>, ProblemHttpResult>> CarryOut(
        ReplayRange range, Guid id, [FromBody] CarryOutRequest request, CancellationToken cancel) =>
        WebhookEndpointEndpoints.Answer(await range.CarryOut(id, request.Fingerprint, request.Actor, request.Reason, cancel));
}
