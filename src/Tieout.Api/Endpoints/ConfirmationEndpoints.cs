using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Confirmations;

namespace Tieout.Api.Endpoints;

/// <summary>The door for ERPs that tell by themselves what became of documents they had taken.</summary>
internal static class ConfirmationEndpoints
{
    private const string Path = "/v1/confirmations";
    private static readonly string[] Types = ["text/xml", "application/soap+xml", "application/xml"];

    public static void MapConfirmations(this IEndpointRouteBuilder app)
    {
        app.MapPost(Path + "/{target}", Take).WithTags("Postings").WithName("takeConfirmation").WithMetadata(new Limit())
            .Accepts<string>(Types[0], Types[1..]).Produces(202).ProducesProblem(400).ProducesProblem(401).ProducesProblem(413).ProducesProblem(415)
            .WithSummary("Takes an ERP's confirmation of documents it books in its own time; Basic log-in of the target's own.");
        app.MapGet(Path, List).WithTags("Postings").WithName("listConfirmations").ProducesProblem(400)
            .WithSummary("Confirmations that came in, the newest first.");
    }

    /// <summary>Whether a request brings a message for this door: a form cannot send these types, and a script on another page would have to ask first.</summary>
    public static bool IsMessage(HttpRequest request) =>
        request.Path.StartsWithSegments(Path, StringComparison.Ordinal)
        && Types.Contains(request.ContentType?.Split(';')[0].Trim().ToLowerInvariant(), StringComparer.Ordinal);

    private static async Task<IResult> Take(
        ConfirmationDoors doors, TakeConfirmation confirmations, HttpContext http,
        [Description("Name of the target it comes from")] string target, CancellationToken cancel)
    {
        if (doors.Open(target, http.Request.Headers.Authorization) is not { } from)
        {
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"confirmations\"";
            // The same whether there is such a target or not.
            return Problems.Of(401, "not-logged-in", "This log-in is not known here.",
                "Nothing was kept. Send the user and secret that the targets file names for this target's confirmations.");
        }
        if (!IsMessage(http.Request))
            return Problems.Of(415, "xml-required", "The content is not XML.", $"Send it with Content-Type: {Types[0]}.");
        using var body = new MemoryStream();
        try
        {
            await http.Request.Body.CopyToAsync(body, cancel);
        }
        catch (BadHttpRequestException tooLong) when (tooLong.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return Problems.Of(413, "too-large", "This is too much for one message.",
                $"Nothing was kept. Send at most {TakeConfirmation.MostBytes / 1024 / 1024} MiB at a time.");
        }
        return await confirmations.Run(from, body.ToArray(), cancel) is ConfirmationOutcome.Malformed malformed
            ? Problems.Of(400, "confirmation-malformed", "This is no confirmation.", $"{malformed.Reason} The message is kept; nothing follows from it.")
            : TypedResults.StatusCode(StatusCodes.Status202Accepted);
    }

    private static async Task<Results<Ok<ConfirmationList>, ProblemHttpResult>> List(
        FindConfirmations confirmations,
        [Description("Name of a target")] string? target,
        [Description("taken, doubled or malformed")] string? treatment,
        [Description("Rows of a page, 1 to 200; 50 when not given")] string? limit,
        [Description("The next of the page before")] string? after,
        CancellationToken cancel)
    {
        var asked = new Asked();
        var (from, how) = (asked.Text("target", target), asked.OneOf("treatment", treatment, FindConfirmations.Treatments));
        var (rows, start) = (asked.Limit(limit), asked.After(after));
        if (asked.Problem is { } problem) return problem;
        return TypedResults.Ok(await confirmations.Run(from, how, start, rows, cancel));
    }

    private sealed class Limit : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => TakeConfirmation.MostBytes;
    }
}
