using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Revenue;
using Tieout.Domain;
using Tieout.Domain.Revenue;

namespace Tieout.Api.Endpoints;

/// <summary>Which revenue to book.</summary>
/// <param name="Month">All that is earned by its end and not booked, such as <c>2026-11</c>.</param>
/// <param name="Entity">Code of the one legal entity; all when not given.</param>
internal sealed record RevenueRunRequest(string Month, string Actor, string? Entity = null);

/// <summary>How a legal entity is to spread charges that begin on a day or later.</summary>
/// <param name="Entity">Code of the legal entity.</param>
/// <param name="From">The day, such as <c>2026-12-01</c>.</param>
internal sealed record RevenuePolicyRequest(string Entity, string From, Spread Spread, ScheduleRounding Rounding, string Actor, string Reason);

/// <summary>How legal entities spread; charges before the first day by days, rounded cumulatively.</summary>
internal sealed record RevenuePolicyAnswer(IReadOnlyList<RevenuePolicy> Policies);

internal static class RevenueEndpoints
{
    private static readonly string[] Conflicts = ["policy-stands", "contract-stands", "covered-already", "spread-already", "key-reused"];

    public static void MapRevenue(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/revenue").WithTags("Revenue");
        group.MapPost("preview", Preview).TakesDocument().WithName("previewRevenue").ProducesProblem(400)
            .WithSummary("How a contract is recognised: allocation, schedule, balances and each judgement in words. Writes nothing. "
                + "docs/revenue.md describes the document.");
        group.MapPost("runs", Run).WithName("runRevenue").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("Spreads what came in since over its months, and books all that is earned by a month's end. Run again, it adds nothing.");
        group.MapGet("waterfall", Waterfall).WithName("readRevenueWaterfall").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("Deferred revenue at a month's end, where it came from and when it is earned.");
        group.MapGet("alignment", Alignment).WithName("checkRevenue").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("Names what was invoiced and not spread, earned and not booked, amended and not arrived at billing, revenue and posting.");
        group.MapGet("balances", Balances).WithName("readRevenueBalances").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("Invoiced, credited, recognised, deferred and earned before it is invoiced, by subscription, billing account, document or given contract, "
                + "with the ledger beside it.");
        group.MapGet("schedules/{number}", Schedules).WithName("readRevenueSchedules").ProducesProblem(404)
            .WithSummary("The months in which the deferred lines of an invoice or credit memo are earned, and the entries that booked them.");
        group.MapGet("policies", Policies).WithName("listRevenuePolicies").WithSummary("How legal entities spread what their invoices defer.");
        group.MapPost("policies", AddPolicy).WithName("addRevenuePolicy").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Chooses how a legal entity spreads charges that begin on a day or later; a charge goes on as it began.");
    }

    private static async Task<Results<Ok<RevenueAnswer>, ProblemHttpResult>> Preview(HttpRequest request, CancellationToken cancel)
    {
        var (document, problem) = await Body.Read(request, cancel);
        if (problem is not null) return problem;
        return PreviewRevenue.Run(document) switch
        {
            RevenueOutcome.Answered answered => TypedResults.Ok(answered.Answer),
            RevenueOutcome.Refused refused => Problems.BadDocument("bad-revenue", "This cannot be recognised.", refused.Problems),
            var other => throw new InvalidOperationException($"No answer for {other}."),
        };
    }

    private static async Task<Results<Ok<RevenueRun>, ProblemHttpResult>> Run(RunRevenue revenue, [FromBody] RevenueRunRequest request, CancellationToken cancel)
    {
        var given = new Given(request.Actor, reason: "Month end");
        if (!AccountingMonth.TryParse(request.Month, out var month)) given.Wrong<string>("month", "A month looks like 2026-11.");
        if (given.Problem is { } problem) return problem;
        return await revenue.Run(new RevenueRequest(month, request.Actor.Trim(), request.Entity?.Trim()), progress: null, cancel) switch
        {
            RevenueReply.Ran(var run) => TypedResults.Ok(run),
            var other => Refused(other),
        };
    }

    private static async Task<Results<Ok<RevenueWaterfall>, ProblemHttpResult>> Waterfall(
        ReadWaterfall waterfall,
        [Description("Code of a legal entity; all when not given")] string? entity,
        [Description("Accounting month, such as 2026-11")] string? month,
        CancellationToken cancel)
    {
        var asked = new Asked();
        var (code, of) = (asked.Text("entity", entity), asked.NeededMonth("month", month));
        if (asked.Problem is { } problem) return problem;
        return await waterfall.Run(code, of, cancel) switch
        {
            RevenueReply.Waterfall(var sheet) => TypedResults.Ok(sheet),
            var other => Refused(other),
        };
    }

    private static async Task<Results<Ok<RevenueAlignment>, ProblemHttpResult>> Alignment(
        CheckAlignment check,
        [Description("Code of a legal entity; all when not given")] string? entity,
        [Description("Accounting month, such as 2026-11")] string? month,
        CancellationToken cancel)
    {
        var asked = new Asked();
        var (code, of) = (asked.Text("entity", entity), asked.NeededMonth("month", month));
        if (asked.Problem is { } problem) return problem;
        return await check.Run(code, of, cancel) switch
        {
            RevenueReply.Aligned(var alignment) => TypedResults.Ok(alignment),
            var other => Refused(other),
        };
    }

    private static async Task<Results<Ok<RevenueBalances>, ProblemHttpResult>> Balances(
        ReadRevenueBalances balances,
        [Description("subscription, billing-account, document or contract")] string? by,
        [Description("Code of the legal entity")] string? entity,
        [Description("As of the end of this day, such as 2026-11-30")] string? on,
        [Description("Token that the page before gave as next")] string? after,
        [Description("1 to 200; 50 when not given")] string? limit,
        CancellationToken cancel)
    {
        var asked = new Asked();
        asked.Needed("by", by);
        var word = asked.OneOf("by", by, [.. Enum.GetValues<BalanceBy>().Select(Words.Of)]);
        var (code, day) = (asked.Needed("entity", entity), asked.Day("on", on, needed: true));
        var (behind, rows) = (asked.AfterBalance(after), asked.Limit(limit));
        if (asked.Problem is { } problem) return problem;
        return await balances.Run(new BalancesQuestion(code, Words.Parse<BalanceBy>(word!), day!.Value, behind), rows, cancel) switch
        {
            RevenueReply.Balances(var page) => TypedResults.Ok(page),
            var other => Refused(other),
        };
    }

    private static async Task<Results<Ok<DocumentSchedules>, ProblemHttpResult>> Schedules(ReadSchedules schedules, string number, CancellationToken cancel)
    {
        var asked = new Asked();
        var text = asked.Text("number", number);
        if (text is null || asked.Problem is not null) return Problems.NotFound("No invoice and no credit memo has this number. Correct the number.");
        return await schedules.Run(text.Trim().ToUpperInvariant(), cancel) switch
        {
            RevenueReply.Schedules(var document) => TypedResults.Ok(document),
            var other => Refused(other),
        };
    }

    private static async Task<Results<Ok<RevenuePolicyAnswer>, ProblemHttpResult>> Policies(RevenuePolicies policies, CancellationToken cancel) =>
        Told(await policies.Read(cancel));

    private static async Task<Results<Ok<RevenuePolicyAnswer>, ProblemHttpResult>> AddPolicy(
        RevenuePolicies policies, [FromBody] RevenuePolicyRequest request, CancellationToken cancel)
    {
        var given = new Given(request.Actor, request.Reason);
        if (!DateOnly.TryParseExact(request.From, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var from))
            given.Wrong<string>("from", "A date looks like 2026-11-30.");
        if (given.Problem is { } problem) return problem;
        return Told(await policies.Add(
            new PolicyRequest(request.Entity.Trim(), from, request.Spread, request.Rounding, request.Reason.Trim(), request.Actor.Trim()), cancel));
    }

    private static Results<Ok<RevenuePolicyAnswer>, ProblemHttpResult> Told(RevenueReply reply) => reply switch
    {
        RevenueReply.Policies(var all) => TypedResults.Ok(new RevenuePolicyAnswer(all)),
        var other => Refused(other),
    };

    internal static ProblemHttpResult Refused(RevenueReply reply)
    {
        if (reply is not RevenueReply.Refused no) throw new InvalidOperationException($"No answer for {reply}.");
        var text = $"{no.Reason.TrimEnd('.')}. {no.Remedy}".Trim();
        return Problems.Of(
            no.Code.StartsWith("unknown-", StringComparison.Ordinal) ? 404 : Conflicts.Contains(no.Code) ? 409 : 400, no.Code, "Nothing was changed.",
            $"{no.Field}: {text}", new Dictionary<string, string[]>(StringComparer.Ordinal) { [no.Field] = [text] });
    }
}
