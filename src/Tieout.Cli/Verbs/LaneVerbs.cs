using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tieout.Application.Posting.Lanes;
using Tieout.Cli.Terminal;
using Tieout.Domain;
using Tieout.Domain.Posting.Lanes;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout lane list|show|pause|drain|resume</c>.</summary>
internal static class LaneVerbs
{
    public static Command Create() => new("lane", "What goes into each ERP, how fast and until when; stop it and let it go on (docs/lanes.md).")
    {
        List(),
        Show(),
        Tell(LaneCommand.Pause, "No call begins any more; what is on the wire is finished. On all nodes, within a second."),
        Tell(LaneCommand.Drain, "Nothing new is sent; what is on the wire or in doubt is brought to its end."),
        Tell(LaneCommand.Resume, "Documents go again."),
    };

    private static Command List() => new Command("list", "Every lane: its slots, what waits, and when it will be done.").Does(async (parsed, screen, cancel) =>
    {
        await using var database = await parsed.OpenDatabase(cancel);
        var lanes = await new ReadLanes(database.Source, TimeProvider.System).All(cancel);
        screen.Result(lanes, console => console.Write(Drawn(lanes)));
        return ExitCode.Done;
    });

    private static Command Show()
    {
        var target = Target();
        return new Command("show", "One lane with everything it was ever told.") { target }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var name = parsed.GetRequiredValue(target);
            var found = await new ReadLanes(database.Source, TimeProvider.System).One(name, cancel)
                ?? throw new UsageException($"No program has worked for a target '{name}' yet. tieout lane list shows those there are.");
            screen.Result(found, console =>
            {
                console.Write(Drawn([found.Lane]));
                console.MarkupLineInterpolated($"Hours: {Hours(found.Lane)}. Batches of {Screen.Count(found.Lane.BatchSize)}; {Rate(found.Lane)}.");
                console.MarkupLineInterpolated($"Legal entities: {string.Join(", ", found.Lane.LegalEntities)}.");
                console.Write(Told(found.Commands));
            });
            return ExitCode.Done;
        });
    }

    private static Command Tell(LaneCommand command, string description)
    {
        var target = Target();
        var reason = new Option<string>("--reason") { Description = "Why; whoever finds the lane like this will ask.", Required = true, HelpName = "text" };
        return new Command(Words.Of(command), description) { target, reason }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var name = parsed.GetRequiredValue(target);
            var outcome = await new CommandLane(database.Source, TimeProvider.System).Run(name, command, Verb.Actor, parsed.GetRequiredValue(reason), cancel);
            var mode = outcome switch
            {
                LaneOutcome.Done done => Words.Of(done.Mode),
                LaneOutcome.NotFound none => throw new UsageException($"No program has worked for a target '{name}' yet. {There(none.Targets)}"),
                LaneOutcome.AlreadySo so => throw new UsageException($"Nothing was changed: {name} is {Words.Of(so.Mode)} already{By(so)}."),
                LaneOutcome.Unreadable bad => throw new UsageException(PreviewVerb.Words(bad.Errors)),
                _ => throw new InvalidOperationException($"No words for {outcome}."),
            };
            screen.Result(new { target = name, mode }, console => console.MarkupLineInterpolated($"{name} is {mode}."));
            return ExitCode.Done;
        });
    }

    private static string There(IReadOnlyList<string> targets) =>
        targets.Count > 0 ? $"There are {string.Join(", ", targets)}." : "There is none; tieout post makes them.";

    private static string By(LaneOutcome.AlreadySo so) =>
        so.Actor.Length > 0 ? FormattableString.Invariant($", since {so.At:yyyy-MM-dd HH:mm} UTC by {so.Actor}: {so.Reason}") : "";

    private static Table Drawn(IReadOnlyList<LaneView> lanes)
    {
        var table = Screen.Table("lane", "state", ">slots", ">busy", ">waiting", ">in doubt", ">gave up", ">per hour", "forecast");
        foreach (var lane in lanes)
            table.AddRow(
                lane.Target, Markup.Escape(lane.Why.Length > 0 ? $"{lane.State} ({lane.Why})" : lane.State), Slots(lane.Slots),
                Screen.Count(lane.Slots.Busy), Screen.Count(lane.Waiting.Documents), Screen.Count(lane.Waiting.InDoubt), Screen.Count(lane.DeadLetters),
                lane.DocumentsPerHour is { } pace ? Screen.Count(pace) : "", Markup.Escape(lane.Forecast.Words));
        if (lanes.Count == 0) table.AddRow("none yet", "tieout post makes them", "", "", "", "", "", "", "");
        return table;
    }

    private static Table Told(IReadOnlyList<LaneCommandView> commands)
    {
        var table = Screen.Table("when", "told to", "by", "why");
        foreach (var told in commands) table.AddRow(WebhookDeliveryVerbs.At(told.At), told.Command, Markup.Escape(told.Actor), Markup.Escape(told.Reason));
        if (commands.Count == 0) table.AddRow("never told anything", "", "", "");
        return table;
    }

    private static string Slots(LaneSlots slots) =>
        slots.Now == slots.Most ? Screen.Count(slots.Most) : string.Create(CultureInfo.InvariantCulture, $"{slots.Now} of {slots.Most}");

    private static string Rate(LaneView lane) =>
        lane.CallsPerMinute is { } calls ? string.Create(CultureInfo.InvariantCulture, $"{calls:N0} calls a minute") : "no rate";

    private static string Hours(LaneView lane) =>
        (lane.Hours.Open.Count > 0 ? string.Join(", ", lane.Hours.Open) : "always")
        + (lane.Hours.Maintenance.Count > 0 ? $", but not {string.Join(", ", lane.Hours.Maintenance)}" : "") + $" ({lane.Hours.Zone})";

    private static Argument<string> Target() => new("target") { Description = "As tieout lane list shows it." };
}
