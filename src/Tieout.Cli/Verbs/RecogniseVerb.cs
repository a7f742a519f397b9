using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tieout.Application.Revenue;
using Tieout.Cli.Terminal;
using Tieout.Domain.Revenue;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout recognise FILE.json</c>: how a contract becomes revenue.</summary>
internal static class RecogniseVerb
{
    public static Command Create()
    {
        var file = new Argument<FileInfo>("file") { Description = "JSON file: a contract's obligations, prices and events; see docs/revenue.md." };
        return new Command("recognise", "Say how a contract is recognised: allocation, schedule, balances, each judgement in words. Writes nothing.") { file }
            .Does(async (parsed, screen, cancel) => Show(screen, PreviewRevenue.Run(await InputFile.Read(parsed.GetRequiredValue(file).FullName, cancel))));
    }

    private static int Show(Screen screen, RevenueOutcome outcome)
    {
        switch (outcome)
        {
            case RevenueOutcome.Answered answered:
                screen.Result(answered.Answer, console => Draw(console, answered.Answer));
                return ExitCode.Done;
            case RevenueOutcome.Refused refused:
                // The same text as the detail of the API's problem.
                screen.Note(string.Join('\n', refused.Problems));
                return ExitCode.Failed;
            default:
                throw new InvalidOperationException($"Unknown outcome {outcome}.");
        }
    }

    private static void Draw(IAnsiConsole console, RevenueAnswer answer)
    {
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture,
            $"[bold]{answer.Contract}[/], price {Screen.Amount(answer.Price, answer.Currency)} {answer.Currency}");
        foreach (var step in answer.Steps) console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{step.Topic}: {step.Words} [dim]({step.Rule})[/]");
        Schedule(console, answer);
        Balances(console, answer);
        foreach (var caught in answer.CatchUps)
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture,
                $"catch-up in {caught.Month}: {Screen.Amount(caught.Amount, answer.Currency)} on {caught.Obligation}, {caught.Cause}");
    }

    private static void Schedule(IAnsiConsole console, RevenueAnswer answer)
    {
        var codes = answer.Schedule.Select(line => line.Obligation).Distinct(StringComparer.Ordinal).ToList();
        var table = Screen.Table(["month", .. codes.Select(code => ">" + code), ">total"]);
        foreach (var month in answer.Schedule.GroupBy(line => line.Month).OrderBy(month => month.Key))
            table.AddRow([month.Key.ToString(), .. Row(month)]);
        table.AddRow(["[bold]sum[/]", .. Row(answer.Schedule)]);
        console.Write(table);

        IEnumerable<string> Row(IEnumerable<ScheduledMonth> lines)
        {
            var amounts = lines.ToLookup(line => line.Obligation, line => line.Amount);
            return codes.Select(code => amounts[code].Sum()).Append(amounts.Sum(obligation => obligation.Sum())).Select(amount => Cell(amount, answer));
        }
    }

    private static string Cell(decimal amount, RevenueAnswer answer) => amount == 0m ? "" : Screen.Amount(amount, answer.Currency);

    internal static void Balances(IAnsiConsole console, RevenueAnswer answer)
    {
        var table = Screen.Table("month end", ">invoiced", ">credited", ">recognised", ">deferred", ">contract asset", ">unbilled receivable");
        foreach (var end in answer.Balances)
            table.AddRow([end.Month.ToString(), .. Amounts(end).Select(amount => Screen.Amount(amount, answer.Currency))]);
        console.Write(table);
    }

    private static decimal[] Amounts(MonthBalance end) =>
        [end.Invoiced, end.Credited, end.Recognised, end.ContractLiability, end.ContractAsset, end.UnbilledReceivable];
}
