using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Tieout.Application.Exceptions;

namespace Tieout.Api.Endpoints;

/// <summary>Asks for a plan of a replay.</summary>
/// <param name="Filter">As of the list, by the same names; empty for everything open.</param>
internal sealed record CasePlanRequest(IReadOnlyDictionary<string, string> Filter, string Actor);

/// <summary>Lines of a plan.</summary>
/// <param name="Next">The next of the page after; null on the last one.</param>
internal sealed record PlannedCases(IReadOnlyList<PlannedCase> Rows, string? Next);

internal static class ReplayPlanEndpoints
{
    public static void MapReplayPlans(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/exceptions/replay-plans").WithTags("Exceptions");
        group.MapPost("", Make).WithName("planReplay").ProducesProblem(400)
            .WithSummary("What a replay of all that match would do: how many, how much money, what is skipped and why. Nothing is sent.");
        group.MapGet("{id:guid}", One).WithName("readReplayPlan").ProducesProblem(404).WithSummary("A plan, and how far it is carried out.");
        group.MapGet("{id:guid}/lines", Lines).WithName("listReplayPlan").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("Case by case, in the plan's order.");
        group.MapGet("{id:guid}/file", File).WithName("downloadReplayPlan").ProducesProblem(404).Produces<string>(200, "text/csv")
            .WithSummary("Case by case with what came of it, as CSV.");
        group.MapPost("{id:guid}/carry-out", CarryOut).WithName("carryOutReplay").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Replays exactly what the plan listed, as far as it still stands so, once. It goes on in the background; the run tells how far it is.");
    }

    private static async Task<Results<Created<CaseReplayPlan>, ProblemHttpResult>> Make(
        ReplayPlans plans, [FromBody] CasePlanRequest request, CancellationToken cancel)
    {
        var (filter, problem) = CaseAnswers.Read(request.Filter);
        if (problem is not null) return problem;
        var outcome = await plans.Make(filter, request.Actor, cancel);
        return outcome is CaseDone<CaseReplayPlan>(var plan)
            ? TypedResults.Created($"/v1/exceptions/replay-plans/{plan.Id}", plan)
            : CaseAnswers.Problem(outcome);
    }

    private static async Task<Results<Ok<CaseReplayPlan>, ProblemHttpResult>> One(ReplayPlans plans, Guid id, CancellationToken cancel) =>
        await plans.One(id, cancel) is { } plan ? TypedResults.Ok(plan) : NoPlan(id);

    private static async Task<Results<Ok<PlannedCases>, ProblemHttpResult>> Lines(
        ReplayPlans plans, Guid id, [Description("Rows of a page, 1 to 200; 50 when not given")] string? limit,
        [Description("The next of the page before")] string? after, CancellationToken cancel)
    {
        var asked = new Asked();
        var (rows, start) = (asked.Limit(limit), asked.Number("after", after) ?? 0);
        if (asked.Problem is { } problem) return problem;
        if (await plans.Lines(id, start, rows + 1, cancel) is not { } lines) return NoPlan(id);
        return TypedResults.Ok(new PlannedCases(
            [.. lines.Take(rows)], lines.Count > rows ? lines[rows - 1].Place.ToString(System.Globalization.CultureInfo.InvariantCulture) : null));
    }

    private static async Task<IResult> File(ReplayPlans plans, CaseFiles files, Guid id, CancellationToken cancel) =>
        await plans.One(id, cancel) is null ? NoPlan(id) : new CsvAnswer($"replay-{id}.csv", stop => files.Plan(id, stop));

    private static async Task<Results<Accepted<CaseReplayPlan>, ProblemHttpResult>> CarryOut(
        CarryOutPlan plan, IHostApplicationLifetime host, Guid id, [FromBody] CarryOutRequest request, CancellationToken cancel)
    {
        var outcome = await plan.Begin(id, request.Fingerprint, request.Actor, request.Reason, cancel);
        if (outcome is not CaseDone<PlanInHand>(var hand)) return CaseAnswers.Problem(outcome);
        _ = InBackground(plan, hand, host.ApplicationStopping);
        return TypedResults.Accepted($"/v1/exceptions/replay-plans/{id}", hand.Plan);
    }

    // Its run tells how it ended; one that broke is taken up by asking again.
    private static async Task InBackground(CarryOutPlan plan, PlanInHand hand, CancellationToken stopping)
    {
        await Task.Yield();
        try
        {
            await plan.Continue(hand, null, stopping);
        }
        catch (Exception trouble) when (trouble is OperationCanceledException or Npgsql.NpgsqlException or TimeoutException or InvalidOperationException)
        {
            // Told by the run already.
        }
    }

    private static ProblemHttpResult NoPlan(Guid id) => Problems.NotFound($"No plan has the id {id}.");
}
