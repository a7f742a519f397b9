using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tieout.Application.Usage;
using Tieout.Cli.Terminal;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout usage import | summarise | zone</c>.</summary>
internal static class UsageVerbs
{
    public static Command Create() => new("usage", "Usage: take a file of events in, sum events up, set an account's time zone.")
    {
        Import(), Summarise(), Zone(),
    };

    private static Command Import()
    {
        var file = new Argument<FileInfo>("file") { Description = "CSV with a header, or one CloudEvent in JSON a line (.jsonl, .ndjson)." };
        var delimiter = Text("--delimiter", "Between the cells of a CSV file; a comma when not given, 'tab' for a tab.");
        var source = Text("--source", "CSV: the source of all events; with the id it makes each event the one it is.");
        var type = Text("--type", "CSV: the type of all events; some meter must listen to it.");
        var subject = Text("--subject", "CSV: the subscription all events are for.");
        var subjectColumn = Text("--subject-column", "CSV: the column with the subscription's code, instead of --subject.");
        var id = Text("--id-column", "CSV: the column with the event's id. Without it an id is the line's number.");
        var time = Text("--time-column", "CSV: the column with the time as RFC 3339; 'time' when not given.");
        var empty = new Option<string[]>("--when-empty")
        {
            Description = "CSV: what stands for an empty cell, such as bytes=0; may be repeated. Other empty cells are no property.",
            HelpName = "column=value",
        };
        return new Command("import", "Take in a file of usage events. Each is accepted, a duplicate, or refused with field and reason; twice adds nothing.")
        {
            file, delimiter, source, type, subject, subjectColumn, id, time, empty,
        }.Does(async (parsed, screen, cancel) =>
        {
            var path = parsed.GetRequiredValue(file).FullName;
            var columns = path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".ndjson", StringComparison.OrdinalIgnoreCase)
                ? null
                : new UsageColumns(
                    Delimiter(parsed.GetValue(delimiter)), Needed(parsed.GetValue(source), "--source"), Needed(parsed.GetValue(type), "--type"),
                    parsed.GetValue(subject),
                    parsed.GetValue(subject) is null ? Needed(parsed.GetValue(subjectColumn), "--subject or --subject-column") : null,
                    parsed.GetValue(id), parsed.GetValue(time) ?? "time", Pairs(parsed.GetValue(empty) ?? []));
            await using var database = await parsed.OpenDatabase(cancel);
            var import = new ImportUsage(database.Source, TimeProvider.System);
            var outcome = await Watched.Run(screen, $"import {Path.GetFileName(path)}",
                progress => import.Run(new UsageImport(path, columns, Verb.Actor), progress, cancel));
            if (outcome is UsageImportOutcome.NotBegun notBegun) throw new UsageException(notBegun.Problem);
            var finished = (UsageImportOutcome.Finished)outcome;
            screen.Result(finished, console => Draw(console, finished));
            return finished.Refused > 0 ? ExitCode.Findings : ExitCode.Done;
        });
    }

    private static Command Summarise() =>
        new Command("summarise", "Sum up all events that were accepted so far. 'tieout serve' does it by itself.").Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            await using var connection = await database.Source.OpenConnectionAsync(cancel);
            var batches = await UsageSummaries.Summarise(connection, TimeProvider.System, cancel);
            await UsageSummaries.CatchUp(connection, TimeProvider.System, cancel);
            screen.Result(new { batches }, console => console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{batches} batches summed up."));
            return ExitCode.Done;
        });

    private static Command Zone()
    {
        var account = new Argument<string>("account") { Description = "Code of the billing account." };
        var zone = new Argument<string>("zone") { Description = "Name in the tz database, such as Europe/Berlin." };
        return new Command("zone", "Set the time zone that decides on which day an account's usage falls; before its first usage.") { account, zone }
            .Does(async (parsed, screen, cancel) =>
            {
                var (code, name) = (parsed.GetRequiredValue(account), parsed.GetRequiredValue(zone));
                await using var database = await parsed.OpenDatabase(cancel);
                var outcome = await new AccountTimeZone(database.Source, TimeProvider.System).Set(code, name, cancel);
                screen.Result(new { account = code, zone = name, outcome }, console => console.MarkupLineInterpolated($"{Told(outcome, code, name)}"));
                return outcome is TimeZoneOutcome.Set or TimeZoneOutcome.Unchanged ? ExitCode.Done : ExitCode.Usage;
            });
    }

    private static string Told(TimeZoneOutcome outcome, string account, string zone) => outcome switch
    {
        TimeZoneOutcome.Set => $"Usage of {account} falls on the days of {zone} from now on.",
        TimeZoneOutcome.Unchanged => $"Usage of {account} falls on the days of {zone} already.",
        TimeZoneOutcome.UnknownZone => $"The tz database has no '{zone}'; names look like Europe/Berlin or UTC.",
        TimeZoneOutcome.UnknownAccount => $"No billing account has the code '{account}'.",
        TimeZoneOutcome.HasUsage => $"Account {account} has usage: another zone would move it between days that may be billed.",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "This outcome has no words."),
    };

    private static Option<string?> Text(string name, string description) => new(name) { Description = description, HelpName = "text" };

    private static string Needed(string? value, string option) =>
        string.IsNullOrWhiteSpace(value) ? throw new UsageException($"A CSV file needs {option}; see docs/usage.md.") : value;

    private static char Delimiter(string? text) => text switch
    {
        null => ',',
        "tab" => '\t',
        { Length: 1 } => text[0],
        _ => throw new UsageException("--delimiter takes one character, or 'tab'."),
    };

    private static Dictionary<string, string> Pairs(string[] texts) => texts.Select(text => text.Split('=', 2)).ToDictionary(
        pair => pair[0],
        pair => pair.Length == 2 ? pair[1] : throw new UsageException("--when-empty takes column=value, such as bytes=0."), StringComparer.Ordinal);

    private static void Draw(IAnsiConsole console, UsageImportOutcome.Finished outcome)
    {
        var sums = Screen.Table(">received", ">accepted", ">duplicate", ">refused");
        sums.AddRow(Screen.Count(outcome.Received), Screen.Count(outcome.Accepted), Screen.Count(outcome.Duplicate), Screen.Count(outcome.Refused));
        console.Write(sums);
        if (outcome.FirstRefused.Count == 0) return;
        var rows = Screen.Table(">line", "event", "field", "reason and remedy");
        foreach (var row in outcome.FirstRefused)
            rows.AddRow(
                Screen.Count(row.RowNo), Markup.Escape(row.Id), Markup.Escape(row.Refusal.Field),
                Markup.Escape($"{row.Refusal.Reason} {row.Refusal.Remedy}"));
        rows.Columns[3].NoWrap = false;
        console.Write(rows);
        if (outcome.Refused > outcome.FirstRefused.Count)
            console.MarkupLineInterpolated($"… and {Screen.Count(outcome.Refused - outcome.FirstRefused.Count)} more: GET /v1/usage/refused lists all.");
    }
}
