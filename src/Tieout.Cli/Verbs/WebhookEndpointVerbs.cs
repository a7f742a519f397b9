using System.CommandLine;
using Spectre.Console;
using Tieout.Application.Webhooks;
using Tieout.Cli.Terminal;
using Tieout.Domain.Webhooks;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout webhook endpoint add|list|show|change|remove|rotate|test</c>.</summary>
internal static class WebhookEndpointVerbs
{
    public static Command Create() => new("endpoint", "Who is told, and of what.") { Add(), List(), Show(), Change(), Remove(), Rotate(), Test() };

    public static Table Drawn(IReadOnlyList<WebhookEndpoint> endpoints)
    {
        var table = Screen.Table("endpoint", "url", "state", ">waiting", ">failed", ">held", "secret");
        foreach (var endpoint in endpoints)
            table.AddRow(
                endpoint.Id.ToString(), Markup.Escape(endpoint.Url), endpoint.State, Screen.Count(endpoint.Waiting), Screen.Count(endpoint.Failed),
                Screen.Count(endpoint.Held), Markup.Escape(string.Join(", ", endpoint.Secrets.Select(secret => $"{secret.Kind} {secret.Place}"))));
        return table;
    }

    private static Command Add()
    {
        var url = new Argument<string>("url") { Description = "https, or http for this machine." };
        var events = Events($"Kinds of events, as many as wanted: {string.Join(", ", WebhookEvent.Kinds)}.");
        var (env, file) = Places();
        var description = new Option<string?>("--description") { Description = "For people.", HelpName = "text" };
        return new Command("add", "Tell an endpoint of what happens from now on.") { url, events, env, file, description }.Does((parsed, screen, cancel) =>
            Told(parsed, screen, (endpoints, _) => endpoints.Create(
                new EndpointRequest
                {
                    Url = parsed.GetRequiredValue(url),
                    Description = parsed.GetValue(description),
                    Events = parsed.GetValue(events),
                    Secret = new SecretPlace { Env = parsed.GetValue(env), File = parsed.GetValue(file) },
                    Actor = Verb.Actor,
                }, cancel), cancel));
    }

    private static Command List() => new Command("list", "Endpoints, with what waits, failed or is held.").Does(async (parsed, screen, cancel) =>
    {
        await using var database = await parsed.OpenDatabase(cancel);
        var rows = await new WebhookEndpoints(database.Source, TimeProvider.System).List(cancel);
        screen.Result(rows, console => console.Write(Drawn(rows)));
        return ExitCode.Done;
    });

    private static Command Show()
    {
        var id = Id();
        return new Command("show", "One endpoint.") { id }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var found = await new WebhookEndpoints(database.Source, TimeProvider.System).One(parsed.GetRequiredValue(id), cancel)
                ?? throw new UsageException("No endpoint has this id.");
            Show(screen, found);
            return ExitCode.Done;
        });
    }

    private static Command Change()
    {
        var (id, reason) = (Id(), WebhookVerbs.Reason());
        var url = new Option<string?>("--url") { Description = "https, or http for this machine." };
        var events = Events("Kinds of events, instead of those it has.");
        var state = new Option<string?>("--state") { Description = "enabled or disabled." };
        var description = new Option<string?>("--description") { Description = "For people.", HelpName = "text" };
        return new Command("change", "Change what is given; enable or disable.") { id, url, events, state, description, reason }.Does((parsed, screen, cancel) =>
            Told(parsed, screen, (endpoints, _) => endpoints.Change(
                parsed.GetRequiredValue(id),
                new EndpointChange
                {
                    Url = parsed.GetValue(url),
                    Description = parsed.GetValue(description),
                    Events = parsed.GetValue(events) is { Length: > 0 } kinds ? kinds : null,
                    State = parsed.GetValue(state),
                    Actor = Verb.Actor,
                    Reason = parsed.GetRequiredValue(reason),
                }, cancel), cancel));
    }

    private static Command Remove()
    {
        var (id, reason) = (Id(), WebhookVerbs.Reason());
        return new Command("remove", "Tell it nothing more; what waits or is held is cancelled.") { id, reason }.Does((parsed, screen, cancel) =>
            Told(parsed, screen, (endpoints, _) => endpoints.Remove(parsed.GetRequiredValue(id), Verb.Actor, parsed.GetRequiredValue(reason), cancel), cancel));
    }

    private static Command Rotate()
    {
        var (id, reason) = (Id(), WebhookVerbs.Reason());
        var (env, file) = Places();
        var overlap = new Option<string?>("--overlap-hours") { Description = "How long the old secret signs beside the new one; 24 when not given." };
        return new Command("rotate", "Give it a new secret.") { id, env, file, overlap, reason }.Does((parsed, screen, cancel) =>
            Told(parsed, screen, (_, rotate) => rotate.Run(
                parsed.GetRequiredValue(id),
                new RotationRequest
                {
                    Secret = new SecretPlace { Env = parsed.GetValue(env), File = parsed.GetValue(file) },
                    OverlapHours = parsed.GetValue(overlap),
                    Actor = Verb.Actor,
                    Reason = parsed.GetRequiredValue(reason),
                }, cancel), cancel));
    }

    private static Command Test()
    {
        var id = Id();
        return new Command("test", "Send it an event that tells nothing; it goes with what delivers.") { id }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var delivery = WebhookVerbs.Value(await new SendTest(database.Source, TimeProvider.System).Run(parsed.GetRequiredValue(id), cancel));
            screen.Result(delivery, console => console.Write(WebhookDeliveryVerbs.Drawn([delivery])));
            return ExitCode.Done;
        });
    }

    private static async Task<int> Told(
        ParseResult parsed, Screen screen, Func<WebhookEndpoints, RotateSecret, Task<WebhookOutcome<WebhookEndpoint>>> change, CancellationToken cancel)
    {
        await using var database = await parsed.OpenDatabase(cancel);
        Show(screen, WebhookVerbs.Value(await change(
            new WebhookEndpoints(database.Source, TimeProvider.System), new RotateSecret(database.Source, TimeProvider.System))));
        return ExitCode.Done;
    }

    private static void Show(Screen screen, WebhookEndpoint endpoint)
    {
        screen.Result(endpoint, console =>
        {
            console.Write(Drawn([endpoint]));
            console.MarkupLineInterpolated($"{string.Join(", ", endpoint.Events)}");
            if (endpoint.Why.Length > 0) console.MarkupLineInterpolated($"{endpoint.State}: {endpoint.Why}");
            foreach (var secret in endpoint.Secrets.Where(secret => secret.Until is not null))
                console.MarkupLineInterpolated($"{secret.Kind} {secret.Place} signs until {WebhookDeliveryVerbs.At(secret.Until)}.");
        });
        if (endpoint.Secrets.Any(secret => !secret.Readable))
            screen.Note("Not every secret can be read by this program. The one that delivers has to: tieout serve in its own environment.");
    }

    private static Argument<Guid> Id() => new("id") { Description = "The endpoint's id, as tieout webhook endpoint list shows it." };

    private static Option<string[]> Events(string words) => new("--event") { Description = words, AllowMultipleArgumentsPerToken = true, HelpName = "kind" };

    private static (Option<string?> Env, Option<string?> File) Places() => (
        new Option<string?>("--secret-env") { Description = "Environment variable of the program that delivers, with the secret.", HelpName = "name" },
        new Option<string?>("--secret-file") { Description = "File with the secret, on the machine that delivers.", HelpName = "path" });
}
