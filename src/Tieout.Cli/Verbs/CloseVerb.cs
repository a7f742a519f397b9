using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tieout.Application.Invoicing;
using Tieout.Cli.Terminal;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout close ENTITY 2026-10</c>.</summary>
internal static class CloseVerb
{
    public static Command Create()
    {
        var entity = new Argument<string>("entity") { Description = "Code of the legal entity." };
        var month = Options.Month();
        var reason = new Option<string>("--reason")
        {
            Description = "Why, or who signed; kept with the run.",
            DefaultValueFactory = _ => "month end",
            HelpName = "text",
        };
        var command = new Command("close", "Close the books of a legal entity through a month: nothing is booked in it any more. Only forward.")
        {
            entity, month, reason,
        };
        return command.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var request = new CloseRequest(
                parsed.GetRequiredValue(entity).Trim(), parsed.GetRequiredValue(month), Verb.Actor, parsed.GetRequiredValue(reason).Trim());
            switch (await new CloseBooks(database.Source, TimeProvider.System).Run(request, cancel))
            {
                case CloseOutcome.Closed closed:
                    screen.Result(closed, console => console.MarkupLineInterpolated(
                        CultureInfo.InvariantCulture,
                        $"The books of {closed.LegalEntity} are closed through {closed.Through:yyyy-MM-dd}{(closed.Again ? ", as before" : "")}."));
                    return ExitCode.Done;
                case CloseOutcome.NotFound: throw new UsageException($"No legal entity has the code {request.LegalEntity}.");
                case CloseOutcome.Refused no: throw new UsageException($"Nothing was closed: {no.Reason.TrimEnd('.')}. {no.Remedy}".Trim());
                case var other: throw new InvalidOperationException($"No answer for {other}.");
            }
        });
    }
}
