using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Spectre.Console;
using Tieout.Application.Catalog;
using Tieout.Application.Journals;
using Tieout.Cli.Terminal;
using Tieout.Domain.Catalog;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout journal add|reverse|list|show</c>.</summary>
internal static class JournalVerbs
{
    private const int Listed = 200;

    public static Command Create() => new("journal", "Book by hand: balanced entries that go to the ERP like every document.") { Add(), Reverse(), List(), Show() };

    private static Command Add()
    {
        var file = new Argument<string>("file") { Description = "The journal as JSON, as docs/credits.md describes it; - for standard input." };
        var key = Key();
        return new Command("add", "Book a journal and stage it for the ERP.") { file, key }.Does(async (parsed, screen, cancel) =>
        {
            var bytes = await InputFile.Read(parsed.GetRequiredValue(file), cancel);
            List<PriceProblem> problems = [];
            if (StrictJson.Parse(bytes, problems) is not { } document) throw Unreadable(problems);
            await using var database = await parsed.OpenDatabase(cancel);
            var actor = document.ValueKind == System.Text.Json.JsonValueKind.Object && document.TryGetProperty("actor", out _) ? null : Verb.Actor;
            return Told(screen, await new BookJournal(database.Source, TimeProvider.System).Add(
                document, actor, parsed.GetValue(key) ?? $"cli:journal:{Convert.ToHexStringLower(SHA256.HashData(bytes))}", cancel));
        });
    }

    private static Command Reverse()
    {
        var (number, key) = (Number(), Key());
        var reason = new Option<string>("--reason") { Description = "Why. At most 200 characters.", Required = true, HelpName = "text" };
        var on = new Option<DateOnly?>("--on")
        {
            Description = "The day it is dated, such as 2026-11-30; its month must be open. Default: today, or the entry's own date while that is still to come.",
            CustomParser = ParseDay,
            HelpName = "date",
        };
        const string What = "Take an entry back whole, once, by the opposite lines: journal, write-off, payment, application, refund, step of a dispute.";
        return new Command("reverse", What) { number, reason, on, key }.Does(async (parsed, screen, cancel) =>
        {
            var request = new ReversalRequest(
                parsed.GetRequiredValue(number).Trim().ToUpperInvariant(), parsed.GetValue(on), parsed.GetRequiredValue(reason).Trim(), Verb.Actor,
                parsed.GetValue(key) ?? "");
            if (request.Key.Length == 0)
            {
                var text = string.Create(CultureInfo.InvariantCulture, $"{request.Number}|{request.On:yyyy-MM-dd}|{request.Reason}");
                request = request with { Key = $"cli:reverse:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}" };
            }
            await using var database = await parsed.OpenDatabase(cancel);
            return Told(screen, await new ReverseEntry(database.Source, TimeProvider.System).Run(request, cancel));
        });
    }

    private static Command List()
    {
        var entity = new Argument<string?>("entity") { Description = "Code of a legal entity; all when not given.", Arity = ArgumentArity.ZeroOrOne };
        return new Command("list", "Entries that are no invoices, the newest first; at most 200.") { entity }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var rows = await new FindJournals(database.Source).List(new JournalFilter(parsed.GetValue(entity)), Listed, cancel);
            screen.Result(rows, console => console.Write(Drawn(rows)));
            return ExitCode.Done;
        });
    }

    private static Command Show()
    {
        var number = Number();
        var command = new Command("show", "A journal with its lines and where it stands; tieout show tells its whole way.") { number };
        return command.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var found = await new FindJournals(database.Source).One(parsed.GetRequiredValue(number).Trim().ToUpperInvariant(), cancel)
                ?? throw new UsageException("No journal has this number.");
            screen.Result(found, console => Draw(console, found));
            return ExitCode.Done;
        });
    }

    internal static int Told(Screen screen, JournalOutcome outcome, string unknown = "No journal has this number.")
    {
        switch (outcome)
        {
            case JournalOutcome.Done(var journal, var again):
                screen.Result(new { journal, again }, console => Draw(console, journal));
                if (again) screen.Note("This was booked before, by the same words; nothing was added. Another one like it takes --key with a new name.");
                return ExitCode.Done;
            case JournalOutcome.NotFound: throw new UsageException(unknown);
            case JournalOutcome.Unreadable bad: throw Unreadable(bad.Problems);
            case JournalOutcome.Refused no: throw new UsageException($"Nothing was booked. {no.Field}: {no.Reason.TrimEnd('.')}. {no.Remedy}".Trim());
            case var other: throw new InvalidOperationException($"No words for {other}.");
        }
    }

    private static void Draw(IAnsiConsole console, Journal journal)
    {
        console.Write(Drawn([journal]));
        var sorted = journal.Lines.Any(line => line.Dimensions.Count > 0);
        var table = Screen.Table(["line", "account", "billing account", "settles", ">amount", "text", .. sorted ? ["dimensions"] : Array.Empty<string>()]);
        foreach (var line in journal.Lines)
            table.AddRow([
                line.No.ToString(CultureInfo.InvariantCulture), line.Account, Markup.Escape(line.BillingAccount), line.Settles,
                Screen.Amount(line.Amount.Amount, line.Amount.Currency.Code), Markup.Escape(line.Text),
                .. sorted ? [Markup.Escape(LedgerVerbs.InWords(line.Dimensions))] : Array.Empty<string>()]);
        console.Write(table);
    }

    private static Table Drawn(IReadOnlyList<Journal> journals)
    {
        var table = Screen.Table("journal", "kind", "entity", "date", ">amount", "currency", "state", "erp", "text");
        foreach (var journal in journals)
            table.AddRow(
                journal.Number, journal.Kind, Markup.Escape(journal.LegalEntity), journal.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                Screen.Amount(journal.Amount.Amount, journal.Amount.Currency.Code), journal.Amount.Currency.Code, journal.State, Markup.Escape(journal.ErpNumber),
                Markup.Escape(journal.Text));
        return table;
    }

    private static UsageException Unreadable(IEnumerable<PriceProblem> problems) => new($"Nothing was booked.\n{string.Join('\n', problems)}");

    private static Argument<string> Number() => new("number") { Description = "The journal's number, such as USJ-2026-0000001." };

    private static Option<string?> Key() => new("--key")
    {
        Description = "Names the request: the same name again adds nothing. Default: made of what is asked.",
        HelpName = "name",
    };

    private static DateOnly? ParseDay(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return day;
        result.AddError($"'{text}' is not a date; write year, month and day, such as 2026-11-30.");
        return null;
    }
}
