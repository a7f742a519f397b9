using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tieout.Application.Invoicing.Drafts;
using Tieout.Cli.Terminal;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout preview ACCOUNT --on 2026-12-01</c>; <c>--date</c>, as it was once called, is understood.</summary>
internal static class PreviewVerb
{
    public static Command Create()
    {
        var account = new Argument<string>("account") { Description = "Code of the billing account." };
        var on = new Option<string?>("--on", "--date") { Description = "What falls due through this day, invoices of this day. Default: today.", HelpName = "day" };
        var month = new Option<string?>("--month") { Description = "What a month's run would bill, such as 2026-12.", HelpName = "month" };
        var engines = TaxEngineSet.Taxing();
        var command = new Command("preview", "What billing an account would book, each step of the arithmetic in words. Nothing is written.")
        {
            account, on, month, engines,
        };
        return command.Does(async (parsed, screen, cancel) =>
        {
            await using var taxes = TaxEngineSet.LoadIfAny(parsed.GetValue(engines));
            await using var database = await parsed.OpenDatabase(cancel);
            var request = new InvoicePreviewRequest { Account = parsed.GetRequiredValue(account), Date = parsed.GetValue(on), Month = parsed.GetValue(month) };
            switch (await new PreviewInvoice(database.Source, TimeProvider.System, taxes.Taxes).Run(request, cancel))
            {
                case InvoicePreviewOutcome.Done { Accounts: [var preview] }:
                    screen.Result(preview, console => Draw(console, preview));
                    return preview.Findings.Count > 0 ? ExitCode.Findings : ExitCode.Done;
                case InvoicePreviewOutcome.Unreadable bad: throw new UsageException(Words(bad.Errors));
                case InvoicePreviewOutcome.NotFound: throw new UsageException($"No billing account has the code {request.Account}.");
                case var other: throw new InvalidOperationException($"No words for {other}.");
            }
        });
    }

    /// <summary>Every field that is wrong, a line each.</summary>
    public static string Words(IReadOnlyDictionary<string, string[]> errors) =>
        // What a request calls its date is --on here, as with every verb.
        "Nothing was changed.\n"
        + string.Join('\n', errors.SelectMany(field => field.Value, (field, text) => $"{(field.Key == "date" ? "on" : field.Key)}: {text}"));

    /// <summary>A document with its lines and how they came about.</summary>
    public static void Draw(IAnsiConsole console, PreviewedInvoice document)
    {
        var currency = document.Net.Currency.Code;
        console.MarkupLineInterpolated($"[bold]{Tieout.Domain.Words.Of(document.Kind)}[/] of {Day(document.IssueDate)}, due {Day(document.DueDate)}{For(document)}");
        var table = Screen.Table(">no", "what", "days", ">amount");
        foreach (var line in document.Lines)
        {
            table.AddRow(
                line.No.ToString(CultureInfo.InvariantCulture), Markup.Escape(line.Description), $"{Day(line.From)} to before {Day(line.Until)}",
                Screen.Amount(line.Amount.Amount, currency));
            foreach (var step in line.Steps)
                table.AddRow("", Markup.Escape($"  {step.Words}"), "", step.Amount.ToString("0.00##########", CultureInfo.InvariantCulture));
        }
        foreach (var tax in document.Taxes) table.AddRow("", Markup.Escape($"tax {tax.Code}: {tax.Explanation}"), "", Screen.Amount(tax.Tax.Amount, currency));
        table.AddRow("", "[bold]total[/]", currency, Screen.Amount(document.Total.Amount, currency));
        console.Write(table);
    }

    private static void Draw(IAnsiConsole console, InvoicePreview preview)
    {
        foreach (var finding in preview.Findings) console.MarkupLineInterpolated($"[red]{finding.Code}[/] {finding.Cause} {finding.Remedy}");
        foreach (var document in preview.Documents) Draw(console, document);
        foreach (var rolled in preview.Rollovers)
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture,
                $"Credit {rolled.Name}: of {rolled.Rest} left, {rolled.Kept} roll over on {Day(rolled.From)} and {rolled.Lost} are lost.");
        if (preview.Documents.Count == 0 && preview.Findings.Count == 0)
            console.MarkupLineInterpolated($"Nothing would be booked for {preview.Account} through {Day(preview.Through)}.");
        if (preview.Waits)
            console.WriteLine("Something waits: what comes to nothing together for the next document, what falls due later for its day.");
    }

    private static string For(PreviewedInvoice document) => document.Subscription is { } code ? $", subscription {code}" : "";

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
