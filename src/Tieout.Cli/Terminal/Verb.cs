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
                screen.Note("Stopped. What was finished stays; run the same command again to go on.");
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
        });
        return command;
    }

    /// <summary>Opens the database the call means, with its schema up to date.</summary>
    public static Task<TieoutDatabase> OpenDatabase(this ParseResult parsed, CancellationToken cancel, string name = "tieout") =>
        TieoutDatabase.Open(parsed.ConnectionString(), name, cancel);

    /// <summary>The connection string of the call or of the environment; null for the private database.</summary>
    public static string? ConnectionString(this ParseResult parsed) =>
        parsed.GetValue(DatabaseOption) ?? Environment.GetEnvironmentVariable("TIEOUT_DATABASE");
}
