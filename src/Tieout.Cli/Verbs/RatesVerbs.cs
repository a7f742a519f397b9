using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tieout.Application.Exchange;
using Tieout.Cli.Terminal;
using Tieout.Domain;
using Tieout.Domain.Exchange;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout rates import FILE</c>, <c>tieout rates on FROM TO DATE</c>.</summary>
internal static class RatesVerbs
{
    public static Command Create() => new("rates", "Rates of exchange; see docs/exchange.md.") { Import(), On() };

    private static Command Import()
    {
        var file = new Argument<FileInfo>("file") { Description = "CSV: date,base,quote,rate[,type][,source], or Date,Country,Exchange rate." };
        var type = new Option<string?>("--type") { Description = "Kind of the rates where the file does not say: spot, monthly-average, …", HelpName = "word" };
        var quoting = new Option<string?>("--quoting")
        {
            Description = "For a table by country whose figures do not tell: per-dollar or federal-reserve (dollars per unit for five countries).",
            HelpName = "word",
        };
        var correct = new Option<string?>("--correct") { Description = "Why other figures than those that stand are right; both are kept.", HelpName = "reason" };
        var command = new Command("import", "Take in rates of exchange. Every row is accepted, unchanged, or refused with field and reason; twice adds nothing.")
        {
            file, type, quoting, correct,
        };
        return command.Does(async (parsed, screen, cancel) =>
        {
            var word = parsed.GetValue(type);
            if (word is not null && !ExchangeRate.IsType(word)) throw new UsageException("--type takes small letters, digits and dashes, such as spot.");
            var request = new RatesRequest(
                parsed.GetRequiredValue(file).FullName, Verb.Actor, word, QuotingOf(parsed.GetValue(quoting)), parsed.GetValue(correct)?.Trim() ?? "");
            await using var database = await parsed.OpenDatabase(cancel);
            var outcome = await new ImportRates(database.Source, TimeProvider.System).Run(request, cancel);
            if (outcome is RatesOutcome.NotBegun notBegun) throw new UsageException(notBegun.Problem);
            var finished = (RatesOutcome.Finished)outcome;
            screen.Result(finished, console => Draw(console, finished));
            return finished.Refused > 0 ? ExitCode.Findings : ExitCode.Done;
        });
    }

    private static Command On()
    {
        var from = new Argument<string>("from") { Description = "The currency to convert, such as EUR." };
        var to = new Argument<string>("to") { Description = "The currency it becomes, such as GBP." };
        var date = new Argument<string>("date") { Description = "The day, such as 2026-11-02." };
        var type = new Option<string?>("--type") { Description = "Another kind of rate than the books' policy says.", HelpName = "word" };
        var command = new Command("on", "Show how one currency becomes another on a day, with every rate used.") { from, to, date, type };
        return command.Does(async (parsed, screen, cancel) =>
        {
            var (source, target) = (CurrencyOf(parsed.GetRequiredValue(from)), CurrencyOf(parsed.GetRequiredValue(to)));
            if (!DateOnly.TryParseExact(parsed.GetRequiredValue(date), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
                throw new UsageException("The day is written as 2026-11-02.");
            if (parsed.GetValue(type) is { } word && !ExchangeRate.IsType(word))
                throw new UsageException("--type takes small letters, digits and dashes, such as spot.");
            await using var database = await parsed.OpenDatabase(cancel);
            switch (await new FindRates(database.Source).On(source, target, day, parsed.GetValue(type), cancel))
            {
                case RateAnswer.Found found:
                    var shown = new FoundRate(source.Code, target.Code, day, found.Rate.Shown, found.Rate.Path);
                    screen.Result(shown, console => console.WriteLine(found.Rate.ToString()));
                    return ExitCode.Done;
                case RateAnswer.Missing missing:
                    screen.Note($"{missing.Finding.Cause} {missing.Finding.Remedy}");
                    return ExitCode.Findings;
                default: throw new InvalidOperationException("Unknown answer.");
            }
        });
    }

    private static Quoting? QuotingOf(string? word) => word switch
    {
        null => null,
        "per-dollar" => Quoting.PerDollar,
        "federal-reserve" => Quoting.FederalReserve,
        _ => throw new UsageException("--quoting takes per-dollar or federal-reserve."),
    };

    private static Currency CurrencyOf(string code) =>
        Currency.TryOf(code, out var currency)
            ? currency
            : throw new UsageException($"'{code}' is not a currency code of ISO 4217 (three capital letters, such as USD).");

    private static void Draw(IAnsiConsole console, RatesOutcome.Finished outcome)
    {
        var sums = Screen.Table(">received", ">accepted", ">unchanged", ">refused", "quoted");
        sums.AddRow(
            Screen.Count(outcome.Received), Screen.Count(outcome.Accepted), Screen.Count(outcome.Unchanged), Screen.Count(outcome.Refused),
            outcome.Quoting is { } quoting ? Words.Of(quoting) : "as the file says");
        console.Write(sums);
        if (outcome.Refused == 0) return;
        var codes = Screen.Table("refused for", ">rows");
        foreach (var (code, rows) in outcome.RefusedByCode) codes.AddRow(code, Screen.Count(rows));
        console.Write(codes);
        var table = Screen.Table(">line", "rate", "field", "reason and remedy");
        foreach (var row in outcome.FirstRefused)
            table.AddRow(Screen.Count(row.Place), Markup.Escape(row.Key), Markup.Escape(row.Field), Markup.Escape($"{row.Reason} {row.Remedy}"));
        table.Columns[3].NoWrap = false;
        console.Write(table);
        if (outcome.Refused > outcome.FirstRefused.Count)
            console.MarkupLineInterpolated($"… and {Screen.Count(outcome.Refused - outcome.FirstRefused.Count)} more; all of them: tieout show {outcome.Run}");
    }
}
