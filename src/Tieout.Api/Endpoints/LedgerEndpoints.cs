using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Ledger;
using Tieout.Domain;
using Tieout.Domain.Ledger;
using Tieout.Domain.Ledger.Exports;
using Tieout.Domain.Mapping;

namespace Tieout.Api.Endpoints;

/// <summary>What an account of a legal entity is to be called; a number or a name that is left out stays.</summary>
/// <param name="Entity">Code of the legal entity.</param>
internal sealed record ChartChange(string Entity, string Actor, string Reason, string? Number = null, string? Name = null);

/// <summary>A legal entity's accounts, by number.</summary>
internal sealed record ChartAnswer(string LegalEntity, IReadOnlyList<ChartAccount> Accounts);

/// <summary>What can be asked of the books.</summary>
internal static class LedgerEndpoints
{
    private const int CodeMost = 200;
    private const string TextFile = "text/plain";

    // Not wrong in themselves: what stands is in the way.
    private static readonly string[] InTheWay = ["number-taken", "name-taken", "code-taken", "later-than-that", "not-zero"];

    public static void MapLedger(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/ledger").WithTags("Ledger");
        group.MapGet("trial-balance", TrialBalance).WithName("readTrialBalance").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("Opening, debits, credits and closing of every account of a legal entity for a month, now or as the books stood at an instant.");
        group.MapGet("accounts/{account}", Account).WithName("readLedgerAccount").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("The lines of an account, the oldest first, with what it came to before, after each and at last.");
        group.MapGet("billing-accounts/{code}", Customer).WithName("readCustomerStatement").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("What a billing account owes by age, invoice by invoice, what it disputes and what lies to its credit.");
        group.MapGet("export", Export).WithName("exportLedger").Produces(200, contentType: TextFile).ProducesProblem(400).ProducesProblem(404)
            .WithSummary("The entries of a legal entity as a file for hledger or beancount, with closing balances that those programs prove.");
        group.MapGet("chart", Chart).WithName("readChart").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("The accounts of a legal entity with their numbers, names and types, by number.");
        group.MapPatch("chart/{account}", Rename).WithName("changeChart").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Gives an account of a legal entity another number or name; every change is kept, and no entry changes by it.");
        group.MapGet("check", Check).WithName("checkLedger")
            .WithSummary("Proves every balance against the sum of its lines, reading all of them.");
    }

    private static async Task<Results<Ok<TrialBalanceSheet>, ProblemHttpResult>> TrialBalance(
        ReadTrialBalance balances,
        [Description("Code of the legal entity")] string? entity,
        [Description("Accounting month, such as 2026-11")] string? month,
        [Description("Only what was booked until this instant, such as 2026-11-30T18:00:00Z")] string? at,
        [Description("A dimension: one line for each of its codes, and one for what has none")] string? by,
        [Description("Only lines with this code of a dimension, such as cost-center=4100; cost-center= for those without")] string? dimension,
        CancellationToken cancel)
    {
        var asked = new Asked();
        var (code, of, instant) = (asked.Needed("entity", entity), asked.NeededMonth("month", month), asked.Instant("at", at));
        var (word, filter) = (asked.OneOf("by", by, MappingFields.Dimensions), asked.Dimension("dimension", dimension));
        if (asked.Problem is { } problem) return problem;
        return await balances.Run(new TrialBalanceQuestion(code, of, instant, word, filter), cancel) switch
        {
            LedgerAnswer.Balance(var sheet) => TypedResults.Ok(sheet),
            var other => Refused(other),
        };
    }

    private static async Task<Results<Ok<AccountStatement>, ProblemHttpResult>> Account(
        ReadAccount accounts, string account,
        [Description("Code of the legal entity")] string? entity,
        [Description("One accounting month; or give from and until")] string? month,
        [Description("First accounting month")] string? from,
        [Description("Last accounting month, included")] string? until,
        [Description("Code of a billing account: only its lines, on accounts of customers")] string? billingAccount,
        [Description("Needed where the account moved in several")] string? currency,
        [Description("Only what was booked until this instant, such as 2026-11-30T18:00:00Z")] string? at,
        [Description("Only lines with this code of a dimension, such as cost-center=4100; cost-center= for those without")] string? dimension,
        [Description("Token that the page before gave as next")] string? after,
        [Description("1 to 200; 50 when not given")] string? limit,
        CancellationToken cancel)
    {
        var asked = new Asked();
        var code = asked.Needed("entity", entity);
        var (first, last) = asked.Months(month, from, until);
        var (only, rows, behind) = (asked.Text("billingAccount", billingAccount), asked.Limit(limit), asked.AfterLine(after));
        var (of, instant) = (string.IsNullOrEmpty(currency) ? null : asked.Currency("currency", currency), asked.Instant("at", at));
        var filter = asked.Dimension("dimension", dimension);
        if (asked.Problem is { } problem) return problem;
        return await accounts.Run(new AccountQuestion(code, account, first, last, only, of, behind, instant, filter), rows, cancel) switch
        {
            LedgerAnswer.Account(var statement) => TypedResults.Ok(statement),
            var other => Refused(other),
        };
    }

    private static async Task<Results<Ok<CustomerStatement>, ProblemHttpResult>> Customer(
        ReadCustomer customers, string code,
        [Description("The day the ages and the amounts are of; when not given ages of today and all that is booked")] string? on,
        [Description("Only what was booked until this instant, such as 2026-11-30T18:00:00Z")] string? at,
        [Description("Token that the page before gave as next")] string? after,
        [Description("1 to 200; 50 when not given")] string? limit,
        CancellationToken cancel)
    {
        var asked = new Asked();
        var (day, instant, behind, rows) = (asked.Day("on", on), asked.Instant("at", at), asked.After(after), asked.Limit(limit));
        if (asked.Problem is { } problem) return problem;
        if (code.Length > CodeMost || code.Any(char.IsControl)) return Problems.NotFound("billingAccount", "No billing account has this code. Correct the code.");
        return await customers.Run(code, day, instant, behind, rows, cancel) switch
        {
            LedgerAnswer.Customer(var statement) => TypedResults.Ok(statement),
            var other => Refused(other),
        };
    }

    private static async Task<Results<PushStreamHttpResult, ProblemHttpResult>> Export(
        ExportLedger exports,
        [Description("Code of the legal entity")] string? entity,
        [Description("hledger or beancount")] string? format,
        [Description("First accounting month; the first with entries when not given")] string? from,
        [Description("Last accounting month, included; the last with entries when not given")] string? until,
        CancellationToken cancel)
    {
        var asked = new Asked();
        var (code, first, last) = (asked.Needed("entity", entity), asked.Month("from", from), asked.Month("until", until));
        asked.Needed("format", format);
        var word = asked.OneOf("format", format, [.. Enum.GetValues<ExportFormat>().Select(Words.Of)]);
        if (asked.Problem is { } problem) return problem;
        return await exports.Run(new ExportQuestion(code, Words.Parse<ExportFormat>(word!), first, last), cancel) switch
        {
            LedgerAnswer.File(var name, var write) => TypedResults.Stream(stream => write(stream, cancel), TextFile + "; charset=utf-8", name),
            var other => Refused(other),
        };
    }

    private static async Task<Results<Ok<ChartAnswer>, ProblemHttpResult>> Chart(
        Charts charts, [Description("Code of the legal entity")] string? entity, CancellationToken cancel)
    {
        var asked = new Asked();
        var code = asked.Needed("entity", entity);
        if (asked.Problem is { } problem) return problem;
        return Told(await charts.Read(code, cancel));
    }

    private static async Task<Results<Ok<ChartAnswer>, ProblemHttpResult>> Rename(
        Charts charts, string account, [FromBody] ChartChange change, CancellationToken cancel)
    {
        var given = new Given(change.Actor, change.Reason);
        if (given.Problem is { } problem) return problem;
        return Told(await charts.Change(
            new ChartRequest(change.Entity, new ChartWish(account, change.Number?.Trim(), change.Name?.Trim()), change.Actor.Trim(), change.Reason.Trim()), cancel));
    }

    internal static Results<Ok<ChartAnswer>, ProblemHttpResult> Told(LedgerAnswer answer) => answer switch
    {
        LedgerAnswer.Chart(var entity, var accounts) => TypedResults.Ok(new ChartAnswer(entity, accounts)),
        var other => Refused(other),
    };

    private static async Task<Ok<LedgerProof>> Check(CheckLedger check, CancellationToken cancel) => TypedResults.Ok(await check.Run(cancel));

    internal static ProblemHttpResult Refused(LedgerAnswer answer)
    {
        if (answer is not LedgerAnswer.Refused no) throw new InvalidOperationException($"No answer for {answer}.");
        var text = $"{no.Reason.TrimEnd('.')}. {no.Remedy}".Trim();
        return Problems.Of(
            no.Code.StartsWith("unknown-", StringComparison.Ordinal) ? 404 : InTheWay.Contains(no.Code, StringComparer.Ordinal) ? 409 : 400, no.Code,
            "The books cannot answer this.",
            $"{no.Field}: {text}", new Dictionary<string, string[]>(StringComparer.Ordinal) { [no.Field] = [text] });
    }
}
