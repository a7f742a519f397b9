using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tieout.Application.Catalog;
using Tieout.Application.Revenue;
using Tieout.Cli.Terminal;
using Tieout.Domain.Catalog;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout revenue contract add|event|show|list</c>.</summary>
internal static class RevenueContractVerbs
{
    private const int Listed = 200;

    public static Command Create() => new("contract", "Revenue contracts that are given: what was promised for which price, and what happened since.")
    {
        Add(), Event(), Show(), List(),
    };

    private static Command Add()
    {
        var file = Document("the contract, the subscriptions whose deferred lines it takes, who gives it and why");
        var key = Key();
        return new Command("add", "Give a contract; refused with its cause when it cannot be recognised. The next revenue run schedules it.") { file, key }.Does(
            async (parsed, screen, cancel) =>
            {
                var document = await Json(parsed.GetRequiredValue(file), cancel);
                await using var database = await parsed.OpenDatabase(cancel);
                return Told(screen, await new GiveContract(database.Source, TimeProvider.System).Add(document, Verb.Actor, KeyOf(parsed.GetValue(key)), cancel));
            });
    }

    private static Command Event()
    {
        var code = new Argument<string>("contract") { Description = "Its code." };
        var file = Document("what happened, who says so and why");
        var key = Key();
        return new Command("event", "Tell what happened to a contract: a modification, usage, a delivery.") { code, file, key }.Does(
            async (parsed, screen, cancel) =>
            {
                var document = await Json(parsed.GetRequiredValue(file), cancel);
                await using var database = await parsed.OpenDatabase(cancel);
                return Told(screen, await new GiveContract(database.Source, TimeProvider.System).AddEvent(
                    parsed.GetRequiredValue(code).Trim(), document, Verb.Actor, KeyOf(parsed.GetValue(key)), cancel));
            });
    }

    private static Command Show()
    {
        var code = new Argument<string>("contract") { Description = "Its code." };
        return new Command("show", "A contract's facts, what each month earns, what of it is booked, and its balances.") { code }.Does(
            async (parsed, screen, cancel) =>
            {
                await using var database = await parsed.OpenDatabase(cancel);
                return Told(screen, await new ReadContracts(database.Source).One(parsed.GetRequiredValue(code).Trim(), cancel));
            });
    }

    private static Command List()
    {
        var entity = RevenueVerbs.Entity();
        var after = new Option<string?>("--after") { Description = "Code of the last one of the page before.", HelpName = "code" };
        return new Command("list", "Given contracts by code, 200 a page.") { entity, after }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var reply = await new ReadContracts(database.Source).List(parsed.GetValue(entity)?.Trim(), parsed.GetValue(after)?.Trim(), Listed, cancel);
            if (reply is not RevenueReply.Contracts(var page)) throw RevenueVerbs.Refused(reply);
            screen.Result(page, console =>
            {
                var table = Screen.Table("contract", "legal entity", "currency", ">facts", "waits for a run");
                foreach (var head in page)
                    table.AddRow(
                        Markup.Escape(head.Code), Markup.Escape(head.LegalEntity), head.Currency, head.Versions.ToString(CultureInfo.InvariantCulture),
                        head.Waiting ? "yes" : "");
                console.Write(table);
            });
            return ExitCode.Done;
        });
    }

    private static Argument<FileInfo> Document(string what) => new("file") { Description = $"JSON file: {what}; see docs/revenue.md." };

    private static Option<string?> Key() => new("--key") { Description = "The same key again gives nothing a second time. Default: a new one.", HelpName = "text" };

    private static string KeyOf(string? given) => given?.Trim() ?? Guid.CreateVersion7().ToString();

    private static async Task<System.Text.Json.JsonElement> Json(FileInfo file, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        return StrictJson.Parse(await InputFile.Read(file.FullName, cancel), problems) ?? throw new UsageException(string.Join('\n', problems));
    }

    private static int Told(Screen screen, RevenueReply reply)
    {
        switch (reply)
        {
            case RevenueReply.Contract(var view, _):
                screen.Result(view, console => Draw(console, view));
                return view.Problems.Count > 0 ? ExitCode.Findings : ExitCode.Done;
            case RevenueReply.Unreadable(var problems):
                screen.Note(string.Join('\n', problems));
                return ExitCode.Failed;
            default:
                throw RevenueVerbs.Refused(reply);
        }
    }

    private static void Draw(IAnsiConsole console, ContractView view)
    {
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture,
            $"[bold]{view.Head.Code}[/] of {view.Head.LegalEntity}, for {string.Join(", ", view.Subscriptions)}; facts: {view.Head.Versions}");
        if (view.Head.Waiting) console.MarkupLine("Its schedules do not know all of them yet: tieout revenue run.");
        foreach (var problem in view.Problems) console.MarkupLineInterpolated($"{problem}");
        var months = Screen.Table("obligation", "earned in", ">scheduled", ">booked");
        foreach (var month in view.Months)
            months.AddRow(Markup.Escape(month.Obligation), month.Month.ToString(), RevenueVerbs.Figure(month.Scheduled), RevenueVerbs.Figure(month.Booked));
        console.Write(months);
        if (view.Answer is { } answer) RecogniseVerb.Balances(console, answer);
    }
}
