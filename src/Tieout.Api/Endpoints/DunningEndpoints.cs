using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Dunning;

namespace Tieout.Api.Endpoints;

/// <summary>A page of accounts of which something is, or was, overdue.</summary>
/// <param name="Next">To give as <c>after</c> for the next page; null on the last.</param>
internal sealed record DunningList(IReadOnlyList<DunningStatus> Rows, string? Next);

/// <summary>A page of notices.</summary>
/// <param name="Next">To give as <c>after</c> for the next page; null on the last.</param>
internal sealed record DunningNoticeList(IReadOnlyList<DunningNoticeRow> Rows, Guid? Next);

/// <summary>Who was reminded of what, what was promised, what is held.</summary>
internal static class DunningEndpoints
{
    public static void MapDunning(this IEndpointRouteBuilder app)
    {
        var dunning = app.MapGroup("/v1/dunning").WithTags("Dunning");
        dunning.MapGet("", List).WithName("listDunning").ProducesProblem(400)
            .WithSummary("Billing accounts of which something is, or was, overdue, with the step they have reached.");
        dunning.MapGet("notices", Notices).WithName("listDunningNotices").ProducesProblem(400).WithSummary("Notices that were given, the newest first.");
        dunning.MapPost("run", Run).WithName("runDunning").WithSummary("Looks at all accounts now; twice on a day adds nothing.");
        var account = dunning.MapGroup("accounts/{code}");
        account.MapGet("", One).WithName("readDunning").ProducesProblem(404)
            .WithSummary("Where an account stands, and its notices, promises and holds, the newest first.");
        account.MapPost("promises", Promise).TakesDocument().WithName("promisePayment").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Writes down until when the customer says it pays; what is promised is not reminded of until then.");
        account.MapPost("promises/{id:guid}/withdraw", Withdraw).TakesDocument().WithName("withdrawPromise").ProducesProblem(400).ProducesProblem(404)
            .ProducesProblem(409).WithSummary("Says that a promise counts no more.");
        account.MapPost("holds", Hold).TakesDocument().WithName("holdDunning").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Stops reminding an account, until a day or until it is released.");
        account.MapPost("holds/release", Release).TakesDocument().WithName("releaseDunning").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("Lets reminding go on.");
        var policy = dunning.MapGroup("policies/{entity}");
        policy.MapGet("", Policy).WithName("readDunningPolicy").ProducesProblem(404).WithSummary("How a legal entity reminds those who owe it.");
        policy.MapPut("", SetPolicy).TakesDocument().WithName("setDunningPolicy").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("Sets a new version of it; what was sent before stays sent.");
    }

    private static async Task<Results<Ok<DunningList>, ProblemHttpResult>> List(
        ReadDunning read, [Description("current, overdue, dunned, promised, disputed or held")] string? state,
        [Description("The next of the page before")] string? after, [Description("1 to 200; 50 when not given")] string? limit, CancellationToken cancel)
    {
        var asked = new Asked();
        var (of, last, rows) = (asked.OneOf("state", state, ReadDunning.States), asked.Text("after", after), asked.Limit(limit));
        if (asked.Problem is { } problem) return problem;
        var found = await read.List(of, last, rows + 1, cancel);
        return TypedResults.Ok(new DunningList([.. found.Take(rows)], found.Count > rows ? found[rows - 1].BillingAccount : null));
    }

    private static async Task<Results<Ok<DunningNoticeList>, ProblemHttpResult>> Notices(
        ReadDunning read, [Description("The next of the page before")] string? after, [Description("1 to 200; 50 when not given")] string? limit,
        CancellationToken cancel)
    {
        var asked = new Asked();
        var rows = asked.Limit(limit);
        var last = asked.Text("after", after);
        if (asked.Problem is { } problem) return problem;
        Guid? id = null;
        if (last is not null)
            if (Guid.TryParse(last, out var given)) id = given;
            else return Problems.BadFields("bad-page-token", "This page token cannot be read.",
                new Dictionary<string, string[]>(StringComparer.Ordinal) { ["after"] = ["Give the next of the page before."] });
        var found = await read.Notices(id, rows + 1, cancel);
        return TypedResults.Ok(new DunningNoticeList([.. found.Take(rows)], found.Count > rows ? found[rows - 1].Id : null));
    }

    private static async Task<Ok<DunningCounts>> Run(RunDunning run, CancellationToken cancel) => TypedResults.Ok(await run.Run(cancel));

    private static async Task<Results<Ok<DunningSheet>, ProblemHttpResult>> One(ReadDunning read, string code, CancellationToken cancel) =>
        !Unlikely(code) && await read.One(code, cancel) is { } sheet ? TypedResults.Ok(sheet) : NoAccount;

    private static Task<Results<Ok<DunningSheet>, ProblemHttpResult>> Promise(
        PromisePayment promises, string code, HttpRequest request, CancellationToken cancel) =>
        Changed(code, request, document => promises.Give(code, document, actor: null, cancel), cancel);

    private static Task<Results<Ok<DunningSheet>, ProblemHttpResult>> Withdraw(
        PromisePayment promises, string code, Guid id, HttpRequest request, CancellationToken cancel) =>
        Changed(code, request, document => promises.Withdraw(code, id, document, actor: null, cancel), cancel);

    private static Task<Results<Ok<DunningSheet>, ProblemHttpResult>> Hold(HoldDunning holds, string code, HttpRequest request, CancellationToken cancel) =>
        Changed(code, request, document => holds.Hold(code, document, actor: null, cancel), cancel);

    private static Task<Results<Ok<DunningSheet>, ProblemHttpResult>> Release(HoldDunning holds, string code, HttpRequest request, CancellationToken cancel) =>
        Changed(code, request, document => holds.Release(code, document, actor: null, cancel), cancel);

    private static async Task<Results<Ok<DunningSheet>, ProblemHttpResult>> Changed(
        string code, HttpRequest request, Func<JsonElement, Task<DunningReply>> change, CancellationToken cancel)
    {
        var (document, problem) = await Body.Read(request, cancel);
        if (problem is not null) return problem;
        if (Unlikely(code)) return NoAccount;
        return await change(document) is var reply && reply is DunningReply.Account(var sheet) ? TypedResults.Ok(sheet) : Trouble(reply);
    }

    private static async Task<Results<Ok<DunningPolicySheet>, ProblemHttpResult>> Policy(DunningPolicies policies, string entity, CancellationToken cancel) =>
        !Unlikely(entity) && await policies.Find(entity, cancel) is { } sheet ? TypedResults.Ok(sheet)
            : Problems.NotFound("entity", "No legal entity of this code has a dunning policy. Correct the code, or set one.");

    private static async Task<Results<Ok<DunningPolicySheet>, ProblemHttpResult>> SetPolicy(
        DunningPolicies policies, string entity, HttpRequest request, CancellationToken cancel)
    {
        var (document, problem) = await Body.Read(request, cancel);
        if (problem is not null) return problem;
        if (Unlikely(entity)) return Problems.NotFound("legal-entity", "No legal entity has this code. Correct it.");
        return await policies.Set(entity, document, actor: null, cancel) is var reply && reply is DunningReply.Policy(var sheet, _)
            ? TypedResults.Ok(sheet) : Trouble(reply);
    }

    private static ProblemHttpResult NoAccount => Problems.NotFound("code", "No billing account has this code. Correct it.");

    // A code that nothing can have is looked for as none.
    private static bool Unlikely(string code) => code.Length > 200 || code.Any(char.IsControl);

    private static ProblemHttpResult Trouble(DunningReply reply) => reply switch
    {
        DunningReply.NotFound none => Problems.NotFound(none.Field, none.Reason),
        DunningReply.Unreadable bad => Problems.BadDocument("bad-request", "This request cannot be taken; nothing was changed.", bad.Problems),
        DunningReply.Refused no => Given.Refused(no.Field, no.Code, no.Reason, no.Remedy),
        var other => throw new InvalidOperationException($"No answer for {other}."),
    };
}
