using System.CommandLine;
using System.Security.Cryptography;
using Spectre.Console;
using Tieout.Application.Webhooks;
using Tieout.Cli.Terminal;
using Tieout.Connectors.Webhooks;
using Tieout.Domain.Webhooks;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout webhook endpoint|delivery|secret|deliver</c>.</summary>
internal static class WebhookVerbs
{
    private const int KeyBytes = 32;

    public static Command Create() => new("webhook", "Tell other programs what happens, signed (docs/webhooks.md).")
    {
        WebhookEndpointVerbs.Create(),
        WebhookDeliveryVerbs.Create(),
        Secret(),
        Deliver(),
    };

    /// <summary>What came of a change, or the trouble in words.</summary>
    public static T Value<T>(WebhookOutcome<T> outcome) => outcome switch
    {
        WebhookDone<T>(var value) => value,
        WebhookUnreadable<T> bad => throw new UsageException(PreviewVerb.Words(bad.Errors)),
        WebhookNotFound<T> missing => throw new UsageException(missing.Words),
        WebhookRefused<T> no => throw new UsageException($"Nothing was changed. {no.Reason} {no.Remedy}"),
        _ => throw new InvalidOperationException($"No words for {outcome}."),
    };

    public static Option<string> Reason() => new("--reason") { Description = "Why.", Required = true, HelpName = "text" };

    private static Command Secret() => new Command(
        "secret", "Make a new secret and print it, for the file or variable that an endpoint points to. It is kept nowhere.").Does((_, screen, _) =>
        {
            var secret = WebhookSecret.TextOf(RandomNumberGenerator.GetBytes(KeyBytes));
            // Not through the console's layout, which may break a line.
            screen.Result(new { secret }, _ => Console.Out.WriteLine(secret));
            return Task.FromResult(ExitCode.Done);
        });

    private static Command Deliver() => new Command(
        "deliver", "Send once whatever is due; tieout serve does it all the time.").Does(async (parsed, screen, cancel) =>
    {
        await using var database = await parsed.OpenDatabase(cancel);
        using var client = new WebhookClient(TimeProvider.System);
        var attempts = await new DeliverWebhooks(database.Source, TimeProvider.System, client).Run(cancel);
        var endpoints = await new WebhookEndpoints(database.Source, TimeProvider.System).List(cancel);
        screen.Result(new { attempts, endpoints }, console =>
        {
            console.MarkupLineInterpolated($"{Screen.Count(attempts)} attempts.");
            console.Write(WebhookEndpointVerbs.Drawn(endpoints));
        });
        return endpoints.Any(endpoint => endpoint.State == "disabled" || endpoint.Failed > 0) ? ExitCode.Findings
            : endpoints.Any(endpoint => endpoint.Waiting > 0) ? ExitCode.Waiting : ExitCode.Done;
    });
}
