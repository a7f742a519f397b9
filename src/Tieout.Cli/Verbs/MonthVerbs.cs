using System.CommandLine;
using Spectre.Console;
using Tieout.Application.Closing;
using Tieout.Cli.Terminal;
using Tieout.Domain;
using Tieout.Domain.Closing;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout month …</c>: what state the months of a legal entity are in.</summary>
internal static class MonthVerbs
{
    public static Command Create() => new("month", "Months of the books: what still has to hold, sign, soft-close, open again (docs/close.md).")
    {
        List(), Check(), SoftClose(), Sign(), Reopen(), LateArrivals(),
    };

    private static Command List()
    {
        var entity = LedgerVerbs.Entity();
        return new Command("list", "The months of a legal entity, the newest first: open, soft-closed or closed.") { entity }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var code = parsed.GetRequiredValue(entity).Trim();
            var months = await new ReadMonths(database.Source, TimeProvider.System).All(code, cancel) ?? throw NoEntity(code);
            screen.Result(months, console =>
            {
                var table = Screen.Table("month", "state", "lines");
                foreach (var month in months.Months) table.AddRow(month.Month.ToString(), Words.Of(month.State), Screen.Count(month.Lines));
                console.Write(table);
                console.WriteLine($"What comes late: {Words.Of(months.LateArrivals)}.");
            });
            return ExitCode.Done;
        });
    }

    private static Command Check()
    {
        var (entity, month) = (LedgerVerbs.Entity(), Options.Month());
        return new Command("check", "What has to hold before a month is closed, now. Ends with 3 while something does not.") { entity, month }
            .Does(async (parsed, screen, cancel) =>
            {
                await using var database = await parsed.OpenDatabase(cancel);
                var code = parsed.GetRequiredValue(entity).Trim();
                var sheet = await new ReadMonths(database.Source, TimeProvider.System).One(code, parsed.GetRequiredValue(month), cancel) ?? throw NoEntity(code);
                screen.Result(sheet, console => Write(console, sheet));
                return sheet.Ready ? ExitCode.Done : ExitCode.Findings;
            });
    }

    private static void Write(IAnsiConsole console, MonthSheet sheet)
    {
        // No table: sentences as long as these leave no room for the codes.
        foreach (var condition in sheet.Conditions)
        {
            console.WriteLine($"{(condition.Holds ? "holds" : "open"),-6}{condition.Code,-20}{condition.Says}");
            if (condition.Holds) continue;
            console.WriteLine($"{"",26}{condition.Remedy}{(condition.MayBeAccepted ? $" Or close with --accept {condition.Code}." : "")}");
        }
        console.WriteLine($"{sheet.Month} of {sheet.LegalEntity} is {Words.Of(sheet.State)}.");
        foreach (var said in sheet.Events)
            console.WriteLine($"{said.At.UtcDateTime:yyyy-MM-dd HH:mm'Z'}  {said.Event} by {said.Actor}: {said.Reason}"
                + (said.Accepted.Count > 0 ? $" (accepted: {string.Join(", ", said.Accepted)})" : "") + (said.About.Length > 0 ? $" ({said.About})" : ""));
    }

    private static Command SoftClose()
    {
        var (entity, month, reason) = (LedgerVerbs.Entity(), Options.Month(), CloseVerb.MonthEnd());
        return new Command("soft-close", "Close a month for documents; journals and what takes entries back are still taken.") { entity, month, reason }
            .Does(async (parsed, screen, cancel) =>
            {
                await using var database = await parsed.OpenDatabase(cancel);
                var request = new CloseRequest(
                    parsed.GetRequiredValue(entity).Trim(), parsed.GetRequiredValue(month), Verb.Actor, parsed.GetRequiredValue(reason).Trim())
                { Soft = true };
                return CloseVerb.Told(screen, await new CloseBooks(database.Source, TimeProvider.System).Run(request, cancel), soft: true);
            });
    }

    private static Command Sign()
    {
        var (entity, month, reason) = (LedgerVerbs.Entity(), Options.Month(), CloseVerb.MonthEnd());
        return new Command("sign", "Sign a month that is tied out. What is posted afterwards is not covered.") { entity, month, reason }
            .Does(async (parsed, screen, cancel) =>
            {
                await using var database = await parsed.OpenDatabase(cancel);
                return CloseVerb.Told(screen, await new SignMonth(database.Source, TimeProvider.System).Run(Asked(parsed, entity, month, reason), cancel));
            });
    }

    private static Command Reopen()
    {
        var (entity, month, reason) = (LedgerVerbs.Entity(), Options.Month(), CashOptions.Reason());
        return new Command("reopen", "Open a month again, and all after it, for a reason that is kept.") { entity, month, reason }
            .Does(async (parsed, screen, cancel) =>
            {
                await using var database = await parsed.OpenDatabase(cancel);
                return CloseVerb.Told(screen, await new ReopenBooks(database.Source, TimeProvider.System).Run(Asked(parsed, entity, month, reason), cancel));
            });
    }

    private static Command LateArrivals()
    {
        var (entity, reason) = (LedgerVerbs.Entity(), CashOptions.Reason());
        var policies = Enum.GetValues<LateArrivals>().ToDictionary(Words.Of, StringComparer.Ordinal);
        var policy = new Argument<string>("policy") { Description = $"One of {string.Join(", ", policies.Keys)}." };
        return new Command("late-arrivals", "Say where money goes that is reported for a month which takes no documents any more.") { entity, policy, reason }
            .Does(async (parsed, screen, cancel) =>
            {
                if (!policies.TryGetValue(parsed.GetRequiredValue(policy).Trim(), out var chosen))
                    throw new UsageException($"The policy is one of {string.Join(", ", policies.Keys)}.");
                await using var database = await parsed.OpenDatabase(cancel);
                return CloseVerb.Told(screen, await new SetLateArrivals(database.Source, TimeProvider.System).Run(
                    parsed.GetRequiredValue(entity).Trim(), chosen, Verb.Actor, parsed.GetRequiredValue(reason).Trim(), cancel));
            });
    }

    private static MonthRequest Asked(ParseResult parsed, Argument<string> entity, Argument<AccountingMonth> month, Option<string> reason) =>
        new(parsed.GetRequiredValue(entity).Trim(), parsed.GetRequiredValue(month), Verb.Actor, parsed.GetRequiredValue(reason).Trim());

    private static UsageException NoEntity(string code) => new($"No legal entity has the code {code}.");
}
