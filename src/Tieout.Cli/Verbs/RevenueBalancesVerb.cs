using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tieout.Application.Revenue;
using Tieout.Cli.Terminal;
using Tieout.Domain;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout revenue balances ENTITY --by subscription --on 2026-11-30</c>.</summary>
internal static class RevenueBalancesVerb
{
    private const int Listed = 200;

    public static Command Create()
    {
        var entity = LedgerVerbs.Entity();
        var by = new Option<string>("--by")
        {
            Description = "subscription, billing-account, document or contract. Default: subscription.",
            DefaultValueFactory = _ => Words.Of(BalanceBy.Subscription),
            HelpName = "word",
        };
        by.AcceptOnlyFromAmong([.. Enum.GetValues<BalanceBy>().Select(Words.Of)]);
        var on = new Option<DateOnly>("--on") { Description = "As of the end of this day, such as 2026-11-30.", Required = true, HelpName = "date" };
        var after = new Option<string?>("--after") { Description = "What the page before gave as next.", HelpName = "token" };
        return new Command(
            "balances",
            "Invoiced, credited, recognised, deferred and unbilled by contract, customer or document, 200 a page, with the ledger beside the first. "
            + "Exit code 3 when it differs.")
        {
            entity, by, on, after,
        }.Does(async (parsed, screen, cancel) =>
        {
            var question = new BalancesQuestion(
                parsed.GetRequiredValue(entity).Trim(), Words.Parse<BalanceBy>(parsed.GetRequiredValue(by)), parsed.GetRequiredValue(on),
                After(parsed.GetValue(after)));
            await using var database = await parsed.OpenDatabase(cancel);
            var reply = await new ReadRevenueBalances(database.Source).Run(question, Listed, cancel);
            if (reply is not RevenueReply.Balances(var page)) throw RevenueVerbs.Refused(reply);
            screen.Result(page, console => Draw(console, page));
            if (page.Next is { } next && !screen.Json) screen.Note($"There is more: --after {next}");
            return page.Totals.SelectMany(total => total.Accounts).All(account => account.Difference.IsZero) ? ExitCode.Done : ExitCode.Findings;
        });
    }

    private static BalanceCursor? After(string? token) =>
        token is null ? null
        : BalanceCursor.TryParse(token, out var cursor) ? cursor
        : throw new UsageException("--after: this is not what a page gave as next.");

    private static void Draw(IAnsiConsole console, RevenueBalances page)
    {
        var table = Screen.Table(
            "of", "code", "billing account", "currency", ">invoiced", ">credited", ">recognised", ">deferred", ">unbilled", ">contract asset");
        foreach (var row in page.Rows) Add(table, Words.Of(row.Kind), row.Code, row.BillingAccount, row.Figures);
        foreach (var total in page.Totals) Add(table, "all", "", "", total.Figures);
        console.Write(table);
        if (page.Totals.Count == 0) return;
        var ledger = Screen.Table("account", "currency", ">all rows", ">other entries", ">ledger", ">difference");
        foreach (var account in page.Totals.SelectMany(total => total.Accounts))
            ledger.AddRow(
                account.Account, account.Ledger.Currency.Code, RevenueVerbs.Figure(account.Rows), RevenueVerbs.Figure(account.OtherEntries),
                RevenueVerbs.Figure(account.Ledger), RevenueVerbs.Figure(account.Difference));
        console.Write(ledger);
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{page.LegalEntity} at the end of {page.On:yyyy-MM-dd}.");
    }

    private static void Add(Table table, string kind, string code, string account, BalanceFigures figures) => table.AddRow(
        kind, Markup.Escape(code), Markup.Escape(account), figures.Invoiced.Currency.Code, RevenueVerbs.Figure(figures.Invoiced),
        RevenueVerbs.Figure(figures.Credited), RevenueVerbs.Figure(figures.Recognised), RevenueVerbs.Figure(figures.DeferredRevenue),
        RevenueVerbs.Figure(figures.UnbilledReceivable), RevenueVerbs.Figure(figures.ContractAsset));
}
