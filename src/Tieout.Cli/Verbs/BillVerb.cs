using System.CommandLine;
using Spectre.Console;
using Tieout.Application.Invoicing;
using Tieout.Cli.Terminal;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout bill 2026-11</c>.</summary>
internal static class BillVerb
{
    public static Command Create()
    {
        var month = Options.Month();
        var workers = new Option<int>("--workers")
        {
            Description = "Parts billed at once.",
            DefaultValueFactory = _ => Math.Clamp(Environment.ProcessorCount, 1, 8),
        };
        workers.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 64) result.AddError("--workers takes a number from 1 to 64.");
        });
        var command = new Command("bill", "Bill a month for every account. Running it twice adds nothing; a run that was killed goes on.") { month, workers };
        return command.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var request = new BillingRequest(parsed.GetRequiredValue(month), Verb.Actor, parsed.GetValue(workers));
            var closed = await ClosedBooks.In(database.Source, request.Month, cancel);
            if (closed.Count > 0) throw new UsageException("Nothing was billed. " + string.Join(' ', closed.Select(book => book.InWords(request.Month))));
            var bill = new BillMonth(database.Source, TimeProvider.System);
            var outcome = await Watched.Run(screen, $"bill {request.Month}", progress => bill.Run(request, progress, cancel));
            screen.Result(outcome, console => console.Write(Drawn(outcome)));
            return ExitCode.Done;
        });
    }

    private static Table Drawn(BillingOutcome outcome)
    {
        var table = Screen.Table("legal entity", "currency", ">invoices", ">credit memos", ">net", ">tax", ">total");
        foreach (var total in outcome.Totals)
            table.AddRow(total.LegalEntity, total.Currency, Screen.Count(total.Invoices), Screen.Count(total.CreditMemos),
                Screen.Amount(total.Net, total.Currency), Screen.Amount(total.Tax, total.Currency), Screen.Amount(total.Total, total.Currency));
        if (outcome.Totals.Count == 0) table.AddRow("nothing to add", "", "0", "0", "", "", "");
        return table;
    }
}
