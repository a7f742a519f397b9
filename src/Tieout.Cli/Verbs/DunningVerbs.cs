using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;
using Tieout.Application.Catalog;
using Tieout.Application.Dunning;
using Tieout.Cli.Terminal;
using Tieout.Domain;
using Tieout.Domain.Catalog;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout dunning run|list|show|promise|hold|policy</c>.</summary>
internal static class DunningVerbs
{
    private const int Listed = 200;

    public static Command Create() => new("dunning", "Who owes too long: steps, notices, promises to pay, holds (docs/dunning.md).")
    {
        Run(), List(), Show(), Promise(), Hold(), Policy(),
    };

    private static Command Run() => new Command("run", "Look at all accounts now and give the notices that are due. Twice on a day adds nothing.")
        .Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var counts = await new RunDunning(database.Source, TimeProvider.System).Run(cancel);
            screen.Result(counts, console =>
            {
                var table = Screen.Table(">accounts", ">overdue", ">notices", ">promises kept", ">broken");
                table.AddRow(
                    Screen.Count(counts.Accounts), Screen.Count(counts.Overdue), Screen.Count(counts.Notices), Screen.Count(counts.Kept),
                    Screen.Count(counts.Broken));
                console.Write(table);
            });
            return ExitCode.Done;
        });

    private static Command List()
    {
        var state = CashOptions.Text("--state", $"One of {string.Join(", ", ReadDunning.States)}; all when not given.", "word");
        return new Command("list", "Accounts of which something is, or was, overdue, with the step they have reached; at most 200.") { state }
            .Does(async (parsed, screen, cancel) =>
            {
                var asked = parsed.GetValue(state);
                if (asked is not null && !ReadDunning.States.Contains(asked, StringComparer.Ordinal))
                    throw new UsageException($"--state is one of {string.Join(", ", ReadDunning.States)}.");
                await using var database = await parsed.OpenDatabase(cancel);
                var rows = await new ReadDunning(database.Source).List(asked, after: null, Listed, cancel);
                screen.Result(rows, console =>
                {
                    var table = Screen.Table("account", "state", ">step", "name", ">overdue", "currency", "next on", "looked on");
                    foreach (var one in rows)
                        table.AddRow(
                            one.BillingAccount, Words.Of(one.State), Screen.Count(one.Step), Markup.Escape(one.StepName),
                            Screen.Amount(one.Overdue.Amount, one.Overdue.Currency.Code), one.Overdue.Currency.Code,
                            one.NextOn is { } next ? CashOptions.Day(next) : "", CashOptions.Day(one.LookedOn));
                    console.Write(table);
                });
                return ExitCode.Done;
            });
    }

    private static Command Show()
    {
        var account = Account();
        return new Command("show", "An account with its notices, promises and holds, the newest first.") { account }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var sheet = await new ReadDunning(database.Source).One(parsed.GetRequiredValue(account).Trim(), cancel)
                ?? throw new UsageException("No billing account has this code.");
            screen.Result(sheet, console => Write(console, sheet));
            return ExitCode.Done;
        });
    }

    private static Command Promise()
    {
        var (account, reason) = (Account(), CashOptions.Reason());
        var until = CashOptions.Text("--until", "The last day on which the money keeps it, such as 2026-12-15.", "date");
        var invoices = new Option<string[]>("--invoice")
        {
            Description = "An invoice it is about. May be given several times; all that is overdue when not given.",
            HelpName = "number",
        };
        var withdraw = new Option<Guid?>("--withdraw") { Description = "Instead: the promise of this id counts no more.", HelpName = "id" };
        return new Command("promise", "Write down until when a customer says it pays, or take that back.") { account, until, invoices, withdraw, reason }
            .Does(async (parsed, screen, cancel) =>
            {
                var (code, promise) = (parsed.GetRequiredValue(account).Trim(), parsed.GetValue(withdraw));
                if (promise is null == parsed.GetValue(until) is null) throw new UsageException("Give either --until or --withdraw.");
                await using var database = await parsed.OpenDatabase(cancel);
                var promises = new PromisePayment(database.Source, TimeProvider.System);
                var named = parsed.GetValue(invoices) is { Length: > 0 } numbers ? new JsonArray([.. numbers.Select(number => (JsonNode)number)]) : null;
                return Told(screen, promise is { } id
                    ? await promises.Withdraw(code, id, CashOptions.Document([("reason", parsed.GetRequiredValue(reason))]), Verb.Actor, cancel)
                    : await promises.Give(
                        code, CashOptions.Document([("until", parsed.GetValue(until)), ("invoices", named), ("reason", parsed.GetRequiredValue(reason))]),
                        Verb.Actor, cancel));
            });
    }

    private static Command Hold()
    {
        var (account, reason) = (Account(), CashOptions.Reason());
        var until = CashOptions.Text("--until", "The last day; until it is released when not given.", "date");
        var release = new Option<bool>("--release") { Description = "Instead: let reminding go on." };
        return new Command("hold", "Stop reminding an account, or let it go on.") { account, until, release, reason }.Does(async (parsed, screen, cancel) =>
        {
            var code = parsed.GetRequiredValue(account).Trim();
            if (parsed.GetValue(release) && parsed.GetValue(until) is not null) throw new UsageException("Give either --until or --release.");
            var document = CashOptions.Document([("until", parsed.GetValue(until)), ("reason", parsed.GetRequiredValue(reason))]);
            await using var database = await parsed.OpenDatabase(cancel);
            var holds = new HoldDunning(database.Source, TimeProvider.System);
            return Told(screen, parsed.GetValue(release)
                ? await holds.Release(code, document, Verb.Actor, cancel) : await holds.Hold(code, document, Verb.Actor, cancel));
        });
    }

    private static Command Policy()
    {
        var entity = LedgerVerbs.Entity();
        var file = new Argument<string?>("file")
        {
            Description = "JSON as docs/dunning.md has it, - for standard input: sets a new version. Shows the one that counts when not given.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var reason = CashOptions.Text("--reason", "Why, with a file that does not say it. At most 200 characters.");
        return new Command("policy", "How a legal entity reminds those who owe it: show it, or set a new version.") { entity, file, reason }
            .Does(async (parsed, screen, cancel) =>
            {
                await using var database = await parsed.OpenDatabase(cancel);
                var (policies, code) = (new DunningPolicies(database.Source, TimeProvider.System), parsed.GetRequiredValue(entity).Trim());
                if (parsed.GetValue(file) is { } path)
                    return Told(screen, await policies.Set(code, await Document(path, parsed.GetValue(reason), cancel), Verb.Actor, cancel));
                var sheet = await policies.Find(code, cancel) ?? throw new UsageException($"No legal entity of code {code} has a dunning policy.");
                screen.Result(sheet, console => Write(console, sheet));
                return ExitCode.Done;
            });
    }

    private static async Task<JsonElement> Document(string path, string? reason, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        if (StrictJson.Parse(await InputFile.Read(path, cancel), problems) is not { ValueKind: JsonValueKind.Object } document)
            throw new UsageException($"The policy cannot be read.\n{string.Join('\n', problems)}");
        var node = JsonNode.Parse(document.GetRawText())!.AsObject();
        if (reason is not null) node["reason"] = reason;
        node.Remove("actor"); // who types is who sets it
        return JsonSerializer.SerializeToElement(node);
    }

    private static Argument<string> Account() => new("account") { Description = "Code of the billing account." };

    private static int Told(Screen screen, DunningReply reply)
    {
        switch (reply)
        {
            case DunningReply.Account(var sheet):
                screen.Result(sheet, console => Write(console, sheet));
                return ExitCode.Done;
            case DunningReply.Policy(var sheet, _):
                screen.Result(sheet, console => Write(console, sheet));
                return ExitCode.Done;
            case DunningReply.NotFound none: throw new UsageException(none.Reason);
            case DunningReply.Unreadable bad: throw new UsageException($"Nothing was changed.\n{string.Join('\n', bad.Problems)}");
            case DunningReply.Refused no: throw new UsageException($"Nothing was changed: {no.Field}: {no.Reason}. {no.Remedy}");
            default: throw new InvalidOperationException($"No answer for {reply}.");
        }
    }

    private static void Write(IAnsiConsole console, DunningPolicySheet sheet)
    {
        console.MarkupLineInterpolated(
            CultureInfo.InvariantCulture, $"Version {sheet.Version} of {sheet.LegalEntity}, days by {sheet.TimeZone}: {sheet.Reason} ({sheet.Actor})");
        var table = Screen.Table(">step", "name", ">days overdue", ">grace", "not below");
        foreach (var step in sheet.Steps)
            table.AddRow(
                Screen.Count(step.No), Markup.Escape(step.Name), Screen.Count(step.DaysOverdue), Screen.Count(step.GraceDays),
                string.Join(", ", step.Minimums.Select(pair => $"{Screen.Amount(pair.Value, pair.Key)} {pair.Key}")));
        console.Write(table);
    }

    private static void Write(IAnsiConsole console, DunningSheet sheet)
    {
        if (sheet.Status is { } status)
        {
            var next = status.NextOn is { } on ? $", next on {CashOptions.Day(on)}" : "";
            console.MarkupLineInterpolated(
                CultureInfo.InvariantCulture,
                $"[bold]{sheet.BillingAccount}[/] {status.State.Word()}, step {status.Step} {status.StepName}, {status.Overdue} overdue{next}");
        }
        else console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[bold]{sheet.BillingAccount}[/] nothing was ever overdue");
        foreach (var notice in sheet.Notices)
            console.MarkupLineInterpolated(
                CultureInfo.InvariantCulture,
                $"{notice.On:yyyy-MM-dd} step {notice.Step} {notice.Name}: {notice.Amount} of {string.Join(", ", notice.Invoices.Select(one => one.Number))}");
        foreach (var promise in sheet.Promises)
        {
            var about = string.Join(", ", promise.Invoices);
            console.MarkupLineInterpolated(
                CultureInfo.InvariantCulture,
                $"promised until {promise.Until:yyyy-MM-dd}, {promise.Outcome.Word()}: {about} ({promise.Actor}: {promise.Reason}) {promise.Id}");
        }
        foreach (var hold in sheet.Holds)
        {
            var released = hold.Released.Length > 0 ? $" released: {hold.Released}" : "";
            console.MarkupLineInterpolated(
                CultureInfo.InvariantCulture, $"held until {hold.Until:yyyy-MM-dd} ({hold.Actor}: {hold.Reason}){released}");
        }
    }

    private static string Word<T>(this T value) where T : struct, Enum => Words.Of(value);
}
