using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Accounts;

namespace Tieout.Api.Endpoints;

/// <summary>Charges of an account.</summary>
internal sealed record ChargeList(IReadOnlyList<AccountCharge> Rows);

internal static class ChargeEndpoints
{
    internal const string KeyWords = "Names the request: the same key again answers with what the first gave, other content under it is refused.";

    public static void MapCharges(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/billing-accounts/{code}/charges").WithTags("Billing accounts");
        group.MapPost("", Add).WithName("addCharge").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Charges something beside the subscription; the next run bills it, also when its day is past.");
        group.MapGet("", List).WithName("listCharges").ProducesProblem(404).WithSummary("Charges of an account, the newest first.");
        group.MapDelete("{id:guid}", Withdraw).WithName("withdrawCharge").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("Withdraws a charge; the next run credits it if it was billed.");
    }

    private static async Task<Results<Created<AccountCharge>, Ok<AccountCharge>, ProblemHttpResult>> Add(
        AccountCharges charges, string code, [FromBody] ChargeRequest request, [FromHeader(Name = "Idempotency-Key"), Description(KeyWords)] string? key,
        CancellationToken cancel)
    {
        var outcome = await charges.Add(code, request, key, cancel);
        return outcome is AccountDone<AccountCharge>(var charge, var again)
            ? again ? TypedResults.Ok(charge) : TypedResults.Created($"/v1/billing-accounts/{Uri.EscapeDataString(code)}/charges", charge)
            : Problem(outcome);
    }

    private static async Task<Results<Ok<ChargeList>, ProblemHttpResult>> List(AccountCharges charges, string code, CancellationToken cancel) =>
        await charges.List(code, cancel) is { } rows ? TypedResults.Ok(new ChargeList(rows)) : Problems.NotFound("No billing account has this code.");

    private static async Task<Results<Ok<AccountCharge>, ProblemHttpResult>> Withdraw(
        AccountCharges charges, string code, Guid id, string? actor, string? reason, CancellationToken cancel)
    {
        var outcome = await charges.Withdraw(code, id, actor, reason, cancel);
        return outcome is AccountDone<AccountCharge>(var charge, _) ? TypedResults.Ok(charge) : Problem(outcome);
    }

    internal static ProblemHttpResult Problem<T>(AccountOutcome<T> outcome) => outcome switch
    {
        AccountUnreadable<T> bad => Problems.BadFields("bad-request", "The request cannot be read; nothing was changed.",
            new Dictionary<string, string[]>(bad.Errors, StringComparer.Ordinal)),
        AccountNotFound<T> missing => Problems.NotFound(missing.Words),
        AccountRefused<T> no => Given.Refused(no.Field, no.Code, no.Reason, no.Remedy),
        _ => throw new InvalidOperationException($"No problem for {outcome}."),
    };
}
