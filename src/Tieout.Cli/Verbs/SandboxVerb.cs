using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tieout.Cli.Terminal;
using Tieout.Sandbox;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout sandbox</c>.</summary>
internal static class SandboxVerb
{
    public static Command Create()
    {
        var port = new Option<int>("--port") { Description = "Port on 127.0.0.1; 0 takes a free one." };
        var slots = Slots();
        var work = Milliseconds("--sap-work-ms", "How long it works on a message.", 0);
        var folder = new Option<string?>("--legacy-folder") { Description = "Folder of the legacy ERP's files; without it one that goes with the sandbox." };
        var fixedWidth = new Option<bool>("--legacy-fixed") { Description = "The legacy ERP's files are of fixed width." };
        var confirm = ConfirmTo();
        var later = Milliseconds("--sap-books-after-ms", "How long it takes to book what it books later.", 20);
        var secret = new Option<string?>("--sap-confirm-secret-from")
        {
            Description = "Environment variable with the secret it confirms with; 'sandbox-confirms' when not given.",
            HelpName = "name",
        };
        var seed = new Option<long?>("--seed")
        {
            Description = "Faults of all kinds are drawn by this number: the same calls meet the same faults. GET /_sandbox/faults/log lists what struck.",
            HelpName = "number",
        };
        var rate = Rate();
        const string what = "Stand-ins for vendors' clouds on this machine: their contract, a ledger of their own, faults on demand.";
        return new Command("sandbox", what) { port, slots, work, confirm, secret, later, folder, fixedWidth, seed, rate }
            .Does(async (parsed, screen, cancel) =>
            {
                await using var sandbox = await SandboxServer.Start(
                    new SandboxOptions
                    {
                        Port = parsed.GetValue(port),
                        SapSlots = parsed.GetValue(slots),
                        SapWork = TimeSpan.FromMilliseconds(parsed.GetValue(work)),
                        SapConfirmsTo = parsed.GetValue(confirm),
                        SapConfirmsWith = Secret(parsed.GetValue(secret)),
                        SapBooksAfter = TimeSpan.FromMilliseconds(parsed.GetValue(later)),
                        LegacyFolder = parsed.GetValue(folder),
                        LegacyFixedWidth = parsed.GetValue(fixedWidth),
                        Seed = parsed.GetValue(seed),
                        FaultRate = (double)parsed.GetValue(rate),
                    }, cancel);
                screen.Result(new { url = sandbox.BaseUrl, legacyFolder = sandbox.LegacyFolder }, console => console.MarkupLineInterpolated($"{sandbox.BaseUrl}"));
                screen.Note($"Files of the legacy ERP lie in {sandbox.LegacyFolder}.");
                screen.Note("The sandbox listens. Ctrl-C ends it; it keeps nothing.");
                await Waiting.ForTheEnd(cancel);
                return ExitCode.Done;
            });
    }

    private static Option<int?> Slots()
    {
        var slots = new Option<int?>("--sap-slots")
        {
            Description = "Calls at once that the SAP stand-in takes; any number when not given.",
            HelpName = "number",
        };
        slots.Validators.Add(value => { if (value.GetValueOrDefault<int?>() < 0) value.AddError("--sap-slots: not below 0."); });
        return slots;
    }

    private static Option<int> Milliseconds(string name, string description, int usual)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "milliseconds", DefaultValueFactory = _ => usual };
        option.Validators.Add(value => { if (value.GetValueOrDefault<int>() < 0) value.AddError($"{name}: not below 0."); });
        return option;
    }

    private static Option<string?> ConfirmTo()
    {
        var confirm = new Option<string?>("--sap-confirm-to")
        {
            Description = "Where the SAP stand-in confirms what it books later, such as http://127.0.0.1:8130/v1/confirmations/sap-de; "
                + "{company} stands for the company code. It logs in as SAP.",
            HelpName = "url",
        };
        confirm.Validators.Add(value =>
        {
            if (value.GetValueOrDefault<string?>() is { } url && !(Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"))
                value.AddError("--sap-confirm-to: an address with http:// or https://.");
        });
        return confirm;
    }

    private static Option<decimal> Rate() => new("--fault-rate")
    {
        Description = "With --seed: the share of calls that are struck, from 0 to 1.",
        HelpName = "share",
        DefaultValueFactory = _ => 0.1m,
        CustomParser = given =>
        {
            if (decimal.TryParse(given.Tokens[0].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share) && share <= 1m) return share;
            given.AddError($"--fault-rate: '{given.Tokens[0].Value}' is no number from 0 to 1, such as 0.1.");
            return 0m;
        },
    };

    private static string Secret(string? variable) => variable is null ? new SandboxOptions().SapConfirmsWith
        : Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value
        : throw new UsageException($"--sap-confirm-secret-from: the environment variable {variable} is not set or empty.");
}
