using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Invoicing;
using Tieout.Domain;

namespace Tieout.Api.Endpoints;

/// <summary>Which month to close through, who closes and why; both are kept with the run.</summary>
/// <param name="Through">The month, such as 2026-10.</param>
internal sealed record CloseBooksRequest(string Through, string Actor, string Reason);

/// <summary>Through which day the books of the legal entity are closed now.</summary>
/// <param name="Again">They were before; nothing was changed.</param>
internal sealed record CloseBooksAnswer(string LegalEntity, DateOnly ClosedThrough, bool Again);

internal static class LegalEntityEndpoints
{
    private const int CodeMost = 12;

    public static void MapLegalEntities(this IEndpointRouteBuilder app) =>
        app.MapPost("/v1/legal-entities/{code}/closed-through", Close).WithTags("Legal entities").WithName("closeBooks")
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Closes the books of a legal entity through a month: only forward, only when every document of it is posted.");

    private static async Task<Results<Ok<CloseBooksAnswer>, ProblemHttpResult>> Close(
        CloseBooks close, string code, [FromBody] CloseBooksRequest request, CancellationToken cancel)
    {
        var given = new Given(request.Actor, request.Reason);
        if (!AccountingMonth.TryParse(request.Through, out var month)) given.Wrong<string>("through", "A month looks like 2026-10.");
        if (given.Problem is { } problem) return problem;
        if (code.Length > CodeMost || code.Any(char.IsControl)) return Problems.NotFound("No legal entity has this code.");
        return await close.Run(new CloseRequest(code, month, request.Actor.Trim(), request.Reason.Trim()), cancel) switch
        {
            CloseOutcome.Closed closed => TypedResults.Ok(new CloseBooksAnswer(closed.LegalEntity, closed.Through, closed.Again)),
            CloseOutcome.NotFound => Problems.NotFound($"No legal entity has the code {code}."),
            CloseOutcome.Refused no => Given.Refused(no.Field, no.Code, no.Reason, no.Remedy),
            var other => throw new InvalidOperationException($"No answer for {other}."),
        };
    }
}
