using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Ledger;
using Tieout.Domain;
using Tieout.Domain.Ledger;

namespace Tieout.Api.Endpoints;

/// <summary>An account of a legal entity's own.</summary>
/// <param name="Entity">Code of the legal entity.</param>
/// <param name="Code">What entries call it, behind own.; it never changes.</param>
/// <param name="Type">asset, liability, equity, income or expense; it never changes.</param>
/// <param name="From">The first day it takes entries of; any when not given.</param>
internal sealed record OwnAccountDocument(
    string Entity, string Code, string Number, string Name, string Type, string Actor, string Reason, string? From = null);

/// <summary>The last day of an account.</summary>
/// <param name="Entity">Code of the legal entity.</param>
/// <param name="On">The last day it takes entries of.</param>
internal sealed record OwnAccountClosing(string Entity, string On, string Actor, string Reason);

/// <summary>An account that is to take entries again.</summary>
/// <param name="Entity">Code of the legal entity.</param>
internal sealed record OwnAccountOpening(string Entity, string Actor, string Reason);

/// <summary>Accounts that legal entities have of their own, beside those of the house.</summary>
internal static class OwnAccountEndpoints
{
    public static void MapOwnAccounts(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/ledger/chart").WithTags("Ledger");
        group.MapPost("", Add).WithName("addAccount").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Adds an account of its own to the chart of a legal entity; the same again adds nothing.");
        group.MapPost("{account}/close", Close).WithName("closeAccount").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Says which day is the last that an account of a legal entity's own takes entries of.");
        group.MapPost("{account}/open", Open).WithName("openAccount").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Lets an account that was closed take entries again.");
    }

    private static async Task<Results<Ok<ChartAnswer>, ProblemHttpResult>> Add(
        AddAccount add, [FromBody] OwnAccountDocument document, CancellationToken cancel)
    {
        var given = new Given(document.Actor, document.Reason);
        var from = document.From is null ? null : given.DayOf("from", document.From);
        var type = Enum.GetValues<AccountType>().Cast<AccountType?>().FirstOrDefault(one => Words.Of(one!.Value) == document.Type);
        if (type is null) given.Wrong<object>("type", $"Write one of {string.Join(", ", Enum.GetValues<AccountType>().Select(Words.Of))}.");
        if (given.Problem is { } problem) return problem;
        var wish = new OwnAccountWish(document.Code.Trim(), document.Number.Trim(), document.Name.Trim(), type!.Value, from);
        return LedgerEndpoints.Told(await add.Run(new AccountRequest(document.Entity, wish, document.Actor.Trim(), document.Reason.Trim()), cancel));
    }

    private static async Task<Results<Ok<ChartAnswer>, ProblemHttpResult>> Close(
        CloseAccount close, string account, [FromBody] OwnAccountClosing closing, CancellationToken cancel)
    {
        var given = new Given(closing.Actor, closing.Reason);
        var on = given.DayOf("on", closing.On);
        if (given.Problem is { } problem) return problem;
        return LedgerEndpoints.Told(await close.Run(
            new AccountClosing(closing.Entity, account, on, closing.Actor.Trim(), closing.Reason.Trim()), cancel));
    }

    private static async Task<Results<Ok<ChartAnswer>, ProblemHttpResult>> Open(
        CloseAccount close, string account, [FromBody] OwnAccountOpening opening, CancellationToken cancel)
    {
        var given = new Given(opening.Actor, opening.Reason);
        if (given.Problem is { } problem) return problem;
        return LedgerEndpoints.Told(await close.Run(
            new AccountClosing(opening.Entity, account, On: null, opening.Actor.Trim(), opening.Reason.Trim()), cancel));
    }
}
