using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;
using Tieout.Application.Mapping;

namespace Tieout.Api.Endpoints;

/// <summary>Who publishes a draft.</summary>
/// <param name="Actor">Their name.</param>
/// <param name="Fingerprint">Of the draft they looked at, or its beginning: another one is not published.</param>
internal sealed record PublishMappingRequest(string Actor, string? Fingerprint = null);

/// <summary>Versions, the newest first.</summary>
internal sealed record MappingVersionList(IReadOnlyList<MappingVersionRow> Versions);

/// <summary>What publishing the draft would change.</summary>
internal sealed record MappingDifferenceList(IReadOnlyList<MappingDifference> Differences);

/// <summary>Routes, account rules and value maps: one set of doors for each, all alike.</summary>
internal static class MappingEndpoints
{
    private const string Which = "A number, draft or published";

    public static void MapMapping(this IEndpointRouteBuilder app)
    {
        Doors(app, "/v1/routes", "", "Routes", MappingKind.Routes);
        Doors(app, "/v1/account-rules", "/{target}", "AccountRules", MappingKind.AccountRules);
        Doors(app, "/v1/value-maps", "/{target}/{map}", "ValueMaps", MappingKind.ValueMap);
        app.MapGet("/v1/mapping/coverage", Coverage).WithTags("Mapping").WithName("readMappingCoverage").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("What is not mapped of everything staged and parked, with the money behind it, under what is in force or a draft.");
    }

    private static void Doors(IEndpointRouteBuilder app, string all, string one, string name, MappingKind kind)
    {
        app.MapGet(all, (MappingVersions versions, CancellationToken cancel) => List(versions, kind, cancel))
            .WithTags("Mapping").WithName($"list{name}").WithSummary("Versions, the newest first.");
        var group = app.MapGroup(all + one).WithTags("Mapping").AddOpenApiOperationTransformer(PathOnly);
        group.MapGet("{version}", (MappingVersions versions, string? target, string? map, [Description(Which)] string version, CancellationToken cancel) =>
                Read(versions, Subject(kind, target, map), version, cancel))
            .WithName($"read{name}").ProducesProblem(404).WithSummary("A version with what it says; of a draft also what would keep it from being published.");
        group.MapGet("draft/differences", (MappingVersions versions, string? target, string? map, CancellationToken cancel) =>
                Differences(versions, Subject(kind, target, map), cancel))
            .WithName($"compare{name}").ProducesProblem(404).WithSummary("What publishing the draft would change, rule by rule.");
        group.MapPut("draft", (MappingVersions versions, HttpRequest request, string? target, string? map, CancellationToken cancel) =>
                Take(request, document => versions.PutDraft(Subject(kind, target, map), document, cancel), cancel))
            .TakesDocument().WithName($"draft{name}").ProducesProblem(400)
            .WithSummary("Keeps a document as the draft, in place of an earlier one. docs/mapping.md describes it.");
        group.MapPost("validate", (MappingVersions versions, HttpRequest request, string? target, string? map, CancellationToken cancel) =>
                Take(request, document => versions.Validate(Subject(kind, target, map), document, cancel), cancel))
            .TakesDocument().WithName($"validate{name}").ProducesProblem(400).WithSummary("Looks at a document as publication would; nothing is kept.");
        group.MapPost("publish", (
                    MappingVersions versions, [FromBody] PublishMappingRequest request, string? target, string? map, CancellationToken cancel) =>
                Publish(versions, Subject(kind, target, map), request, cancel))
            .WithName($"publish{name}").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Publishes the draft; from here on it never changes, and counts for all that is not on its way yet.");
    }

    // One handler for doors with and without a target and a map: a name that is not in this door's path is no parameter of it.
    private static Task PathOnly(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancel)
    {
        operation.Parameters = operation.Parameters?.Where(parameter => parameter.In == ParameterLocation.Path).ToList();
        if (operation.Parameters is { Count: 0 }) operation.Parameters = null;
        return Task.CompletedTask;
    }

    private static MappingSubject Subject(MappingKind kind, string? target, string? map) => kind switch
    {
        MappingKind.Routes => MappingSubject.Routes,
        MappingKind.AccountRules => MappingSubject.AccountRules(target ?? ""),
        _ => MappingSubject.ValueMap(target ?? "", map ?? ""),
    };

    private static async Task<Ok<MappingVersionList>> List(MappingVersions versions, MappingKind kind, CancellationToken cancel) =>
        TypedResults.Ok(new MappingVersionList(await versions.List(kind, null, null, cancel)));

    private static async Task<Results<Ok<MappingVersion>, ProblemHttpResult>> Read(
        MappingVersions versions, MappingSubject subject, string which, CancellationToken cancel) =>
        await versions.Read(subject, which, cancel) is { } found ? TypedResults.Ok(found) : Problems.NotFound($"There is no such version of {subject}.");

    private static async Task<Results<Ok<MappingDifferenceList>, ProblemHttpResult>> Differences(
        MappingVersions versions, MappingSubject subject, CancellationToken cancel)
    {
        if (await versions.Read(subject, "draft", cancel) is not { } draft) return Problems.NotFound($"There is no draft of {subject}.");
        var before = await versions.Read(subject, "published", cancel);
        return TypedResults.Ok(new MappingDifferenceList(MappingDifference.Between(before?.Content, draft.Content)));
    }

    private static async Task<Results<Ok<MappingVersion>, ProblemHttpResult>> Take(
        HttpRequest request, Func<System.Text.Json.JsonElement, Task<MappingOutcome>> use, CancellationToken cancel)
    {
        var (document, problem) = await Body.Read(request, cancel);
        return problem ?? Answer(await use(document));
    }

    private static async Task<Results<Ok<MappingVersion>, ProblemHttpResult>> Publish(
        MappingVersions versions, MappingSubject subject, PublishMappingRequest request, CancellationToken cancel) =>
        Answer(await versions.Publish(subject, request.Actor, request.Fingerprint?.Trim() ?? "", cancel));

    private static async Task<Results<Ok<MappingCoverage>, ProblemHttpResult>> Coverage(
        ReadMappingCoverage coverage, [Description("Whose draft to look through: routes, account-rules/TARGET or value-map/TARGET/MAP")] string? draft,
        CancellationToken cancel)
    {
        var asked = new Asked();
        var text = asked.Text("draft", draft);
        var subject = text is null ? null : MappingSubject.Parse(text);
        if (text is not null && subject is null) asked.Wrong("draft", "routes, account-rules/TARGET or value-map/TARGET/MAP.");
        if (asked.Problem is { } problem) return problem;
        return await coverage.Run(subject, cancel) is { } report
            ? TypedResults.Ok(report)
            : Problems.NotFound("draft", $"There is no draft of {subject} that could be looked through: none stands, or its rules contradict each other.");
    }

    private static Results<Ok<MappingVersion>, ProblemHttpResult> Answer(MappingOutcome outcome) => outcome switch
    {
        MappingOutcome.Done done => TypedResults.Ok(done.Version),
        MappingOutcome.Refused refused => Problems.BadDocument("bad-mapping", "This mapping cannot be taken; nothing was changed.", refused.Problems),
        MappingOutcome.NotFound missing => Problems.NotFound(missing.Words),
        MappingOutcome.Conflict conflict => Problems.Conflict(conflict.Code, "Nothing was changed.", $"{conflict.Reason} {conflict.Remedy}"),
        var other => throw new InvalidOperationException($"No answer for {other}."),
    };
}
