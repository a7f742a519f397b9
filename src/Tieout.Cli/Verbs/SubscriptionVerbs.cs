using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tieout.Application.Subscriptions;
using Tieout.Cli.Terminal;
using Tieout.Domain;
using Tieout.Domain.Subscriptions;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout subscription show|amend CODE</c>, <c>tieout subscription create FILE.json</c>.</summary>
internal static class SubscriptionVerbs
{
    public static Command Create() => new("subscription", "See what a subscription is and was, and amend it.") { Show(), SubscriptionCreateVerb.Create(), Amend() };

    private static Command Show()
    {
        var code = Code();
        return new Command("show", "Its state, what is charged on which days, and all its amendments.") { code }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var asked = parsed.GetRequiredValue(code);
            if (await new SubscriptionHistory(database.Source, TimeProvider.System).Run(asked, cancel) is not { } found)
            {
                screen.Note($"No subscription has the code {asked}.");
                return ExitCode.Findings;
            }
            screen.Result(found, console => Draw(console, found));
            return ExitCode.Done;
        });
    }

    private static Command Amend()
    {
        var (code, kind) = (Code(), new Option<string>("--kind") { Description = "Such as change-quantity, pause or cancel.", Required = true });
        var values = new Dictionary<string, Option<string?>>(StringComparer.Ordinal);
        var command = new Command("amend", "Record an amendment; see docs/subscriptions.md for what each kind takes.") { code, kind };
        foreach (var (name, text) in Texts)
        {
            values[name] = new Option<string?>("--" + name) { Description = text };
            command.Add(values[name]);
        }
        var components = new Option<string[]>("--with") { Description = "For another plan: NAME[=QUANTITY[@PRICE]]; may be said several times." };
        var expires = new Option<bool>("--expires") { Description = "A trial that does not go on by itself." };
        var agreed = new Option<FileInfo?>("--agreed") { Description = "A file with a whole agreed price: model and terms as in the catalogue.", HelpName = "file" };
        var preview = new Option<bool>("--preview") { Description = "Only say what it would do." };
        command.Add(components);
        command.Add(expires);
        command.Add(agreed);
        command.Add(preview);
        return command.Does(async (parsed, screen, cancel) =>
        {
            string? Value(string name) => parsed.GetValue(values[name]);
            var request = new AmendmentRequest
            {
                Kind = parsed.GetRequiredValue(kind),
                Effective = Value("effective"),
                Time = Value("time"),
                Component = Value("component"),
                Quantity = Value("quantity"),
                Price = Value("price"),
                Agreed = parsed.GetValue(agreed) is { } file ? SubscriptionCreateVerb.Read<AgreedPriceRequest>(file, "an agreed price") : null,
                Plan = Value("plan"),
                Components = parsed.GetValue(components) is { Length: > 0 } given ? [.. given.Select(Component)] : null,
                Until = Value("until"),
                Converts = parsed.GetValue(expires) ? false : null,
                Mode = Value("mode"),
                Term = Value("term"),
                TermEnding = Value("term-ending"),
                Reason = Value("reason"),
                Actor = Verb.Actor,
            };
            await using var database = await parsed.OpenDatabase(cancel);
            return parsed.GetValue(preview)
                ? Previewed(await new PreviewSubscription(database.Source, TimeProvider.System).Amend(parsed.GetRequiredValue(code), request, cancel), screen)
                : Amended(await new AmendSubscription(database.Source, TimeProvider.System).Run(
                    parsed.GetRequiredValue(code), request, Value("key"), cancel), screen);
        });
    }

    private static readonly (string Name, string Text)[] Texts =
    [
        ("effective", "now (the default), period-end, term-end, or a day such as 2026-03-16, also a past one."),
        ("time", "Local time of day such as 14:00, for prices prorated to the second."),
        ("component", "The component to change, add or remove."),
        ("quantity", "Units."),
        ("price", "The agreed price, or 'catalogue' for the catalogue's again."),
        ("plan", "The plan to change to."),
        ("until", "The first day after a pause or a trial."),
        ("mode", "Of a pause: credit-days (the default) or move-end."),
        ("term", "Length of the new term, such as '1 year'."),
        ("term-ending", "renew or expire."),
        ("reason", "Why; kept with the amendment."),
        ("key", "Of your own choice: the same key again is the same amendment."),
    ];

    private static Argument<string> Code() => new("code") { Description = "Code of the subscription." };

    private static ComponentRequest Component(string text)
    {
        var parts = text.Split('=', 2);
        var figures = parts.Length == 2 ? parts[1].Split('@', 2) : [];
        return new ComponentRequest { Component = parts[0], Quantity = figures.ElementAtOrDefault(0), Price = figures.ElementAtOrDefault(1) };
    }

    internal static int Amended(AmendmentOutcome outcome, Screen screen)
    {
        if (outcome is not AmendmentOutcome.Done(var answer, var again)) return Refused(outcome, screen);
        var before = again ? " (recorded before under this key)" : "";
        screen.Result(answer, console => console.MarkupLineInterpolated($"{answer.Words}{before}. It is {Words.Of(answer.State)} from then."));
        return ExitCode.Done;
    }

    internal static int Previewed(PreviewOutcome outcome, Screen screen)
    {
        if (outcome is not PreviewOutcome.Done(var preview)) return Refused(((PreviewOutcome.Not)outcome).Outcome, screen);
        screen.Result(preview, console =>
        {
            console.MarkupLineInterpolated($"Would be: {preview.Words}. Nothing was written.");
            console.MarkupLineInterpolated($"Due after {Day(preview.From)} up to {Day(preview.Through)}, as it stands:");
            console.Write(PartTable(preview.PartsBefore));
            console.MarkupLineInterpolated($"and as it would be:");
            console.Write(PartTable(preview.PartsAfter));
        });
        return ExitCode.Done;
    }

    private static int Refused(AmendmentOutcome outcome, Screen screen)
    {
        screen.Note(outcome switch
        {
            AmendmentOutcome.Unreadable unreadable => "Nothing was written.\n" + string.Join(
                '\n', unreadable.Errors.SelectMany(field => field.Value, (field, text) => $"{field.Key}: {text}")),
            AmendmentOutcome.NotFound missing => $"No subscription has the code {missing.Code}.",
            AmendmentOutcome.Refused { Refusal: var refusal } => $"Nothing was written ({refusal.Code}). {refusal.Field}: {refusal.Reason} {refusal.Remedy}",
            AmendmentOutcome.CodeTaken taken => $"Nothing was written. Another subscription has the code {taken.Code}.",
            AmendmentOutcome.KeyReused reused => $"Nothing was written. This key stands for: {reused.Earlier.Words} of {reused.Earlier.Subscription}.",
            _ => throw new InvalidOperationException($"No words for {outcome}."),
        });
        return ExitCode.Usage;
    }

    private static void Draw(IAnsiConsole console, SubscriptionDetail found)
    {
        var timeline = found.Timeline;
        console.MarkupLineInterpolated(
            $"[bold]{found.Code}[/]  {Words.Of(found.State)} on {Day(found.AsOf)} ({found.Zone}), plan {timeline.Plan}, account {found.Account}");
        console.MarkupLineInterpolated($"in force from {Day(timeline.Start)}{Before(timeline.End)}, periods anchored to {Day(timeline.Anchor)}");
        if (timeline.TrialEnd is { } trial) console.MarkupLineInterpolated($"paid for from {Day(trial)}");
        var then = timeline.TermEnding == TermEnding.Renew ? "renewed by itself" : "it expires";
        if (timeline.TermEnd is { } term) console.MarkupLineInterpolated($"term{Before(term)}, then {then}");
        foreach (var pause in timeline.Pauses)
            console.MarkupLineInterpolated($"rests from {Day(pause.From)}{Before(pause.Until)}, {Words.Of(pause.Mode)}");
        var spans = Screen.Table("component", ">quantity", ">price", "from", "until before", "amendment");
        foreach (var span in timeline.Components)
            spans.AddRow(
                Markup.Escape(span.Component), Plain(span.Quantity), span.UnitPrice is { } price ? Plain(price) : "", At(span.From, span.FromTime),
                span.Until is { } until ? At(until, span.UntilTime) : "", span.OpenedBy.ToString(CultureInfo.InvariantCulture));
        console.Write(spans);
        var amendments = Screen.Table(">no", "kind", "from", "what", "state", "by", "recorded");
        foreach (var row in found.Amendments)
            amendments.AddRow(
                row.Version.ToString(CultureInfo.InvariantCulture), Words.Of(row.Kind), At(row.EffectiveOn, row.EffectiveTime),
                Markup.Escape(row.Words), Words.Of(row.State), Markup.Escape(row.Actor),
                row.RecordedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture));
        console.Write(amendments);
    }

    private static Table PartTable(IReadOnlyList<PartRow> parts)
    {
        var table = Screen.Table("due", "component", ">quantity", "from", "until before", "share", ">amount");
        foreach (var part in parts)
            table.AddRow(
                Day(part.DueOn), Markup.Escape(part.Component), Plain(part.Quantity), Day(part.From), Day(part.Until), Markup.Escape(part.Convention),
                part.Amount is { } amount ? Screen.Amount(amount.Amount, amount.Currency.Code) : "by use");
        if (parts.Count == 0) table.AddRow("nothing", "", "", "", "", "", "");
        return table;
    }

    private static string Before(DateOnly? end) => end is { } day ? $" until before {Day(day)}" : "";

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string At(DateOnly day, TimeOnly time) => Day(day) + (time == default ? "" : time.ToString(" HH:mm", CultureInfo.InvariantCulture));

    private static string Plain(decimal value) => value.ToString("0.############", CultureInfo.InvariantCulture);
}
