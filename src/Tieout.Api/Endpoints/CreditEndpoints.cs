using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Invoicing;
using Tieout.Domain;
using Tieout.Domain.Invoicing;

namespace Tieout.Api.Endpoints;

/// <summary>What to credit: exactly one of whole, amount and lines.</summary>
/// <param name="Actor">Who gives it.</param>
/// <param name="Reason">Why; the customer reads it on every line.</param>
/// <param name="On">Date of the credit memo; today when not given, or the invoice's own date while that is still to come.</param>
/// <param name="Whole">All that is left of the invoice.</param>
/// <param name="Amount">Before tax, as text; spread over the lines in proportion to what is left of each.</param>
/// <param name="Lines">Amounts of single lines.</param>
internal sealed record CreditMemoRequest(
    string Actor, string Reason, string? On = null, bool Whole = false, string? Amount = null, IReadOnlyList<CreditedLine>? Lines = null);

/// <summary>A line of the invoice by its number, and what of it is credited, before tax, as text.</summary>
internal sealed record CreditedLine(int No, string Amount);

/// <summary>Who takes the invoice back, why, and under which date.</summary>
internal sealed record VoidRequest(string Actor, string Reason, string? On = null);

/// <summary>Who gives up, why, when and how much, tax included; all that is owed when no amount is given.</summary>
/// <param name="Dimensions">What the expense is sorted by: our word of a dimension to our code.</param>
internal sealed record GiveUpRequest(
    string Actor, string Reason, string? On = null, string? Amount = null, IReadOnlyDictionary<string, string?>? Dimensions = null);

/// <summary>The credit memo given; its amounts are negative.</summary>
/// <param name="Again">It was given before under the same key; nothing was added now.</param>
internal sealed record CreditMemoAnswer(Guid Id, string Number, Money Net, Money Tax, Money Total, bool Again);

/// <summary>What was written off, and what of the invoice is still owed.</summary>
/// <param name="Number">The number under which the ERP gets it; empty for one of before there were such numbers.</param>
/// <param name="Again">It was written off before under the same key; nothing was added now.</param>
internal sealed record WriteOffAnswer(Guid Id, string Number, Money Amount, Money Left, bool Again);

internal static class CreditEndpoints
{
    private const string KeyWords = "Names the request: the same key again answers with what the first gave, other content under it is refused.";

    public static void MapCredits(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/invoices/{number}").WithTags("Credits");
        Describe(group.MapPost("credit-memos", Credit), "giveCreditMemo").WithSummary("Gives a credit memo on an invoice: whole, an amount, or lines.");
        Describe(group.MapPost("void", Void), "voidInvoice")
            .WithSummary("Takes an invoice back whole; the next billing run bills anew what is wanted then.");
        Describe(group.MapPost("write-offs", WriteOff), "writeOffInvoice").WithSummary("Gives up what is owed on an invoice, or part of it.");
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder endpoint, string name) =>
        endpoint.WithName(name).ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);

    private static async Task<Results<Created<CreditMemoAnswer>, Ok<CreditMemoAnswer>, ProblemHttpResult>> Credit(
        CreditInvoice credit, string number, [FromBody] CreditMemoRequest request,
        [FromHeader(Name = "Idempotency-Key"), Description(KeyWords)] string? key, CancellationToken cancel)
    {
        var given = new Given(number, request.Actor, request.Reason, request.On, key);
        var wish = Wish(given, request);
        if (given.Problem is { } problem) return problem;
        return Answer(await credit.Run(new CreditRequest(given.Number, wish!, given.Day, request.Reason.Trim(), request.Actor.Trim(), key!), cancel));
    }

    private static async Task<Results<Created<CreditMemoAnswer>, Ok<CreditMemoAnswer>, ProblemHttpResult>> Void(
        CreditInvoice credit, string number, [FromBody] VoidRequest request,
        [FromHeader(Name = "Idempotency-Key"), Description(KeyWords)] string? key, CancellationToken cancel)
    {
        var given = new Given(number, request.Actor, request.Reason, request.On, key);
        if (given.Problem is { } problem) return problem;
        return Answer(await credit.Run(
            new CreditRequest(given.Number, new CreditWish.Void(), given.Day, request.Reason.Trim(), request.Actor.Trim(), key!), cancel));
    }

    private static async Task<Results<Created<WriteOffAnswer>, Ok<WriteOffAnswer>, ProblemHttpResult>> WriteOff(
        WriteOffInvoice writeOff, string number, [FromBody] GiveUpRequest request,
        [FromHeader(Name = "Idempotency-Key"), Description(KeyWords)] string? key, CancellationToken cancel)
    {
        var given = new Given(number, request.Actor, request.Reason, request.On, key);
        var amount = request.Amount is null ? null : given.Amount("amount", request.Amount);
        var dimensions = given.Dimensions(request.Dimensions);
        if (given.Problem is { } problem) return problem;
        return await writeOff.Run(
            new WriteOffRequest(given.Number, amount, given.Day, request.Reason.Trim(), request.Actor.Trim(), key!) { Dimensions = dimensions }, cancel) switch
        {
            WriteOffOutcome.Done done => Written(done),
            WriteOffOutcome.NotFound => Problems.NotFound($"No invoice has the number {given.Number}."),
            WriteOffOutcome.Refused no => Given.Refused(no.Field, no.Code, no.Reason, no.Remedy),
            var other => throw new InvalidOperationException($"No answer for {other}."),
        };
    }

    private static Results<Created<WriteOffAnswer>, Ok<WriteOffAnswer>, ProblemHttpResult> Written(WriteOffOutcome.Done done)
    {
        var currency = Currency.Of(done.Currency);
        var answer = new WriteOffAnswer(done.Id, done.Number, new Money(done.Amount, currency), new Money(done.Left, currency), done.Again);
        return done.Again ? TypedResults.Ok(answer) : TypedResults.Created((string?)null, answer);
    }

    private static Results<Created<CreditMemoAnswer>, Ok<CreditMemoAnswer>, ProblemHttpResult> Answer(CreditOutcome outcome)
    {
        switch (outcome)
        {
            case CreditOutcome.Given given:
                var currency = Currency.Of(given.Currency);
                var answer = new CreditMemoAnswer(
                    given.Id, given.Number, new Money(given.Net, currency), new Money(given.Tax, currency), new Money(given.Total, currency), given.Again);
                return given.Again ? TypedResults.Ok(answer) : TypedResults.Created($"/v1/invoices/{given.Id}", answer);
            case CreditOutcome.NotFound missing: return Problems.NotFound($"No invoice has the number {missing.Number}.");
            case CreditOutcome.Refused no: return Given.Refused(no.Field, no.Code, no.Reason, no.Remedy);
            default: throw new InvalidOperationException($"No answer for {outcome}.");
        }
    }

    private static CreditWish? Wish(Given given, CreditMemoRequest request)
    {
        if ((request.Whole ? 1 : 0) + (request.Amount is null ? 0 : 1) + (request.Lines is null ? 0 : 1) != 1)
            return given.Wrong<CreditWish>("whole", "Say exactly one of whole (true), amount and lines.");
        if (request.Whole) return new CreditWish.Whole();
        if (request.Amount is { } amount) return given.Amount("amount", amount) is { } one ? new CreditWish.ByAmount(one) : null;
        if (request.Lines!.Count == 0) return given.Wrong<CreditWish>("lines", "Name at least one line with its amount.");
        List<LineCredit> lines = [];
        foreach (var line in request.Lines)
            if (line is null) given.Wrong<CreditWish>("lines", "A line has a number (no) and an amount.");
            else if (given.Amount($"lines[{line.No}]", line.Amount) is { } part) lines.Add(new LineCredit(line.No, part));
        return new CreditWish.ByLine(lines);
    }
}
