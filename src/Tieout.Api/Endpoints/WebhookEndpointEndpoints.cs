using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Webhooks;

namespace Tieout.Api.Endpoints;

/// <summary>Endpoints that are not removed.</summary>
internal sealed record WebhookEndpointList(IReadOnlyList<WebhookEndpoint> Rows);

internal static class WebhookEndpointEndpoints
{
    public static void MapWebhookEndpoints(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/webhook-endpoints").WithTags("Webhooks");
        group.MapPost("", Create).WithName("createWebhookEndpoint").ProducesProblem(400).ProducesProblem(409)
            .WithSummary("Who is to be told of what happens from now on; signed with a secret that stays where it is.");
        group.MapGet("", List).WithName("listWebhookEndpoints").WithSummary("Endpoints, the oldest first, with what waits, failed or is held.");
        group.MapGet("{id:guid}", One).WithName("readWebhookEndpoint").ProducesProblem(404).WithSummary("One endpoint, also one that was removed.");
        group.MapPatch("{id:guid}", Change).WithName("changeWebhookEndpoint").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("Changes what is given; enables or disables.");
        group.MapDelete("{id:guid}", Remove).WithName("removeWebhookEndpoint").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("Tells it nothing more; what waits or is held is cancelled.");
        group.MapPost("{id:guid}/rotate-secret", Rotate).WithName("rotateWebhookSecret").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("A new secret; the old one signs beside it for a while.");
        group.MapPost("{id:guid}/test", Test).WithName("testWebhookEndpoint").ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Sends a webhook.test event, the same way as all others.");
    }

    private static async Task<Results<Created<WebhookEndpoint>, ProblemHttpResult>> Create(
        WebhookEndpoints endpoints, [FromBody] EndpointRequest request, CancellationToken cancel)
    {
        var outcome = await endpoints.Create(request, cancel);
        return outcome is WebhookDone<WebhookEndpoint>(var made)
            ? TypedResults.Created($"/v1/webhook-endpoints/{made.Id}", made)
            : Problem(outcome);
    }

    private static async Task<Ok<WebhookEndpointList>> List(WebhookEndpoints endpoints, CancellationToken cancel) =>
        TypedResults.Ok(new WebhookEndpointList(await endpoints.List(cancel)));

    private static async Task<Results<Ok<WebhookEndpoint>, ProblemHttpResult>> One(WebhookEndpoints endpoints, Guid id, CancellationToken cancel) =>
        await endpoints.One(id, cancel) is { } found ? TypedResults.Ok(found) : Problems.NotFound($"No endpoint has the id {id}.");

    private static async Task<Results<Ok<WebhookEndpoint>, ProblemHttpResult>> Change(
        WebhookEndpoints endpoints, Guid id, [FromBody] EndpointChange change, CancellationToken cancel) =>
        Answer(await endpoints.Change(id, change, cancel));

    private static async Task<Results<Ok<WebhookEndpoint>, ProblemHttpResult>> Remove(
        WebhookEndpoints endpoints, Guid id, string? actor, string? reason, CancellationToken cancel) =>
        Answer(await endpoints.Remove(id, actor, reason, cancel));

    private static async Task<Results<Ok<WebhookEndpoint>, ProblemHttpResult>> Rotate(
        RotateSecret rotate, Guid id, [FromBody] RotationRequest request, CancellationToken cancel) =>
        Answer(await rotate.Run(id, request, cancel));

    private static async Task<Results<Ok<WebhookDelivery>, ProblemHttpResult>> Test(SendTest test, Guid id, CancellationToken cancel) =>
        Answer(await test.Run(id, cancel));

    internal static Results<Ok<T>, ProblemHttpResult> Answer<T>(WebhookOutcome<T> outcome) =>
        outcome is WebhookDone<T>(var value) ? TypedResults.Ok(value) : Problem(outcome);

    internal static ProblemHttpResult Problem<T>(WebhookOutcome<T> outcome) => outcome switch
    {
        WebhookUnreadable<T> bad => Problems.BadFields("bad-request", "The request cannot be read; nothing was changed.",
            new Dictionary<string, string[]>(bad.Errors, StringComparer.Ordinal)),
        WebhookNotFound<T> missing => Problems.NotFound(missing.Words),
        WebhookRefused<T> no => Problems.Conflict(no.Code, "Nothing was changed.", $"{no.Reason} {no.Remedy}"),
        _ => throw new InvalidOperationException($"No problem for {outcome}."),
    };
}
