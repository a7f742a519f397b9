using System.CommandLine;
using Spectre.Console;
using Tieout.Application.Closing;
using Tieout.Cli.Terminal;
using Tieout.Domain;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout ledger revalue ENTITY 2026-11</c>.</summary>
internal static class LedgerRevalueVerb
{
    public static Command Create()
    {
        var (entity, month, reason) = (LedgerVerbs.Entity(), Options.Month(), CloseVerb.MonthEnd());
        return new Command("revalue", "Revalue what is open in foreign currencies at the rate of a month's last day; taken back on the day after.")
        {
            entity, month, reason,
        }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var request = new MonthRequest(
                parsed.GetRequiredValue(entity).Trim(), parsed.GetRequiredValue(month), Verb.Actor, parsed.GetRequiredValue(reason).Trim());
            var outcome = await new RevalueMonth(database.Source, TimeProvider.System).Run(request, cancel);
            if (outcome is not CloseOutcome.Revalued(var sheet)) return CloseVerb.Told(screen, outcome);
            screen.Result(sheet, console => Draw(console, sheet));
            return ExitCode.Done;
        });
    }

    private static void Draw(IAnsiConsole console, RevaluationSheet sheet)
    {
        if (sheet.Balances.Count == 0)
        {
            console.WriteLine($"Nothing to revalue: {sheet.LegalEntity} has nothing open in a foreign currency at the end of {sheet.Month}.");
            return;
        }
        var table = Screen.Table("account", "currency", ">balance", ">carried", ">worth", ">booked now", "rate");
        foreach (var row in sheet.Balances)
            table.AddRow(
                row.Account, row.Balance.Currency.Code, Figure(row.Balance), Figure(row.Carried), Figure(row.Worth), Figure(row.Booked), Markup.Escape(row.Rate));
        console.Write(table);
        console.WriteLine(sheet.Entry.Length == 0 ? "Nothing to book: all of it stands at these rates."
            : $"{sheet.Booked} booked as {sheet.Entry}, taken back on the first of the next month by {sheet.Reversal}.");
    }

    private static string Figure(Money money) => Screen.Amount(money.Amount, money.Currency.Code);
}
