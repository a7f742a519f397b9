using System.CommandLine;
using Tieout.Application.Database;

namespace Tieout.Cli.Terminal;

/// <summary>What all verbs share: the options that say where, and how trouble becomes a message and an exit code.</summary>
internal static class Verb
{
    /// <summary>The connection string, or nothing for the private database.</summary>
    public static readonly Option<string?> DatabaseOption = new("--database")
    {
        Description = "PostgreSQL 15 or newer to use, as URL or keywords. Default: TIEOUT_DATABASE, else a private one is started.",
        Recursive = true,
        HelpName = "connection",
    };

    /// <summary>Results as one JSON object.</summary>
    public static readonly Option<bool> JsonOption = new("--json")
    {
        Description = "Print the result as one JSON object on standard output.",
        Recursive = true,
    };

    /// <summary>The demo's database instead of the real one.</summary>
    public static readonly Option<bool> DemoOption = new("--demo")
    {
        Description = "Work on the database that 'tieout demo' left behind.",
        Recursive = true,
    };

    /// <summary>Who does it, for the records.</summary>
    public static string Actor => "cli:" + Environment.UserName;

    /// <summary>Gives the command its action, with trouble told in one line.</summary>
    public static Command Does(this Command command, Func<ParseResult, Screen, CancellationToken, Task<int>> action)
    {
        command.SetAction(async (parsed, cancel) =>
        {
            var screen = new Screen(parsed.GetValue(JsonOption));
            try
            {
                return await action(parsed, screen, cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                screen.Note($"Stopped{Left(screen)}. What was finished stays; run the same command again to go on.");
                return ExitCode.Stopped;
            }
            catch (UsageException wrong)
            {
                screen.Note(wrong.Message);
                return ExitCode.Usage;
            }
            catch (DatabaseTroubleException trouble)
            {
                screen.Note(trouble.Message);
                return ExitCode.Failed;
            }
            catch (Exception unexpected)
            {
                // Not a word of it is hidden: this is a bug of ours or a database that went away, and somebody has to find it.
                screen.Note($"Failed: {unexpected.Message} What was finished stays; the same command may be run again.\n{unexpected}");
                return ExitCode.Failed;
            }
        });
        return command;
    }

    private static string Left(Screen screen) => screen.Reached is var (title, progress)
        ? $": {title} has done {Screen.Count(progress.Done)}{(progress.Total > 0 ? $" of {Screen.Count(progress.Total)}" : "")} {progress.Unit}"
            + (progress.Total > progress.Done ? $", {Screen.Count(progress.Total - progress.Done)} are left" : "")
        : "";

    /// <summary>Opens the database the call means, with its schema up to date.</summary>
    public static Task<TieoutDatabase> OpenDatabase(this ParseResult parsed, CancellationToken cancel) =>
        TieoutDatabase.Open(parsed.ConnectionString(), parsed.DatabaseName(), cancel);

    /// <summary>The database's name on the private server.</summary>
    public static string DatabaseName(this ParseResult parsed) => parsed.GetValue(DemoOption) ? DemoDatabase.Name : "tieout";

    /// <summary>The connection string of the call or of the environment; null for the private database.</summary>
    public static string? ConnectionString(this ParseResult parsed)
    {
        var given = parsed.GetValue(DatabaseOption) ?? Environment.GetEnvironmentVariable("TIEOUT_DATABASE");
        return parsed.GetValue(DemoOption) && !string.IsNullOrWhiteSpace(given) ? DemoDatabase.On(given) : given;
    }
}
