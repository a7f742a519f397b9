using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tieout.Application.Exceptions;
using Tieout.Application.Views;
using Tieout.Cli.Terminal;
using Tieout.Domain;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout exception list|groups|show|work|file</c>; the rest is in <see cref="ExceptionFixVerbs"/> and <see cref="ExceptionPlanVerbs"/>.</summary>
internal static class ExceptionVerbs
{
    private const int Page = 50;

    public static Command Create() => new("exception", "What stopped: look, give it to somebody, try, set fields, replay (docs/exceptions.md).")
    {
        List(), Groups(), Show(), Work(), ToFile(),
        ExceptionFixVerbs.DryRun(), ExceptionFixVerbs.Override(), ExceptionFixVerbs.Cancel(),
        ExceptionPlanVerbs.Plan(), ExceptionPlanVerbs.CarryOut(), ExceptionPlanVerbs.Result(),
    };

    /// <summary>What came of a change, or the trouble in words.</summary>
    public static T Value<T>(CaseOutcome<T> outcome) => outcome switch
    {
        CaseDone<T>(var value) => value,
        CaseUnreadable<T>(var errors) => throw new UsageException(PreviewVerb.Words(errors)),
        CaseNotFound<T>(var words) => throw new UsageException(words),
        CaseRefused<T>(_, var reason, var remedy) => throw new UsageException($"Nothing was changed. {reason} {remedy}"),
        _ => throw new InvalidOperationException($"No words for {outcome}."),
    };

    public static string Worth(IReadOnlyList<Money> values) =>
        values.Count == 0 ? "no money" : string.Join(", ", values.Select(value => $"{Screen.Amount(value.Amount, value.Currency.Code)} {value.Currency.Code}"));

    public static Argument<Guid> Id() => new("id") { Description = "The exception's id, as tieout exception list shows it." };

    private static Command List()
    {
        var filter = new FilterOptions();
        var after = new Option<string?>("--after") { Description = "The next of the page before." };
        var command = filter.On(new Command("list", "Exceptions, the newest first.") { after });
        return command.Does(async (parsed, screen, cancel) =>
        {
            var asked = filter.Read(parsed);
            Cursor? start = parsed.GetValue(after) is not { } token ? null
                : Cursor.TryParse(token, out var cursor) ? cursor : throw new UsageException("--after: this is not a token that a list gave as next.");
            await using var database = await parsed.OpenDatabase(cancel);
            var find = new FindExceptions(database.Source, TimeProvider.System);
            var page = await find.Run(asked, start, Page, cancel);
            var totals = await find.Totals(asked, cancel);
            screen.Result(new { page.Rows, page.Next, totals }, console => console.Write(Drawn(page.Rows)));
            screen.Note($"{Screen.Count(totals.Count)} in this filter, touching {Worth(totals.Values)}.");
            if (page.Next is { } next) screen.Note($"There are more: --after {next}");
            return totals.Count == 0 ? ExitCode.Done : ExitCode.Findings;
        });
    }

    private static Command Groups()
    {
        var filter = new FilterOptions();
        return filter.On(new Command("groups", "The same trouble added up, the largest group first.")).Does(async (parsed, screen, cancel) =>
        {
            var asked = filter.Read(parsed);
            await using var database = await parsed.OpenDatabase(cancel);
            var groups = await new GroupExceptions(database.Source, TimeProvider.System).Run(asked, cancel);
            screen.Result(groups, console =>
            {
                var table = Screen.Table("group", ">count", "money", "queue", "code", "first seen", "cause");
                foreach (var row in groups.Rows)
                    table.AddRow(
                        row.Group, Screen.Count(row.Count), Markup.Escape(Worth(row.Values)), row.Queue, row.Code,
                        Day(DateOnly.FromDateTime(row.FirstSeen.UtcDateTime)), Markup.Escape(Short(row.Cause, 70)));
                console.Write(table);
            });
            return groups.Exceptions == 0 ? ExitCode.Done : ExitCode.Findings;
        });
    }

    private static Command Show()
    {
        var id = Id();
        return new Command("show", "One case: what happened, why, what to do, and what was done.") { id }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var found = await new FindExceptions(database.Source, TimeProvider.System).One(parsed.GetRequiredValue(id), cancel)
                ?? throw new UsageException("No exception has this id.");
            screen.Result(found, console => Draw(console, found));
            return ExitCode.Done;
        });
    }

    private static Command Work()
    {
        var id = Id();
        var owner = new Option<string?>("--owner") { Description = "Who sees to it; \"\" gives it back to the queue.", HelpName = "name" };
        var due = new Option<string?>("--due") { Description = "Until when, such as 2026-12-01; \"\" takes the day away.", HelpName = "day" };
        var comment = new Option<string?>("--comment") { Description = "A comment.", HelpName = "text" };
        return new Command("work", "Give a case to somebody, set its due date, comment on it.") { id, owner, due, comment }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var work = new CaseWork
            {
                Owner = parsed.GetValue(owner),
                Due = parsed.GetValue(due),
                Comment = parsed.GetValue(comment),
                Actor = Verb.Actor,
            };
            var found = Value(await new WorkCase(database.Source, TimeProvider.System).Run(parsed.GetRequiredValue(id), work, cancel));
            screen.Result(found, console => Draw(console, found));
            return ExitCode.Done;
        });
    }

    private static Command ToFile()
    {
        var filter = new FilterOptions();
        return filter.On(new Command("file", "Everything that matches as CSV: also what goes back to a sender of bad data.")).Does(async (parsed, _, cancel) =>
        {
            var asked = filter.Read(parsed);
            await using var database = await parsed.OpenDatabase(cancel);
            await foreach (var line in new CaseFiles(database.Source, TimeProvider.System).Exceptions(asked, cancel)) Console.Out.Write(line);
            return ExitCode.Done;
        });
    }

    private static Table Drawn(IReadOnlyList<ExceptionRow> rows)
    {
        var table = Screen.Table("exception", "code", "about", ">amount", "owner", "due", "cause");
        foreach (var row in rows)
            table.AddRow(
                row.Id.ToString(), row.Code, Markup.Escape(row.SubjectKey), row.Amount is { } amount ? Worth([amount]) : "",
                Markup.Escape(row.Assigned), Day(row.Due), Markup.Escape(Short(row.Cause, 60)));
        return table;
    }

    private static void Draw(IAnsiConsole console, ExceptionDetail found)
    {
        console.MarkupLineInterpolated($"[bold]{found.Happened}[/] {found.Exception.State}");
        console.MarkupLineInterpolated($"{found.Exception.Cause}");
        if (found.Remedy.Length > 0) console.MarkupLineInterpolated($"What to do: {found.Remedy}");
        console.MarkupLineInterpolated($"If nobody does: {found.IfNobody}");
        var owner = found.Exception.Assigned.Length > 0 ? found.Exception.Assigned : "nobody";
        var due = found.Exception.Due is null ? "never" : Day(found.Exception.Due);
        console.MarkupLineInterpolated($"queue {found.Exception.Queue}, owner {owner}, due {due}, group {found.Exception.Group}");
        if (found.Posting is { } posting)
            console.MarkupLineInterpolated($"posting {posting.BusinessKey} is {posting.State} for {(posting.Target.Length > 0 ? posting.Target : "no target yet")}");
        if (found.Posting is { Behind: > 0 } held)
            console.MarkupLineInterpolated(
                CultureInfo.InvariantCulture, $"{held.Behind} of its billing account {(held.Behind == 1 ? "waits" : "wait")} until it is settled");
        if (found.Technical.Length > 0) console.MarkupLineInterpolated($"[dim]{found.Technical}[/]");
        foreach (var note in found.Notes) console.MarkupLineInterpolated($"{WebhookDeliveryVerbs.At(note.At)} {note.Actor}: {note.Text}");
        if (found.Resolution.Length > 0) console.MarkupLineInterpolated($"Ended: {found.Resolution}");
    }

    private static string Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";

    private static string Short(string text, int most) => text.Length <= most ? text : text[..(most - 1)] + "…";
}
