using System.CommandLine;
using Spectre.Console;
using Tieout.Application.Exceptions;
using Tieout.Cli.Terminal;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout exception plan|carry-out|result</c>.</summary>
internal static class ExceptionPlanVerbs
{
    public static Command Plan()
    {
        var filter = new FilterOptions();
        return filter.On(new Command("plan", "Say what a replay of all that match would do; nothing is sent.")).Does(async (parsed, screen, cancel) =>
        {
            var asked = filter.Read(parsed);
            await using var database = await parsed.OpenDatabase(cancel);
            var plan = ExceptionVerbs.Value(await new ReplayPlans(database.Source, TimeProvider.System).Make(asked, Verb.Actor, cancel));
            screen.Result(plan, console => Draw(console, plan));
            return ExitCode.Done;
        });
    }

    public static Command CarryOut()
    {
        var id = PlanId();
        var fingerprint = new Option<string>("--fingerprint") { Description = "The plan's, so that what was looked at is what goes.", Required = true };
        var reason = WebhookVerbs.Reason();
        return new Command("carry-out", "Replay what a plan listed, as far as it still stands so, once; tieout post or serve then sends it.")
        {
            id, fingerprint, reason,
        }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var carry = new CarryOutPlan(database.Source, TimeProvider.System);
            var plan = ExceptionVerbs.Value(await Watched.Run(screen, "replay", progress => carry.Run(
                parsed.GetRequiredValue(id), parsed.GetRequiredValue(fingerprint), Verb.Actor, parsed.GetRequiredValue(reason), progress, cancel)));
            screen.Result(plan, console => Draw(console, plan));
            return plan.Left > 0 ? ExitCode.Findings : ExitCode.Done;
        });
    }

    public static Command Result()
    {
        var id = PlanId();
        return new Command("result", "Case by case what a plan listed and what came of it, as CSV.") { id }.Does(async (parsed, _, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            if (await new ReplayPlans(database.Source, TimeProvider.System).One(parsed.GetRequiredValue(id), cancel) is null)
                throw new UsageException("No plan has this id.");
            await foreach (var line in new CaseFiles(database.Source, TimeProvider.System).Plan(parsed.GetRequiredValue(id), cancel)) Console.Out.Write(line);
            return ExitCode.Done;
        });
    }

    private static Argument<Guid> PlanId() => new("plan") { Description = "Id of the plan." };

    private static void Draw(IAnsiConsole console, CaseReplayPlan plan)
    {
        console.MarkupLineInterpolated($"plan {plan.Id}");
        console.MarkupLineInterpolated($"fingerprint {plan.Fingerprint}");
        console.MarkupLineInterpolated($"would replay {Screen.Count(plan.Postings)}, {ExceptionVerbs.Worth(plan.Values)}");
        foreach (var skipped in plan.Skipped)
            console.MarkupLineInterpolated($"leaves alone {Screen.Count(skipped.Count)}, {ExceptionVerbs.Worth(skipped.Values)}: {skipped.Why}");
        if (plan.State != "made")
            console.MarkupLineInterpolated($"{plan.State}: replayed {Screen.Count(plan.Replayed)}, left alone {Screen.Count(plan.Left)}, by {plan.DoneBy}");
    }
}
