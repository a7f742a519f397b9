using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Views;

namespace Tieout.Api.Endpoints;

internal static class BalanceEndpoints
{
    public static void MapBalances(this IEndpointRouteBuilder app) =>
        app.MapGet("/v1/balances", Read).WithTags("Balances").WithName("readBalances").ProducesProblem(400)
            .WithSummary("What each account of the subledger moved, by legal entity and month; debit positive.");

    private static async Task<Results<Ok<IReadOnlyList<Balance>>, ProblemHttpResult>> Read(
        ReadBalances balances,
        [Description("Code of the legal entity")] string? entity,
        [Description("Accounting month, such as 2026-11")] string? month,
        CancellationToken cancel)
    {
        var asked = new Asked();
        var (code, only) = (asked.Text("entity", entity), asked.Month("month", month));
        if (asked.Problem is { } problem) return problem;
        return TypedResults.Ok(await balances.Run(code, only, cancel));
    }
}
