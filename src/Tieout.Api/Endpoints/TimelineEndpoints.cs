using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Views;

namespace Tieout.Api.Endpoints;

internal static class TimelineEndpoints
{
    private const int IdMost = 200;

    // ERP document numbers hold slashes, so the id is the rest of the path.
    public static void MapTimeline(this IEndpointRouteBuilder app) =>
        app.MapGet("/v1/timeline/{**id}", Read).WithTags("Timeline").WithName("readTimeline").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("The one story behind any id, or the transactions to choose from.");

    private static async Task<Results<Ok<Timeline>, ProblemHttpResult>> Read(ReadTimeline timeline, string? id, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(id) || id.Length > IdMost || id.Any(char.IsControl))
            return Problems.Of(400, "bad-id", "This id cannot be read.", "An id has 1 to 200 characters.");
        var found = await timeline.Run(id, cancel);
        return found.IsEmpty
            ? Problems.NotFound($"Nothing has the id '{id}'. Looked for: {string.Join(", ", found.Tried)}.")
            : TypedResults.Ok(found);
    }
}
