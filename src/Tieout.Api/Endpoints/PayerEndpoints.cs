using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Statements;

namespace Tieout.Api.Endpoints;

/// <summary>A page of who is known to pay from where.</summary>
/// <param name="Next">To give as <c>after</c> for the next page; null on the last.</param>
internal sealed record PayerList(IReadOnlyList<KnownPayerRow> Rows, string? Next);

/// <summary>Who is known to pay from which account at a bank, or as which customer of a gateway.</summary>
internal static class PayerEndpoints
{
    public static void MapPayers(this IEndpointRouteBuilder app)
    {
        var payers = app.MapGroup("/v1/payers").WithTags("Cash");
        payers.MapGet("", List).WithName("listPayers").ProducesProblem(400).WithSummary("Who is known to pay from where, the newest first.");
        payers.MapPost("forget", Forget).TakesDocument().WithName("forgetPayer").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("Ends what was said wrongly of who pays from where; it stays on record.");
    }

    private static async Task<Results<Ok<PayerList>, ProblemHttpResult>> List(
        Payers payers, [Description("Code of a billing account")] string? account,
        [Description("An account at a bank, or a gateway's name, a slash and its customer")] string? number,
        [Description("all: also those that hold no longer; known when not given")] string? state,
        [Description("The next of the page before")] string? after, [Description("1 to 200; 50 when not given")] string? limit, CancellationToken cancel)
    {
        var asked = new Asked();
        var (of, from, rows) = (asked.Text("account", account), asked.Text("number", number), asked.Limit(limit));
        var ended = asked.OneOf("state", state, "known", "all") == "all";
        var last = asked.Text("after", after);
        var place = 0L;
        if (last is not null && !long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out place))
            asked.Wrong("after", "It is no place in this list. Take the next of the page before.");
        if (asked.Problem is { } problem) return problem;
        var found = await payers.List(of, from, ended, last is null ? null : place, rows + 1, cancel);
        return TypedResults.Ok(new PayerList(
            [.. found.Take(rows)], found.Count > rows ? found[rows - 1].Id.ToString(CultureInfo.InvariantCulture) : null));
    }

    private static async Task<Results<Ok<KnownPayerRow>, ProblemHttpResult>> Forget(Payers payers, HttpRequest request, CancellationToken cancel)
    {
        var (document, problem) = await Body.Read(request, cancel);
        if (problem is not null) return problem;
        return await payers.Forget(document, actor: null, cancel) switch
        {
            ForgetOutcome.Done(var ended) => TypedResults.Ok(ended),
            ForgetOutcome.NotFound => Problems.NotFound("number", "Nobody is known to pay from there for this billing account. Correct the one or the other."),
            ForgetOutcome.Unreadable(var problems) => Problems.BadDocument("bad-request", "This request cannot be taken; nothing was changed.", problems),
            var other => throw new InvalidOperationException($"No answer for {other}."),
        };
    }
}
