using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Views;

namespace Tieout.Api.Endpoints;

internal static class OverviewEndpoints
{
    public static void MapOverview(this IEndpointRouteBuilder app) =>
        app.MapGet("/v1/overview", Read).WithTags("Overview").WithName("readOverview")
            .WithSummary("Verdicts per legal entity, currency and month; open exceptions by age; what runs.");

    private static async Task<Ok<Overview>> Read(ReadOverview overview, CancellationToken cancel) =>
        TypedResults.Ok(await overview.Run(cancel));
}
