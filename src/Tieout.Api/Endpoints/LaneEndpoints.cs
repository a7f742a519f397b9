using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Posting.Lanes;
using Tieout.Domain;
using Tieout.Domain.Posting.Lanes;

namespace Tieout.Api.Endpoints;

/// <summary>All lanes, by name.</summary>
internal sealed record LaneList(IReadOnlyList<LaneView> Rows);

/// <summary>Who tells a lane something, and why.</summary>
/// <param name="Actor">A name, at most 100 characters.</param>
/// <param name="Reason">At most 200 characters.</param>
internal sealed record LaneRequest(string? Actor, string? Reason);

/// <summary>What the lane is told to do now.</summary>
/// <param name="Target">Whose lane.</param>
/// <param name="Mode"><c>running</c>, <c>draining</c> or <c>paused</c>.</param>
internal sealed record LaneAnswer(string Target, string Mode);

internal static class LaneEndpoints
{
    public static void MapLanes(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/lanes").WithTags("Lanes");
        group.MapGet("", List).WithName("listLanes").WithSummary("Every lane: its slots, what waits, what it was told, when it will be done.");
        group.MapGet("{target}", One).WithName("readLane").ProducesProblem(404).WithSummary("One lane with everything it was ever told.");
        foreach (var command in Enum.GetValues<LaneCommand>())
            group.MapPost("{target}/" + Words.Of(command), (CommandLane lanes, string target, [FromBody] LaneRequest request, CancellationToken cancel) =>
                    Tell(lanes, target, command, request, cancel))
                .WithName(Words.Of(command) + "Lane").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).WithSummary(Summary(command));
    }

    private static string Summary(LaneCommand command) => command switch
    {
        LaneCommand.Pause => "No call begins any more; what is on the wire is finished. Within a second, on all nodes.",
        LaneCommand.Drain => "Nothing new is sent; what is on the wire or in doubt is brought to its end.",
        _ => "Documents go again.",
    };

    private static async Task<Ok<LaneList>> List(ReadLanes lanes, CancellationToken cancel) => TypedResults.Ok(new LaneList(await lanes.All(cancel)));

    private static async Task<Results<Ok<LaneDetail>, ProblemHttpResult>> One(ReadLanes lanes, string target, CancellationToken cancel) =>
        await lanes.One(target, cancel) is { } found ? TypedResults.Ok(found) : Problems.NotFound($"No program has worked for a target '{target}' yet.");

    private static async Task<Results<Ok<LaneAnswer>, ProblemHttpResult>> Tell(
        CommandLane lanes, string target, LaneCommand command, LaneRequest request, CancellationToken cancel) =>
        await lanes.Run(target, command, request.Actor, request.Reason, cancel) switch
        {
            LaneOutcome.Done done => TypedResults.Ok(new LaneAnswer(target, Words.Of(done.Mode))),
            LaneOutcome.NotFound missing => Problems.NotFound(Missing(target, missing.Targets)),
            LaneOutcome.AlreadySo so => Problems.Conflict("lane-already-" + Words.Of(so.Mode), "Nothing was changed.", Already(target, so)),
            LaneOutcome.Unreadable bad => Problems.BadFields(
                "bad-request", "The request cannot be read; nothing was changed.", new Dictionary<string, string[]>(bad.Errors, StringComparer.Ordinal)),
            var other => throw new InvalidOperationException($"No answer for {other}."),
        };

    private static string Missing(string target, IReadOnlyList<string> targets) =>
        $"No program has worked for a target '{target}' yet. " + (targets.Count > 0 ? $"There are {string.Join(", ", targets)}." : "There is none.");

    private static string Already(string target, LaneOutcome.AlreadySo so) =>
        so.Actor.Length > 0
            ? FormattableString.Invariant($"{target} is {Words.Of(so.Mode)} already, since {so.At:yyyy-MM-dd HH:mm} UTC by {so.Actor}: {so.Reason}")
            : $"{target} is {Words.Of(so.Mode)} already.";
}
