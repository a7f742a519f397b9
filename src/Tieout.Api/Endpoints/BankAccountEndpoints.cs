using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Banks;

namespace Tieout.Api.Endpoints;

/// <summary>Bank accounts.</summary>
internal sealed record BankAccountList(IReadOnlyList<BankAccount> Rows);

internal static class BankAccountEndpoints
{
    private const int CodeMost = 20;

    public static void MapBankAccounts(this IEndpointRouteBuilder app)
    {
        var accounts = app.MapGroup("/v1/bank-accounts").WithTags("Cash");
        accounts.MapGet("", List).WithName("listBankAccounts").ProducesProblem(400)
            .WithSummary("Accounts that legal entities have at banks, with the account of the ledger that each is kept on.");
        accounts.MapPost("", Add).TakesDocument().WithName("addBankAccount").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Adds a bank account to a legal entity. docs/cash.md describes the document.");
        accounts.MapPost("{entity}/{code}/close", Close).TakesDocument().WithName("closeBankAccount").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Says which day was its last: no statement and no money of a later day is taken.");
    }

    private static async Task<Results<Ok<BankAccountList>, ProblemHttpResult>> List(
        FindBankAccounts accounts, [Description("Code of a legal entity; all when not given")] string? entity, CancellationToken cancel)
    {
        var asked = new Asked();
        var of = asked.Text("entity", entity);
        return asked.Problem is { } problem ? problem : TypedResults.Ok(new BankAccountList(await accounts.List(of, cancel)));
    }

    private static async Task<Results<Created<BankAccount>, Ok<BankAccount>, ProblemHttpResult>> Add(
        AddBankAccount add, HttpRequest request, CancellationToken cancel)
    {
        var (document, problem) = await Body.Read(request, cancel);
        if (problem is not null) return problem;
        return await add.Run(document, actor: null, cancel) switch
        {
            BankAccountOutcome.Done(var account, Again: true) => TypedResults.Ok(account),
            BankAccountOutcome.Done(var account, _) => TypedResults.Created($"/v1/bank-accounts?entity={Uri.EscapeDataString(account.LegalEntity)}", account),
            var other => Trouble(other),
        };
    }

    private static async Task<Results<Ok<BankAccount>, ProblemHttpResult>> Close(
        CloseBankAccount close, string entity, string code, HttpRequest request, CancellationToken cancel)
    {
        var (document, problem) = await Body.Read(request, cancel);
        if (problem is not null) return problem;
        var outcome = await close.Run(Known(entity), Known(code), document, actor: null, cancel);
        return outcome is BankAccountOutcome.Done(var account, _) ? TypedResults.Ok(account) : Trouble(outcome);
    }

    // A code that nothing can have is looked for as none.
    private static string Known(string code) => code.Length <= CodeMost && !code.Any(char.IsControl) ? code : "";

    private static ProblemHttpResult Trouble(BankAccountOutcome outcome) => outcome switch
    {
        BankAccountOutcome.NotFound("legal-entity") => Problems.NotFound("legal-entity", "No legal entity has this code. Correct it."),
        BankAccountOutcome.NotFound => Problems.NotFound("code", "The legal entity has no bank account of this code. Correct it."),
        BankAccountOutcome.Unreadable bad => Problems.BadDocument("bad-request", "This request cannot be taken; nothing was changed.", bad.Problems),
        BankAccountOutcome.Refused(var no) => Given.Refused(no.Field, no.Code, no.Reason, no.Remedy),
        var other => throw new InvalidOperationException($"No answer for {other}."),
    };
}
