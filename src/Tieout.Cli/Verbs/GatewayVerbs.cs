using System.CommandLine;
using System.Globalization;
using System.Text;
using Spectre.Console;
using Tieout.Application.Database;
using Tieout.Application.Gateways;
using Tieout.Cli.Terminal;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout gateway list|events|charges|clearing|import|book|payer</c>.</summary>
internal static class GatewayVerbs
{
    private const int Listed = 200;

    public static Command Create() => new("gateway", "Payment gateways: what they told, what is booked of it, what lies on clearing (docs/cash.md).")
    {
        List(), Events(), Charges(), Clearing(), Import(), GatewayFetchVerb.Create(), Book(), Payer(),
    };

    private static Command List()
    {
        var file = File();
        return new Command("list", "Gateways, where what they told stands, and what lies on clearing.") { file }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await Open(parsed, file, cancel);
            var gateways = await new FindGateways(database.Source).List(gateway: null, cancel);
            screen.Result(gateways, console =>
            {
                var table = Screen.Table("gateway", "legal entities", ">new", ">booked", ">waits", ">parked", ">events parked", ">on clearing");
                foreach (var one in gateways)
                    table.AddRow(
                        one.Name, string.Join(", ", one.LegalEntities.Select(pair => $"{pair.Key} {pair.Value}".Trim())), Screen.Count(one.New),
                        Screen.Count(one.Booked), Screen.Count(one.Waits), Screen.Count(one.Parked), Screen.Count(one.ParkedEvents),
                        string.Join(", ", one.Clearing));
                console.Write(table);
            });
            return gateways.Any(one => one.Parked + one.ParkedEvents > 0) ? ExitCode.Findings : ExitCode.Done;
        });
    }

    private static Command Events()
    {
        var (name, state) = (Name(), CashOptions.Text("--state", $"One of {string.Join(", ", FindGateways.States)}; all when not given.", "word"));
        return new Command("events", "Events of a gateway with what became of them, the newest first; at most 200.") { name, state }
            .Does(async (parsed, screen, cancel) =>
            {
                var asked = Word(parsed.GetValue(state), FindGateways.States);
                await using var database = await parsed.OpenDatabase(cancel);
                var rows = await new FindGateways(database.Source).Events(await Known(database, parsed.GetRequiredValue(name), cancel), asked, null, Listed, cancel);
                screen.Result(rows, console =>
                {
                    foreach (var one in rows)
                    {
                        console.MarkupLineInterpolated(
                            CultureInfo.InvariantCulture,
                            $"[bold]{one.Id}[/] {one.ReceivedAt:yyyy-MM-dd HH:mm} {one.Type} {one.Object} [dim]({one.State})[/] {string.Join(' ', one.Entries)}");
                        if (one.Reason.Length > 0) console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"    {one.Reason} {one.Remedy}");
                    }
                });
                return ExitCode.Done;
            });
    }

    private static Command Charges()
    {
        var (name, state) = (Name(), CashOptions.Text("--state", $"One of {string.Join(", ", FindCharges.States)}; all when not given.", "word"));
        return new Command("charges", "Charges and payouts of a gateway with what is proposed, the newest first; at most 200.") { name, state }
            .Does(async (parsed, screen, cancel) =>
            {
                var asked = Word(parsed.GetValue(state), FindCharges.States);
                await using var database = await parsed.OpenDatabase(cancel);
                var gateway = await Known(database, parsed.GetRequiredValue(name), cancel);
                var rows = await new FindCharges(database.Source, TimeProvider.System).List(gateway, asked, null, Listed, cancel);
                screen.Result(rows, console => Draw(console, rows));
                return ExitCode.Done;
            });
    }

    private static Command Clearing()
    {
        var name = Name();
        return new Command("clearing", "What lies on a gateway's clearing account and why, the oldest first; at most 200.") { name }
            .Does(async (parsed, screen, cancel) =>
            {
                await using var database = await parsed.OpenDatabase(cancel);
                var find = new FindGateways(database.Source);
                var rows = await find.OnClearing(await Known(database, parsed.GetRequiredValue(name), cancel), Listed, cancel);
                screen.Result(rows, console =>
                {
                    var table = Screen.Table("what", "entry", "since", ">amount", "currency", "why");
                    foreach (var one in rows)
                        table.AddRow(
                            one.Source, one.Entry, CashOptions.Day(one.Since), Screen.Amount(one.Amount.Amount, one.Amount.Currency.Code),
                            one.Amount.Currency.Code, Markup.Escape(one.Why));
                    console.Write(table);
                });
                return ExitCode.Done;
            });
    }

    private static Command Import()
    {
        var file = new Argument<string>("file")
        {
            Description = "Events and balance transactions as lines of JSON, or an itemised report as CSV; - for standard input.",
        };
        var gateway = new Option<string>("--gateway") { Description = "Name of the gateway.", Required = true, HelpName = "name" };
        var payout = CashOptions.Text("--payout", "All balance transactions of the file are part of this payout.", "id");
        var settings = File();
        const string What = "Take in what a gateway's exports hold, and book what follows. What the webhooks brought already adds nothing.";
        return new Command("import", What) { file, gateway, payout, settings }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await Open(parsed, settings, cancel);
            var name = await Known(database, parsed.GetRequiredValue(gateway), cancel);
            using var reader = new StreamReader(new MemoryStream(await InputFile.Read(parsed.GetRequiredValue(file), cancel)), Encoding.UTF8);
            var import = (await new ImportGateway(database.Source, TimeProvider.System).Run(name, reader, parsed.GetValue(payout), cancel))!;
            var counts = await new BookGateway(database.Source, TimeProvider.System).Run(name, again: false, cancel);
            screen.Result(new { import, booking = counts }, console =>
            {
                var table = Screen.Table(">taken", ">known", ">parked", ">ignored", ">movements", ">refused");
                table.AddRow(
                    Screen.Count(import.Taken), Screen.Count(import.Duplicates), Screen.Count(import.Parked), Screen.Count(import.Ignored),
                    Screen.Count(import.Movements), Screen.Count(import.Refused.Count));
                console.Write(table);
                console.Write(Drawn(counts));
            });
            foreach (var one in import.Refused)
                screen.Note(string.Create(CultureInfo.InvariantCulture, $"Line {one.Line} was not taken in ({one.Code}): {one.Reason} {one.Remedy}"));
            return import.Refused.Count + import.Parked + counts.Parked > 0 ? ExitCode.Findings : ExitCode.Done;
        });
    }

    private static Command Book()
    {
        var again = new Option<bool>("--again") { Description = "Look at all that waits or is parked as well, after something was mended." };
        var settings = File();
        return new Command("book", "Book what gateways told and is not booked.") { again, settings }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await Open(parsed, settings, cancel);
            var counts = await new BookGateway(database.Source, TimeProvider.System).Run(gateway: null, parsed.GetValue(again), cancel);
            screen.Result(counts, console => console.Write(Drawn(counts)));
            return counts.Parked > 0 ? ExitCode.Findings : ExitCode.Done;
        });
    }

    private static Command Payer()
    {
        var name = Name();
        var payer = new Argument<string>("payer") { Description = "The gateway's customer, such as cus_1, or a charge without one." };
        var account = new Argument<string>("account") { Description = "Code of the billing account." };
        return new Command("payer", "Say which billing account a gateway's customer is; what waited for that is booked.") { name, payer, account }
            .Does(async (parsed, screen, cancel) =>
            {
                var document = CashOptions.Document([("payer", parsed.GetRequiredValue(payer)), ("billing-account", parsed.GetRequiredValue(account))]);
                await using var database = await parsed.OpenDatabase(cancel);
                var gateway = await Known(database, parsed.GetRequiredValue(name), cancel);
                var outcome = await new NamePayer(database.Source, TimeProvider.System).Run(gateway, document, Verb.Actor, cancel);
                if (outcome is NamePayerOutcome.Unreadable bad) throw new UsageException($"Nothing was changed.\n{string.Join('\n', bad.Problems)}");
                var counts = await new BookGateway(database.Source, TimeProvider.System).Run(gateway, again: false, cancel);
                screen.Result(counts, console => console.Write(Drawn(counts)));
                return counts.Parked > 0 ? ExitCode.Findings : ExitCode.Done;
            });
    }

    internal static Argument<string> Name() => new("gateway") { Description = "Name of the gateway." };

    private static Option<FileInfo?> File() => new("--gateways")
    {
        Description = "YAML file of payment gateways: makes them known to the books; not needed once they are.",
        HelpName = "file",
    };

    private static async Task<TieoutDatabase> Open(ParseResult parsed, Option<FileInfo?> file, CancellationToken cancel)
    {
        var database = await parsed.OpenDatabase(cancel);
        if (parsed.GetValue(file) is { } settings) await GatewaySet.Load(settings, database, cancel);
        return database;
    }

    private static async Task<string> Known(TieoutDatabase database, string name, CancellationToken cancel) =>
        (await new FindGateways(database.Source).List(name, cancel)).Count > 0 ? name
            : throw new UsageException($"No gateway '{name}' is known to the books. Name its file once, with --gateways.");

    private static string? Word(string? asked, IReadOnlyList<string> words) => asked is null || words.Contains(asked, StringComparer.Ordinal) ? asked
        : throw new UsageException($"--state is one of {string.Join(", ", words)}.");

    internal static Table Drawn(GatewayCounts counts)
    {
        var table = Screen.Table(">looked at", ">booked", ">waits", ">parked", ">fees");
        table.AddRow(
            Screen.Count(counts.Looked), Screen.Count(counts.Booked), Screen.Count(counts.Waits), Screen.Count(counts.Parked), Screen.Count(counts.Fees));
        return table;
    }

    private static void Draw(IAnsiConsole console, IReadOnlyList<GatewayObject> rows)
    {
        foreach (var one in rows)
        {
            console.MarkupLineInterpolated(
                CultureInfo.InvariantCulture,
                $"[bold]{one.Id}[/] {one.Amount} {one.Customer} {one.Reference} [dim]({one.State})[/] {string.Join(' ', one.Entries)}");
            if (one.Reason.Length > 0) console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"    {one.Reason} {one.Remedy}");
            foreach (var proposal in one.Proposals)
            {
                var settles = proposal.Settles.Select(part => $"{part.Number} {Screen.Amount(part.Amount, proposal.Unapplied.Currency.Code)}");
                console.MarkupLineInterpolated(
                    CultureInfo.InvariantCulture,
                    $"    ({proposal.Score}) {proposal.BillingAccount} {string.Join(", ", settles)}: {string.Join(' ', proposal.Reasons)}");
            }
        }
    }
}
