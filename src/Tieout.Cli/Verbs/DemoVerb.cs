using System.CommandLine;
using System.Diagnostics;
using Spectre.Console;
using Tieout.Application.Database;
using Tieout.Application.Demo;
using Tieout.Application.Invoicing;
using Tieout.Application.Posting;
using Tieout.Application.Reconciliation;
using Tieout.Cli.Terminal;
using Tieout.Domain;
using Tieout.Domain.Reconciliation;
using Tieout.Sandbox;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout demo</c>: the whole way of a month's invoices on sample books, into stand-ins, and into Tryton when it is found.</summary>
internal static class DemoVerb
{
    /// <summary>What <c>--json</c> prints.</summary>
    internal sealed record Result(
        long Invoices, IReadOnlyList<BilledTotal> Totals, IReadOnlyList<PostingCount> Postings, Verdict Verdict, double Seconds,
        string Month, IReadOnlyList<EntityVerdict> Entities);

    public static Command Create()
    {
        var once = new Option<bool>("--once") { Description = "End after the table instead of keeping the tower open." };
        var subscriptions = new Option<int>("--subscriptions")
        {
            Description = "How many subscriptions.",
            DefaultValueFactory = _ => SampleBooks.UsualSubscriptions,
        };
        var url = new Option<string>("--url") { Description = "Where the tower listens.", DefaultValueFactory = _ => "http://127.0.0.1:0" };
        subscriptions.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 5_000_000) result.AddError("--subscriptions takes a number from 1 to 5000000.");
        });
        return new Command("demo", "Bill a month of sample customers, post it, tie it out, and open the tower.") { once, subscriptions, url }
            .Does(async (parsed, screen, cancel) =>
            {
                await using var database = await DemoDatabase.Anew(parsed.ConnectionString(), cancel);
                await using var sandbox = await SandboxServer.Start(new SandboxOptions(), cancel);
                await using var targets = DemoTargets.Create(sandbox.BaseUrl, DemoTryton.Find(screen));
                await using var tower = parsed.GetValue(once) ? null : await Tower.Start(database, parsed.GetRequiredValue(url), cancel, targets: targets);
                if (tower is not null) screen.Note($"The tower is open at {tower.Address}");

                var result = await Run(database, targets, parsed.GetValue(subscriptions), screen, cancel);
                screen.Result(result, console => Draw(console, result));
                if (tower is null) return result.Verdict is Verdict.Reconciled or Verdict.ReconciledWithWarnings ? ExitCode.Done : ExitCode.Findings;
                screen.Note($"The tower is open at {tower.Address} until Ctrl-C.");
                await new DeliverAlways(database.Source, TimeProvider.System, targets.Targets).Run(screen.Note, cancel);
                return ExitCode.Done;
            });
    }

    private static async Task<Result> Run(TieoutDatabase database, TargetSet targets, int subscriptions, Screen screen, CancellationToken cancel)
    {
        var clock = TimeProvider.System;
        var watch = Stopwatch.StartNew();
        var month = AccountingMonth.Of(DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime));
        var sample = new SampleBooks(database.Source, clock);
        await Watched.Run(screen, "make sample customers", progress => sample.Run(subscriptions, month, SampleBooks.UsualSeed, progress, cancel));
        await DemoTryton.OwnSeries(database, targets, clock.GetUtcNow(), cancel);

        var bill = new BillAccounts(database.Source, clock);
        var billed = await Watched.Run(screen, $"bill {month}", progress => bill.Run(new BillingRequest(month, Verb.Actor), progress, cancel));
        var post = new PostDocuments(database.Source, clock, targets.Targets);
        var posted = await Watched.Run(screen, "post", progress => post.Run(Verb.Actor, TimeSpan.FromSeconds(30), progress, cancel));
        cancel.ThrowIfCancellationRequested();
        var tieOut = new TieOutMonth(database.Source, clock, targets.Targets);
        var tied = await Watched.Run(screen, $"tie out {month}", progress => tieOut.Run(month, Verb.Actor, progress, cancel));
        foreach (var trouble in posted.Troubles) screen.Note(trouble);
        var seconds = Math.Round(watch.Elapsed.TotalSeconds, 2, MidpointRounding.AwayFromZero);
        return new Result(billed.Invoices, billed.Totals, posted.Counts, tied.Verdict, seconds, month.ToString(), tied.Entities);
    }

    private static void Draw(IAnsiConsole console, Result result)
    {
        var sums = Screen.Table("legal entity", "currency", ">invoices", ">net", ">tax", ">total");
        foreach (var total in result.Totals)
            sums.AddRow(total.LegalEntity, total.Currency, Screen.Count(total.Invoices),
                Screen.Amount(total.Net, total.Currency), Screen.Amount(total.Tax, total.Currency), Screen.Amount(total.Total, total.Currency));
        console.Write(sums);
        console.Write(PostVerb.Drawn(result.Postings));
        console.Write(ReconcileVerb.Drawn(new TieOutOutcome(Guid.Empty, result.Verdict, result.Entities)));
        console.MarkupLine($"{result.Month}: {Screen.Count(result.Invoices)} invoices, {ReconcileVerb.Coloured(result.Verdict)}, {result.Seconds} seconds");
    }
}
