using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tieout.Application.Closing;
using Tieout.Cli.Terminal;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout close ENTITY 2026-10</c>.</summary>
internal static class CloseVerb
{
    public static Command Create()
    {
        var (entity, month, reason) = (LedgerVerbs.Entity(), Options.Month(), MonthEnd());
        var accept = new Option<string[]>("--accept")
        {
            Description = "A condition that is accepted although it does not hold, by its code; may be given more than once. 'tieout month check' lists them.",
            HelpName = "code",
        };
        var command = new Command("close", "Close the books of a legal entity through a month: nothing is booked in it any more (docs/close.md).")
        {
            entity, month, accept, reason,
        };
        return command.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var request = new CloseRequest(
                parsed.GetRequiredValue(entity).Trim(), parsed.GetRequiredValue(month), Verb.Actor, parsed.GetRequiredValue(reason).Trim())
            {
                Accept = [.. (parsed.GetValue(accept) ?? []).Select(code => code.Trim())],
            };
            return Told(screen, await new CloseBooks(database.Source, TimeProvider.System).Run(request, cancel));
        });
    }

    public static Option<string> MonthEnd() => new("--reason")
    {
        Description = "Why, or who signed; kept.",
        DefaultValueFactory = _ => "month end",
        HelpName = "text",
    };

    public static int Told(Screen screen, CloseOutcome outcome, bool soft = false)
    {
        switch (outcome)
        {
            case CloseOutcome.Closed closed:
                screen.Result(closed, console => console.MarkupLineInterpolated(
                    CultureInfo.InvariantCulture,
                    $"The books of {closed.LegalEntity} {(soft ? "take journals only" : "are closed")} through {closed.Through:yyyy-MM-dd}{AsBefore(closed)}."));
                return ExitCode.Done;
            case CloseOutcome.Changed changed:
                screen.Result(changed, console => console.MarkupLineInterpolated(
                    CultureInfo.InvariantCulture, $"{changed.Month} of {changed.LegalEntity} is {Domain.Words.Of(changed.State)}."));
                return ExitCode.Done;
            case CloseOutcome.NotFound(var code): throw new UsageException($"No legal entity has the code {code}.");
            case CloseOutcome.Refused no: throw new UsageException($"Nothing was changed: {no.Reason.TrimEnd('.')}. {no.Remedy}".Trim());
            default: throw new InvalidOperationException($"No answer for {outcome}.");
        }
    }

    private static string AsBefore(CloseOutcome.Closed closed) => closed.Again ? ", as before" : "";
}
