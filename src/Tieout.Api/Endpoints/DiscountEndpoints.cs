using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Catalog;

namespace Tieout.Api.Endpoints;

internal static class DiscountEndpoints
{
    public static void MapDiscounts(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/discounts").WithTags("Catalogue");
        group.MapGet("", List).WithName("listDiscounts").WithSummary("All discounts.");
        group.MapPost("", Add).TakesDocument().WithName("addDiscount").ProducesProblem(400).ProducesProblem(409)
            .WithSummary("Adds a discount, or gives an open one its end. The same again adds nothing. docs/catalogue.md describes the document.");
    }

    private static async Task<Ok<IReadOnlyList<JsonElement>>> List(DiscountBook discounts, CancellationToken cancel) =>
        TypedResults.Ok(await discounts.List(cancel));

    private static async Task<Results<Ok<DiscountOutcome.Stands>, ProblemHttpResult>> Add(
        DiscountBook discounts, HttpRequest request, CancellationToken cancel)
    {
        var (document, problem) = await Body.Read(request, cancel);
        if (problem is not null) return problem;
        return await discounts.Add(document, cancel) switch
        {
            DiscountOutcome.Stands stands => TypedResults.Ok(stands),
            DiscountOutcome.Refused refused => Problems.BadDocument("bad-discount", "This discount cannot be taken.", refused.Problems),
            DiscountOutcome.Conflict conflict => Problems.Conflict("discount-published", "The catalogue says otherwise.", conflict.Reason, "code"),
            var other => throw new InvalidOperationException($"No answer for {other}."),
        };
    }
}
