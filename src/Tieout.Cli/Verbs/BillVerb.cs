using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Spectre.Console;
using Tieout.Application.Invoicing;
using Tieout.Cli.Terminal;
using Tieout.Domain;
using Tieout.Domain.Exchange;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout bill 2026-11</c>.</summary>
internal static class BillVerb
{
    public static Command Create()
    {
        var due = new Argument<BillingRequest>("due")
        {
            Description = "A month, such as 2026-11: what falls due in it, with invoices of its first day. Or a day, such as 2026-11-15: what falls due through it.",
            HelpName = "month or day",
            CustomParser = Due,
        };
        var workers = new Option<int>("--workers")
        {
            Description = "Parts billed at once.",
            DefaultValueFactory = _ => Math.Clamp(Environment.ProcessorCount, 1, 8),
        };
        workers.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 64) result.AddError("--workers takes a number from 1 to 64.");
        });
        var engines = TaxEngineSet.Taxing();
        var command = new Command("bill", "Bill every account for what falls due. Running it twice adds nothing; a run that was killed goes on.")
        {
            due, workers, engines,
        };
        return command.Does(async (parsed, screen, cancel) =>
        {
            await using var taxes = TaxEngineSet.LoadIfAny(parsed.GetValue(engines));
            await using var database = await parsed.OpenDatabase(cancel);
            var request = parsed.GetRequiredValue(due) with { Workers = parsed.GetValue(workers) };
            var bill = new BillAccounts(database.Source, TimeProvider.System, taxes.Taxes);
            var outcome = await Watched.Run(screen, $"bill {request.Scope}", progress => bill.Run(request, progress, cancel));
            screen.Result(outcome, console => console.Write(Drawn(outcome)));
            foreach (var note in Notes(outcome, request)) screen.Note(note);
            return outcome.Stopped.Count > 0 || outcome.Closed.Count > 0 && outcome.Totals.Count == 0 ? ExitCode.Findings : ExitCode.Done;
        });
    }

    private static IEnumerable<string> Notes(BillingOutcome outcome, BillingRequest request)
    {
        foreach (var entity in outcome.Closed) yield return $"{entity} was left out: its books are closed for {request.IssueDate:yyyy-MM-dd}.";
        foreach (var later in outcome.BeginsLater)
            yield return $"{later.LegalEntity} is billed from {later.From:yyyy-MM-dd} on, the month of its first run; what fell due before was billed elsewhere.";
        foreach (var stopped in outcome.Stopped)
        {
            var accounts = stopped.Accounts == 1 ? "1 account was" : $"{Screen.Count(stopped.Accounts)} accounts were";
            var why = stopped.Code == ExchangeTable.RateMissing ? "" : " such as:";
            yield return $"{accounts} not billed ({stopped.Code}):{why} {stopped.Cause} {stopped.Remedy}";
        }
    }

    private static BillingRequest? Due(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (AccountingMonth.TryParse(text, out var month)) return new BillingRequest(month, Verb.Actor);
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            return BillingRequest.On(day, Verb.Actor);
        result.AddError($"'{text}' is neither a month nor a day; write 2026-11 or 2026-11-15.");
        return null;
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
