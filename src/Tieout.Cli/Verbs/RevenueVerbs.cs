using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tieout.Application.Revenue;
using Tieout.Cli.Terminal;
using Tieout.Domain;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Revenue;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout revenue run|show|waterfall|balances|check|contract|policy|policies</c>.</summary>
internal static class RevenueVerbs
{
    public static Command Create() => new("revenue", "Revenue out of what invoices defer: book it month by month, see when it is earned, prove it.")
    {
        Run(), Show(), Waterfall(), RevenueBalancesVerb.Create(), RevenueCheckVerb.Create(), RevenueContractVerbs.Create(), Policy(), Policies(),
    };

    private static Command Run()
    {
        var (month, entity) = (Options.Month(), Entity());
        var workers = new Option<int>("--workers")
        {
            Description = "Transactions at once while documents are spread.",
            DefaultValueFactory = _ => Math.Clamp(Environment.ProcessorCount, 1, 8),
        };
        workers.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 64) result.AddError("--workers takes a number from 1 to 64.");
        });
        return new Command("run", "Spread what came in since over its months, and book all that is earned by the month's end. Running it twice adds nothing.")
        {
            month, entity, workers,
        }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var request = new RevenueRequest(parsed.GetRequiredValue(month), Verb.Actor, parsed.GetValue(entity)?.Trim(), parsed.GetValue(workers));
            var run = new RunRevenue(database.Source, TimeProvider.System);
            var reply = await Watched.Run(screen, $"revenue {request.Month}", progress => run.Run(request, progress, cancel));
            if (reply is not RevenueReply.Ran(var done)) throw Refused(reply);
            screen.Result(done, console => Draw(console, done));
            foreach (var closed in done.Closed)
                screen.Note($"{closed} was left out: its books are closed for {done.Month}. What it lacks comes with the first open month.");
            foreach (var stopped in done.Stopped) screen.Note($"Contract {stopped.Contract} stands still: {stopped.Field}: {stopped.Reason} {stopped.Remedy}");
            foreach (var failed in done.Failed)
                screen.Note($"{failed.LegalEntity} failed ({failed.Code}): {failed.Cause} {failed.Remedy}");
            if (done.Failed.Count > 0) return ExitCode.Failed;
            return done.Stopped.Count > 0 || (done.Closed.Count > 0 && done.Booked.Count == 0) ? ExitCode.Findings : ExitCode.Done;
        });
    }

    private static Command Show()
    {
        var number = new Argument<string>("number") { Description = "Number of an invoice or credit memo." };
        return new Command("show", "The months in which a document's deferred lines are earned, and the entries that booked them.") { number }.Does(
            async (parsed, screen, cancel) =>
            {
                await using var database = await parsed.OpenDatabase(cancel);
                var reply = await new ReadSchedules(database.Source).Run(parsed.GetRequiredValue(number).Trim().ToUpperInvariant(), cancel);
                if (reply is not RevenueReply.Schedules(var document)) throw Refused(reply);
                screen.Result(document, console => Draw(console, document));
                return ExitCode.Done;
            });
    }

    private static Command Waterfall()
    {
        var (month, entity) = (Options.Month(), Entity());
        return new Command("waterfall", "Deferred revenue at a month's end, where it came from and when it is earned.") { month, entity }.Does(
            async (parsed, screen, cancel) =>
            {
                await using var database = await parsed.OpenDatabase(cancel);
                var reply = await new ReadWaterfall(database.Source).Run(parsed.GetValue(entity)?.Trim(), parsed.GetRequiredValue(month), cancel);
                if (reply is not RevenueReply.Waterfall(var sheet)) throw Refused(reply);
                screen.Result(sheet, console => Draw(console, sheet));
                if (sheet.Waiting > 0) screen.Note($"{Screen.Count(sheet.Waiting)} documents came in and are not spread yet: tieout revenue run.");
                return ExitCode.Done;
            });
    }

    private static Command Policy()
    {
        var entity = LedgerVerbs.Entity();
        var from = new Option<DateOnly>("--from") { Description = "Charges that begin on this day or later.", Required = true, HelpName = "date" };
        var spread = WordOption<Spread>("--spread", "by-day, or even-months counted from the charge's first day.");
        var rounding = WordOption<ScheduleRounding>("--rounding", "cumulative: month ends are rounded; residual-last: months are, and the last takes the rest.");
        var reason = new Option<string>("--reason") { Description = "Why. At most 200 characters.", Required = true, HelpName = "text" };
        return new Command("policy", "Choose how a legal entity spreads charges from a day on; a charge goes on as it began.")
        {
            entity, from, spread, rounding, reason,
        }.Does(async (parsed, screen, cancel) =>
        {
            var why = parsed.GetRequiredValue(reason).Trim();
            if (GivenText.Problem(why, GivenText.ReasonMost) is { } wrong) throw new UsageException($"--reason: {wrong}");
            await using var database = await parsed.OpenDatabase(cancel);
            return Told(screen, await new RevenuePolicies(database.Source, TimeProvider.System).Add(
                new PolicyRequest(
                    parsed.GetRequiredValue(entity).Trim(), parsed.GetRequiredValue(from), Words.Parse<Spread>(parsed.GetRequiredValue(spread)),
                    Words.Parse<ScheduleRounding>(parsed.GetRequiredValue(rounding)), why, Verb.Actor), cancel));
        });
    }

    private static Command Policies() => new Command("policies", "How legal entities spread what their invoices defer.").Does(async (parsed, screen, cancel) =>
    {
        await using var database = await parsed.OpenDatabase(cancel);
        return Told(screen, await new RevenuePolicies(database.Source, TimeProvider.System).Read(cancel));
    });

    internal static Option<string?> Entity() => new("--entity") { Description = "Only this legal entity. Default: all.", HelpName = "code" };

    /// <summary>The refusal as the command line tells it.</summary>
    internal static UsageException Refused(RevenueReply reply) => reply is RevenueReply.Refused no
        ? new UsageException($"{no.Field}: {no.Reason.TrimEnd('.')}. {no.Remedy}".Trim())
        : throw new InvalidOperationException($"No words for {reply}.");

    internal static string Figure(Money money) => Screen.Amount(money.Amount, money.Currency.Code);

    private static Option<string> WordOption<T>(string name, string description) where T : struct, Enum
    {
        var option = new Option<string>(name) { Description = description, Required = true, HelpName = "word" };
        option.AcceptOnlyFromAmong([.. Enum.GetValues<T>().Select(Words.Of)]);
        return option;
    }

    private static int Told(Screen screen, RevenueReply reply)
    {
        if (reply is not RevenueReply.Policies(var all)) throw Refused(reply);
        screen.Result(all, console =>
        {
            var table = Screen.Table("legal entity", "charges from", "spread", "rounding", "reason", "by");
            foreach (var policy in all)
                table.AddRow(
                    Markup.Escape(policy.LegalEntity), Day(policy.From), Words.Of(policy.Spread), Words.Of(policy.Rounding),
                    Markup.Escape(policy.Reason), Markup.Escape(policy.Actor));
            console.Write(table);
            console.MarkupLine("Charges that begin before: by-day, cumulative.");
        });
        return ExitCode.Done;
    }

    private static void Draw(IAnsiConsole console, RevenueRun run)
    {
        var table = Screen.Table("legal entity", "month", "entry", ">revenue", ">of it catch-up", "currency", ">lines");
        foreach (var booked in run.Booked)
            table.AddRow(
                Markup.Escape(booked.LegalEntity), booked.Month.ToString(),
                booked.Entries > 1 ? $"{booked.Entry} and {Screen.Count(booked.Entries - 1)} more" : booked.Entry,
                Figure(booked.Amount), Figure(booked.CatchUp),
                booked.Amount.Currency.Code, Screen.Count(booked.Lines));
        if (run.Booked.Count == 0) table.AddRow("nothing to add", "", "", "", "", "", "0");
        console.Write(table);
        if (run.Moved.Count > 0) DrawMoved(console, run);
        if (run.Prepaid.Count > 0) DrawPrepaid(console, run);
        foreach (var one in run.Exchanged)
            console.MarkupLineInterpolated(
                CultureInfo.InvariantCulture,
                $"{one.LegalEntity} {one.Month}: {one.Amount} by rates on prepaid credit of which nothing is left, {one.Entry}.");
        foreach (var one in run.ExchangedDeferred)
            console.MarkupLineInterpolated(
                CultureInfo.InvariantCulture, $"{one.LegalEntity} {one.Month}: {one.Amount} by rates in deferred revenue, {one.Entry}.");
        console.MarkupLineInterpolated(
            CultureInfo.InvariantCulture, $"{Screen.Count(run.Schedules)} schedules came in, {Screen.Count(run.Documents)} documents were looked at.");
    }

    private static void DrawPrepaid(IAnsiConsole console, RevenueRun run)
    {
        var table = Screen.Table("legal entity", "month", "entry", ">credit drawn", ">credit lapsed", "currency", ">lines");
        foreach (var released in run.Prepaid)
            table.AddRow(
                Markup.Escape(released.LegalEntity), released.Month.ToString(),
                released.Entries > 1 ? $"{released.Entry} and {Screen.Count(released.Entries - 1)} more" : released.Entry,
                Figure(released.Drawn), Figure(released.Lapsed), released.Drawn.Currency.Code, Screen.Count(released.Lines));
        console.Write(table);
    }

    private static void DrawMoved(IAnsiConsole console, RevenueRun run)
    {
        var table = Screen.Table("legal entity", "month", "entry", ">contract asset", ">unbilled receivable", "currency");
        foreach (var moved in run.Moved)
            table.AddRow(
                Markup.Escape(moved.LegalEntity), moved.Month.ToString(), moved.Entry, Figure(moved.ContractAsset), Figure(moved.UnbilledReceivable),
                moved.ContractAsset.Currency.Code);
        console.Write(table);
    }

    private static void Draw(IAnsiConsole console, DocumentSchedules document)
    {
        if (document.Waiting) console.MarkupLine("It came in and is not spread yet: tieout revenue run.");
        else if (document.Lines.Count == 0) console.MarkupLine("Nothing of it is deferred.");
        foreach (var line in document.Lines)
        {
            var days = new ServicePeriod(line.Start, line.End);
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture,
                $"[bold]{line.LineNo}[/] {line.Description}: {line.Amount}, {days}, {Words.Of(line.Spread)}, {Words.Of(line.Rounding)}");
            var table = Screen.Table("earned in", ">amount", ">in books", "booked in", "entry");
            foreach (var month in line.Months)
                table.AddRow(
                    month.Month.ToString(), Figure(month.Amount), month.InBooks?.ToString() ?? "", month.Booked?.ToString() ?? "", month.Entry);
            console.Write(table);
        }
    }

    private static void Draw(IAnsiConsole console, RevenueWaterfall sheet)
    {
        var table = Screen.Table(
            "legal entity", "currency", ">opening", ">invoiced", ">credited", ">recognised", ">deferred", ">liability", ">unbilled", ">asset", ">due, not booked");
        foreach (var row in sheet.Rows)
            table.AddRow(
                Markup.Escape(row.LegalEntity), row.Deferred.Currency.Code, Figure(row.Opening), Figure(row.Invoiced), Figure(row.Credited),
                Figure(row.Recognised), Figure(row.Deferred), Figure(row.ContractLiability), Figure(row.UnbilledReceivable),
                Figure(row.ContractAsset), Figure(row.Due));
        console.Write(table);
        var ahead = Screen.Table("legal entity", "currency", "earned in", ">amount");
        foreach (var row in sheet.Rows)
            foreach (var (month, amount) in row.Months)
                ahead.AddRow(Markup.Escape(row.LegalEntity), row.Deferred.Currency.Code, month.ToString(), Screen.Amount(amount, row.Deferred.Currency.Code));
        console.Write(ahead);
        if (sheet.Prepaid.Count == 0) return;
        var prepaid = Screen.Table("legal entity", "currency", "prepaid, sold in", ">sold", ">credited", ">drawn", ">lapsed", ">left");
        foreach (var row in sheet.Prepaid)
            prepaid.AddRow(
                Markup.Escape(row.LegalEntity), row.Left.Currency.Code, row.SoldIn.ToString(), Figure(row.Sold), Figure(row.Credited), Figure(row.Drawn),
                Figure(row.Lapsed), Figure(row.Left));
        console.Write(prepaid);
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
