using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tieout.Application.Accounts;
using Tieout.Application.Views;
using Tieout.Cli.Terminal;
using Tieout.Domain;

namespace Tieout.Cli.Verbs;

/// <summary>
/// <c>tieout account show|set|credit CODE</c>, <c>tieout account level CUSTOMER</c>; of the chart <c>tieout account add|close|open ENTITY</c>.
/// </summary>
internal static class AccountVerbs
{
    private static readonly (string Name, string Text)[] Texts =
    [
        ("invoice-grouping", "account: one document for everything; subscription: one for each."),
        ("monthly-minimum", "Each calendar month comes to at least this before tax; 0 for none."),
        ("minimum-from", "The first month the minimum counts for, such as 2026-07; every month since billing began when not given."),
        ("minimum-until", "The first month it no longer counts for."),
        ("purchase-order", "The customer's order number, for later documents; empty to take it away."),
        ("invoice-note", "A note for later documents; empty to take it away."),
        ("discount-percent", "Percent off the gross amount of later invoices for paying early, such as 2; 0 for none."),
    ];

    private const string What = "Billing accounts: how one is invoiced, its prepaid credit, its customer's level. Of the chart: accounts of one's own.";

    public static Command Create() => new("account", What)
    {
        Show(), Set(), Credit(), Level(), OwnAccountVerbs.Add(), OwnAccountVerbs.Close(), OwnAccountVerbs.Open(),
    };

    private static Command Show()
    {
        var account = Account();
        return new Command("show", "Settings of an account, and who changed them.") { account }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var found = await new AccountSettings(database.Source, TimeProvider.System).Find(parsed.GetRequiredValue(account), cancel)
                ?? throw new UsageException("No billing account has this code.");
            screen.Result(found, console => Draw(console, found));
            return ExitCode.Done;
        });
    }

    private static Command Set()
    {
        var (account, reason) = (Account(), Reason());
        var days = new Option<int?>("--term-days") { Description = "Days from the date of later documents until they are due." };
        var early = new Option<int?>("--discount-days") { Description = "Within how many days of a later invoice's date that discount may be kept." };
        var values = Texts.ToDictionary(option => option.Name, option => new Option<string?>("--" + option.Name) { Description = option.Text });
        var command = new Command("set", "Change settings of an account.") { account, days, early, reason };
        foreach (var option in values.Values) command.Add(option);
        return command.Does(async (parsed, screen, cancel) =>
        {
            string? Value(string name) => parsed.GetValue(values[name]);
            var request = new SettingsRequest
            {
                InvoiceGrouping = Value("invoice-grouping"),
                MonthlyMinimum = Value("monthly-minimum"),
                MonthlyMinimumFrom = Value("minimum-from"),
                MonthlyMinimumUntil = Value("minimum-until"),
                PurchaseOrder = Value("purchase-order"),
                InvoiceNote = Value("invoice-note"),
                TermDays = parsed.GetValue(days),
                DiscountPercent = Value("discount-percent"),
                DiscountDays = parsed.GetValue(early),
                Actor = Verb.Actor,
                Reason = parsed.GetRequiredValue(reason),
            };
            await using var database = await parsed.OpenDatabase(cancel);
            var changed = AccountAnswer.Of(
                screen, await new AccountSettings(database.Source, TimeProvider.System).Change(parsed.GetRequiredValue(account), request, cancel));
            screen.Result(changed, console => Draw(console, changed));
            return ExitCode.Done;
        });
    }

    private static Command Credit()
    {
        var account = Account();
        return new Command("credit", "Prepaid credit: what was drawn, rolled over and lost, and where it came from.") { account }.Does(
            async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var found = await new ReadGrants(database.Source, TimeProvider.System).Run(parsed.GetRequiredValue(account), cancel)
                ?? throw new UsageException("No billing account has this code.");
            screen.Result(found, console => console.Write(Drawn(found.Rows)));
            return ExitCode.Done;
        });
    }

    private static Command Level()
    {
        var customer = new Argument<string>("customer") { Description = "Code of the customer." };
        var level = new Argument<string>("level") { Description = "Such as gold; an empty text for none." };
        var from = new Option<string?>("--from") { Description = "The first day it counts; also a past one. Default: today.", HelpName = "day" };
        var reason = Reason();
        return new Command("level", "Set the customer's level, which discounts look at.") { customer, level, from, reason }.Does(async (parsed, screen, cancel) =>
        {
            var request = new LevelRequest
            {
                Level = parsed.GetRequiredValue(level),
                From = parsed.GetValue(from),
                Actor = Verb.Actor,
                Reason = parsed.GetRequiredValue(reason),
            };
            await using var database = await parsed.OpenDatabase(cancel);
            var set = AccountAnswer.Of(
                screen, await new CustomerLevels(database.Source, TimeProvider.System).Set(parsed.GetRequiredValue(customer), request, cancel));
            screen.Result(set, console =>
            {
                console.MarkupLineInterpolated($"{set.Customer}: {(set.Level.Length > 0 ? set.Level : "no level")}");
                foreach (var step in set.Steps) console.MarkupLineInterpolated($"from {Day(step.From)}: {(step.Level.Length > 0 ? step.Level : "no level")}");
            });
            return ExitCode.Done;
        });
    }

    private static Argument<string> Account() => new("account") { Description = "Code of the billing account." };

    private static Option<string> Reason() => new("--reason") { Description = "Why.", Required = true, HelpName = "text" };

    private static void Draw(IAnsiConsole console, BillingSettings found)
    {
        console.MarkupLineInterpolated($"[bold]{found.Account}[/]  customer {found.Customer}, pays {found.LegalEntity} in {found.Currency}");
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"one document for each {Words.Of(found.InvoiceGrouping)}, due after {found.TermDays} days");
        if (found.Discount is { } early)
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{early.Percent} % may be kept by paying within {early.Days} days");
        console.MarkupLineInterpolated($"monthly minimum {found.MonthlyMinimum}");
        foreach (var step in found.MinimumSteps) console.MarkupLineInterpolated($"  from {step.From}: {step.Amount}");
        if (found.PurchaseOrder.Length > 0) console.MarkupLineInterpolated($"purchase order {found.PurchaseOrder}");
        if (found.InvoiceNote.Length > 0) console.MarkupLineInterpolated($"note: {found.InvoiceNote}");
        foreach (var stop in found.Exceptions) console.MarkupLineInterpolated($"[red]{stop.Code}[/] {stop.Amount} {stop.Cause} {stop.Remedy}");
        var table = Screen.Table("changed", "what", "was", "is", "by", "why");
        foreach (var change in found.Changes)
            table.AddRow(
                Day(DateOnly.FromDateTime(change.ChangedAt.UtcDateTime)), Markup.Escape(change.Field), Markup.Escape(change.OldValue),
                Markup.Escape(change.NewValue), Markup.Escape(change.Actor), Markup.Escape(change.Reason));
        if (found.Changes.Count > 0) console.Write(table);
    }

    private static Table Drawn(IReadOnlyList<GrantRow> rows)
    {
        var table = Screen.Table("grant", "credit", ">granted", ">drawn", ">rolled over", ">lost", ">left", ">price", "from", "until before", "state", "carries on");
        foreach (var row in rows)
            table.AddRow(
                Markup.Escape(row.Key), Markup.Escape(row.Currency is { } currency ? $"{row.Credit} ({currency})" : row.Credit), Plain(row.Granted),
                Plain(row.Drawn), Plain(row.RolledOver), Plain(row.Lost), Plain(row.Left), row.Price?.ToString() ?? "",
                Day(row.GrantedOn), row.ExpiresOn is { } end ? Day(end) : "",
                Words.Of(row.State), Markup.Escape(row.RolledFrom ?? ""));
        return table;
    }

    private static string Plain(decimal value) => value.ToString("0.############", CultureInfo.InvariantCulture);

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
