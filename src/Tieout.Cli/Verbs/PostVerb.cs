using System.CommandLine;
using Spectre.Console;
using Tieout.Application.Posting;
using Tieout.Cli.Terminal;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout post</c>.</summary>
internal static class PostVerb
{
    public static Command Create()
    {
        var targets = Options.Targets();
        var patience = new Option<int>("--patience")
        {
            Description = "Seconds to wait for what is not due yet: an ERP out of reach, documents in doubt.",
            DefaultValueFactory = _ => 30,
            HelpName = "seconds",
        };
        var command = new Command("post", "Deliver everything that waits into the ERPs, each document exactly once.") { targets, patience };
        return command.Does(async (parsed, screen, cancel) =>
        {
            await using var set = TargetSet.Load(parsed.GetRequiredValue(targets));
            await using var database = await parsed.OpenDatabase(cancel);
            set.Hear(database.Source);
            var post = new PostDocuments(database.Source, TimeProvider.System, set.Targets);
            var summary = await Watched.Run(screen, "post",
                progress => post.Run(Verb.Actor, TimeSpan.FromSeconds(parsed.GetValue(patience)), progress, cancel));
            screen.Result(summary, console => console.Write(Drawn(summary.Counts)));
            foreach (var trouble in summary.Troubles) screen.Note(trouble);
            if (summary.Waiting > 0) screen.Note($"{Screen.Count(summary.Waiting)} documents wait; nothing is lost. Run the same command again to go on.");
            cancel.ThrowIfCancellationRequested();
            return Code(summary);
        });
    }

    internal static Table Drawn(IReadOnlyList<PostingCount> counts)
    {
        var table = Screen.Table("target", "state", ">documents");
        foreach (var count in counts) table.AddRow(count.Target.Length > 0 ? Markup.Escape(count.Target) : "(no route)", count.State, Screen.Count(count.Documents));
        if (counts.Count == 0) table.AddRow("nothing to post", "", "0");
        return table;
    }

    private static int Code(PostingSummary summary) =>
        summary.Waiting > 0 ? ExitCode.Waiting
        : summary.Counts.Any(count => count.State == "parked") ? ExitCode.Findings
        : ExitCode.Done;
}
