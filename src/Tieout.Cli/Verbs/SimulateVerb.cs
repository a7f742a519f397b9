using System.CommandLine;
using System.Diagnostics;
using Spectre.Console;
using Tieout.Cli.Terminal;
using Tieout.Domain;
using Tieout.Simulation;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout simulate</c>.</summary>
internal static class SimulateVerb
{
    public static Command Create()
    {
        var runs = new Option<int>("--runs")
        {
            Description = "How many seeds to play. With 1, the history of the run is told.",
            DefaultValueFactory = _ => 1_000,
            HelpName = "N",
        };
        var seed = new Option<int>("--seed")
        {
            Description = "The first seed. The same seed plays the same story, to the last step.",
            DefaultValueFactory = _ => 1,
            HelpName = "S",
        };
        var without = new Option<string[]>("--without")
        {
            Description = "Faults that shall not strike, by name.",
            HelpName = "fault",
            AllowMultipleArgumentsPerToken = true,
        };
        runs.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 10_000_000) result.AddError("--runs takes a number from 1 to 10000000.");
        });
        return new Command("simulate", "Play the delivery of documents in virtual time, with every fault there is, against ERPs whose ledgers are the witness.")
        {
            runs, seed, without,
        }.Does((parsed, screen, cancel) => Task.FromResult(Run(
            new SimulationRequest(parsed.GetValue(runs), parsed.GetValue(seed)) { Without = Named(parsed.GetValue(without) ?? []) }, screen, cancel)));
    }

    private static int Run(SimulationRequest request, Screen screen, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        var told = Stopwatch.StartNew();
        var gate = new Lock();
        var report = Simulator.Run(request, Done, request.Runs == 1 && !screen.Json ? Console.Out.WriteLine : null, cancel);
        screen.Result(report, console => Draw(console, report));
        screen.Note($"{Screen.Count(report.Runs)} runs in {watch.Elapsed.TotalSeconds:0} s.");
        if (!report.IsGood) screen.Note($"Play one that failed again with: tieout simulate --runs 1 --seed {report.Failed[0]}");
        return report.IsGood ? ExitCode.Done : ExitCode.Failed;

        void Done(int count)
        {
            lock (gate)
            {
                if (told.Elapsed < TimeSpan.FromSeconds(5)) return;
                told.Restart();
                screen.Note($"{Screen.Count(count)} of {Screen.Count(request.Runs)} runs");
            }
        }
    }

    private static HashSet<Fault> Named(IReadOnlyList<string> names)
    {
        var known = Enum.GetValues<Fault>().ToDictionary(fault => Words.Of(fault), StringComparer.Ordinal);
        return [.. names.Select(name => known.TryGetValue(name, out var fault)
            ? fault
            : throw new UsageException($"--without {name}: there is no such fault; there are {string.Join(", ", known.Keys)}."))];
    }

    private static void Draw(IAnsiConsole console, SimulationReport report)
    {
        var faults = Screen.Table("fault", ">struck", ">in runs");
        foreach (var fault in report.Faults) faults.AddRow(fault.Name, Screen.Count(fault.Struck), Screen.Count(fault.Runs));
        console.Write(faults);
        var results = Screen.Table(">runs", ">documents", ">lost", ">duplicate", ">stuck", ">out of order", ">rules broken", ">left to a person");
        results.AddRow([.. new[]
        {
            report.Runs, report.Documents, report.Lost, report.Duplicate, report.Stuck, report.Disordered, report.Broken, report.Parked,
        }.Select(Screen.Count)]);
        console.Write(results);
        if (report.Failed.Count > 0) console.MarkupLineInterpolated($"Seeds that failed: {string.Join(", ", report.Failed)}");
    }
}
