using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Spectre.Console;
using Tieout.Application.Ledger;
using Tieout.Cli.Terminal;
using Tieout.Domain;
using Tieout.Domain.Ledger;
using Tieout.Domain.Mapping;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout ledger trial-balance|account|customer|check|fold</c>.</summary>
internal static class LedgerVerbs
{
    private const int Listed = 200;

    public static Command Create() => new("ledger", "Ask the books: trial balance, accounts, customers, proof, exports.")
    {
        TrialBalance(), Account(), Customer(), Check(), Fold(), LedgerExportVerb.Create(), LedgerChartVerbs.Show(),
        LedgerChartVerbs.Rename(), LedgerRevalueVerb.Create(),
    };

    private static Command TrialBalance()
    {
        var (entity, month, at) = (Entity(), Options.Month(), At());
        var (by, dimension) = (By(), Dimension());
        return new Command("trial-balance", "Opening, debits, credits and closing of every account for a month.") { entity, month, at, by, dimension }.Does(
            async (parsed, screen, cancel) =>
            {
                var question = new TrialBalanceQuestion(
                    parsed.GetRequiredValue(entity).Trim(), parsed.GetRequiredValue(month), parsed.GetValue(at), parsed.GetValue(by),
                    Filter(parsed.GetValue(dimension)));
                await using var database = await parsed.OpenDatabase(cancel);
                var answer = await new ReadTrialBalance(database.Source, TimeProvider.System).Run(question, cancel);
                if (answer is not LedgerAnswer.Balance(var sheet)) throw Refused(answer);
                screen.Result(sheet, console => Draw(console, sheet));
                return sheet.Balanced ? ExitCode.Done : ExitCode.Findings;
            });
    }

    private static Command Account()
    {
        var entity = Entity();
        var account = new Argument<string>("account") { Description = $"One of {LedgerAccount.AllInWords}." };
        var from = MonthOption("--from", "The first month, such as 2026-11.");
        var until = MonthOption("--until", "The last month, included. Default: the first.");
        var customer = new Option<string?>("--billing-account") { Description = "Only its lines, on accounts of customers.", HelpName = "code" };
        var currency = new Option<string?>("--currency") { Description = "Needed where the account moved in several, such as USD.", HelpName = "code" };
        var after = new Option<string?>("--after") { Description = "What the page before gave as next.", HelpName = "token" };
        var (at, dimension) = (At(), Dimension());
        return new Command("account", "The lines of an account with what it came to before, after each and at last; 200 a page.")
        {
            entity, account, from, until, customer, currency, at, dimension, after,
        }.Does(async (parsed, screen, cancel) =>
        {
            var first = parsed.GetValue(from) ?? throw new UsageException("--from: a month is needed, such as 2026-11.");
            var question = new AccountQuestion(
                parsed.GetRequiredValue(entity).Trim(), parsed.GetRequiredValue(account).Trim(), first, parsed.GetValue(until) ?? first,
                parsed.GetValue(customer), CurrencyOf(parsed.GetValue(currency)), After(parsed.GetValue(after)), parsed.GetValue(at),
                Filter(parsed.GetValue(dimension)));
            await using var database = await parsed.OpenDatabase(cancel);
            var answer = await new ReadAccount(database.Source, TimeProvider.System).Run(question, Listed, cancel);
            if (answer is not LedgerAnswer.Account(var statement)) throw Refused(answer);
            screen.Result(statement, console => Draw(console, statement));
            if (statement.Next is { } next && !screen.Json) screen.Note($"There is more: --after {next}");
            return ExitCode.Done;
        });
    }

    private static Command Customer()
    {
        var code = new Argument<string>("billing-account") { Description = "Its code." };
        var on = new Option<DateOnly?>("--on")
        {
            Description = "The day the ages and the amounts are of. Default: ages of today, all that is booked.",
            HelpName = "date",
        };
        var at = At();
        return new Command("customer", "What a billing account owes by age, what it disputes and what lies to its credit.") { code, on, at }.Does(
            async (parsed, screen, cancel) =>
            {
                await using var database = await parsed.OpenDatabase(cancel);
                var answer = await new ReadCustomer(database.Source, TimeProvider.System).Run(
                    parsed.GetRequiredValue(code).Trim(), parsed.GetValue(on), parsed.GetValue(at), after: null, Listed, cancel);
                if (answer is not LedgerAnswer.Customer(var statement)) throw Refused(answer);
                screen.Result(statement, console => Draw(console, statement));
                if (statement.Next is not null && !screen.Json)
                    screen.Note($"These are the {Listed} that have been due for longest; /v1/ledger/billing-accounts pages through all.");
                return ExitCode.Done;
            });
    }

    private static Command Check() => new Command("check", "Prove every balance against the sum of its lines, reading all of them.").Does(
        async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var proof = await new CheckLedger(database.Source).Run(cancel);
            screen.Result(proof, console => Draw(console, proof));
            return proof.Holds ? ExitCode.Done : ExitCode.Findings;
        });

    private static Command Fold() => new Command("fold", "Fold what was booked since into the balances; changes no figure, and serve does it by itself.").Does(
        async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var folded = await new FoldBalances(database.Source).Run(cancel);
            screen.Result(new { folded }, console => console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{folded:N0} changes folded."));
            return ExitCode.Done;
        });

    /// <summary>The refusal as the command line tells it.</summary>
    internal static UsageException Refused(LedgerAnswer answer) => answer is LedgerAnswer.Refused no
        ? new UsageException($"{no.Field}: {no.Reason.TrimEnd('.')}. {no.Remedy}".Trim())
        : throw new InvalidOperationException($"No words for {answer}.");

    internal static Argument<string> Entity() => new("entity") { Description = "Code of the legal entity." };

    internal static Option<AccountingMonth?> MonthOption(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "month",
        CustomParser = result =>
        {
            if (AccountingMonth.TryParse(result.Tokens[0].Value, out var month)) return month;
            result.AddError($"{name}: '{result.Tokens[0].Value}' is not a month; write year and month, such as 2026-11.");
            return null;
        },
    };

    private static Option<DateTimeOffset?> At() => new("--at")
    {
        Description = "Only what was booked until this instant, such as 2026-11-30T18:00:00Z. Default: all.",
        CustomParser = ParseInstant,
        HelpName = "instant",
    };

    private static Option<string?> By()
    {
        var by = new Option<string?>("--by") { Description = "A line for each code of this dimension, and one for what has none.", HelpName = "dimension" };
        by.AcceptOnlyFromAmong([.. MappingFields.Dimensions]);
        return by;
    }

    private static Option<string?> Dimension() => new("--dimension")
    {
        Description = "Only lines with this code of a dimension, such as cost-center=4100; cost-center= for those without.",
        HelpName = "word=code",
    };

    private static DimensionFilter? Filter(string? text) =>
        text is null ? null
        : DimensionFilter.Parse(text) ?? throw new UsageException(
            $"--dimension: write one of {string.Join(", ", MappingFields.Dimensions)}, an equals sign and a code, such as cost-center=4100.");

    private static DateTimeOffset? ParseInstant(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (Api.Asked.TryInstant(text, out var instant)) return instant;
        result.AddError($"--at: '{text}' is not an instant; write it with its offset, such as 2026-11-30T18:00:00Z.");
        return null;
    }

    private static Currency? CurrencyOf(string? code) =>
        code is null ? null
        : Currency.TryOf(code.Trim(), out var currency) ? currency
        : throw new UsageException($"--currency: '{code}' is no currency; write three capital letters of ISO 4217, such as USD.");

    private static StatementCursor? After(string? token) =>
        token is null ? null
        : StatementCursor.TryParse(token, out var cursor) ? cursor
        : throw new UsageException("--after: this is not what a page gave as next.");

    private static void Draw(IAnsiConsole console, TrialBalanceSheet sheet)
    {
        // A column of its own only where there is something foreign.
        var foreign = sheet.Totals.Any(total => total.Opening.Currency.Code != sheet.InBooks.Opening.Currency.Code);
        var table = Screen.Table(
            [.. Grouped(sheet.By ?? ""), "number", "account", "name", "type", "currency", ">opening", ">debits", ">credits", ">closing",
                .. foreign ? [$">in {sheet.InBooks.Opening.Currency}"] : Array.Empty<string>()]);
        foreach (var line in sheet.Lines)
            table.AddRow([
                .. Grouped(line.Code ?? ""), Markup.Escape(line.Number), line.Account, Markup.Escape(line.Name), Words.Of(line.Type), line.Opening.Currency.Code,
                Figure(line.Opening), Figure(line.Debits), Figure(line.Credits), Figure(line.Closing),
                .. foreign ? [Figure(line.InBooks!.Closing)] : Array.Empty<string>()]);
        foreach (var total in sheet.Totals)
            table.AddRow([
                .. Grouped(""), "", "", "[bold]total[/]", "", total.Opening.Currency.Code, Figure(total.Opening), Figure(total.Debits), Figure(total.Credits),
                Figure(total.Closing)]);
        if (foreign) table.AddRow([.. Grouped(""), "", "", "[bold]total in the books[/]", "", "", Figure(sheet.InBooks.Opening), Figure(sheet.InBooks.Debits),
            Figure(sheet.InBooks.Credits), "", Figure(sheet.InBooks.Closing)]);
        console.Write(table);
        var all = sheet.Filter is null ? "It comes" : "With all other lines it comes";
        console.MarkupLineInterpolated(
            $"{(sheet.Balanced ? $"{all} to zero in each currency." : "It does not come to zero: run tieout ledger check.")}");

        string[] Grouped(string code) => sheet.By is null ? [] : [Markup.Escape(code)];
    }

    private static void Draw(IAnsiConsole console, AccountStatement statement)
    {
        var foreign = statement.OpeningInBooks.Currency.Code != statement.Opening.Currency.Code;
        var table = Screen.Table(
            ["date", "document", "kind", "billing account", "text", .. Sorted("dimensions"), ">amount", ">balance",
                .. foreign ? [$">in {statement.OpeningInBooks.Currency}"] : Array.Empty<string>()]);
        table.AddRow(["", "", "[bold]opening[/]", "", "", .. Sorted(""), "", Figure(statement.Opening), .. Books(statement.OpeningInBooks)]);
        foreach (var line in statement.Lines)
            table.AddRow([
                Day(line.Date), Markup.Escape(line.Document), line.Kind, Markup.Escape(line.BillingAccount), Markup.Escape(line.Text),
                .. Sorted(Markup.Escape(InWords(line.Dimensions))), Figure(line.Amount),
                Figure(line.Balance), .. Books(line.InBooks)]);
        table.AddRow(
            ["", "", "[bold]closing[/]", "", "", .. Sorted(""), statement.Closing.Currency.Code, Figure(statement.Closing), .. Books(statement.ClosingInBooks)]);
        console.Write(table);

        string[] Books(Money money) => foreign ? [Figure(money)] : [];

        // A column of its own only where a line has any.
        string[] Sorted(string cell) => statement.Lines.Any(line => line.Dimensions.Count > 0) ? [cell] : [];
    }

    /// <summary>Such as <c>cost-center 4100, region EU</c>.</summary>
    internal static string InWords(IReadOnlyDictionary<string, string> dimensions) =>
        string.Join(", ", dimensions.Select(pair => $"{pair.Key} {pair.Value}"));

    private static void Draw(IAnsiConsole console, CustomerStatement statement)
    {
        var table = Screen.Table("invoice", "issued", "due", ">days overdue", ">total", ">open");
        foreach (var item in statement.Items)
            table.AddRow(
                Markup.Escape(item.Number), Day(item.IssuedOn), Day(item.DueOn), item.DaysOverdue.ToString(CultureInfo.InvariantCulture), Figure(item.Total),
                Figure(item.Open));
        console.Write(table);
        var ages = Screen.Table(">not due", ">1-30", ">31-60", ">61-90", ">over 90", ">credits", ">receivable", ">disputed", ">unapplied", "currency");
        var open = statement.Open;
        ages.AddRow(
            Figure(open.Current), Figure(open.Days1To30), Figure(open.Days31To60), Figure(open.Days61To90), Figure(open.Over90), Figure(statement.Credits),
            Figure(statement.Receivable), Figure(statement.Disputed), Figure(statement.Unapplied), statement.Receivable.Currency.Code);
        console.Write(ages);
    }

    private static void Draw(IAnsiConsole console, LedgerProof proof)
    {
        if (proof.Holds)
        {
            console.MarkupLineInterpolated(
                CultureInfo.InvariantCulture, $"{proof.Balances:N0} balances are the sums of {proof.Lines:N0} lines, and every month comes to zero.");
            return;
        }
        var table = Screen.Table("trouble", "entity", "month", "account", "currency", ">kept", ">lines say");
        foreach (var finding in proof.Findings)
            table.AddRow(
                Words.Of(finding.Trouble), Markup.Escape(finding.Entity), finding.Month.ToString(), finding.Account, finding.Currency.Code,
                Screen.Amount(finding.Kept.Amount, finding.Currency.Code), Screen.Amount(finding.Booked.Amount, finding.Currency.Code));
        console.Write(table);
    }

    private static string Figure(Money money) => Screen.Amount(money.Amount, money.Currency.Code);

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
