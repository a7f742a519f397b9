using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Tax;

namespace Tieout.Api.Endpoints;

internal static class TaxProfileEndpoints
{
    public static void MapTaxProfiles(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/customers/{code}/tax-profile").WithTags("Tax");
        group.MapGet("", Read).WithName("readTaxProfile").ProducesProblem(404).WithSummary("What decides how a customer is taxed.");
        group.MapPut("", Save).WithName("saveTaxProfile").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("Puts a tax profile in place of the one before; VAT numbers are checked for format and check digits.");
    }

    private static async Task<Results<Ok<TaxProfileForm>, ProblemHttpResult>> Read(TaxProfiles profiles, string code, CancellationToken cancel) =>
        await profiles.Read(code, cancel) is { } profile
            ? TypedResults.Ok(profile)
            : Problems.NotFound("There is no customer with this code, or it has no tax profile yet.");

    private static async Task<Results<Ok<TaxProfileForm>, ProblemHttpResult>> Save(
        TaxProfiles profiles, string code, [FromBody] TaxProfileForm profile, CancellationToken cancel) =>
        await profiles.Save(code, profile, "api", cancel) switch
        {
            TaxProfileOutcome.Saved saved => TypedResults.Ok(saved.Profile),
            TaxProfileOutcome.NoCustomer => Problems.NotFound("There is no customer with this code."),
            TaxProfileOutcome.Refused refused => Problems.BadFields(
                "bad-tax-profile", "This tax profile cannot be taken.",
                refused.Fields.ToDictionary(field => field.Key, field => new[] { field.Value }, StringComparer.Ordinal)),
            var other => throw new InvalidOperationException($"No answer for {other}."),
        };
}
