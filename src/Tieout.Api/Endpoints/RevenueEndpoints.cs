using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Revenue;
using Tieout.Domain.Revenue;

namespace Tieout.Api.Endpoints;

internal static class RevenueEndpoints
{
    public static void MapRevenue(this IEndpointRouteBuilder app) =>
        app.MapPost("/v1/revenue/preview", Preview).TakesDocument().WithTags("Revenue").WithName("previewRevenue").ProducesProblem(400)
            .WithSummary("How a contract is recognised: allocation, schedule, balances and each judgement in words. Writes nothing. "
                + "docs/revenue.md describes the document.");

    private static async Task<Results<Ok<RevenueAnswer>, ProblemHttpResult>> Preview(HttpRequest request, CancellationToken cancel)
    {
        var (document, problem) = await Body.Read(request, cancel);
        if (problem is not null) return problem;
        return PreviewRevenue.Run(document) switch
        {
            RevenueOutcome.Answered answered => TypedResults.Ok(answered.Answer),
            RevenueOutcome.Refused refused => Problems.BadDocument("bad-revenue", "This cannot be recognised.", refused.Problems),
            var other => throw new InvalidOperationException($"No answer for {other}."),
        };
    }
}
