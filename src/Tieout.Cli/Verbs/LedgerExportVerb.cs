using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tieout.Application.Ledger;
using Tieout.Cli.Terminal;
using Tieout.Domain;
using Tieout.Domain.Ledger.Exports;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout ledger export ENTITY --format hledger|beancount</c>.</summary>
internal static class LedgerExportVerb
{
    public static Command Create()
    {
        var entity = LedgerVerbs.Entity();
        var format = new Option<string>("--format") { Description = "hledger or beancount.", Required = true, HelpName = "program" };
        var from = LedgerVerbs.MonthOption("--from", "The first month. Default: the first with entries.");
        var until = LedgerVerbs.MonthOption("--until", "The last month, included. Default: the last with entries.");
        var file = new Option<string?>("--file") { Description = "Where to write it; - for standard output. Default: ENTITY-FROM-UNTIL here.", HelpName = "file" };
        return new Command("export", "Write the entries for hledger or beancount, with closing balances that those programs prove.")
        {
            entity, format, from, until, file,
        }.Does(async (parsed, screen, cancel) =>
        {
            var question = new ExportQuestion(
                parsed.GetRequiredValue(entity).Trim(), Format(parsed.GetRequiredValue(format)), parsed.GetValue(from), parsed.GetValue(until));
            await using var database = await parsed.OpenDatabase(cancel);
            var answer = await new ExportLedger(database.Source).Run(question, cancel);
            if (answer is not LedgerAnswer.File(var name, var write)) throw LedgerVerbs.Refused(answer);
            var place = parsed.GetValue(file) ?? name;
            if (place == "-")
            {
                await using var output = Console.OpenStandardOutput();
                await write(output, cancel);
                return ExitCode.Done;
            }
            var entries = await Into(place, write, cancel);
            screen.Result(new { file = place, entries }, console => console.MarkupLineInterpolated(
                CultureInfo.InvariantCulture, $"{entries:N0} entries are in {place}."));
            return ExitCode.Done;
        });
    }

    // Under another name until it is whole: what broke off is never taken for the books.
    private static async Task<long> Into(string place, Func<Stream, CancellationToken, Task<long>> write, CancellationToken cancel)
    {
        var unfinished = place + ".part";
        try
        {
            long entries;
            await using (var stream = File.Create(unfinished)) entries = await write(stream, cancel);
            File.Move(unfinished, place, overwrite: true);
            return entries;
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The file '{place}' cannot be written: {trouble.Message}", trouble);
        }
        finally
        {
            if (File.Exists(unfinished)) File.Delete(unfinished);
        }
    }

    private static ExportFormat Format(string word)
    {
        var words = Enum.GetValues<ExportFormat>().Select(Words.Of).ToList();
        return words.Contains(word, StringComparer.Ordinal)
            ? Words.Parse<ExportFormat>(word)
            : throw new UsageException($"--format: '{word}' is not one of {string.Join(", ", words)}.");
    }
}
