using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Exceptions;
using Tieout.Application.Views;
using Tieout.Domain.Subscriptions;

namespace Tieout.Api.Endpoints;

/// <summary>Who replays and why; both are kept with the case.</summary>
internal sealed record ReplayRequest(string Actor, string Reason);

/// <summary>Where the posting stands after the replay.</summary>
internal sealed record ReplayAnswer(string BusinessKey, string State);

internal static class ExceptionEndpoints
{
    public static void MapExceptions(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/exceptions").WithTags("Exceptions");
        group.MapGet("", List).WithName("listExceptions").ProducesProblem(400)
            .WithSummary("Exceptions, newest first.");
        group.MapGet("totals", Totals).WithName("totalExceptions").ProducesProblem(400).WithSummary("What a filter comes to: how many, how much money, by code.");
        group.MapGet("{id}", One).WithName("readException").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("What happened, why, which money and period, who can fix it, what if nobody does.");
        group.MapGet("{id}/waiting", Waiting).WithName("listWaitingAccounts").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("The accounts behind a missing rate of exchange, by code, and what became of those that wait no longer.");
        group.MapPost("{id}/replay", Replay).WithName("replayException").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Sends the parked posting on its way again and resolves the case.");
    }

    private static async Task<Results<Ok<ExceptionList>, ProblemHttpResult>> List(
        FindExceptions exceptions,
        [AsParameters] ExceptionQuery query,
        [Description("Rows of a page, 1 to 200; 50 when not given")] string? limit,
        [Description("The next of the page before")] string? after,
        CancellationToken cancel)
    {
        var asked = new Asked();
        var filter = query.Read(asked);
        var (rows, start) = (asked.Limit(limit), asked.After(after));
        if (asked.Problem is { } problem) return problem;
        return TypedResults.Ok(await exceptions.Run(filter, start, rows, cancel));
    }

    private static async Task<Results<Ok<ExceptionTotals>, ProblemHttpResult>> Totals(
        FindExceptions exceptions, [AsParameters] ExceptionQuery query, CancellationToken cancel)
    {
        var asked = new Asked();
        var filter = query.Read(asked);
        if (asked.Problem is { } problem) return problem;
        return TypedResults.Ok(await exceptions.Totals(filter, cancel));
    }

    private static async Task<Results<Ok<ExceptionDetail>, ProblemHttpResult>> One(FindExceptions exceptions, string id, CancellationToken cancel)
    {
        if (!Guid.TryParse(id, out var known)) return Problems.BadId(id);
        var found = await exceptions.One(known, cancel);
        return found is null ? Problems.NotFound($"No exception has the id {known}.") : TypedResults.Ok(found);
    }

    private static async Task<Results<Ok<WaitingList>, ProblemHttpResult>> Waiting(
        WaitingAccounts accounts,
        string id,
        [Description("open (the default) for those who wait, resolved for those who do no longer, or all")] string? state,
        [Description("Rows of a page, 1 to 200; 50 when not given")] string? limit,
        [Description("The next of the page before")] string? after,
        CancellationToken cancel)
    {
        if (!Guid.TryParse(id, out var known)) return Problems.BadId(id);
        var asked = new Asked();
        var shown = asked.OneOf("state", state, "open", "resolved", "all") ?? "open";
        var (rows, start) = (asked.Limit(limit), asked.AfterUsage(after));
        if (asked.Problem is { } problem) return problem;
        var page = await accounts.Run(known, shown == "all" ? null : shown == "open", start, rows, cancel);
        return page is null ? Problems.NotFound($"No exception has the id {known}.") : TypedResults.Ok(page);
    }

    private static async Task<Results<Ok<ReplayAnswer>, ProblemHttpResult>> Replay(
        ReplayException replay, string id, [FromBody] ReplayRequest request, CancellationToken cancel)
    {
        if (!Guid.TryParse(id, out var known)) return Problems.BadId(id);
        if (Missing(request) is { Count: > 0 } errors) return Problems.BadFields("bad-replay", "Say who replays and why.", errors);
        return await replay.Run(known, request.Actor.Trim(), request.Reason.Trim(), cancel) switch
        {
            ReplayException.Outcome.Replayed done => TypedResults.Ok(new ReplayAnswer(done.BusinessKey, done.State)),
            ReplayException.Outcome.Closed closed => TypedResults.Ok(new ReplayAnswer(closed.BusinessKey, "posted")),
            ReplayException.Outcome.NotFound => Problems.NotFound($"No exception has the id {known}."),
            ReplayException.Outcome.AlreadyResolved was => Problems.Conflict(
                "already-resolved", "This case is resolved.", $"Nothing was sent again. {was.Resolution}"),
            ReplayException.Outcome.NotParked now => Problems.Conflict(
                "not-parked", "The posting is not parked.", $"Only a parked posting is replayed; this one is {now.State}."),
            ReplayException.Outcome.NothingToReplay subject => Problems.Conflict(
                "nothing-to-replay", "There is no posting to replay.", $"This case is about a {subject.SubjectKind}; it closes when its cause is gone."),
            var other => throw new InvalidOperationException($"No answer for {other}."),
        };
    }

    private static Dictionary<string, string[]> Missing(ReplayRequest request)
    {
        var reader = new RequestReader();
        reader.Signed(request.Actor, request.Reason);
        return new Dictionary<string, string[]>(reader.Errors, StringComparer.Ordinal);
    }
}
