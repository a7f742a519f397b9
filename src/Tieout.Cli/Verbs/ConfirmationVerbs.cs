using System.CommandLine;
using Spectre.Console;
using Tieout.Application.Confirmations;
using Tieout.Cli.Terminal;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout confirmation list</c>.</summary>
internal static class ConfirmationVerbs
{
    public static Command Create() => new("confirmation", "What ERPs told by themselves about documents they book in their own time.") { List() };

    private static Command List()
    {
        var target = ListOptions.Text("--target", "Name of a target.");
        var treatment = ListOptions.Word("--treatment", FindConfirmations.Treatments);
        var (limit, after) = (ListOptions.Limit(), ListOptions.After());
        return new Command("list", "Messages, the newest first.") { target, treatment, limit, after }.Does(async (parsed, screen, cancel) =>
        {
            var start = ListOptions.Start(parsed, after);
            await using var database = await parsed.OpenDatabase(cancel);
            var page = await new FindConfirmations(database.Source).Run(
                parsed.GetValue(target), parsed.GetValue(treatment), start, parsed.GetValue(limit), cancel);
            screen.Result(page, console => console.Write(Drawn(page.Rows)));
            if (page.Next is { } next) screen.Note($"There are more: --after {next}");
            return ExitCode.Done;
        });
    }

    private static Table Drawn(IReadOnlyList<ConfirmationRow> rows)
    {
        var table = Screen.Table("received", "target", "treatment", ">documents", ">booked", ">refused", ">unknown", ">bytes", "problem");
        foreach (var row in rows)
            table.AddRow(
                WebhookDeliveryVerbs.At(row.ReceivedAt), Markup.Escape(row.Target), row.Treatment, Screen.Count(row.Documents), Screen.Count(row.Booked),
                Screen.Count(row.Refused), Screen.Count(row.Unknown), Screen.Count(row.Bytes), Markup.Escape(row.Problem));
        return table;
    }
}
