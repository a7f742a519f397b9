using System.ComponentModel;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Views;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Api.Endpoints;

internal static partial class InvoiceEndpoints
{
    private static readonly string[] States = [.. Enum.GetValues<PostingState>().Select(Words.Of)];

    public static void MapInvoices(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/invoices").WithTags("Invoices");
        group.MapGet("", List).WithName("listInvoices").ProducesProblem(400).WithSummary("Invoices, newest month first.");
        group.MapGet("{id}", One).WithName("readInvoice").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("An invoice with its lines and what was booked on it since; by id or number.");
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
        var byId = Guid.TryParse(id, out var known);
        if (!byId && !Number().IsMatch(id)) return Problems.BadId(id);
        var found = byId ? await invoices.One(known, cancel) : await invoices.One(id.ToUpperInvariant(), cancel);
        return found is null ? Problems.NotFound(byId ? $"No invoice has the id {known}." : "No invoice has this number.") : TypedResults.Ok(found);
    }

    // A series, the year, a counter.
    [GeneratedRegex(@"\A[A-Za-z0-9]{1,3}-[0-9]{4}-[0-9]{7}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Number();
}
