using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Payments;

namespace Tieout.Api.Endpoints;

/// <summary>Days of grace for discounts, and what goes to rounding.</summary>
internal static class PaymentRulesEndpoints
{
    private const int CodeMost = 12;

    public static void MapPaymentRules(this IEndpointRouteBuilder app)
    {
        var rules = app.MapGroup("/v1/payment-rules/{entity}").WithTags("Cash");
        rules.MapGet("", Find).WithName("readPaymentRules").ProducesProblem(404)
            .WithSummary("How exact a legal entity is about money: days of grace for discounts, and what goes to rounding by currency.");
        rules.MapPut("", Set).TakesDocument().WithName("setPaymentRules").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("Sets a new version of it; what was booked before stays. docs/payments.md describes the document.");
    }

    private static async Task<Results<Ok<PaymentRulesSheet>, ProblemHttpResult>> Find(SetPaymentRules rules, string entity, CancellationToken cancel) =>
        Answer(await rules.Find(Known(entity), cancel));

    private static async Task<Results<Ok<PaymentRulesSheet>, ProblemHttpResult>> Set(
        SetPaymentRules rules, string entity, HttpRequest request, CancellationToken cancel)
    {
        var (document, problem) = await Body.Read(request, cancel);
        return problem is not null ? problem : Answer(await rules.Set(Known(entity), document, actor: null, cancel));
    }

    // A code that nothing can have is looked for as none.
    private static string Known(string code) => code.Length <= CodeMost && !code.Any(char.IsControl) ? code : "";

    private static Results<Ok<PaymentRulesSheet>, ProblemHttpResult> Answer(PaymentRulesOutcome outcome) => outcome switch
    {
        PaymentRulesOutcome.Done(var sheet, _) => TypedResults.Ok(sheet),
        PaymentRulesOutcome.Unreadable bad => Problems.BadDocument("bad-request", "This request cannot be taken; nothing was changed.", bad.Problems),
        _ => Problems.NotFound("legal-entity", "No legal entity has this code. Correct it."),
    };
}
