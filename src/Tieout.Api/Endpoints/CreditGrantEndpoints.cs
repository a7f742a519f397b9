using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Credits;

namespace Tieout.Api.Endpoints;

internal static class CreditGrantEndpoints
{
    public static void MapCreditGrants(this IEndpointRouteBuilder app) =>
        app.MapPost("/v1/credit-grants", Grant).TakesDocument().WithTags("Catalogue").WithName("grantCredit").ProducesProblem(400).ProducesProblem(409)
            .WithSummary("Grants prepaid credit to a billing account. The same key again adds nothing. docs/catalogue.md describes the document.");

    private static async Task<Results<Ok<GrantOutcome.Granted>, ProblemHttpResult>> Grant(GrantCredit grants, HttpRequest request, CancellationToken cancel)
    {
        var (document, problem) = await Body.Read(request, cancel);
        if (problem is not null) return problem;
        return await grants.Run(document, cancel) switch
        {
            GrantOutcome.Granted granted => TypedResults.Ok(granted),
            GrantOutcome.Refused refused => Problems.BadDocument("bad-credit-grant", "This grant cannot be taken.", refused.Problems),
            GrantOutcome.KeyTaken taken => Problems.Conflict(
                "key-taken", "Another grant stands under this key.",
                    $"Nothing was written. Give the grant a key of its own instead of '{taken.Key}'.", "key"),
            var other => throw new InvalidOperationException($"No answer for {other}."),
        };
    }
}
