using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Invoicing.Drafts;

namespace Tieout.Api.Endpoints;

internal static class InvoicePreviewEndpoints
{
    public static void MapInvoicePreviews(this IEndpointRouteBuilder app) =>
        app.MapPost("/v1/invoices/preview", Preview).WithTags("Invoices").WithName("previewInvoices")
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("What billing an account, or all of a customer, as of a day would book, each step of the arithmetic in words. Writes nothing.");

    private static async Task<Results<Ok<InvoicePreviewOutcome.Done>, ProblemHttpResult>> Preview(
        PreviewInvoice preview, [FromBody] InvoicePreviewRequest request, CancellationToken cancel) =>
        await preview.Run(request, cancel) switch
        {
            InvoicePreviewOutcome.Done done => TypedResults.Ok(done),
            InvoicePreviewOutcome.Unreadable bad =>
                Problems.BadFields("bad-request", "The request cannot be read.", new Dictionary<string, string[]>(bad.Errors, StringComparer.Ordinal)),
            InvoicePreviewOutcome.NotFound missing => Problems.NotFound(missing.Field, "Nothing has this code. Correct it."),
            InvoicePreviewOutcome.NotPossible not => SubscriptionEndpoints.Problem(not.Outcome),
            var other => throw new InvalidOperationException($"No answer for {other}."),
        };
}
