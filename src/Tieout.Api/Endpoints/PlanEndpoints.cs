using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Catalog;

namespace Tieout.Api.Endpoints;

/// <summary>Who publishes.</summary>
internal sealed record PublishRequest(string Actor);

internal static class PlanEndpoints
{
    private const string Writer = "api";

    public static void MapPlans(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/plans").WithTags("Catalogue");
        group.MapGet("", List).WithName("listPlans").WithSummary("All plans with their versions.");
        group.MapGet("{code}", One).WithName("readPlan").ProducesProblem(404).WithSummary("A plan with its versions.");
        group.MapPost("", Create).TakesDocument().WithName("createPlan").ProducesProblem(400).ProducesProblem(409)
            .WithSummary("A new plan with its first version, as a draft or published at once. docs/catalogue.md describes the document.");
        group.MapPost("{code}/versions", AddVersion).TakesDocument().WithName("addPlanVersion").ProducesProblem(400).ProducesProblem(404)
            .ProducesProblem(409).WithSummary("The next version of a plan, or another text for a draft.");
        group.MapPost("{code}/versions/{version}/publish", Publish).WithName("publishPlanVersion").ProducesProblem(400).ProducesProblem(404)
            .ProducesProblem(409).WithSummary("Publishes a draft; from here on it never changes.");
    }

    private static async Task<Ok<IReadOnlyList<PlanView>>> List(ReadPlans plans, CancellationToken cancel) =>
        TypedResults.Ok(await plans.Run(null, cancel));

    private static async Task<Results<Ok<PlanView>, ProblemHttpResult>> One(ReadPlans plans, string code, CancellationToken cancel) =>
        await plans.Run(code, cancel) is [var plan] ? TypedResults.Ok(plan) : NoPlan();

    private static async Task<Results<Created<PlanOutcome.Done>, ProblemHttpResult>> Create(ChangePlan plans, HttpRequest request, CancellationToken cancel)
    {
        var (document, problem) = await Body.Read(request, cancel);
        return problem ?? Answer(await plans.Create(document, Writer, cancel));
    }

    private static async Task<Results<Created<PlanOutcome.Done>, ProblemHttpResult>> AddVersion(
        ChangePlan plans, string code, HttpRequest request, CancellationToken cancel)
    {
        var (document, problem) = await Body.Read(request, cancel);
        return problem ?? Answer(await plans.AddVersion(code, document, Writer, cancel));
    }

    private static async Task<Results<Created<PlanOutcome.Done>, ProblemHttpResult>> Publish(
        ChangePlan plans, string code, string version, [FromBody] PublishRequest request, CancellationToken cancel)
    {
        if (!int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return NoPlan();
        if (string.IsNullOrWhiteSpace(request.Actor) || request.Actor.Length > 100)
            return Problems.BadFields("bad-publish", "Say who publishes.", new Dictionary<string, string[]>(StringComparer.Ordinal)
            {
                ["actor"] = ["Your name, at most 100 characters."],
            });
        return Answer(await plans.Publish(code, number, request.Actor.Trim(), cancel));
    }

    private static Results<Created<PlanOutcome.Done>, ProblemHttpResult> Answer(PlanOutcome outcome) => outcome switch
    {
        PlanOutcome.Done done => TypedResults.Created($"/v1/plans/{Uri.EscapeDataString(done.Plan)}", done),
        PlanOutcome.Refused refused => Problems.BadDocument("bad-plan", "This plan cannot be taken.", refused.Problems),
        PlanOutcome.Conflict conflict => Problems.Conflict(conflict.Code, "The catalogue says otherwise.", conflict.Reason,
            conflict.Code == "plan-exists" ? "code" : "version"),
        PlanOutcome.NotFound => NoPlan(),
        var other => throw new InvalidOperationException($"No answer for {other}."),
    };

    private static ProblemHttpResult NoPlan() => Problems.NotFound("No plan has this code, or none of its versions this number.");
}
