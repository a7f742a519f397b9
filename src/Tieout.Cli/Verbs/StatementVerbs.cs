using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;
using Tieout.Application.Catalog;
using Tieout.Application.Statements;
using Tieout.Cli.Terminal;
using Tieout.Domain;
using Tieout.Domain.Cash;
using Tieout.Domain.Catalog;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout statement import|match|lines|accept|book|decline|payer</c>.</summary>
internal static class StatementVerbs
{
    private const int Listed = 200;

    public static Command Create() => new("statement", "Bank statements: take them in, see what their payments may settle, decide.")
    {
        Import(), Match(), Lines(), Accept(), Book(), Decline(), PayerVerbs.Create(),
    };

    private static Command Import()
    {
        var file = new Argument<string>("file") { Description = "camt.053 of the bank, or a CSV file with --mapping; - for standard input." };
        var mapping = CashOptions.Text("--mapping", "JSON file that says what the columns of a CSV file mean; see docs/cash.md.", "file");
        var account = CashOptions.Text("--account", "Our account that a CSV file is of, by its number.", "iban");
        var currency = CashOptions.Text("--currency", "Its currency, where the number has an account in several.", "code");
        const string What = "Take a bank's statements in, each whole or not at all, and book what is certain. Twice adds nothing.";
        return new Command("import", What) { file, mapping, account, currency }.Does(async (parsed, screen, cancel) =>
        {
            var bytes = await InputFile.Read(parsed.GetRequiredValue(file), cancel);
            var csv = parsed.GetValue(mapping) is { } path
                ? CashOptions.Document([
                    ("account", parsed.GetValue(account)), ("currency", parsed.GetValue(currency)), ("mapping", await Mapping(path, cancel)),
                    ("csv", Encoding.UTF8.GetString(bytes))])
                : (JsonElement?)null;
            await using var database = await parsed.OpenDatabase(cancel);
            var import = new ImportStatement(database.Source, TimeProvider.System);
            using var stream = new MemoryStream(bytes);
            var outcome = csv is { } document ? await import.Csv(document, Verb.Actor, cancel) : await import.Camt(stream, Verb.Actor, cancel);
            if (outcome is StatementOutcome.Unreadable bad) throw new UsageException($"Nothing was taken in.\n{string.Join('\n', bad.Problems)}");
            var answer = ((StatementOutcome.Taken)outcome).Answer;
            screen.Result(answer, console => Draw(console, answer));
            foreach (var refused in answer.Refused) screen.Note($"{refused.Id} was not taken in. {string.Join(' ', refused.Problems)}");
            return answer.Refused.Count > 0 || answer.Statements.Any(one => one.Refused.Count > 0) ? ExitCode.Findings : ExitCode.Done;
        });
    }

    private static Command Match() => new Command("match", "Hold all undecided payments against what is open now, and book what is certain.")
        .Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var counts = await new ImportStatement(database.Source, TimeProvider.System).Match(cancel);
            screen.Result(counts, console => console.Write(Drawn(counts)));
            return ExitCode.Done;
        });

    private static Command Lines()
    {
        var state = CashOptions.Text("--state", $"One of {string.Join(", ", FindLines.States)}; all when not given.", "word");
        return new Command("lines", "Payments of bank statements with what is proposed, the newest first; at most 200.") { state }
            .Does(async (parsed, screen, cancel) =>
            {
                var asked = parsed.GetValue(state);
                if (asked is not null && !FindLines.States.Contains(asked, StringComparer.Ordinal))
                    throw new UsageException($"--state is one of {string.Join(", ", FindLines.States)}.");
                await using var database = await parsed.OpenDatabase(cancel);
                var rows = await new FindLines(database.Source).List(asked, after: null, Listed, cancel);
                screen.Result(rows, console => Draw(console, rows));
                return ExitCode.Done;
            });
    }

    private static Command Accept()
    {
        var line = Key();
        var proposal = CashOptions.Text("--proposal", "Id of the proposal to take, as 'statement lines' shows it.", "id");
        var account = CashOptions.Text("--account", "Code of the billing account whose money it is, instead of a proposal.", "code");
        var invoices = CashOptions.Invoices("With --account: an invoice it settles, and how much. May be given several times; the rest stays unapplied.");
        var (discounts, difference, reason) = (CashOptions.Discounts(), CashOptions.Difference(), CashOptions.Reason());
        return new Command("accept", "Book a payment as proposed, or for an account and invoices that are named.")
        { line, proposal, account, invoices, discounts, difference, reason }
            .Does(async (parsed, screen, cancel) =>
            {
                var document = CashOptions.Document([
                    ("proposal", parsed.GetValue(proposal)), ("billing-account", parsed.GetValue(account)),
                    ("invoices", CashOptions.Named(parsed.GetValue(invoices), parsed.GetValue(discounts))),
                    ("difference", parsed.GetValue(difference) ? true : null), ("reason", parsed.GetRequiredValue(reason))]);
                await using var database = await parsed.OpenDatabase(cancel);
                var decide = new DecideLine(database.Source, TimeProvider.System);
                return CashOptions.Told(screen, await decide.Accept(parsed.GetRequiredValue(line), document, Verb.Actor, cancel));
            });
    }

    private static Command Book()
    {
        var (line, reason) = (Key(), CashOptions.Reason());
        var account = new Option<string>("--account")
        {
            Description = $"The account of the ledger: one of {BankLineAccounts.AllInWords}.",
            Required = true,
            HelpName = "account",
        };
        return new Command("book", "Book a line that is no customer's: what the bank kept or paid, a transfer between our own accounts, other income or expense.")
        {
            line, account, reason,
        }.Does(async (parsed, screen, cancel) =>
        {
            var document = CashOptions.Document([("account", parsed.GetRequiredValue(account)), ("reason", parsed.GetRequiredValue(reason))]);
            await using var database = await parsed.OpenDatabase(cancel);
            var decide = new DecideLine(database.Source, TimeProvider.System);
            return CashOptions.Told(screen, await decide.Book(parsed.GetRequiredValue(line), document, Verb.Actor, cancel));
        });
    }

    private static Command Decline()
    {
        var (line, reason) = (Key(), CashOptions.Reason());
        return new Command("decline", "Say that nothing of what is proposed for a payment is meant.") { line, reason }.Does(async (parsed, screen, cancel) =>
        {
            var document = CashOptions.Document([("reason", parsed.GetRequiredValue(reason))]);
            await using var database = await parsed.OpenDatabase(cancel);
            var refused = await new DecideLine(database.Source, TimeProvider.System).Decline(parsed.GetRequiredValue(line), document, Verb.Actor, cancel);
            if (refused is not null) return CashOptions.Told(screen, refused);
            screen.Note("Declined.");
            return ExitCode.Done;
        });
    }

    private static Argument<string> Key() => new("line") { Description = "Key of the payment, as 'statement lines' shows it." };

    private static async Task<JsonNode> Mapping(string path, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        return StrictJson.Parse(await InputFile.Read(path, cancel), problems) is { } mapping
            ? JsonNode.Parse(mapping.GetRawText())!
            : throw new UsageException($"The mapping cannot be read.\n{string.Join('\n', problems)}");
    }

    private static void Draw(IAnsiConsole console, StatementAnswer answer)
    {
        var table = Screen.Table("account", "statement", ">opening", ">moved", ">closing", "currency", ">entries", ">known", ">refused");
        foreach (var one in answer.Statements)
            table.AddRow(
                one.Number, Markup.Escape(one.Name), Figure(one.Opening), Figure(one.Moved), Figure(one.Closing), one.Moved.Currency.Code,
                Screen.Count(one.Entries), Screen.Count(one.Known), Screen.Count(one.Refused.Count));
        console.Write(table);
        foreach (var refused in answer.Statements.SelectMany(one => one.Refused))
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"entry {refused.No} was not taken in: {refused.Problem}");
        console.Write(Drawn(answer.Matched));
    }

    private static Table Drawn(MatchCounts counts)
    {
        var table = Screen.Table(">booked", ">not booked", ">proposed", ">unapplied", ">unknown");
        table.AddRow(
            Screen.Count(counts.Booked), Screen.Count(counts.NotBooked), Screen.Count(counts.Proposed), Screen.Count(counts.Unapplied),
            Screen.Count(counts.Unknown));
        return table;
    }

    private static void Draw(IAnsiConsole console, IReadOnlyList<PaymentLine> lines)
    {
        foreach (var line in lines)
        {
            console.MarkupLineInterpolated(
                CultureInfo.InvariantCulture,
                $"[bold]{line.Key}[/] {CashOptions.Day(line.BookedOn)} {line.Amount} {line.Payer}: {line.Text} [dim]({$"{line.State} {line.Entry}".Trim()})[/]");
            foreach (var one in line.Before)
                console.MarkupLineInterpolated(
                    CultureInfo.InvariantCulture, $"    {one.Entry} booked it ({one.BookedBy}); {one.Actor} took that back by {one.Reversal}: {one.Reason}");
            foreach (var reason in line.Reasons) console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"    {reason}");
            foreach (var one in line.Proposals)
            {
                var settles = one.Settles.Select(part => $"{part.Number} {Screen.Amount(part.Amount, line.Amount.Currency.Code)}");
                var what = one.TakesBack + one.Payout + one.Refund + one.LedgerAccount + string.Join(", ", settles);
                console.MarkupLineInterpolated(
                    CultureInfo.InvariantCulture, $"    {one.Id} ({one.Score}) {one.BillingAccount} {what}: {string.Join(' ', one.Reasons)}");
            }
        }
    }

    private static string Figure(Money? amount) => amount is { } some ? Screen.Amount(some.Amount, some.Currency.Code) : "";
}
