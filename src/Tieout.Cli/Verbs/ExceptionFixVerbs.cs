using System.CommandLine;
using Spectre.Console;
using Tieout.Application.Exceptions;
using Tieout.Cli.Terminal;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout exception dry-run|override|cancel</c>.</summary>
internal static class ExceptionFixVerbs
{
    public static Command DryRun()
    {
        var (id, targets, set) = (ExceptionVerbs.Id(), Options.Targets(), Set());
        return new Command("dry-run", "Show what would be sent, in journal lines and in the vendor's own request. Nothing is sent.") { id, targets, set }.Does(
            async (parsed, screen, cancel) =>
            {
                await using var erps = TargetSet.Load(parsed.GetRequiredValue(targets));
                await using var database = await parsed.OpenDatabase(cancel);
                erps.Hear(database.Source);
                var given = parsed.GetValue(set) is { Length: > 0 } fields ? Fields(fields) : null;
                var tried = ExceptionVerbs.Value(await new TryCase(database.Source, erps.Targets).Run(parsed.GetRequiredValue(id), given, cancel));
                screen.Result(tried, console => Draw(console, tried));
                return tried.Outcome is "would-send" or "already-posted" ? ExitCode.Done : ExitCode.Findings;
            });
    }

    public static Command Override()
    {
        var (id, set, reason) = (ExceptionVerbs.Id(), Set(), WebhookVerbs.Reason());
        return new Command("override", "Set fields of a parked document: all that shall be set, and no others; none takes them back.") { id, set, reason }.Does(
            async (parsed, screen, cancel) =>
            {
                await using var database = await parsed.OpenDatabase(cancel);
                var version = ExceptionVerbs.Value(await new OverrideFields(database.Source, TimeProvider.System).Run(
                    parsed.GetRequiredValue(id), Fields(parsed.GetValue(set) ?? []), Verb.Actor, parsed.GetRequiredValue(reason), cancel));
                screen.Result(version, console =>
                {
                    console.MarkupLineInterpolated($"Version {Screen.Count(version.Version)} counts from now on; tieout exception dry-run shows what it changes.");
                    foreach (var field in version.Fields) console.MarkupLineInterpolated($"{field.Field} {field.Place} = {field.Value}");
                });
                return ExitCode.Done;
            });
    }

    public static Command Cancel()
    {
        var (id, reason) = (ExceptionVerbs.Id(), WebhookVerbs.Reason());
        return new Command("cancel", "Give a parked posting up for good: its document stays in our books and goes into no ERP.") { id, reason }.Does(
            async (parsed, screen, cancel) =>
            {
                await using var database = await parsed.OpenDatabase(cancel);
                var cancelled = ExceptionVerbs.Value(await new CancelPosting(database.Source, TimeProvider.System).Run(
                    parsed.GetRequiredValue(id), Verb.Actor, parsed.GetRequiredValue(reason), cancel));
                screen.Result(cancelled, console => console.MarkupLineInterpolated($"{cancelled.BusinessKey} is cancelled: it goes into no ERP."));
                return ExitCode.Done;
            });
    }

    private static Option<string[]> Set() => new("--set")
    {
        Description = "field:place=value, such as reference:=PO-7, due-date:=2026-12-31, account:2=41000001, tax-code:US-CA=A2, dimension:*/region=WEST.",
        AllowMultipleArgumentsPerToken = true,
        HelpName = "field:place=value",
    };

    private static List<GivenField> Fields(string[] given) => [.. given.Select(text =>
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (equals < 0 || colon < 0 || colon > equals)
            throw new UsageException("--set: write field:place=value, such as account:2=41000001; the place may be empty.");
        return new GivenField { Field = text[..colon], Place = text[(colon + 1)..equals], Value = text[(equals + 1)..] };
    })];

    private static void Draw(IAnsiConsole console, TriedPosting tried)
    {
        console.MarkupLineInterpolated($"[bold]{tried.BusinessKey}[/] to {tried.Target} ({tried.System}): {tried.Outcome}. {tried.Says}");
        if (tried.Remedy.Length > 0) console.MarkupLineInterpolated($"What to do: {tried.Remedy}");
        if (tried.Technical.Length > 0) console.MarkupLineInterpolated($"[dim]{tried.Technical}[/]");
        var table = Screen.Table("line", "ours", "theirs", ">debit", ">credit", "tax", "text");
        foreach (var line in tried.Preview.Lines)
            table.AddRow(
                line.Line, line.LedgerAccount, Markup.Escape(line.Account), line.Debit == 0 ? "" : Screen.Amount(line.Debit, tried.Preview.Currency),
                line.Credit == 0 ? "" : Screen.Amount(line.Credit, tried.Preview.Currency), Markup.Escape(line.TaxCode), Markup.Escape(line.Text));
        console.Write(table);
        foreach (var change in tried.Changes) console.MarkupLineInterpolated($"{change.Line} {change.Field}: '{change.Before}' becomes '{change.After}'");
        if (tried.Request is not { } request) return;
        console.MarkupLineInterpolated($"{request.Operation}, sha-256 {request.Sha256}");
        if (request.Varies.Count > 0) console.MarkupLineInterpolated($"Another in each call: {string.Join(", ", request.Varies)}");
        console.WriteLine(request.Text);
        console.MarkupLineInterpolated($"Then: {request.Then}");
    }
}
