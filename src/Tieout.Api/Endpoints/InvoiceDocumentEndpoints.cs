using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Documents;
using Tieout.Domain.Invoicing.Documents;
using Tieout.Domain.Invoicing.Documents.Ubl;

namespace Tieout.Api.Endpoints;

/// <summary>An invoice as a page, as a PDF and as UBL. Each is found by its id or its number.</summary>
internal static class InvoiceDocumentEndpoints
{
    private const int IdMost = 64;

    // The page has a style of its own and nothing else; whatever else would stand in it is dead.
    private const string PagePolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox allow-modals";

    public static void MapInvoiceDocuments(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/invoices/{id}").WithTags("Invoices");
        group.MapGet("html", Html).WithName("readInvoiceHtml").Produces(200, contentType: "text/html").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("The invoice as a page, ready to print; by id or number.");
        group.MapGet("pdf", Pdf).WithName("readInvoicePdf").Produces(200, contentType: "application/pdf")
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(503)
            .WithSummary("The page as PDF; 503 pdf-unavailable where no Chromium is installed.");
        group.MapGet("ubl", Ubl).WithName("readInvoiceUbl").Produces(200, contentType: "application/xml")
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(422)
            .WithSummary("The invoice as UBL 2.1; 422 with field and remedy where it cannot satisfy EN 16931 yet.");
    }

    private static Task<Results<FileContentHttpResult, ProblemHttpResult>> Html(
        DrawInvoice draw,
        HttpContext http,
        string id,
        [Description("How figures and days look: plain, us, uk, de, fr, ch")] string? format,
        [Description("a4 or letter; the seller's country's when not given")] string? paper,
        CancellationToken cancel)
    {
        http.Response.Headers.ContentSecurityPolicy = PagePolicy;
        return Draw(draw, id, DocumentShape.Html, (format, paper, null), cancel);
    }

    private static Task<Results<FileContentHttpResult, ProblemHttpResult>> Pdf(
        DrawInvoice draw,
        string id,
        [Description("How figures and days look: plain, us, uk, de, fr, ch")] string? format,
        [Description("a4 or letter; the seller's country's when not given")] string? paper,
        CancellationToken cancel) => Draw(draw, id, DocumentShape.Pdf, (format, paper, null), cancel);

    private static Task<Results<FileContentHttpResult, ProblemHttpResult>> Ubl(
        DrawInvoice draw,
        string id,
        [Description("What it keeps: en16931 or peppol")] string? profile,
        CancellationToken cancel) => Draw(draw, id, DocumentShape.Ubl, (null, null, profile), cancel);

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> Draw(
        DrawInvoice draw, string id, DocumentShape shape, (string? Format, string? Paper, string? Profile) asked, CancellationToken cancel)
    {
        if (id.Length > IdMost || id.Any(char.IsControl))
            return Problems.Of(400, "bad-id", "This id cannot be read.", "An invoice is named by its id or its number, such as US-2026-0000042.");
        var query = new Asked();
        var wishes = new DrawingWishes(
            query.OneOf("format", asked.Format, [.. DocumentFormat.All.Select(format => format.Name)]) is { } format && query.Problem is null
                ? DocumentFormat.Of(format) : null,
            query.OneOf("paper", asked.Paper, "a4", "letter") switch { "a4" => Paper.A4, "letter" => Paper.Letter, _ => null },
            query.OneOf("profile", asked.Profile, [.. UblProfile.All.Select(profile => profile.Name)]) is { } profile && query.Problem is null
                ? UblProfile.Of(profile) : null);
        if (query.Problem is { } problem) return problem;
        return await draw.Run(id, shape, wishes, cancel) switch
        {
            DrawnInvoice.Drawn drawn => TypedResults.File(drawn.Content, drawn.ContentType, shape == DocumentShape.Html ? null : drawn.FileName),
            DrawnInvoice.NotFound => Problems.NotFound($"No invoice has the id or number '{id}'."),
            DrawnInvoice.NoPrinter none => Problems.Of(503, "pdf-unavailable", "No PDF can be made here.", none.Reason),
            DrawnInvoice.BreaksRules broken => Broken(broken),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };
    }

    private static ProblemHttpResult Broken(DrawnInvoice.BreaksRules broken) => Problems.Of(
        422, "ubl-rules-broken", "This invoice cannot be handed out as an electronic one yet.",
        $"Invoice {broken.Number} breaks {broken.Findings.Count} rules of the standard; a file that breaks them would be refused by whoever gets it.",
        broken.Findings.GroupBy(finding => finding.Field, StringComparer.Ordinal).ToDictionary(
            group => group.Key, group => group.Select(finding => $"{finding.Rule}: {finding.Reason} {finding.Remedy}").ToArray(), StringComparer.Ordinal));
}
