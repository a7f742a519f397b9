using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;
using Tieout.Application.Mapping;
using Tieout.Application.Settings;
using Tieout.Cli.Terminal;
using Tieout.Domain.Catalog;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout mapping import|list|show|diff|coverage|publish</c>.</summary>
internal static class MappingVerbs
{
    private const int FingerprintShown = 12;
    private const string Subjects = "routes, account-rules/TARGET or value-map/TARGET/MAP.";

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create() => new("mapping", "Routes, account rules and value maps as versions; see docs/mapping.md.")
    {
        Import(), List(), Show(), Diff(), Coverage(), Publish(),
    };

    private static Command Import()
    {
        var file = new Argument<FileInfo>("file") { Description = "YAML: kind (routes, account-rules, value-map), target, map, note, and rules or values." };
        return new Command("import", "Keep a file as the draft, in place of an earlier one. Nothing counts before it is published.") { file }
            .Does(async (parsed, screen, cancel) =>
            {
                var (subject, document) = Read(parsed.GetRequiredValue(file));
                await using var database = await parsed.OpenDatabase(cancel);
                var done = Done(await new MappingVersions(database.Source, TimeProvider.System).PutDraft(subject, document, cancel));
                screen.Result(done.Version, console => console.Write(Drawn([done.Version.Version])));
                var code = Told(screen, done.Version);
                if (!done.Changed) screen.Note("It says what is in force already; nothing was kept.");
                else if (code == ExitCode.Done) screen.Note($"The draft of {subject} stands; tieout mapping publish {Argument(subject)} makes it count.");
                return code;
            });
    }

    private static Command List() => new Command("list", "All versions, the newest first.").Does(async (parsed, screen, cancel) =>
    {
        await using var database = await parsed.OpenDatabase(cancel);
        var rows = await new MappingVersions(database.Source, TimeProvider.System).List(null, null, null, cancel);
        screen.Result(new { versions = rows }, console => console.Write(Drawn(rows)));
        return ExitCode.Done;
    });

    private static Command Show()
    {
        var subject = Subject();
        var version = new Option<string>("--version-number")
        {
            Description = "A number, draft or published.",
            DefaultValueFactory = _ => "published",
            HelpName = "version",
        };
        return new Command("show", "One version with its rules.") { subject, version }.Does(async (parsed, screen, cancel) =>
        {
            var asked = parsed.GetRequiredValue(subject);
            await using var database = await parsed.OpenDatabase(cancel);
            var found = await new MappingVersions(database.Source, TimeProvider.System).Read(asked, parsed.GetRequiredValue(version), cancel)
                ?? throw new UsageException($"There is no such version of {asked}.");
            screen.Result(found, console =>
            {
                console.Write(Drawn([found.Version]));
                Console.Out.WriteLine(found.Content.ToJsonString(Indented)); // not through the console's layout, which may break a line
            });
            return Told(screen, found);
        });
    }

    private static Command Diff()
    {
        var subject = Subject();
        return new Command("diff", "What publishing the draft would change, rule by rule.") { subject }.Does(async (parsed, screen, cancel) =>
        {
            var asked = parsed.GetRequiredValue(subject);
            await using var database = await parsed.OpenDatabase(cancel);
            var versions = new MappingVersions(database.Source, TimeProvider.System);
            var draft = await versions.Read(asked, "draft", cancel) ?? throw new UsageException($"There is no draft of {asked}.");
            var rows = MappingDifference.Between((await versions.Read(asked, "published", cancel))?.Content, draft.Content);
            screen.Result(new { differences = rows }, console => console.Write(Drawn(rows)));
            return Told(screen, draft);
        });
    }

    private static Command Coverage()
    {
        var draft = new Option<MappingSubject?>("--draft")
        {
            Description = "Look through a draft instead: " + Subjects,
            HelpName = "subject",
            CustomParser = ReadSubject,
        };
        return new Command("coverage", "What is not mapped of everything staged and parked, and how much money waits behind it.") { draft }
            .Does(async (parsed, screen, cancel) =>
            {
                var asked = parsed.GetValue(draft);
                await using var database = await parsed.OpenDatabase(cancel);
                var report = await new ReadMappingCoverage(database.Source).Run(asked, cancel)
                    ?? throw new UsageException($"There is no draft of {asked} that could be looked through: none stands, or its rules contradict each other.");
                screen.Result(report, console => Draw(console, report));
                return report.Gaps.Count > 0 ? ExitCode.Findings : ExitCode.Done;
            });
    }

    private static Command Publish()
    {
        var subject = Subject();
        var fingerprint = new Option<string?>("--fingerprint")
        {
            Description = "Of the draft that was looked at, or its beginning: another one is not published.",
            HelpName = "hex",
        };
        return new Command("publish", "Make the draft count, from now on and for everything that is not on its way yet.") { subject, fingerprint }
            .Does(async (parsed, screen, cancel) =>
            {
                await using var database = await parsed.OpenDatabase(cancel);
                var done = Done(await new MappingVersions(database.Source, TimeProvider.System).Publish(
                    parsed.GetRequiredValue(subject), Verb.Actor, parsed.GetValue(fingerprint)?.Trim() ?? "", cancel));
                screen.Result(done.Version, console => console.Write(Drawn([done.Version.Version])));
                return ExitCode.Done;
            });
    }

    private static (MappingSubject Subject, JsonElement Document) Read(FileInfo file)
    {
        try
        {
            return MappingFile.Read(file.FullName, Verb.Actor);
        }
        catch (SettingsException wrong)
        {
            throw new UsageException(wrong.Message, wrong);
        }
    }

    private static MappingOutcome.Done Done(MappingOutcome outcome) => outcome switch
    {
        MappingOutcome.Done done => done,
        MappingOutcome.Refused refused => throw new UsageException("Nothing was changed.\n" + Lines(refused.Problems)),
        MappingOutcome.NotFound missing => throw new UsageException(missing.Words),
        MappingOutcome.Conflict conflict => throw new UsageException($"Nothing was changed. {conflict.Reason} {conflict.Remedy}"),
        _ => throw new InvalidOperationException($"No words for {outcome}."),
    };

    // A draft that could not be published yet is something to look at.
    private static int Told(Screen screen, MappingVersion version)
    {
        foreach (var warning in version.Warnings) screen.Note(warning);
        if (version.Problems.Count == 0) return ExitCode.Done;
        screen.Note("It cannot be published yet.\n" + Lines(version.Problems));
        return ExitCode.Findings;
    }

    private static string Lines(IReadOnlyList<PriceProblem> problems) => string.Join('\n', problems);

    private static Argument<MappingSubject> Subject() => new("subject") { Description = Subjects, CustomParser = ReadSubject };

    private static MappingSubject ReadSubject(ArgumentResult result)
    {
        if (MappingSubject.Parse(result.Tokens[0].Value) is { } subject) return subject;
        result.AddError($"'{result.Tokens[0].Value}' is not one of {Subjects}");
        return MappingSubject.Routes;
    }

    private static string Argument(MappingSubject subject) => subject.Kind switch
    {
        MappingKind.Routes => "routes",
        MappingKind.AccountRules => $"account-rules/{subject.Target}",
        _ => $"value-map/{subject.Target}/{subject.Name}",
    };

    private static Table Drawn(IReadOnlyList<MappingVersionRow> rows)
    {
        var table = Screen.Table("kind", "target", "map", ">version", "state", ">rules", "fingerprint", "by", "at (UTC)", "note");
        foreach (var row in rows)
            table.AddRow(
                row.Kind, Markup.Escape(row.Target), Markup.Escape(row.Name), row.Number.ToString(CultureInfo.InvariantCulture),
                row.InForce ? "in force" : row.State,
                Screen.Count(row.Rules), row.Fingerprint[..FingerprintShown], Markup.Escape(row.PublishedBy.Length > 0 ? row.PublishedBy : row.Actor),
                (row.PublishedAt ?? row.DraftedAt).UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), Markup.Escape(row.Note));
        if (rows.Count == 0) table.AddRow("nothing drafted, nothing published: the targets file says everything");
        return table;
    }

    private static Table Drawn(IReadOnlyList<MappingDifference> rows)
    {
        var table = Screen.Table("rule", "change", "before", "after");
        foreach (var row in rows) table.AddRow(Markup.Escape(row.Name), row.Change, Markup.Escape(row.Before), Markup.Escape(row.After));
        (table.Columns[2].NoWrap, table.Columns[3].NoWrap) = (false, false);
        if (rows.Count == 0) table.AddRow("no difference");
        return table;
    }

    private static void Draw(IAnsiConsole console, MappingCoverage report)
    {
        var by = report.Previewed.Length > 0 ? $" by the draft of {report.Previewed}" : "";
        console.MarkupLineInterpolated($"{Screen.Count(report.Covered)} of {Screen.Count(report.Documents)} staged and parked documents are covered{by}.");
        if (report.Gaps.Count > 0)
        {
            var table = Screen.Table("finding", "target", ">documents", ">money", "what is missing", "such as");
            foreach (var gap in report.Gaps)
                table.AddRow(
                    gap.Code, Markup.Escape(gap.Target), Screen.Count(gap.Documents), string.Join('\n', gap.Money),
                    Markup.Escape(gap.Cause), Markup.Escape(gap.Examples[0]));
            table.Columns[4].NoWrap = false;
            console.Write(table);
        }
        if (report.Unused.Count == 0) return;
        var unused = Screen.Table("version", "rule that chose nothing");
        foreach (var rule in report.Unused) unused.AddRow(Markup.Escape(rule.Version), Markup.Escape(rule.Rule));
        console.Write(unused);
    }
}
