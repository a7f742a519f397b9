using System.CommandLine;
using Spectre.Console;
using Tieout.Application.Tax;
using Tieout.Cli.Terminal;
using Tieout.Domain.Tax;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout tax import FILE</c>, <c>tieout tax check NUMBER</c>, <c>tieout tax commit</c>, <c>tieout tax release ENTITY</c>.</summary>
internal static class TaxVerbs
{
    public static Command Create() => new("tax", "Tax rates, VAT numbers, and tax engines; see docs/tax.md.") { Import(), Check(), Commit(), Release() };

    private static Command Import()
    {
        var file = new Argument<FileInfo>("file") { Description = "JSON file of VAT rates by country and day." };
        var command = new Command("import", "Take in VAT rates by country. Twice adds nothing; published rates never change.") { file };
        return command.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var outcome = await new ImportTaxRates(database.Source).Run(parsed.GetRequiredValue(file).FullName, cancel);
            if (outcome is TaxRatesOutcome.NotBegun notBegun) throw new UsageException(notBegun.Problem);
            var done = (TaxRatesOutcome.Done)outcome;
            screen.Result(done, console => Draw(console, done));
            return done.Refused.Count > 0 ? ExitCode.Findings : ExitCode.Done;
        });
    }

    private static Command Check()
    {
        var number = new Argument<string>("number") { Description = "A VAT number with its country in front, such as DE136695976." };
        return new Command("check", "Check format and check digits of a VAT number. Whether it is registered, only VIES can say.") { number }
            .Does((parsed, screen, _) =>
            {
                var (good, refusal) = VatNumber.Read(parsed.GetRequiredValue(number));
                screen.Result(
                    new { valid = good is not null, number = good?.ToString(), country = good?.Country, refusal?.Code, refusal?.Reason, refusal?.Remedy },
                    console => console.WriteLine(good is not null
                        ? $"{good}: format and check digits are right."
                        : $"This VAT number {refusal!.Reason}. {refusal.Remedy} ({refusal.Code})"));
                return Task.FromResult(good is not null ? ExitCode.Done : ExitCode.Findings);
            });
    }

    private static Command Commit()
    {
        var engines = TaxEngineSet.Option();
        var replay = new Option<string?>("--replay") { Description = "A parked invoice to be told again, by its number.", HelpName = "number" };
        var patience = new Option<int>("--patience")
        {
            Description = "Seconds to wait for what is not due yet.",
            DefaultValueFactory = _ => 30,
            HelpName = "seconds",
        };
        var command = new Command("commit", "Tell the tax engines of finished invoices, each exactly once.") { engines, replay, patience };
        return command.Does(async (parsed, screen, cancel) =>
        {
            await using var set = TaxEngineSet.Load(parsed.GetRequiredValue(engines));
            await using var database = await parsed.OpenDatabase(cancel);
            var commit = new CommitTaxes(database.Source, TimeProvider.System, set.Routes);
            if (parsed.GetValue(replay) is { } number && !await commit.Replay(number, $"by {Verb.Actor}", cancel))
                throw new UsageException($"Invoice '{number}' is not parked on its way to a tax engine; there is nothing to replay.");
            var summary = await commit.Run(TimeSpan.FromSeconds(parsed.GetValue(patience)), cancel);
            screen.Result(summary, console => console.Write(Drawn(summary)));
            foreach (var trouble in summary.Troubles) screen.Note(trouble);
            return summary.Waiting > 0 ? ExitCode.Waiting : summary.Counts.Any(count => count.State == "parked") ? ExitCode.Findings : ExitCode.Done;
        });
    }

    private static Command Release()
    {
        var entity = new Argument<string>("entity") { Description = "Code of the legal entity." };
        var from = new Option<DateOnly>("--from") { Description = "Documents of this day and later are taxed by our own table.", HelpName = "day", Required = true };
        var reason = new Option<string>("--reason") { Description = "Why.", HelpName = "text", Required = true };
        return new Command("release", "Say that a tax engine is to tax a legal entity no longer; until then nothing of it is billed without the engine.")
        {
            entity, from, reason,
        }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var outcome = await new ReleaseLegalEntity(database.Source, TimeProvider.System).Run(
                parsed.GetRequiredValue(entity), parsed.GetRequiredValue(from), parsed.GetRequiredValue(reason), Verb.Actor, cancel);
            if (outcome is ReleaseOutcome.Refused no) throw new UsageException(no.Reason);
            var done = (ReleaseOutcome.Released)outcome;
            screen.Result(done, console => console.WriteLine($"{done.LegalEntity} is taxed by our own table from {done.From:yyyy-MM-dd}."));
            return ExitCode.Done;
        });
    }

    private static Table Drawn(CommitSummary summary)
    {
        var table = Screen.Table("engine", "state", ">invoices");
        foreach (var count in summary.Counts) table.AddRow(Markup.Escape(count.Engine), count.State, Screen.Count(count.Invoices));
        if (summary.Counts.Count == 0) table.AddRow("nothing to commit", "", "0");
        return table;
    }

    private static void Draw(IAnsiConsole console, TaxRatesOutcome.Done done)
    {
        var sums = Screen.Table(">received", ">accepted", ">ended", ">unchanged", ">territories", ">refused");
        sums.AddRow(
            Screen.Count(done.Received), Screen.Count(done.Accepted), Screen.Count(done.Ended), Screen.Count(done.Unchanged),
            Screen.Count(done.Territories), Screen.Count(done.Refused.Count));
        console.Write(sums);
        if (done.Refused.Count == 0) return;
        var rows = Screen.Table("where", "reason and remedy");
        foreach (var row in done.Refused) rows.AddRow(Markup.Escape(row.Field), Markup.Escape($"{row.Reason} {row.Remedy}"));
        rows.Columns[1].NoWrap = false;
        console.Write(rows);
    }
}
