using System.CommandLine;
using Spectre.Console;
using Tieout.Application.Reconciliation;
using Tieout.Cli.Terminal;
using Tieout.Domain;
using Tieout.Domain.Reconciliation;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout reconcile 2026-11</c>.</summary>
internal static class ReconcileVerb
{
    public static Command Create()
    {
        var month = Options.Month();
        var targets = Options.Targets();
        var command = new Command("reconcile", "Read back what the ERPs hold of a month and compare it with the subledger.") { month, targets };
        return command.Does(async (parsed, screen, cancel) =>
        {
            await using var set = TargetSet.Load(parsed.GetRequiredValue(targets));
            await using var database = await parsed.OpenDatabase(cancel);
            var asked = parsed.GetRequiredValue(month);
            var tieOut = new TieOutMonth(database.Source, TimeProvider.System, set.Targets);
            var outcome = await Watched.Run(screen, $"tie out {asked}", progress => tieOut.Run(asked, Verb.Actor, progress, cancel));
            screen.Result(outcome, console => console.Write(Drawn(outcome)));
            foreach (var entity in outcome.Entities.Where(entity => entity.Problem.Length > 0)) screen.Note($"{entity.LegalEntity}: {entity.Problem}");
            if (outcome.Entities.Count == 0) screen.Note($"Nothing was invoiced in {asked}: there is nothing to tie out.");
            return Code(outcome.Verdict);
        });
    }

    internal static Table Drawn(TieOutOutcome outcome)
    {
        var table = Screen.Table("legal entity", "target", "currency", ">ours", ">total", ">in the ERP", ">total", ">open", ">breaks", "verdict");
        foreach (var entity in outcome.Entities.SelectMany(entity => entity.Targets.Count > 1 ? entity.Targets.Append(entity) : [entity]))
            table.AddRow(
                entity.LegalEntity, Markup.Escape(entity.Target), entity.Currency,
                Screen.Count(entity.OurDocuments), Screen.Amount(entity.OurTotal, entity.Currency),
                Screen.Count(entity.TheirDocuments), Screen.Amount(entity.TheirTotal, entity.Currency),
                Screen.Count(entity.Unproven), Screen.Count(entity.Breaks), Coloured(entity.Verdict));
        return table;
    }

    /// <summary>The verdict in words; the colour only repeats them.</summary>
    internal static string Coloured(Verdict verdict)
    {
        var colour = verdict switch
        {
            Verdict.Reconciled => "green",
            Verdict.ReconciledWithWarnings => "yellow",
            _ => "red",
        };
        return $"[{colour}]{Words.Of(verdict).Replace('-', ' ')}[/]";
    }

    private static int Code(Verdict verdict) => verdict switch
    {
        Verdict.Reconciled or Verdict.ReconciledWithWarnings => ExitCode.Done,
        Verdict.Breaks => ExitCode.Findings,
        _ => ExitCode.Waiting,
    };
}
