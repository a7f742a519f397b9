using System.CommandLine;
using Spectre.Console;
using Tieout.Application.Ledger;
using Tieout.Cli.Terminal;
using Tieout.Domain;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Ledger;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout ledger chart</c> and <c>tieout ledger rename</c>.</summary>
internal static class LedgerChartVerbs
{
    public static Command Show()
    {
        var entity = LedgerVerbs.Entity();
        return new Command("chart", "The accounts of a legal entity with their numbers and names.") { entity }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            return Told(screen, await new Charts(database.Source).Read(parsed.GetRequiredValue(entity).Trim(), cancel));
        });
    }

    public static Command Rename()
    {
        var entity = LedgerVerbs.Entity();
        var account = new Argument<string>("account") { Description = $"One of {LedgerAccount.AllInWords}." };
        var number = new Option<string?>("--number") { Description = "Its number: letters and digits, at most 20.", HelpName = "number" };
        var name = new Option<string?>("--name") { Description = "Its name, at most 100 characters.", HelpName = "text" };
        var reason = new Option<string>("--reason") { Description = "Why. At most 200 characters.", Required = true, HelpName = "text" };
        return new Command("rename", "Give an account of a legal entity another number or name; no entry changes by it.")
        {
            entity, account, number, name, reason,
        }.Does(async (parsed, screen, cancel) =>
        {
            var why = parsed.GetRequiredValue(reason).Trim();
            if (GivenText.Problem(why, GivenText.ReasonMost) is { } wrong) throw new UsageException($"--reason: {wrong}");
            await using var database = await parsed.OpenDatabase(cancel);
            var wish = new ChartWish(parsed.GetRequiredValue(account).Trim(), parsed.GetValue(number)?.Trim(), parsed.GetValue(name)?.Trim());
            return Told(screen, await new Charts(database.Source).Change(
                new ChartRequest(parsed.GetRequiredValue(entity).Trim(), wish, Verb.Actor, why), cancel));
        });
    }

    internal static int Told(Screen screen, LedgerAnswer answer)
    {
        if (answer is not LedgerAnswer.Chart(_, var accounts)) throw LedgerVerbs.Refused(answer);
        screen.Result(answer, console =>
        {
            // Only accounts of one's own have a first or a last day.
            var days = accounts.Any(account => account.OpenedOn is not null || account.ClosedOn is not null);
            var table = Screen.Table(["number", "name", "type", "account", .. days ? ["from", "until"] : Array.Empty<string>()]);
            foreach (var account in accounts)
                table.AddRow([
                    Markup.Escape(account.Number), Markup.Escape(account.Name), Words.Of(account.Type), account.Account,
                    .. days ? [Day(account.OpenedOn), Day(account.ClosedOn)] : Array.Empty<string>()]);
            console.Write(table);
        });
        return ExitCode.Done;
    }

    private static string Day(DateOnly? day) => day is { } known ? CashOptions.Day(known) : "";
}
