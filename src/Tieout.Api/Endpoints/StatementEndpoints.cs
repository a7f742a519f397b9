using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Journals;
using Tieout.Application.Statements;

namespace Tieout.Api.Endpoints;

/// <summary>A page of payments of bank statements.</summary>
/// <param name="Next">Key to give as <c>after</c> for the next page; null on the last.</param>
internal sealed record PaymentLineList(IReadOnlyList<PaymentLine> Rows, string? Next);

internal static class StatementEndpoints
{
    private const int KeyMost = 60;
    private const long MostBytes = 100 * 1024 * 1024;
    private const string Path = "/v1/bank-statements";
    private static readonly string[] Types = ["application/xml", "text/xml"];

    /// <summary>Whether a request brings a bank's file for this door: a form cannot send these types.</summary>
    public static bool IsFile(HttpRequest request) =>
        request.Path == Path && Types.Contains(request.ContentType?.Split(';')[0].Trim().ToLowerInvariant(), StringComparer.Ordinal);

    public static void MapStatements(this IEndpointRouteBuilder app)
    {
        var statements = app.MapGroup(Path).WithTags("Cash");
        statements.MapPost("", Import).Accepts<JsonElement>("application/json", "application/xml", "text/xml").WithName("importBankStatement")
            .ProducesProblem(400).ProducesProblem(413).WithMetadata(new Limit())
            .WithSummary("Takes a bank's file in: camt.053 as XML, or CSV with its mapping as JSON; then books what is certain. docs/cash.md describes both.");
        statements.MapPost("match", Match).WithName("matchBankLines").WithSummary("Holds all undecided payments against what is open now.");
        var lines = app.MapGroup("/v1/bank-lines").WithTags("Cash");
        lines.MapGet("", List).WithName("listBankLines").ProducesProblem(400).WithSummary("Payments of bank statements, the newest first, with what is proposed.");
        lines.MapPost("{key}/accept", Accept).TakesDocument().WithName("acceptBankLine").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Books a payment as proposed, or for an account and invoices that are named.");
        lines.MapPost("{key}/book", Book).TakesDocument().WithName("bookBankLine").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Books a line that is no customer's on an account of the ledger, such as bank-fees.");
        lines.MapPost("{key}/decline", Decline).TakesDocument().WithName("declineBankLine").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Says that nothing of what is proposed is meant.");
    }

    private static async Task<Results<Ok<StatementAnswer>, ProblemHttpResult>> Import(
        ImportStatement import, HttpRequest request, [Description("Who sends a file of XML; a JSON document says so itself")] string? actor,
        CancellationToken cancel)
    {
        StatementOutcome outcome;
        if (request.HasJsonContentType())
        {
            var (document, problem) = await Body.Read(request, cancel);
            if (problem is not null) return problem;
            outcome = await import.Csv(document, actor: null, cancel);
        }
        else
        {
            // Read by a parser that does not wait; so the file has to be here first.
            using var file = new MemoryStream();
            try
            {
                await request.Body.CopyToAsync(file, cancel);
            }
            catch (BadHttpRequestException tooLong) when (tooLong.StatusCode == StatusCodes.Status413PayloadTooLarge)
            {
                return Problems.Of(413, "too-large", "This is too much for one file.",
                    $"Nothing was taken in. Send at most {MostBytes / 1024 / 1024} MiB at a time, or use the command line.");
            }
            file.Position = 0;
            outcome = await import.Camt(file, actor, cancel);
        }
        return outcome switch
        {
            StatementOutcome.Taken(var answer) => TypedResults.Ok(answer),
            StatementOutcome.Unreadable bad => Problems.BadDocument("bad-statement", "Nothing of this was taken in.", bad.Problems),
            var other => throw new InvalidOperationException($"No answer for {other}."),
        };
    }

    private static async Task<Ok<MatchCounts>> Match(ImportStatement import, CancellationToken cancel) => TypedResults.Ok(await import.Match(cancel));

    private static async Task<Results<Ok<PaymentLineList>, ProblemHttpResult>> List(
        FindLines lines, [Description("new, certain, proposed, unapplied, unknown, declined or booked")] string? state,
        [Description("Key of the last line of the page before")] string? after, [Description("1 to 200; 50 when not given")] string? limit,
        CancellationToken cancel)
    {
        var asked = new Asked();
        var rows = asked.Limit(limit);
        var (of, last) = (asked.OneOf("state", state, FindLines.States), asked.Text("after", after));
        if (asked.Problem is { } problem) return problem;
        var found = await lines.List(of, last, rows + 1, cancel);
        var page = found.Take(rows).ToList();
        return TypedResults.Ok(new PaymentLineList(page, found.Count > rows ? page[^1].Key : null));
    }

    private static async Task<Results<Ok<JournalAnswer>, ProblemHttpResult>> Accept(DecideLine decide, string key, HttpRequest request, CancellationToken cancel)
    {
        var (document, problem) = await Body.Read(request, cancel);
        return problem ?? Told(await decide.Accept(Key(key), document, actor: null, cancel));
    }

    private static async Task<Results<Ok<JournalAnswer>, ProblemHttpResult>> Book(DecideLine decide, string key, HttpRequest request, CancellationToken cancel)
    {
        var (document, problem) = await Body.Read(request, cancel);
        return problem ?? Told(await decide.Book(Key(key), document, actor: null, cancel));
    }

    private static Results<Ok<JournalAnswer>, ProblemHttpResult> Told(JournalOutcome outcome) => outcome switch
    {
        JournalOutcome.Done(var journal, var again) => TypedResults.Ok(new JournalAnswer(journal, again)),
        var other => Trouble(other),
    };

    private static async Task<Results<NoContent, ProblemHttpResult>> Decline(DecideLine decide, string key, HttpRequest request, CancellationToken cancel)
    {
        var (document, problem) = await Body.Read(request, cancel);
        if (problem is not null) return problem;
        return await decide.Decline(Key(key), document, actor: null, cancel) is { } other ? Trouble(other) : TypedResults.NoContent();
    }

    // A key that no line can have is looked for as none.
    private static string Key(string key) => key.Length <= KeyMost && !key.Any(char.IsControl) ? key : "";

    private static ProblemHttpResult Trouble(JournalOutcome outcome) => outcome switch
    {
        JournalOutcome.NotFound => Problems.NotFound("key", "No payment of a statement has this key. Correct it."),
        JournalOutcome.Unreadable bad => Problems.BadDocument("bad-request", "This request cannot be taken; nothing was booked.", bad.Problems),
        JournalOutcome.Refused no => Given.Refused(no.Field, no.Code, no.Reason, no.Remedy),
        var other => throw new InvalidOperationException($"No answer for {other}."),
    };

    private sealed class Limit : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => MostBytes;
    }
}
