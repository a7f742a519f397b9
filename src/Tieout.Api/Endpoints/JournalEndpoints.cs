using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Journals;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Api.Endpoints;

/// <summary>Who takes a journal back, why, and under which date.</summary>
internal sealed record ReverseRequest(string Actor, string Reason, string? On = null);

/// <summary>A journal that was booked.</summary>
/// <param name="Again">It was booked before under the same key; nothing was added now.</param>
internal sealed record JournalAnswer(Journal Journal, bool Again);

/// <summary>A page of journals.</summary>
/// <param name="Next">Number to give as <c>after</c> for the next page; null on the last.</param>
internal sealed record JournalList(IReadOnlyList<Journal> Rows, string? Next);

internal static class JournalEndpoints
{
    private const string KeyWords = "Names the request: the same key again answers with what the first gave, other content under it is refused.";

    public static void MapJournals(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/journals").WithTags("Journals");
        group.MapPost("", Add).TakesDocument().WithName("addJournal").ProducesProblem(400).ProducesProblem(409)
            .WithSummary("Books a balanced journal by hand, or a revenue journal, and stages it for the ERP. docs/credits.md describes the document.");
        group.MapPost("{number}/reverse", Reverse).WithName("reverseJournal").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Takes an entry back whole, once, by the opposite lines: a journal, write-off, payment, application, refund or step of a dispute.");
        group.MapGet("", List).WithName("listJournals").ProducesProblem(400)
            .WithSummary("Journal entries that are no invoices, the newest first: journals, reversals, write-offs, payments, refunds, disputes.");
        group.MapGet("{number}", One).WithName("readJournal").ProducesProblem(404).WithSummary("A journal with its lines and where it stands.");
    }

    private static async Task<Results<Created<JournalAnswer>, Ok<JournalAnswer>, ProblemHttpResult>> Add(
        BookJournal journals, HttpRequest request, [FromHeader(Name = "Idempotency-Key"), Description(KeyWords)] string? key, CancellationToken cancel)
    {
        var (document, problem) = await Body.Read(request, cancel);
        return problem is not null ? problem : Answer(await journals.Add(document, actor: null, key, cancel));
    }

    private static async Task<Results<Created<JournalAnswer>, Ok<JournalAnswer>, ProblemHttpResult>> Reverse(
        ReverseEntry entries, string number, [FromBody] ReverseRequest request,
        [FromHeader(Name = "Idempotency-Key"), Description(KeyWords)] string? key, CancellationToken cancel)
    {
        var given = new Given(number, request.Actor, request.Reason, request.On, key);
        if (given.Problem is { } problem) return problem;
        return Answer(await entries.Run(
            new ReversalRequest(given.Number, given.Day, request.Reason.Trim(), request.Actor.Trim(), key!), cancel));
    }

    private static async Task<Results<Ok<JournalList>, ProblemHttpResult>> List(
        FindJournals journals, string? entity, string? month, string? kind,
        [Description("Number of the last journal of the page before")] string? after,
        [Description("1 to 200; 50 when not given")] string? limit, CancellationToken cancel)
    {
        var asked = new Asked();
        var rows = asked.Limit(limit);
        var filter = new JournalFilter(
            asked.Text("entity", entity), asked.Month("month", month),
            asked.OneOf("kind", kind, [.. Enum.GetValues<EntryKind>().Select(Words.Of)]), asked.Text("after", after));
        if (asked.Problem is { } problem) return problem;
        var found = await journals.List(filter, rows + 1, cancel);
        var page = found.Take(rows).ToList();
        return TypedResults.Ok(new JournalList(page, found.Count > rows ? page[^1].Number : null));
    }

    private static async Task<Results<Ok<Journal>, ProblemHttpResult>> One(FindJournals journals, string number, CancellationToken cancel) =>
        number.Length <= 16 && await journals.One(number.Trim().ToUpperInvariant(), cancel) is { } found
            ? TypedResults.Ok(found)
            : Problems.NotFound("No journal has this number.");

    private static Results<Created<JournalAnswer>, Ok<JournalAnswer>, ProblemHttpResult> Answer(JournalOutcome outcome)
    {
        switch (outcome)
        {
            case JournalOutcome.Done(var journal, var again):
                var answer = new JournalAnswer(journal, again);
                return again ? TypedResults.Ok(answer) : TypedResults.Created($"/v1/journals/{journal.Number}", answer);
            case JournalOutcome.NotFound: return Problems.NotFound("No journal has this number.");
            case JournalOutcome.Unreadable bad: return Problems.BadDocument("bad-journal", "This journal cannot be taken; nothing was booked.", bad.Problems);
            case JournalOutcome.Refused no: return Given.Refused(no.Field, no.Code, no.Reason, no.Remedy);
            default: throw new InvalidOperationException($"No answer for {outcome}.");
        }
    }
}
