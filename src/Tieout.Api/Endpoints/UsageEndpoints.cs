using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Usage;
using Tieout.Application.Views;
using Tieout.Domain.Usage;

namespace Tieout.Api.Endpoints;

/// <summary>What became of a batch. Received = accepted + duplicate + refused; accepted events are on disk.</summary>
/// <param name="Batch">Its number; 0 when nothing was sent.</param>
/// <param name="Events">The refused ones, in the order of the batch.</param>
internal sealed record UsageAnswer(long Batch, int Received, int Accepted, int Duplicate, int Refused, IReadOnlyList<RefusedUsage> Events);

/// <summary>An event that was not taken.</summary>
/// <param name="Index">Its place in the batch, from 0.</param>
internal sealed record RefusedUsage(int Index, string Source, string Id, string Code, string Field, string Reason, string Remedy);

internal static class UsageEndpoints
{
    public static void MapUsage(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/usage").WithTags("Usage");
        group.MapPost("events", Take).WithName("sendUsage").WithMetadata(new Limit())
            .Accepts<object>("application/cloudevents-batch+json", "application/cloudevents+json", "application/x-ndjson", "application/json")
            .Produces<UsageAnswer>().ProducesProblem(400).ProducesProblem(409).ProducesProblem(413).ProducesProblem(415).ProducesProblem(422)
            .WithSummary("Takes CloudEvents in. What is answered as accepted is on disk, once.");
        group.MapGet("events", Events).WithName("listUsageEvents").ProducesProblem(400).WithSummary("The events behind a subscription's usage, in order of time.");
        group.MapGet("summaries", Summaries).WithName("listUsageSummaries").ProducesProblem(400).WithSummary("A subscription's usage by day, meter and group.");
        group.MapGet("batches", Batches).WithName("listUsageBatches").ProducesProblem(400).WithSummary("What became of every batch, newest first.");
        group.MapGet("refused", Refused).WithName("listRefusedUsage").ProducesProblem(400).WithSummary("Refused events with reason and remedy, newest batch first.");
    }

    private static async Task<IResult> Take(UsageIntake intake, HttpRequest request, CancellationToken cancel)
    {
        var (body, problem) = await EventsBody.Read(request, cancel);
        if (body is null) return problem!;
        using (body)
            return await intake.Take(body.Bytes, body.Length, body.Format, "api", cancel) switch
            {
                UsageOutcome.Taken taken when body.Format == UsageFormat.Single && taken.Refused is [var refused] => Alone(refused),
                UsageOutcome.Taken taken => TypedResults.Ok(Answer(taken)),
                UsageOutcome.Malformed bad => Problems.Of(400, bad.Code, "This body cannot be read.", $"{bad.Reason} Nothing was written."),
                UsageOutcome.TooMany => EventsBody.TooLarge(),
                var other => throw new InvalidOperationException($"No answer for {other}."),
            };
    }

    // A sender of single events looks at the status and at nothing else.
    private static ProblemHttpResult Alone(RefusedEvent refused) => Problems.Of(
        refused.Refusal.Code == UsageCode.Conflict ? 409 : 422, refused.Refusal.Code, "This event was refused.",
        $"{refused.Refusal.Reason} {refused.Refusal.Remedy}",
        new Dictionary<string, string[]>(StringComparer.Ordinal) { [refused.Refusal.Field] = [refused.Refusal.Reason, refused.Refusal.Remedy] });

    private static UsageAnswer Answer(UsageOutcome.Taken taken) => new(
        taken.Batch, taken.Received, taken.Accepted, taken.Duplicate, taken.Refused.Count,
        [.. taken.Refused.Select(one => new RefusedUsage(
            one.RowNo, one.Source, one.Id, one.Refusal.Code, one.Refusal.Field, one.Refusal.Reason, one.Refusal.Remedy))]);

    private static async Task<Results<Ok<UsageEventList>, ProblemHttpResult>> Events(
        FindUsage usage,
        [Description("Code of the subscription; needed")] string? subscription,
        [Description("Code of a meter")] string? meter,
        [Description("Group key, as a summary shows it; with a meter")] string? group,
        [Description("First day, in the account's time zone")] string? from,
        [Description("First day no longer")] string? until,
        [Description("Rows of a page, 1 to 200; 50 when not given")] string? limit,
        [Description("The next of the page before")] string? after,
        CancellationToken cancel)
    {
        var asked = new Asked();
        var filter = Filter(asked, subscription, meter, group, from, until);
        var (rows, start) = (asked.Limit(limit), asked.AfterUsage(after));
        if (asked.Problem is { } problem) return problem;
        return TypedResults.Ok(await usage.Events(filter, start, rows, cancel));
    }

    private static async Task<Results<Ok<UsageSummaryList>, ProblemHttpResult>> Summaries(
        FindUsage usage,
        [Description("Code of the subscription; needed")] string? subscription,
        [Description("Code of a meter")] string? meter,
        [Description("Group key, as a summary shows it")] string? group,
        [Description("First day, in the account's time zone")] string? from,
        [Description("First day no longer")] string? until,
        [Description("Rows of a page, 1 to 200; 50 when not given")] string? limit,
        [Description("The next of the page before")] string? after,
        CancellationToken cancel)
    {
        var asked = new Asked();
        var filter = Filter(asked, subscription, meter, group, from, until);
        var (rows, start) = (asked.Limit(limit), asked.AfterUsage(after));
        if (asked.Problem is { } problem) return problem;
        return TypedResults.Ok(await usage.Summaries(filter, start, rows, cancel));
    }

    private static async Task<Results<Ok<UsageBatchList>, ProblemHttpResult>> Batches(
        FindUsage usage,
        [Description("Rows of a page, 1 to 200; 50 when not given")] string? limit,
        [Description("The next of the page before")] string? after,
        CancellationToken cancel)
    {
        var asked = new Asked();
        var (rows, start) = (asked.Limit(limit), asked.AfterUsage(after));
        if (asked.Problem is { } problem) return problem;
        return TypedResults.Ok(await usage.Batches(start, rows, cancel));
    }

    private static async Task<Results<Ok<UsageRefusedList>, ProblemHttpResult>> Refused(
        FindUsage usage,
        [Description("Number of a batch")] string? batch,
        [Description("Why, such as unknown-subject")] string? code,
        [Description("Rows of a page, 1 to 200; 50 when not given")] string? limit,
        [Description("The next of the page before")] string? after,
        CancellationToken cancel)
    {
        var asked = new Asked();
        var (number, why) = (asked.Number("batch", batch), asked.Text("code", code));
        var (rows, start) = (asked.Limit(limit), asked.AfterUsage(after));
        if (asked.Problem is { } problem) return problem;
        return TypedResults.Ok(await usage.Refused(number, why, start, rows, cancel));
    }

    private static UsageFilter Filter(Asked asked, string? subscription, string? meter, string? group, string? from, string? until) => new(
        asked.Needed("subscription", subscription), asked.Text("meter", meter), asked.Text("group", group), asked.Day("from", from), asked.Day("until", until));

    private sealed class Limit : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => UsageIntake.MostBytes;
    }
}
