using System.CommandLine;
using Spectre.Console;
using Tieout.Application.Intake;
using Tieout.Cli.Terminal;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout import FILE --mapping FILE</c>.</summary>
internal static class ImportVerb
{
    public static Command Create()
    {
        var file = new Argument<FileInfo>("file") { Description = "A CSV file of customers and subscriptions." };
        var mapping = new Option<FileInfo>("--mapping")
        {
            Description = "YAML file that says what the columns mean; see docs/import.md.",
            Required = true,
            HelpName = "file",
        };
        var books = new Option<FileInfo?>("--books")
        {
            Description = "YAML file of legal entities, tax rates and plans, set up first; same as 'tieout setup'.",
            HelpName = "file",
        };
        var command = new Command("import", "Take in a CSV file. Every row is accepted, unchanged, or refused with field and reason; twice adds nothing.")
        {
            file, mapping, books,
        };
        return command.Does(async (parsed, screen, cancel) =>
        {
            var known = SetUpVerb.Settings(() => MappingFile.Read(parsed.GetRequiredValue(mapping).FullName));
            var declared = parsed.GetValue(books) is { } declaredIn ? SetUpVerb.Settings(() => BooksFile.Read(declaredIn.FullName)) : null;
            await using var database = await parsed.OpenDatabase(cancel);
            if (declared is not null) await SetUpVerb.Apply(database, declared, cancel);

            var request = new ImportRequest(parsed.GetRequiredValue(file).FullName, known, Verb.Actor);
            var import = new ImportFile(database.Source, TimeProvider.System);
            var outcome = await Watched.Run(screen, $"import {request.Path.Split('/')[^1]}", progress => import.Run(request, progress, cancel));
            if (outcome is ImportOutcome.NotBegun notBegun) throw new UsageException(notBegun.Problem);
            var finished = (ImportOutcome.Finished)outcome;
            screen.Result(finished, console => Draw(console, finished));
            return finished.Refused > 0 ? ExitCode.Findings : ExitCode.Done;
        });
    }

    private static void Draw(IAnsiConsole console, ImportOutcome.Finished outcome)
    {
        var sums = Screen.Table(">received", ">accepted", ">unchanged", ">refused");
        sums.AddRow(Screen.Count(outcome.Received), Screen.Count(outcome.Accepted), Screen.Count(outcome.Unchanged), Screen.Count(outcome.Refused));
        console.Write(sums);
        if (outcome.FirstRefused.Count == 0) return;
        var rows = Screen.Table(">line", "row", "field", "reason and remedy");
        foreach (var row in outcome.FirstRefused)
            rows.AddRow(Screen.Count(row.RowNo), Markup.Escape(row.RowKey), Markup.Escape(row.Field), Markup.Escape($"{row.Reason} {row.Remedy}"));
        rows.Columns[3].NoWrap = false;
        console.Write(rows);
        if (outcome.Refused > outcome.FirstRefused.Count)
            console.MarkupLineInterpolated($"… and {Screen.Count(outcome.Refused - outcome.FirstRefused.Count)} more; all of them: tieout show {outcome.Run}");
    }
}
