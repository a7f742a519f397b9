using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tieout.Application.Gateways;
using Tieout.Cli.Terminal;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout gateway fetch</c>.</summary>
internal static class GatewayFetchVerb
{
    public static Command Create()
    {
        var name = GatewayVerbs.Name();
        var file = new Option<FileInfo?>("--gateways")
        {
            Description = "YAML file of payment gateways; the key of the gateway's API is there.",
            HelpName = "file",
            Required = true,
        };
        var since = CashOptions.Text(
            "--since", "Events from this day on, such as 2026-11-30, UTC; since the last time when not given. Stripe keeps them for 30 days.", "date");
        const string What = "Ask the gateway's API for what webhooks missed and what payouts are made of, and book it. What is there already adds nothing.";
        return new Command("fetch", What) { name, file, since }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var gateways = await GatewaySet.Load(parsed.GetRequiredValue(file)!, database, cancel);
            var gateway = gateways.FirstOrDefault(one => one.Name == parsed.GetRequiredValue(name))
                ?? throw new UsageException($"The file has no gateway '{parsed.GetRequiredValue(name)}'.");
            if (gateway.Api is null) throw new UsageException($"Gateway '{gateway.Name}' has no secret-key in the file; its API cannot be asked.");
            var from = parsed.GetValue(since) is { } text ? Day(text) : (DateTimeOffset?)null;
            var fetched = await new FetchGateway(database.Source, TimeProvider.System).Run(gateway, from, cancel);
            screen.Result(fetched, console =>
            {
                var table = Screen.Table("since", ">taken", ">known", ">parked", ">ignored", ">payouts", ">movements");
                table.AddRow(
                    fetched.Since.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture), Screen.Count(fetched.Taken), Screen.Count(fetched.Duplicates),
                    Screen.Count(fetched.Parked), Screen.Count(fetched.Ignored), Screen.Count(fetched.Payouts), Screen.Count(fetched.Movements));
                console.Write(table);
                console.Write(GatewayVerbs.Drawn(fetched.Booking));
            });
            foreach (var one in fetched.Troubles) screen.Note($"Of {one.What} ({one.Code}): {one.Reason} {one.Remedy}");
            if (fetched.NotKept is { } until)
                screen.Note(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Events before {until:yyyy-MM-dd HH:mm}Z are not kept by Stripe any more; take in its itemised reports for them."));
            return fetched.Troubles.Any(one => one.Code == "refused") ? ExitCode.Failed
                : fetched.Parked + fetched.Booking.Parked > 0 || fetched.NotKept is not null || fetched.Troubles.Any(one => one.Code == "bad-object")
                    ? ExitCode.Findings
                : fetched.Complete ? ExitCode.Done : ExitCode.Waiting;
        });
    }

    private static DateTimeOffset Day(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero)
            : throw new UsageException($"--since: '{text}' is not a day; write it as 2026-11-30.");
}
