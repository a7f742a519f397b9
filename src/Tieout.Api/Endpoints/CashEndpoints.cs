using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Journals;
using Tieout.Application.Payments;
using Tieout.Domain.Cash;

namespace Tieout.Api.Endpoints;

/// <summary>A page of payments.</summary>
/// <param name="Next">Number to give as <c>after</c> for the next page; null on the last.</param>
internal sealed record PaymentList(IReadOnlyList<Payment> Rows, string? Next);

/// <summary>A page of disputes.</summary>
/// <param name="Next">Number to give as <c>after</c> for the next page; null on the last.</param>
internal sealed record DisputeList(IReadOnlyList<Dispute> Rows, string? Next);

internal static class CashEndpoints
{
    private const string KeyWords = "Names the request: the same key again answers with what the first gave, other content under it is refused.";

    public static void MapCash(this IEndpointRouteBuilder app)
    {
        var payments = app.MapGroup("/v1/payments").WithTags("Cash");
        Describe(payments.MapPost("", Record), "recordPayment")
            .WithSummary("Books money received, applied to invoices or not, and stages it for the ERP. docs/payments.md describes the document.");
        Describe(payments.MapPost("{number}/apply", Apply), "applyPayment").ProducesProblem(404).WithSummary("Settles invoices with what a payment left unapplied.");
        Describe(payments.MapPost("{number}/unapply", Unapply), "unapplyPayment").ProducesProblem(404)
            .WithSummary("Takes a payment off invoices again: they are owed again, its money is unapplied.");
        payments.MapGet("", List).WithName("listPayments").ProducesProblem(400).WithSummary("Payments, the newest first.");
        payments.MapGet("{number}", One).WithName("readPayment").ProducesProblem(404).WithSummary("A payment, where its money lies and what became of it.");
        Describe(app.MapPost("/v1/refunds", Refund),
            "refund").WithTags("Cash").WithSummary("Pays money back: of a payment, or what a credit memo left to the customer.");
        var disputes = app.MapGroup("/v1/disputes").WithTags("Cash");
        Describe(disputes.MapPost("", Open), "openDispute").WithSummary("Opens a dispute on an invoice, or on a payment that was charged back.");
        Describe(disputes.MapPost("{number}/won", Won), "winDispute").ProducesProblem(404).WithSummary("Decides a dispute: everything stands as before it.");
        Describe(disputes.MapPost("{number}/lost", Lost), "loseDispute").ProducesProblem(404)
            .WithSummary("Decides a dispute: its money is given up, or, of a charge-back, owed again.");
        disputes.MapGet("", ListDisputes).WithName("listDisputes").ProducesProblem(400).WithSummary("Disputes, the newest first.");
        disputes.MapGet("{number}", OneDispute).WithName("readDispute").ProducesProblem(404).WithSummary("A dispute and where it stands.");
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder route, string name) =>
        route.TakesDocument().WithName(name).ProducesProblem(400).ProducesProblem(409);

    private static Task<Results<Created<JournalAnswer>, Ok<JournalAnswer>, ProblemHttpResult>> Record(
        RecordPayment payments, HttpRequest request, [FromHeader(Name = "Idempotency-Key"), Description(KeyWords)] string? key, CancellationToken cancel) =>
        Answer("/v1/payments/", request, document => payments.Run(document, actor: null, key, cancel), cancel);

    private static Task<Results<Created<JournalAnswer>, Ok<JournalAnswer>, ProblemHttpResult>> Apply(
        MovePayment payments, string number, HttpRequest request, [FromHeader(Name = "Idempotency-Key"), Description(KeyWords)] string? key,
        CancellationToken cancel) =>
        Answer("/v1/journals/", request, document => payments.Apply(Number(number), document, actor: null, key, cancel), cancel);

    private static Task<Results<Created<JournalAnswer>, Ok<JournalAnswer>, ProblemHttpResult>> Unapply(
        MovePayment payments, string number, HttpRequest request, [FromHeader(Name = "Idempotency-Key"), Description(KeyWords)] string? key,
        CancellationToken cancel) =>
        Answer("/v1/journals/", request, document => payments.Unapply(Number(number), document, actor: null, key, cancel), cancel);

    private static Task<Results<Created<JournalAnswer>, Ok<JournalAnswer>, ProblemHttpResult>> Refund(
        RefundMoney refunds, HttpRequest request, [FromHeader(Name = "Idempotency-Key"), Description(KeyWords)] string? key, CancellationToken cancel) =>
        Answer("/v1/journals/", request, document => refunds.Run(document, actor: null, key, cancel), cancel);

    private static Task<Results<Created<JournalAnswer>, Ok<JournalAnswer>, ProblemHttpResult>> Open(
        DisputeMoney disputes, HttpRequest request, [FromHeader(Name = "Idempotency-Key"), Description(KeyWords)] string? key, CancellationToken cancel) =>
        Answer("/v1/disputes/", request, document => disputes.Run(document, actor: null, key, cancel), cancel);

    private static Task<Results<Created<JournalAnswer>, Ok<JournalAnswer>, ProblemHttpResult>> Won(
        SettleDispute disputes, string number, HttpRequest request, [FromHeader(Name = "Idempotency-Key"), Description(KeyWords)] string? key,
        CancellationToken cancel) =>
        Answer("/v1/journals/", request, document => disputes.Run(Number(number), DisputeState.Won, document, actor: null, key, cancel), cancel);

    private static Task<Results<Created<JournalAnswer>, Ok<JournalAnswer>, ProblemHttpResult>> Lost(
        SettleDispute disputes, string number, HttpRequest request, [FromHeader(Name = "Idempotency-Key"), Description(KeyWords)] string? key,
        CancellationToken cancel) =>
        Answer("/v1/journals/", request, document => disputes.Run(Number(number), DisputeState.Lost, document, actor: null, key, cancel), cancel);

    private static async Task<Results<Ok<PaymentList>, ProblemHttpResult>> List(
        FindPayments payments, string? billingAccount, [Description("Only those of which something is unapplied")] bool? unapplied,
        [Description("Number of the last payment of the page before")] string? after, [Description("1 to 200; 50 when not given")] string? limit,
        CancellationToken cancel)
    {
        var asked = new Asked();
        var rows = asked.Limit(limit);
        var (account, last) = (asked.Text("billingAccount", billingAccount), asked.Text("after", after));
        if (asked.Problem is { } problem) return problem;
        var found = await payments.List(account, unapplied ?? false, last, rows + 1, cancel);
        var page = found.Take(rows).ToList();
        return TypedResults.Ok(new PaymentList(page, found.Count > rows ? page[^1].Number : null));
    }

    private static async Task<Results<Ok<Payment>, ProblemHttpResult>> One(FindPayments payments, string number, CancellationToken cancel) =>
        await payments.One(Number(number), cancel) is { } found ? TypedResults.Ok(found) : Problems.NotFound("No payment has this number.");

    private static async Task<Results<Ok<DisputeList>, ProblemHttpResult>> ListDisputes(
        FindPayments payments, string? billingAccount, [Description("Number of the last dispute of the page before")] string? after,
        [Description("1 to 200; 50 when not given")] string? limit, CancellationToken cancel)
    {
        var asked = new Asked();
        var rows = asked.Limit(limit);
        var (account, last) = (asked.Text("billingAccount", billingAccount), asked.Text("after", after));
        if (asked.Problem is { } problem) return problem;
        var found = await payments.Disputes(account, last, rows + 1, cancel);
        var page = found.Take(rows).ToList();
        return TypedResults.Ok(new DisputeList(page, found.Count > rows ? page[^1].Number : null));
    }

    private static async Task<Results<Ok<Dispute>, ProblemHttpResult>> OneDispute(FindPayments payments, string number, CancellationToken cancel) =>
        await payments.Dispute(Number(number), cancel) is { } found ? TypedResults.Ok(found) : Problems.NotFound("No dispute has this number.");

    // A number that no document can have is looked for as none.
    private static string Number(string number) => number.Length <= 16 && !number.Any(char.IsControl) ? number.Trim().ToUpperInvariant() : "";

    private static async Task<Results<Created<JournalAnswer>, Ok<JournalAnswer>, ProblemHttpResult>> Answer(
        string place, HttpRequest request, Func<JsonElement, Task<JournalOutcome>> run, CancellationToken cancel)
    {
        var (document, problem) = await Body.Read(request, cancel);
        if (problem is not null) return problem;
        switch (await run(document))
        {
            case JournalOutcome.Done(var journal, var again):
                var answer = new JournalAnswer(journal, again);
                return again ? TypedResults.Ok(answer) : TypedResults.Created($"{place}{journal.Number}", answer);
            case JournalOutcome.NotFound: return Problems.NotFound("number", "Nothing has this number. Correct it.");
            case JournalOutcome.Unreadable bad: return Problems.BadDocument("bad-request", "This request cannot be taken; nothing was booked.", bad.Problems);
            case JournalOutcome.Refused no: return Given.Refused(no.Field, no.Code, no.Reason, no.Remedy);
            case var other: throw new InvalidOperationException($"No answer for {other}.");
        }
    }
}
