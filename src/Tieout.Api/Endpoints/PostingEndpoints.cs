using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Views;

namespace Tieout.Api.Endpoints;

internal static class PostingEndpoints
{
    public static void MapPostings(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/postings", Read).WithTags("Postings").WithName("readPostings").ProducesProblem(400)
            .WithSummary("Postings by target and state.");
        app.MapGet("/v1/postings/{key}", One).WithTags("Postings").WithName("readPosting").ProducesProblem(404)
            .WithSummary("One posting by its document's number: what routed it, and which rule chose each account, tax code and dimension.");
    }

    private static async Task<Results<Ok<PostingChoices>, ProblemHttpResult>> One(ReadPostingChoices postings, string key, CancellationToken cancel) =>
        await postings.Run(key, cancel) is { } found ? TypedResults.Ok(found) : Problems.NotFound("No posting has this number.");

    private static async Task<Results<Ok<IReadOnlyList<PostingTotal>>, ProblemHttpResult>> Read(
        ReadPostings postings, [Description("Name of a target")] string? target, CancellationToken cancel)
    {
        var asked = new Asked();
        var only = asked.Text("target", target);
        if (asked.Problem is { } problem) return problem;
        return TypedResults.Ok(await postings.Run(only, cancel));
    }
}
