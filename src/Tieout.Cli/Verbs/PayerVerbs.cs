using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tieout.Application.Statements;
using Tieout.Cli.Terminal;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout statement payer list|forget</c>.</summary>
internal static class PayerVerbs
{
    private const int Listed = 200;

    public static Command Create() => new("payer", "Who is known to pay from which account at a bank, or as which customer of a gateway.") { List(), Forget() };

    private static Command List()
    {
        var account = CashOptions.Text("--account", "Code of a billing account; all when not given.", "code");
        var number = CashOptions.Text("--number", "An account at a bank, or a gateway's name, a slash and its customer; all when not given.", "number");
        var all = new Option<bool>("--all") { Description = "Also those that hold no longer, with who ended them and why." };
        return new Command("list", "Who is known to pay from where, the newest first; at most 200.") { account, number, all }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var rows = await new Payers(database.Source, TimeProvider.System).List(
                parsed.GetValue(account), parsed.GetValue(number), parsed.GetValue(all), after: null, Listed, cancel);
            screen.Result(rows, console => Draw(console, rows));
            return ExitCode.Done;
        });
    }

    private static Command Forget()
    {
        var number = new Argument<string>("number") { Description = "The account at a bank, or the gateway's name, a slash and its customer, as 'list' shows it." };
        var account = new Argument<string>("account") { Description = "Code of the billing account that it is known for." };
        var reason = CashOptions.Reason();
        return new Command("forget", "End what was said wrongly of who pays from where; it stays on record.") { number, account, reason }
            .Does(async (parsed, screen, cancel) =>
            {
                var document = CashOptions.Document([
                    ("number", parsed.GetRequiredValue(number)), ("billing-account", parsed.GetRequiredValue(account)),
                    ("reason", parsed.GetRequiredValue(reason))]);
                await using var database = await parsed.OpenDatabase(cancel);
                var outcome = await new Payers(database.Source, TimeProvider.System).Forget(document, Verb.Actor, cancel);
                if (outcome is ForgetOutcome.Unreadable bad) throw new UsageException($"Nothing was changed.\n{string.Join('\n', bad.Problems)}");
                if (outcome is not ForgetOutcome.Done(var ended))
                    throw new UsageException("Nobody is known to pay from there for this billing account. Look at 'tieout statement payer list'.");
                screen.Result(ended, console => console.MarkupLineInterpolated(
                    CultureInfo.InvariantCulture, $"{ended.BillingAccount} is not known to pay from {ended.Number} any more."));
                return ExitCode.Done;
            });
    }

    private static void Draw(IAnsiConsole console, IReadOnlyList<KnownPayerRow> rows)
    {
        var table = Screen.Table("number", "billing account", "customer", "since", "by", "taught by", "ended");
        foreach (var row in rows)
            table.AddRow(
                Markup.Escape(row.Number), row.BillingAccount, Markup.Escape(row.Customer), Day(row.Since), Markup.Escape(row.Actor), row.TaughtBy,
                row.EndedAt is { } ended ? Markup.Escape($"{Day(ended)} {row.EndedBy}: {row.EndedWhy}") : "");
        console.Write(table);
    }

    private static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
