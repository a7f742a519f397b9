using System.CommandLine;
using System.Text.Json;
using Tieout.Application.Catalog;
using Tieout.Application.Subscriptions;
using Tieout.Cli.Terminal;
using Tieout.Domain.Subscriptions;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout subscription create FILE.json</c>: the same document as the API takes.</summary>
internal static class SubscriptionCreateVerb
{
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        Converters = { new AgreedPriceJson() },
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
    };

    public static Command Create()
    {
        var file = new Argument<FileInfo>("file") { Description = "What to subscribe to; docs/subscriptions.md describes it." };
        var days = new Option<int?>("--trial-days") { Description = "Days of trial instead of the plan's; 0 for none." };
        var reason = new Option<string?>("--reason") { Description = "Why; kept with the creation. Default: what the file says.", HelpName = "text" };
        var key = new Option<string?>("--key") { Description = "Of your own choice: the same key again is the same creation." };
        var preview = new Option<bool>("--preview") { Description = "Only say what it would do." };
        return new Command("create", "Create a subscription.") { file, days, reason, key, preview }.Does(async (parsed, screen, cancel) =>
        {
            var read = Read(parsed.GetRequiredValue(file));
            var request = read with
            {
                TrialDays = parsed.GetValue(days) ?? read.TrialDays,
                Reason = parsed.GetValue(reason) ?? read.Reason,
                Actor = Verb.Actor,
            };
            await using var database = await parsed.OpenDatabase(cancel);
            return parsed.GetValue(preview)
                ? SubscriptionVerbs.Previewed(await new PreviewSubscription(database.Source, TimeProvider.System).Create(request, cancel), screen)
                : SubscriptionVerbs.Amended(await new CreateSubscription(database.Source, TimeProvider.System).Run(request, parsed.GetValue(key), cancel), screen);
        });
    }

    private static SubscriptionRequest Read(FileInfo file) => Read<SubscriptionRequest>(file, "a subscription");

    /// <summary>A request, or part of one, as the API takes it.</summary>
    internal static T Read<T>(FileInfo file, string what)
    {
        if (!file.Exists) throw new UsageException($"There is no file {file.FullName}.");
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllText(file.FullName), Strict)
                ?? throw new UsageException($"The file holds nothing; write {what} as docs/subscriptions.md describes it.");
        }
        catch (JsonException bad)
        {
            throw new UsageException(
                $"{file.Name} cannot be read as {what}, at {bad.Path} in line {bad.LineNumber + 1}. docs/subscriptions.md describes it.", bad);
        }
    }
}
