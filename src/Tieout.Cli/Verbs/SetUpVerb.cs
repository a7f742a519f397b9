using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tieout.Application.Database;
using Tieout.Application.Intake;
using Tieout.Application.Settings;
using Tieout.Cli.Terminal;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout setup FILE</c>.</summary>
internal static class SetUpVerb
{
    public static Command Create()
    {
        var file = new Argument<FileInfo>("file") { Description = "YAML file of legal entities, tax rates and plans; see docs/import.md." };
        return new Command("setup", "Declare legal entities, tax rates and plans. Again the same adds nothing; what is published never changes.") { file }
            .Does(async (parsed, screen, cancel) =>
            {
                var declared = Settings(() => BooksFile.Read(parsed.GetRequiredValue(file).FullName));
                await using var database = await parsed.OpenDatabase(cancel);
                var done = await Apply(database, declared, cancel);
                screen.Result(done, console => console.WriteLine(
                    $"New: {done.LegalEntities} legal entities, {done.TaxRates} tax rates, {done.Plans} plans, {done.Prices} prices"
                    + $"{More(done.Products, "products")}{More(done.Versions, "versions")}{More(done.Discounts, "discounts")}{More(done.Meters, "meters")}"
                    + $"{More(done.ChartAccounts, "accounts of the chart")}."));
                return ExitCode.Done;
            });
    }

    private static string More(int count, string what) => count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {count} {what}");

    /// <summary>Writes what is declared.</summary>
    /// <exception cref="UsageException">It contradicts what is published; nothing was written.</exception>
    internal static async Task<BooksOutcome.Done> Apply(TieoutDatabase database, BooksFile declared, CancellationToken cancel) =>
        await new SetUpBooks(database.Source).Run(declared, cancel) switch
        {
            BooksOutcome.Done done => done,
            BooksOutcome.Refused refused => throw new UsageException("Nothing was written.\n" + string.Join('\n', refused.Problems)),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };

    /// <summary>Reads a settings file; what is wrong in it is the caller's to mend.</summary>
    internal static T Settings<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (SettingsException wrong)
        {
            throw new UsageException(wrong.Message, wrong);
        }
    }
}
