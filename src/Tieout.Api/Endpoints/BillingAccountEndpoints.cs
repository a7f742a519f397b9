using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Accounts;
using Tieout.Application.Views;

namespace Tieout.Api.Endpoints;

/// <summary>Discounts given to an account.</summary>
internal sealed record DiscountList(IReadOnlyList<AccountDiscount> Rows);

/// <summary>Who takes a discount back and why.</summary>
internal sealed record WithdrawDiscountRequest(string? Actor = null, string? Reason = null);

/// <summary>From which day on a discount is no longer given, who says so and why.</summary>
internal sealed record EndDiscountRequest(string? Until = null, string? Actor = null, string? Reason = null);

internal static class BillingAccountEndpoints
{
    private const string NoAccount = "No billing account has this code.";

    public static void MapBillingAccounts(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/billing-accounts/{code}").WithTags("Billing accounts");
        group.MapGet("", One).WithName("readBillingAccount").ProducesProblem(404).WithSummary("How an account is invoiced, and who changed it.");
        group.MapPatch("", Change).WithName("changeBillingAccount").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("Changes how an account is invoiced from now on. A minimum is wanted of the months it is given for, or of all since billing began.");
        group.MapGet("discounts", List).WithName("listGivenDiscounts").ProducesProblem(404).WithSummary("Discounts given to an account, ended ones too.");
        group.MapGet("credit-grants", Credit).WithName("listCreditGrants").ProducesProblem(404)
            .WithSummary("Prepaid credit of an account: what was drawn, rolled over and lost, and where it came from.");
        group.MapPost("discounts", Give).WithName("giveDiscount").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Gives a discount of the catalogue; backdated, the next run credits what was billed too much.");
        group.MapPost("discounts/{id:guid}/end", End).WithName("endDiscount").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Ends a discount on a day; backdated, the next run bills what was charged too little.");
        group.MapPost("discounts/{id:guid}/withdraw", Withdraw).WithName("withdrawDiscount").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("Takes a discount back as if it had never been given; the next run bills what was charged too little.");
        var level = app.MapGroup("/v1/customers/{code}/level").WithTags("Billing accounts");
        level.MapGet("", Level).WithName("readCustomerLevel").ProducesProblem(404).WithSummary("The levels of a customer, which discounts look at.");
        level.MapPut("", SetLevel).WithName("setCustomerLevel").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("Sets a customer's level from a day on; backdated, the next run credits or bills the difference.");
    }

    private static async Task<Results<Ok<BillingSettings>, ProblemHttpResult>> One(AccountSettings settings, string code, CancellationToken cancel) =>
        await settings.Find(code, cancel) is { } found ? TypedResults.Ok(found) : Problems.NotFound(NoAccount);

    private static async Task<Results<Ok<BillingSettings>, ProblemHttpResult>> Change(
        AccountSettings settings, string code, [FromBody] SettingsRequest request, CancellationToken cancel)
    {
        var outcome = await settings.Change(code, request, cancel);
        return outcome is AccountDone<BillingSettings>(var changed, _) ? TypedResults.Ok(changed) : ChargeEndpoints.Problem(outcome);
    }

    private static async Task<Results<Ok<DiscountList>, ProblemHttpResult>> List(AccountDiscounts discounts, string code, CancellationToken cancel) =>
        await discounts.List(code, cancel) is { } rows ? TypedResults.Ok(new DiscountList(rows)) : Problems.NotFound(NoAccount);

    private static async Task<Results<Ok<GrantList>, ProblemHttpResult>> Credit(ReadGrants grants, string code, CancellationToken cancel) =>
        await grants.Run(code, cancel) is { } list ? TypedResults.Ok(list) : Problems.NotFound(NoAccount);

    private static async Task<Results<Created<AccountDiscount>, Ok<AccountDiscount>, ProblemHttpResult>> Give(
        AccountDiscounts discounts, string code, [FromBody] DiscountRequest request,
        [FromHeader(Name = "Idempotency-Key"), Description(ChargeEndpoints.KeyWords)] string? key, CancellationToken cancel)
    {
        var outcome = await discounts.Give(code, request, key, cancel);
        return outcome is AccountDone<AccountDiscount>(var given, var again)
            ? again ? TypedResults.Ok(given) : TypedResults.Created($"/v1/billing-accounts/{Uri.EscapeDataString(code)}/discounts", given)
            : ChargeEndpoints.Problem(outcome);
    }

    private static async Task<Results<Ok<AccountDiscount>, ProblemHttpResult>> End(
        AccountDiscounts discounts, string code, Guid id, [FromBody] EndDiscountRequest request, CancellationToken cancel)
    {
        var outcome = await discounts.End(code, id, request.Until, request.Actor, request.Reason, cancel);
        return outcome is AccountDone<AccountDiscount>(var ended, _) ? TypedResults.Ok(ended) : ChargeEndpoints.Problem(outcome);
    }

    private static async Task<Results<Ok<AccountDiscount>, ProblemHttpResult>> Withdraw(
        AccountDiscounts discounts, string code, Guid id, [FromBody] WithdrawDiscountRequest request, CancellationToken cancel)
    {
        var outcome = await discounts.Withdraw(code, id, request.Actor, request.Reason, cancel);
        return outcome is AccountDone<AccountDiscount>(var withdrawn, _) ? TypedResults.Ok(withdrawn) : ChargeEndpoints.Problem(outcome);
    }

    private static async Task<Results<Ok<LevelsOfCustomer>, ProblemHttpResult>> Level(CustomerLevels levels, string code, CancellationToken cancel) =>
        await levels.Find(code, cancel) is { } found ? TypedResults.Ok(found) : Problems.NotFound("No customer has this code.");

    private static async Task<Results<Ok<LevelsOfCustomer>, ProblemHttpResult>> SetLevel(
        CustomerLevels levels, string code, [FromBody] LevelRequest request, CancellationToken cancel)
    {
        var outcome = await levels.Set(code, request, cancel);
        return outcome is AccountDone<LevelsOfCustomer>(var set, _) ? TypedResults.Ok(set) : ChargeEndpoints.Problem(outcome);
    }
}
