using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tieout.Application.Webhooks;
using Tieout.Cli.Terminal;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout webhook delivery list|show|replay|plan|carry-out</c>.</summary>
internal static class WebhookDeliveryVerbs
{
    private const int Page = 50;

    public static Command Create() => new("delivery", "What was told, what came back, and sending it again.") { List(), Show(), Replay(), Plan(), CarryOut() };

    public static Table Drawn(IReadOnlyList<WebhookDelivery> deliveries)
    {
        var table = Screen.Table("delivery", "event", "key", "state", ">attempts", "next", "detail");
        foreach (var row in deliveries)
            table.AddRow(
                row.Id.ToString(), row.Event, Markup.Escape(row.Key), row.State, Screen.Count(row.Attempts), At(row.NextAt), Markup.Escape(row.Detail));
        return table;
    }

    private static Command List()
    {
        var endpoint = new Option<Guid?>("--endpoint") { Description = "Id of an endpoint." };
        var state = new Option<string?>("--state") { Description = "waiting, delivered, failed, held or cancelled." };
        var kind = new Option<string?>("--event") { Description = "Kind of event." };
        var key = new Option<string?>("--key") { Description = "The subject's key, such as an invoice number." };
        var after = new Option<long?>("--after") { Description = "The next of the page before." };
        return new Command("list", "Deliveries, the newest first.") { endpoint, state, kind, key, after }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var filter = new DeliveryFilter(parsed.GetValue(endpoint), parsed.GetValue(state), parsed.GetValue(kind), parsed.GetValue(key));
            var page = await new WebhookDeliveries(database.Source).Run(filter, parsed.GetValue(after), Page, cancel);
            screen.Result(page, console => console.Write(Drawn(page.Rows)));
            if (page.Next is { } next) screen.Note($"There are more: --after {next}");
            return ExitCode.Done;
        });
    }

    private static Command Show()
    {
        var id = Id();
        return new Command("show", "What is sent, and every attempt.") { id }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var found = await new WebhookDeliveries(database.Source).One(parsed.GetRequiredValue(id), cancel)
                ?? throw new UsageException("No delivery has this id.");
            screen.Result(found, console => Draw(console, found));
            return ExitCode.Done;
        });
    }

    private static Command Replay()
    {
        var (id, reason) = (Id(), WebhookVerbs.Reason());
        return new Command("replay", "Send one again, under the same webhook-id.") { id, reason }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var delivery = WebhookVerbs.Value(await new ReplayDelivery(database.Source, TimeProvider.System).Run(
                parsed.GetRequiredValue(id), Verb.Actor, parsed.GetRequiredValue(reason), cancel));
            screen.Result(delivery, console => console.Write(Drawn([delivery])));
            return ExitCode.Done;
        });
    }

    private static Command Plan()
    {
        var endpoint = new Argument<Guid>("endpoint") { Description = "Id of the endpoint." };
        var states = new Option<string[]>("--state") { Description = "failed, held, delivered; the first two unless given.", AllowMultipleArgumentsPerToken = true };
        var events = new Option<string[]>("--event") { Description = "Kinds of events; all when not given.", AllowMultipleArgumentsPerToken = true };
        var from = new Option<string?>("--from") { Description = "What happened at this instant or later, such as 2026-11-20T08:00:00Z." };
        var until = new Option<string?>("--until") { Description = "What happened before this instant." };
        return new Command("plan", "Say what a replay of many would send; nothing is sent.")
        {
            endpoint, states, events, from, until,
        }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var plan = WebhookVerbs.Value(await new ReplayRange(database.Source, TimeProvider.System).Plan(
                new ReplayPlanRequest
                {
                    Endpoint = parsed.GetRequiredValue(endpoint).ToString(),
                    States = parsed.GetValue(states),
                    Events = parsed.GetValue(events),
                    From = parsed.GetValue(from),
                    Until = parsed.GetValue(until),
                    Actor = Verb.Actor,
                }, cancel));
            screen.Result(plan, console => Draw(console, plan));
            return ExitCode.Done;
        });
    }

    private static Command CarryOut()
    {
        var id = new Argument<Guid>("plan") { Description = "Id of the plan." };
        var fingerprint = new Option<string>("--fingerprint") { Description = "The plan's, so that what was looked at is what goes.", Required = true };
        var reason = WebhookVerbs.Reason();
        return new Command("carry-out", "Send what a plan listed, once.") { id, fingerprint, reason }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var plan = WebhookVerbs.Value(await new ReplayRange(database.Source, TimeProvider.System).CarryOut(
                parsed.GetRequiredValue(id), parsed.GetRequiredValue(fingerprint), Verb.Actor, parsed.GetRequiredValue(reason), cancel));
            screen.Result(plan, console => Draw(console, plan));
            return ExitCode.Done;
        });
    }

    private static void Draw(IAnsiConsole console, ReplayPlan plan)
    {
        console.MarkupLineInterpolated($"plan {plan.Id}");
        console.MarkupLineInterpolated($"fingerprint {plan.Fingerprint}");
        console.MarkupLineInterpolated($"would send {Screen.Count(plan.Deliveries)}");
        if (plan.Replayed is { } sent) console.MarkupLineInterpolated($"sent on their way {Screen.Count(sent)}");
        foreach (var skipped in plan.Skipped) console.MarkupLineInterpolated($"leaves alone {Screen.Count(skipped.Count)} {skipped.State}: {skipped.Why}");
    }

    private static void Draw(IAnsiConsole console, DeliveryDetail found)
    {
        console.Write(Drawn([found.Delivery]));
        console.MarkupLineInterpolated($"{found.Delivery.MessageId} to {found.Url}");
        console.WriteLine(found.Body);
        foreach (var attempt in found.Attempts)
        {
            var ended = attempt.Outcome.Length == 0 ? "no end was recorded" : $"{attempt.Outcome} after {attempt.DurationMs} ms: {attempt.Detail}";
            console.MarkupLineInterpolated($"{Screen.Count(attempt.Number)}. {At(attempt.StartedAt)} {ended}");
            if (attempt.Answer.Length > 0) console.WriteLine(attempt.Answer);
        }
    }

    public static string At(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";

    private static Argument<Guid> Id() => new("id") { Description = "The delivery's id, as tieout webhook delivery list shows it." };
}
