using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Usage;
using Tieout.Domain;
using Tieout.Domain.Usage;

namespace Tieout.Api.Endpoints;

/// <summary>A condition on one property: <c>is</c>, <c>in</c> or <c>is-not</c>.</summary>
internal sealed record FilterBody(string? Property, string? Operator, IReadOnlyList<string>? Values);

/// <summary>A meter as it is declared.</summary>
internal sealed record MeterBody(
    string? Code = null,
    string? Name = null,
    string? Aggregation = null,
    IReadOnlyList<string>? EventTypes = null,
    string? ValueProperty = null,
    string? UniqueProperty = null,
    IReadOnlyList<FilterBody>? Filters = null,
    IReadOnlyList<string>? GroupBy = null,
    bool KeepTransactions = false,
    bool NegativeAllowed = false,
    int HoursAhead = 1);

/// <summary>All published meters.</summary>
internal sealed record MeterList(IReadOnlyList<MeterBody> Rows);

internal static class MeterEndpoints
{
    public static void MapMeters(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/meters").WithTags("Usage");
        group.MapGet("", List).WithName("listMeters").WithSummary("Meters by code.");
        group.MapPost("", Declare).WithName("declareMeter").ProducesProblem(400).ProducesProblem(409)
            .WithSummary("Publishes a meter; it counts events that come from now on, and never changes its meaning.");
    }

    private static async Task<Ok<MeterList>> List(Meters meters, CancellationToken cancel) =>
        TypedResults.Ok(new MeterList([.. (await meters.All(cancel)).Select(Shown)]));

    private static async Task<Results<Ok<MeterBody>, Created<MeterBody>, ProblemHttpResult>> Declare(
        Meters meters, [FromBody] MeterBody body, CancellationToken cancel)
    {
        var (meter, problem) = Read(body);
        if (meter is null) return problem!;
        return await meters.Declare(meter, cancel) switch
        {
            MeterOutcome.Declared done => TypedResults.Created($"/v1/meters#{done.Meter.Code}", Shown(done.Meter)),
            MeterOutcome.Unchanged same => TypedResults.Ok(Shown(same.Meter)),
            MeterOutcome.Published other => Problems.Conflict("meter-published", "A published meter does not change.", other.Problem, "code"),
            var other => throw new InvalidOperationException($"No answer for {other}."),
        };
    }

    private static (Meter? Meter, ProblemHttpResult? Problem) Read(MeterBody body)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var aggregation = Word<Aggregation>(body.Aggregation, "aggregation", errors);
        MeterFilter[] filters =
        [
            .. (body.Filters ?? []).Select(filter => new MeterFilter(
                filter?.Property ?? "", Word<FilterOperator>(filter?.Operator, "filters", errors), [.. (filter?.Values ?? []).Select(value => value ?? "")])),
        ];
        var (meter, problems) = MeterRules.Judge(new MeterDraft(
            body.Code ?? "", body.Name ?? body.Code ?? "", aggregation, Texts(body.EventTypes), body.ValueProperty ?? "", body.UniqueProperty ?? "",
            filters, Texts(body.GroupBy), body.KeepTransactions, body.NegativeAllowed, body.HoursAhead));
        // What hangs on an aggregation that cannot be read would be told wrong.
        if (!errors.ContainsKey("aggregation"))
            foreach (var group in problems.GroupBy(one => one.Field, StringComparer.Ordinal)) errors.TryAdd(group.Key, [.. group.Select(one => one.Problem)]);
        return errors.Count == 0 ? (meter, null) : (null, Problems.BadFields("bad-meter", "This is not a meter.", errors));
    }

    private static string[] Texts(IReadOnlyList<string>? texts) => [.. (texts ?? []).Select(text => text ?? "")];

    private static T Word<T>(string? word, string field, Dictionary<string, string[]> errors) where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
            if (Words.Of(value) == word) return value;
        errors[field] = [$"'{word}' is not one of {string.Join(", ", Enum.GetValues<T>().Select(Words.Of))}."];
        return default;
    }

    private static MeterBody Shown(Meter meter) => new(
        meter.Code, meter.Name, Words.Of(meter.Aggregation), meter.EventTypes, meter.ValueProperty, meter.UniqueProperty,
        [.. meter.Filters.Select(filter => new FilterBody(filter.Property, Words.Of(filter.Operator), filter.Values))],
        meter.GroupBy, meter.KeepTransactions, meter.NegativeAllowed, meter.HoursAhead);
}
