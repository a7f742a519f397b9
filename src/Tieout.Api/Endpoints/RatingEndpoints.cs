using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using Tieout.Application.Catalog;

namespace Tieout.Api.Endpoints;

internal static class RatingEndpoints
{
    public static void MapRating(this IEndpointRouteBuilder app) =>
        app.MapPost("/v1/rating/preview", Preview).TakesDocument().WithTags("Rating").WithName("previewRating").ProducesProblem(400)
            .WithSummary("What something would cost, each step of the arithmetic in words. Writes nothing. docs/catalogue.md describes the document.");

    private static async Task<Results<Ok<RatingPreview>, ProblemHttpResult>> Preview(
        NpgsqlDataSource database, HttpRequest request, CancellationToken cancel)
    {
        var (document, problem) = await Body.Read(request, cancel);
        if (problem is not null) return problem;
        return await PreviewRating.Run(document, async stop => await database.OpenConnectionAsync(stop), cancel) switch
        {
            RatingOutcome.Answered answered => TypedResults.Ok(answered.Preview),
            RatingOutcome.Refused refused => Problems.BadDocument("bad-rating", "This cannot be rated.", refused.Problems),
            var other => throw new InvalidOperationException($"No answer for {other}."),
        };
    }
}
