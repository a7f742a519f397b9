using System.CommandLine;
using Spectre.Console;
using Tieout.Application.Views;
using Tieout.Cli.Terminal;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout status</c>.</summary>
internal static class StatusVerb
{
    public static Command Create()
    {
        var id = new Argument<string>("id") { Description = "Our number, an id of the document or its posting, or the ERP's own number." };
        return new Command("status", "Where a document stands, over all ERPs.") { id }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var found = await new ReadInvoiceStatus(database.Source).Run(parsed.GetRequiredValue(id), cancel)
                ?? throw new UsageException("No document has this number or id.");
            screen.Result(found, console =>
            {
                foreach (var document in found.Documents)
                {
                    console.MarkupLineInterpolated($"[bold]{document.Number}[/] {document.Kind} of {document.CustomerName}, {document.Entity} {document.Month}");
                    console.MarkupLineInterpolated($"{ExceptionVerbs.Worth([document.Total])}");
                    foreach (var posting in document.Postings)
                    {
                        console.MarkupLineInterpolated($"{posting.State}: {posting.Says} {Screen.Count(posting.Attempts)} attempts. {posting.LastDetail}");
                        foreach (var one in posting.Exceptions) console.MarkupLineInterpolated($"exception {one.Id} {one.Code}: {one.Cause}");
                    }
                }
            });
            return found.Documents.SelectMany(document => document.Postings).All(posting => posting.State == "posted") ? ExitCode.Done : ExitCode.Findings;
        });
    }
}
