using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Revenue;

namespace Tieout.Api.Endpoints;

/// <summary>A page of revenue contracts.</summary>
/// <param name="Next">Code to give as <c>after</c> for the next page; null on the last.</param>
internal sealed record RevenueContractList(IReadOnlyList<ContractHead> Rows, string? Next);

/// <summary>Revenue contracts that are given.</summary>
internal static class RevenueContractEndpoints
{
    private const string KeyWords = "Names the request: the same key again answers with what the first gave, other content under it is refused.";

    public static void MapRevenueContracts(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/revenue/contracts").WithTags("Revenue");
        group.MapPost("", Add).TakesDocument().WithName("addRevenueContract").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Gives a contract, which takes the deferred lines of its subscriptions; the next revenue run schedules it. docs/revenue.md describes it.");
        group.MapPost("{code}/events", AddEvent).TakesDocument().WithName("addRevenueEvent").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Tells what happened to a contract: a modification, usage, a delivery. Refused when it cannot be recognised with what is known.");
        group.MapGet("", List).WithName("listRevenueContracts").ProducesProblem(400).WithSummary("Given contracts by code.");
        group.MapGet("{code}", One).WithName("readRevenueContract").ProducesProblem(404)
            .WithSummary("A contract's facts, allocation, what each month earns, what of it is booked, and its balances.");
    }

    private static async Task<Results<Created<ContractView>, Ok<ContractView>, ProblemHttpResult>> Add(
        GiveContract contracts, HttpRequest request, [FromHeader(Name = "Idempotency-Key"), Description(KeyWords)] string? key, CancellationToken cancel)
    {
        var (document, problem) = await Body.Read(request, cancel);
        return problem is not null ? problem : Answer(await contracts.Add(document, actor: null, key, cancel));
    }

    private static async Task<Results<Created<ContractView>, Ok<ContractView>, ProblemHttpResult>> AddEvent(
        GiveContract contracts, string code, HttpRequest request, [FromHeader(Name = "Idempotency-Key"), Description(KeyWords)] string? key,
        CancellationToken cancel)
    {
        var (document, problem) = await Body.Read(request, cancel);
        return problem is not null ? problem : Answer(await contracts.AddEvent(code, document, actor: null, key, cancel));
    }

    private static async Task<Results<Ok<RevenueContractList>, ProblemHttpResult>> List(
        ReadContracts contracts,
        [Description("Code of a legal entity; all when not given")] string? entity,
        [Description("Code of the last contract of the page before")] string? after,
        [Description("1 to 200; 50 when not given")] string? limit,
        CancellationToken cancel)
    {
        var asked = new Asked();
        var (of, behind, rows) = (asked.Text("entity", entity), asked.Text("after", after), asked.Limit(limit));
        if (asked.Problem is { } problem) return problem;
        return await contracts.List(of, behind, rows + 1, cancel) switch
        {
            RevenueReply.Contracts(var page) => TypedResults.Ok(
                new RevenueContractList([.. page.Take(rows)], page.Count > rows ? page[rows - 1].Code : null)),
            var other => RevenueEndpoints.Refused(other),
        };
    }

    private static async Task<Results<Ok<ContractView>, ProblemHttpResult>> One(ReadContracts contracts, string code, CancellationToken cancel)
    {
        var asked = new Asked();
        if (asked.Text("code", code) is not { } text || asked.Problem is not null) return Problems.NotFound("No revenue contract has this code. Correct the code.");
        return await contracts.One(text, cancel) switch
        {
            RevenueReply.Contract(var view, _) => TypedResults.Ok(view),
            var other => RevenueEndpoints.Refused(other),
        };
    }

    private static Results<Created<ContractView>, Ok<ContractView>, ProblemHttpResult> Answer(RevenueReply reply) => reply switch
    {
        RevenueReply.Contract(var view, true) => TypedResults.Created($"/v1/revenue/contracts/{Uri.EscapeDataString(view.Head.Code)}", view),
        RevenueReply.Contract(var view, false) => TypedResults.Ok(view),
        RevenueReply.Unreadable(var problems) => Problems.BadDocument("bad-revenue", "This cannot be recognised; nothing was changed.", problems),
        var other => RevenueEndpoints.Refused(other),
    };
}
