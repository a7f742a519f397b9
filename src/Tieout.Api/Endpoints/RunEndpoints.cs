using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Views;

namespace Tieout.Api.Endpoints;

internal static class RunEndpoints
{
    public static void MapRuns(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/runs").WithTags("Runs");
        group.MapGet("", List).WithName("listRuns").ProducesProblem(400).WithSummary("Runs: running ones first, then newest first.");
        group.MapGet("{id}", One).WithName("readRun").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("A run with what it left behind: refused rows, verdicts.");
    }

    private static async Task<Results<Ok<IReadOnlyList<RunRow>>, ProblemHttpResult>> List(
        ReadRuns runs, [Description("1 to 200; 50 when not given")] string? limit, CancellationToken cancel)
    {
        var asked = new Asked();
        var rows = asked.Limit(limit);
        if (asked.Problem is { } problem) return problem;
        return TypedResults.Ok(await runs.Latest(rows, cancel));
    }

    private static async Task<Results<Ok<RunDetail>, ProblemHttpResult>> One(ReadRuns runs, string id, CancellationToken cancel)
    {
        if (!Guid.TryParse(id, out var known)) return Problems.BadId(id);
        var found = await runs.One(known, cancel);
        return found is null ? Problems.NotFound($"No run has the id {known}.") : TypedResults.Ok(found);
    }
}
