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
        app.MapGet("/v1/postings", List).WithTags("Postings").WithName("listPostings").ProducesProblem(400).WithSummary("Postings, the newest first.");
        app.MapGet("/v1/postings/totals", Totals).WithTags("Postings").WithName("readPostings").ProducesProblem(400).WithSummary("Postings by target and state.");
        app.MapGet("/v1/postings/{key}", One).WithTags("Postings").WithName("readPosting").ProducesProblem(404)
            .WithSummary("One posting by its document's number: what routed it, and which rule chose each account, tax code and dimension.");
        app.MapGet("/v1/invoice-status/{**id}", Status).WithTags("Postings").WithName("readInvoiceStatus").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("Where a document stands, over all ERPs, by any id of it: our number, its own, its posting's or correlation id, or the ERP's.");
    }

    private static async Task<Results<Ok<PostingChoices>, ProblemHttpResult>> One(ReadPostingChoices postings, string key, CancellationToken cancel) =>
        await postings.Run(key, cancel) is { } found ? TypedResults.Ok(found) : Problems.NotFound("No posting has this number.");

    private static async Task<Results<Ok<PostingList>, ProblemHttpResult>> List(
        ReadPostings postings,
        [Description("Name of a target")] string? target,
        [Description("staged, ready, sending, posted, in-doubt, parked or cancelled")] string? state,
        [Description("Kind of document, such as invoice or credit-memo")] string? kind,
        [Description("Code of the legal entity")] string? entity,
        [Description("The month it is booked in, such as 2026-11")] string? month,
        [Description("A business key, whole")] string? key,
        [Description("Rows of a page, 1 to 200; 50 when not given")] string? limit,
        [Description("The next of the page before")] string? after,
        CancellationToken cancel)
    {
        var asked = new Asked();
        var filter = new PostingFilter(
            asked.Text("target", target), asked.OneOf("state", state, PostingFilter.States),
            asked.OneOf("kind", kind, PostingFilter.Kinds), asked.Text("entity", entity), asked.Month("month", month), asked.Text("key", key));
        var (rows, start) = (asked.Limit(limit), asked.After(after));
        if (asked.Problem is { } problem) return problem;
        return TypedResults.Ok(await postings.Run(filter, start, rows, cancel));
    }

    private static async Task<Results<Ok<IReadOnlyList<PostingTotal>>, ProblemHttpResult>> Totals(
        ReadPostings postings, [Description("Name of a target")] string? target, CancellationToken cancel)
    {
        var asked = new Asked();
        var only = asked.Text("target", target);
        if (asked.Problem is { } problem) return problem;
        return TypedResults.Ok(await postings.Run(only, cancel));
    }

    private static async Task<Results<Ok<InvoiceStatusAnswer>, ProblemHttpResult>> Status(ReadInvoiceStatus status, string? id, CancellationToken cancel)
    {
        var asked = new Asked();
        // A slash in an ERP's number may come escaped.
        var text = asked.Text("id", id?.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase));
        if (string.IsNullOrWhiteSpace(id)) asked.Wrong("id", "Is needed: our number, an id of document or posting, or the ERP's own number.");
        if (asked.Problem is { } problem) return problem;
        return await status.Run(text!, cancel) is { } found
            ? TypedResults.Ok(found)
            : Problems.NotFound("id", $"No document has the number or id '{text}'. Give our number, an id of document or posting, or the ERP's own number.");
    }
}
