using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Closing;
using Tieout.Domain;
using Tieout.Domain.Closing;

namespace Tieout.Api.Endpoints;

/// <summary>Which month to close through, who closes and why; both are kept.</summary>
/// <param name="Through">The month, such as 2026-10.</param>
internal sealed record CloseBooksRequest(string Through, string Actor, string Reason)
{
    /// <summary>Codes of conditions that are accepted although they do not hold.</summary>
    public IReadOnlyList<string>? Accept { get; init; }
}

/// <summary>Through which day the books of the legal entity are closed now.</summary>
/// <param name="Again">They were before; nothing was changed.</param>
internal sealed record CloseBooksAnswer(string LegalEntity, DateOnly ClosedThrough, bool Again);

/// <summary>Who does something to a month, and why; both are kept.</summary>
internal sealed record MonthActRequest(string Actor, string Reason);

/// <summary>Where late money goes from now on, who says so and why.</summary>
/// <param name="Policy"><c>hold</c>, <c>next-open-month</c> or <c>ask-to-reopen</c>.</param>
internal sealed record LateArrivalsRequest(string Policy, string Actor, string Reason);

/// <summary>What a month is now.</summary>
internal sealed record MonthActAnswer(string LegalEntity, AccountingMonth Month, MonthState State);

internal static class LegalEntityEndpoints
{
    private const int CodeMost = 12;

    public static void MapLegalEntities(this IEndpointRouteBuilder app)
    {
        var entity = app.MapGroup("/v1/legal-entities/{code}").WithTags("Legal entities");
        entity.MapPost("/closed-through", Close).WithName("closeBooks").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Closes the books of a legal entity through a month, when every condition holds or is accepted by its code.");
        entity.MapPost("/soft-closed-through", SoftClose).WithName("softCloseBooks").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Closes the books of a legal entity through a month for documents; journals are still taken.");
        entity.MapGet("/months", Months).WithName("listMonths").ProducesProblem(404)
            .WithSummary("The months of a legal entity, the newest first: open, soft-closed or closed.");
        entity.MapGet("/months/{month}", Month).WithName("getMonth").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("A month with what has to hold before it is closed, now, and who did what to it.");
        entity.MapPost("/months/{month}/sign", Sign).WithName("signMonth").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Signs a month that is tied out.");
        entity.MapPost("/months/{month}/reopen", Reopen).WithName("reopenMonth").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Opens a month again, and all after it, for a reason that is kept.");
        entity.MapPost("/months/{month}/revalue", Revalue).WithName("revalueMonth").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Revalues what is open in foreign currencies at the rate of the month's last day, and takes that back on the day after.");
        entity.MapPut("/late-arrivals", SetPolicy).WithName("setLateArrivals").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("Says where money goes that is reported for a month which takes no documents any more.");
    }

    private static Task<Results<Ok<CloseBooksAnswer>, ProblemHttpResult>> Close(
        CloseBooks close, string code, [FromBody] CloseBooksRequest request, CancellationToken cancel) => Closed(close, code, request, soft: false, cancel);

    private static Task<Results<Ok<CloseBooksAnswer>, ProblemHttpResult>> SoftClose(
        CloseBooks close, string code, [FromBody] CloseBooksRequest request, CancellationToken cancel) => Closed(close, code, request, soft: true, cancel);

    private static async Task<Results<Ok<CloseBooksAnswer>, ProblemHttpResult>> Closed(
        CloseBooks close, string code, CloseBooksRequest request, bool soft, CancellationToken cancel)
    {
        var given = new Given(request.Actor, request.Reason);
        if (!AccountingMonth.TryParse(request.Through, out var month)) given.Wrong<string>("through", "A month looks like 2026-10.");
        if (given.Problem is { } problem) return problem;
        if (Unknown(code)) return NoEntity(code);
        var asked = new CloseRequest(code, month, request.Actor.Trim(), request.Reason.Trim()) { Soft = soft, Accept = request.Accept ?? [] };
        return await close.Run(asked, cancel) switch
        {
            CloseOutcome.Closed closed => TypedResults.Ok(new CloseBooksAnswer(closed.LegalEntity, closed.Through, closed.Again)),
            var other => Refused(other, code),
        };
    }

    private static async Task<Results<Ok<MonthList>, ProblemHttpResult>> Months(ReadMonths read, string code, CancellationToken cancel) =>
        !Unknown(code) && await read.All(code, cancel) is { } months ? TypedResults.Ok(months) : NoEntity(code);

    private static async Task<Results<Ok<MonthSheet>, ProblemHttpResult>> Month(ReadMonths read, string code, string month, CancellationToken cancel)
    {
        if (!AccountingMonth.TryParse(month, out var asked)) return BadMonth;
        return !Unknown(code) && await read.One(code, asked, cancel) is { } sheet ? TypedResults.Ok(sheet) : NoEntity(code);
    }

    private static Task<Results<Ok<MonthActAnswer>, ProblemHttpResult>> Sign(
        SignMonth sign, string code, string month, [FromBody] MonthActRequest request, CancellationToken cancel) => Act(sign.Run, code, month, request, cancel);

    private static Task<Results<Ok<MonthActAnswer>, ProblemHttpResult>> Reopen(
        ReopenBooks reopen, string code, string month, [FromBody] MonthActRequest request, CancellationToken cancel) =>
        Act(reopen.Run, code, month, request, cancel);

    private static async Task<Results<Ok<RevaluationSheet>, ProblemHttpResult>> Revalue(
        RevalueMonth revalue, string code, string month, [FromBody] MonthActRequest request, CancellationToken cancel)
    {
        var given = new Given(request.Actor, request.Reason);
        if (!AccountingMonth.TryParse(month, out var asked)) given.Wrong<string>("month", "A month looks like 2026-10.");
        if (given.Problem is { } problem) return problem;
        if (Unknown(code)) return NoEntity(code);
        return await revalue.Run(new MonthRequest(code, asked, request.Actor.Trim(), request.Reason.Trim()), cancel) switch
        {
            CloseOutcome.Revalued(var sheet) => TypedResults.Ok(sheet),
            var other => Refused(other, code),
        };
    }

    private static async Task<Results<Ok<MonthActAnswer>, ProblemHttpResult>> Act(
        Func<MonthRequest, CancellationToken, Task<CloseOutcome>> act, string code, string month, MonthActRequest request, CancellationToken cancel)
    {
        var given = new Given(request.Actor, request.Reason);
        if (!AccountingMonth.TryParse(month, out var asked)) given.Wrong<string>("month", "A month looks like 2026-10.");
        if (given.Problem is { } problem) return problem;
        if (Unknown(code)) return NoEntity(code);
        return await act(new MonthRequest(code, asked, request.Actor.Trim(), request.Reason.Trim()), cancel) switch
        {
            CloseOutcome.Changed changed => TypedResults.Ok(new MonthActAnswer(changed.LegalEntity, changed.Month, changed.State)),
            var other => Refused(other, code),
        };
    }

    private static async Task<Results<Ok<MonthActAnswer>, ProblemHttpResult>> SetPolicy(
        SetLateArrivals set, string code, [FromBody] LateArrivalsRequest request, CancellationToken cancel)
    {
        var given = new Given(request.Actor, request.Reason);
        var policies = Enum.GetValues<LateArrivals>().ToDictionary(Words.Of, StringComparer.Ordinal);
        if (!policies.TryGetValue(request.Policy ?? "", out var policy)) given.Wrong<string>("policy", $"Is one of {string.Join(", ", policies.Keys)}.");
        if (given.Problem is { } problem) return problem;
        if (Unknown(code)) return NoEntity(code);
        return await set.Run(code, policy, request.Actor.Trim(), request.Reason.Trim(), cancel) switch
        {
            CloseOutcome.Changed changed => TypedResults.Ok(new MonthActAnswer(changed.LegalEntity, changed.Month, changed.State)),
            var other => Refused(other, code),
        };
    }

    private static ProblemHttpResult Refused(CloseOutcome outcome, string code) => outcome switch
    {
        CloseOutcome.NotFound => NoEntity(code),
        CloseOutcome.Refused no => Given.Refused(no.Field, no.Code, no.Reason, no.Remedy),
        var other => throw new InvalidOperationException($"No answer for {other}."),
    };

    private static ProblemHttpResult BadMonth => Problems.BadFields(
        "bad-request", "This request cannot be taken; nothing was changed.",
        new Dictionary<string, string[]>(StringComparer.Ordinal) { ["month"] = ["A month looks like 2026-10."] });

    private static bool Unknown(string code) => code.Length > CodeMost || code.Any(char.IsControl);

    private static ProblemHttpResult NoEntity(string code) =>
        Problems.NotFound(Unknown(code) ? "No legal entity has this code." : $"No legal entity has the code {code}.");
}
