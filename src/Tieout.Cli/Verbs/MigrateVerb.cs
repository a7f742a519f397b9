using System.CommandLine;
using Spectre.Console;
using Tieout.Cli.Terminal;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout migrate</c>: every verb does it by itself; this one only says so.</summary>
internal static class MigrateVerb
{
    public static Command Create() =>
        new Command("migrate", "Bring the database's schema up to date. Other verbs do it by themselves.").Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var applied = database.Applied.Select(step => step.Name).ToList();
            screen.Result(new { applied }, console => console.MarkupLineInterpolated(
                $"{(applied.Count == 0 ? "The schema is up to date." : "Applied " + string.Join(", ", applied) + ".")}"));
            return ExitCode.Done;
        });
}
