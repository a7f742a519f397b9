using System.CommandLine;
using System.Globalization;
using Npgsql;
using Spectre.Console;
using Tieout.Application.Catalog;
using Tieout.Application.Database;
using Tieout.Cli.Terminal;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout rate FILE.json</c>: what something would cost.</summary>
internal static class RateVerb
{
    public static Command Create()
    {
        var file = new Argument<FileInfo>("file") { Description = "JSON file: a price and what is rated by it; see docs/catalogue.md." };
        return new Command("rate", "Say what something would cost, each step of the arithmetic in words. Writes nothing.") { file }
            .Does(async (parsed, screen, cancel) =>
            {
                var question = await InputFile.Read(parsed.GetRequiredValue(file).FullName, cancel);
                // A price written out needs no database, so none is started for it.
                TieoutDatabase? database = null;
                try
                {
                    return Show(screen, await PreviewRating.Run(question, Open, cancel));
                }
                finally
                {
                    if (database is not null) await database.DisposeAsync();
                }

                async Task<NpgsqlConnection> Open(CancellationToken stop)
                {
                    database = await parsed.OpenDatabase(stop);
                    return await database.Source.OpenConnectionAsync(stop);
                }
            });
    }

    private static int Show(Screen screen, RatingOutcome outcome)
    {
        switch (outcome)
        {
            case RatingOutcome.Answered answered:
                screen.Result(answered.Preview, console => Draw(console, answered.Preview));
                return ExitCode.Done;
            case RatingOutcome.Refused refused:
                // The same text as the detail of the API's problem.
                screen.Note(string.Join('\n', refused.Problems));
                return ExitCode.Failed;
            default:
                throw new InvalidOperationException($"Unknown outcome {outcome}.");
        }
    }

    private static void Draw(IAnsiConsole console, RatingPreview preview)
    {
        var table = Screen.Table("step", ">amount");
        foreach (var step in preview.Steps) table.AddRow(Markup.Escape(step.Words), Exact(step.Amount));
        table.AddRow("[bold]exact[/]", Exact(preview.Exact));
        table.AddRow("[bold]rounded[/]", $"[bold]{Markup.Escape(preview.Rounded.ToString())}[/]");
        console.Write(table);
        foreach (var draw in preview.Draws)
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"draw {draw.Order}: {Exact(draw.Amount)} from {draw.Grant}");
        foreach (var convention in preview.Conventions) console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[dim]{convention}[/]");
    }

    private static string Exact(decimal amount) => amount.ToString("#,##0.00##########################", CultureInfo.InvariantCulture);
}
