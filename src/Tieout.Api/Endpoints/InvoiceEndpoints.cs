using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Views;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Api.Endpoints;

internal static class InvoiceEndpoints
{
    private static readonly string[] States = [.. Enum.GetValues<PostingState>().Select(Words.Of)];

    public static void MapInvoices(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/invoices").WithTags("Invoices");
        group.MapGet("", List).WithName("listInvoices").ProducesProblem(400).WithSummary("Invoices, newest month first.");
        group.MapGet("{id}", One).WithName("readInvoice").ProducesProblem(400).ProducesProblem(404).WithSummary("An invoice with its lines.");
    }

    private static async Task<Results<Ok<InvoiceList>, ProblemHttpResult>> List(
        FindInvoices invoices,
        [Description("Code of the legal entity")] string? entity,
        [Description("Accounting month, such as 2026-11")] string? month,
        [Description("State of the posting")] string? state,
        [Description("An invoice number, or the beginning of a customer's or account's code, or part of a name")] string? text,
        [Description("Rows of a page, 1 to 200; 50 when not given")] string? limit,
        [Description("The next of the page before")] string? after,
        CancellationToken cancel)
    {
        var asked = new Asked();
        var filter = new InvoiceFilter(
            asked.Text("entity", entity), asked.Month("month", month), asked.OneOf("state", state, States), asked.Text("text", text));
        var (rows, start) = (asked.Limit(limit), asked.After(after));
        if (asked.Problem is { } problem) return problem;
        return TypedResults.Ok(await invoices.Run(filter, start, rows, cancel));
    }

    private static async Task<Results<Ok<InvoiceDetail>, ProblemHttpResult>> One(FindInvoices invoices, string id, CancellationToken cancel)
    {
        if (!Guid.TryParse(id, out var known)) return Problems.BadId(id);
        var found = await invoices.One(known, cancel);
        return found is null ? Problems.NotFound($"No invoice has the id {known}.") : TypedResults.Ok(found);
    }
}
