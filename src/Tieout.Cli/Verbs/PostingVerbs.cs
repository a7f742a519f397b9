using System.CommandLine;
using Spectre.Console;
using Tieout.Application.Views;
using Tieout.Cli.Terminal;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout posting list|totals</c>.</summary>
internal static class PostingVerbs
{
    public static Command Create() => new("posting", "What goes into the ERPs: each document's posting, and how much stands where.") { List(), Totals() };

    private static Command List()
    {
        var target = ListOptions.Text("--target", "Name of a target.");
        var state = ListOptions.Word("--state", PostingFilter.States);
        var kind = ListOptions.Word("--kind", PostingFilter.Kinds);
        var entity = ListOptions.Text("--entity", "Code of a legal entity.");
        var month = ListOptions.Text("--month", "The month they are booked in, such as 2026-11.");
        var key = ListOptions.Text("--key", "A document's number, whole.");
        var (limit, after) = (ListOptions.Limit(), ListOptions.After());
        return new Command("list", "Postings, the newest first.") { target, state, kind, entity, month, key, limit, after }.Does(async (parsed, screen, cancel) =>
        {
            var filter = new PostingFilter(
                parsed.GetValue(target), parsed.GetValue(state), parsed.GetValue(kind), parsed.GetValue(entity), ListOptions.Month(parsed, month),
                parsed.GetValue(key));
            var start = ListOptions.Start(parsed, after);
            await using var database = await parsed.OpenDatabase(cancel);
            var page = await new ReadPostings(database.Source).Run(filter, start, parsed.GetValue(limit), cancel);
            screen.Result(page, console => console.Write(Drawn(page.Rows)));
            if (page.Next is { } next) screen.Note($"There are more: --after {next}");
            return ExitCode.Done;
        });
    }

    private static Command Totals()
    {
        var target = ListOptions.Text("--target", "Name of a target; all when not given.");
        return new Command("totals", "How many postings and how much, by target, state and currency.") { target }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var totals = await new ReadPostings(database.Source).Run(parsed.GetValue(target), cancel);
            screen.Result(totals, console => console.Write(Drawn(totals)));
            return ExitCode.Done;
        });
    }

    private static Table Drawn(IReadOnlyList<PostingRow> rows)
    {
        var table = Screen.Table("document", "kind", "entity", "month", ">amount", "target", "state", "ERP number", ">attempts", "next");
        foreach (var row in rows)
            table.AddRow(
                Markup.Escape(row.BusinessKey), row.Kind, Markup.Escape(row.Entity), row.Month.ToString(), row.Amount.ToString(), Markup.Escape(row.Target),
                row.State, Markup.Escape(row.ErpNumber), Screen.Count(row.Attempts), WebhookDeliveryVerbs.At(row.NotBefore));
        return table;
    }

    private static Table Drawn(IReadOnlyList<PostingTotal> totals)
    {
        var table = Screen.Table("target", "state", ">postings", ">amount", "oldest");
        foreach (var row in totals)
            table.AddRow(
                Markup.Escape(row.Target.Length > 0 ? row.Target : "none yet"), row.State, Screen.Count(row.Count), row.Total.ToString(),
                WebhookDeliveryVerbs.At(row.Oldest));
        return table;
    }
}
