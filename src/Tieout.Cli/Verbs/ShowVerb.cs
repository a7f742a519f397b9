using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tieout.Application.Views;
using Tieout.Cli.Terminal;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout show ID</c>: the same story as the tower's timeline.</summary>
internal static class ShowVerb
{
    public static Command Create()
    {
        var id = new Argument<string>("id")
        {
            Description = "Any id: invoice number, correlation id, ERP document number, customer, subscription, posting, entry, run …",
        };
        var payloads = new Option<bool>("--payloads") { Description = "Print what was sent to the ERP and what came back." };
        return new Command("show", "Tell the whole story of one transaction, found by any id of it.") { id, payloads }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var timeline = await new ReadTimeline(database.Source, new FindInvoices(database.Source)).Run(parsed.GetRequiredValue(id), cancel);
            screen.Result(timeline, console => Draw(console, timeline, parsed.GetValue(payloads)));
            return timeline.IsEmpty ? ExitCode.Findings : ExitCode.Done;
        });
    }

    private static void Draw(IAnsiConsole console, Timeline timeline, bool payloads)
    {
        if (timeline.IsEmpty)
        {
            console.MarkupLineInterpolated($"Nothing is known under '{timeline.Sought}'. Looked for it as {string.Join(", ", timeline.Tried)}.");
            return;
        }
        if (timeline.Story is { } story) DrawStory(console, story, payloads);
        else DrawCandidates(console, timeline);
    }

    private static void DrawCandidates(IAnsiConsole console, Timeline timeline)
    {
        console.MarkupLineInterpolated($"'{timeline.Sought}' ({string.Join(", ", timeline.FoundAs)}) leads to several transactions; show one of them:");
        var table = Screen.Table("id", "what", "month", ">amount", "state");
        foreach (var candidate in timeline.Candidates)
            table.AddRow(
                Markup.Escape(candidate.Id), Markup.Escape(candidate.Title), candidate.Month?.ToString() ?? "",
                candidate.Amount?.ToString() ?? "", Markup.Escape(candidate.State));
        console.Write(table);
        if (timeline.MoreCandidates) console.MarkupLineInterpolated($"… and more.");
        foreach (var step in timeline.Stops) DrawStep(console, step, payloads: false);
    }

    private static void DrawStory(IAnsiConsole console, Story story, bool payloads)
    {
        console.MarkupLineInterpolated($"[bold]{story.Id}[/]  {story.Answer}");
        if (story.CorrelationId is { } correlation) console.MarkupLineInterpolated($"correlation id {correlation}");
        console.WriteLine();
        foreach (var step in story.Steps) DrawStep(console, step, payloads);
    }

    private static void DrawStep(IAnsiConsole console, Step step, bool payloads)
    {
        var mark = step.State switch { StepState.Done => "[green]●[/]", StepState.Gap => "[grey]○[/]", _ => "[red]▲[/]" };
        var at = step.At?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? new string(' ', 20);
        var amount = step.Amount is { } money ? $"  {money}" : "";
        console.MarkupLine($"{mark} [grey]{at}[/]  [bold]{Markup.Escape(step.Title)}[/]{Markup.Escape(amount)}");
        if (step.Text.Length > 0) Indented(console, step.Text);
        foreach (var fact in step.Facts) Indented(console, $"{fact.Label}: {fact.Value}");
        foreach (var line in step.Charges) Indented(console, $"{line.Description}, {line.Component}: {line.Amount}");
        foreach (var line in step.Entry) Indented(console, $"{line.Account,-18} {line.Amount}");
        foreach (var exchange in step.Exchanges) DrawExchange(console, exchange, payloads);
    }

    private static void DrawExchange(IAnsiConsole console, ExchangeRow exchange, bool payloads)
    {
        var answered = exchange.Answer is { } answer ? $"{answer.Bytes} bytes back" : exchange.Failure.Length > 0 ? exchange.Failure : "no answer";
        Indented(console, $"{exchange.Operation}: {exchange.Request.Bytes} bytes sent, {answered}{(exchange.Status is { } status ? $", HTTP {status}" : "")}");
        if (!payloads) return;
        Indented(console, exchange.Request.Text);
        if (exchange.Answer is { } back) Indented(console, back.Text);
    }

    private static void Indented(IAnsiConsole console, string text)
    {
        foreach (var line in text.Split('\n')) console.WriteLine("                        " + line.TrimEnd('\r'));
    }
}
