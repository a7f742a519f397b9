using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Exceptions;
using Tieout.Application.Views;

namespace Tieout.Api.Endpoints;

/// <summary>What is said about all that match.</summary>
/// <param name="Filter">As of the list, by the same names; empty for everything open.</param>
internal sealed record BulkWorkRequest(IReadOnlyDictionary<string, string> Filter, string? Owner, string? Due, string? Comment, string Actor);

/// <summary>How many it was said about.</summary>
internal sealed record BulkWorkAnswer(long Exceptions);

/// <summary>Fields to try; null for those that are set.</summary>
internal sealed record DryRunRequest(IReadOnlyList<GivenField>? Fields = null);

/// <summary>Who cancels and why; both are kept with the case.</summary>
internal sealed record CancelRequest(string Actor, string Reason);

/// <summary>All fields that shall be set; none takes them back.</summary>
internal sealed record OverrideRequest(IReadOnlyList<GivenField> Fields, string Actor, string Reason);

/// <summary>What a person does about a case: owner, due date, comments, fields to set, a dry run.</summary>
internal static class CaseEndpoints
{
    public static void MapCases(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/exceptions").WithTags("Exceptions");
        group.MapGet("groups", Groups).WithName("groupExceptions").ProducesProblem(400)
            .WithSummary("Exceptions of the same trouble, added up: how many, how much money, first and last seen; the largest group first.");
        group.MapGet("file", File).WithName("downloadExceptions").ProducesProblem(400).Produces<string>(200, "text/csv")
            .WithSummary("Everything that matches, as CSV with cause and remedy: what goes back to a sender of bad data.");
        group.MapPost("work", WorkMany).WithName("workExceptions").ProducesProblem(400)
            .WithSummary("Gives all that match to somebody, sets their due date, or comments on them.");
        group.MapPost("{id:guid}/work", Work).WithName("workException").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("Gives a case to somebody, sets its due date, or comments on it.");
        group.MapPost("{id:guid}/dry-run", Try).WithName("tryException").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("What would be sent, in journal lines and in the vendor's own request, byte for byte. Nothing is sent.");
        group.MapPost("{id:guid}/cancel", Cancel).WithName("cancelPosting").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Gives the parked posting up for good: its document stays in our books and goes into no ERP.");
        group.MapGet("{id:guid}/overrides", Versions).WithName("listOverrides").ProducesProblem(404)
            .WithSummary("The fields that were set for the document, version by version, the newest first.");
        group.MapPut("{id:guid}/overrides", Override).WithName("overrideFields").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Sets fields of a parked document: reference, due date, account, tax code, dimension. Never an amount.");
    }

    private static async Task<Results<Ok<ExceptionGroups>, ProblemHttpResult>> Groups(
        GroupExceptions groups, [AsParameters] ExceptionQuery query, CancellationToken cancel)
    {
        var asked = new Asked();
        var filter = query.Read(asked);
        if (asked.Problem is { } problem) return problem;
        return TypedResults.Ok(await groups.Run(filter, cancel));
    }

    private static IResult File(CaseFiles files, [AsParameters] ExceptionQuery query)
    {
        var asked = new Asked();
        var filter = query.Read(asked);
        return asked.Problem is { } problem ? problem : new CsvAnswer("exceptions.csv", cancel => files.Exceptions(filter, cancel));
    }

    private static async Task<Results<Ok<BulkWorkAnswer>, ProblemHttpResult>> WorkMany(
        WorkCase work, [FromBody] BulkWorkRequest request, CancellationToken cancel)
    {
        var (filter, problem) = CaseAnswers.Read(request.Filter);
        if (problem is not null) return problem;
        var outcome = await work.Run(
            filter, new CaseWork { Owner = request.Owner, Due = request.Due, Comment = request.Comment, Actor = request.Actor }, cancel);
        return outcome is CaseDone<long>(var count) ? TypedResults.Ok(new BulkWorkAnswer(count)) : CaseAnswers.Problem(outcome);
    }

    private static async Task<Results<Ok<ExceptionDetail>, ProblemHttpResult>> Work(WorkCase work, Guid id, [FromBody] CaseWork request, CancellationToken cancel) =>
        CaseAnswers.Answer(await work.Run(id, request, cancel));

    private static async Task<Results<Ok<TriedPosting>, ProblemHttpResult>> Try(
        TryCase dryRun, Guid id, [FromBody] DryRunRequest request, CancellationToken cancel) => CaseAnswers.Answer(await dryRun.Run(id, request.Fields, cancel));

    private static async Task<Results<Ok<CancelledPosting>, ProblemHttpResult>> Cancel(
        CancelPosting postings, Guid id, [FromBody] CancelRequest request, CancellationToken cancel) =>
        CaseAnswers.Answer(await postings.Run(id, request.Actor, request.Reason, cancel));

    private static async Task<Results<Ok<IReadOnlyList<FieldVersion>>, ProblemHttpResult>> Versions(OverrideFields fields, Guid id, CancellationToken cancel) =>
        await fields.Versions(id, cancel) is { } versions ? TypedResults.Ok(versions) : Problems.NotFound($"No exception of a posting has the id {id}.");

    private static async Task<Results<Ok<FieldVersion>, ProblemHttpResult>> Override(
        OverrideFields fields, Guid id, [FromBody] OverrideRequest request, CancellationToken cancel) =>
        CaseAnswers.Answer(await fields.Run(id, request.Fields, request.Actor, request.Reason, cancel));
}

/// <summary>Lines of CSV as they come, for a file.</summary>
internal sealed class CsvAnswer(string name, Func<CancellationToken, IAsyncEnumerable<string>> lines) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "text/csv; charset=utf-8";
        httpContext.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
        await foreach (var line in lines(httpContext.RequestAborted)) await httpContext.Response.WriteAsync(line, httpContext.RequestAborted);
    }
}
