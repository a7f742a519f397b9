using System.CommandLine;
using Spectre.Console;
using Tieout.Application.Database;
using Tieout.Application.Database.Embedded;
using Tieout.Cli.Terminal;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout backup FILE</c> and <c>tieout restore FILE</c>.</summary>
internal static class BackupVerbs
{
    public static Command CreateBackup()
    {
        var file = new Argument<FileInfo>("file") { Description = "Where to; written whole or not at all." };
        return new Command("backup", "Write the whole database, as it stands at one instant, into one file.") { file }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var path = parsed.GetRequiredValue(file).FullName;
            var manifest = await Backup.Write(database.Source, path, cancel);
            screen.Result(new { file = path, tables = manifest.Tables.Count, rows = manifest.Rows }, console =>
                console.MarkupLineInterpolated($"{Screen.Count(manifest.Rows)} rows of {manifest.Tables.Count} tables in {path}."));
            return ExitCode.Done;
        });
    }

    public static Command CreateRestore()
    {
        var file = new Argument<FileInfo>("file") { Description = "What 'tieout backup' has written." };
        var replace = new Option<bool>("--replace") { Description = "Replace what is in the database. Without it only an empty one is filled." };
        return new Command("restore", "Fill the database from a backup: all of it, or nothing.") { file, replace }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await TieoutDatabase.OpenAsItIs(
                parsed.ConnectionString(), parsed.DatabaseName(), EmbeddedPostgresOptions.FromEnvironment(), cancel);
            var manifest = await Restore.Run(
                database.Source, parsed.GetRequiredValue(file).FullName, parsed.GetValue(replace), Migrations.Shipped, cancel);
            screen.Result(new { tables = manifest.Tables.Count, rows = manifest.Rows }, console =>
                console.MarkupLineInterpolated($"{Screen.Count(manifest.Rows)} rows of {manifest.Tables.Count} tables restored."));
            return ExitCode.Done;
        });
    }
}
