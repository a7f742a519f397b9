using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Spectre.Console;
using Tieout.Application.Invoicing;
using Tieout.Cli.Terminal;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Ledger;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout credit NUMBER</c>, <c>tieout void NUMBER</c> and <c>tieout write-off NUMBER</c>.</summary>
internal static class CreditVerbs
{
    public static Command CreateCredit()
    {
        var (number, reason, on, key) = (Number(), Reason(), On(), Key());
        var amount = Amount("What to credit before tax, spread over the lines; all that is left when neither this nor --line is given.");
        var lines = new Option<LineCredit[]>("--line")
        {
            Description = "A line's number and what of it to credit before tax, such as 2=12.50; may be given several times.",
            CustomParser = ParseLines,
            AllowMultipleArgumentsPerToken = false,
            HelpName = "n=amount",
        };
        var command = new Command("credit", "Give a credit memo on an invoice: whole, an amount, or lines. Never more than was billed.")
        {
            number, amount, lines, reason, on, key,
        };
        return command.Does(async (parsed, screen, cancel) =>
        {
            var named = parsed.GetValue(lines) ?? [];
            if (named.Length > 0 && parsed.GetValue(amount) is not null) throw new UsageException("Give --amount or --line, not both.");
            CreditWish wish = parsed.GetValue(amount) is { } some ? new CreditWish.ByAmount(some)
                : named.Length > 0 ? new CreditWish.ByLine(named)
                : new CreditWish.Whole();
            return await Give(parsed, screen, "credit", Request(parsed, number, reason, on, key, wish), cancel);
        });
    }

    public static Command CreateVoid()
    {
        var (number, reason, on, key) = (Number(), Reason(), On(), Key());
        var command = new Command("void", "Take a wrong invoice back whole; the next billing run bills anew what is wanted then.") { number, reason, on, key };
        return command.Does((parsed, screen, cancel) =>
            Give(parsed, screen, "void", Request(parsed, number, reason, on, key, new CreditWish.Void()), cancel));
    }

    public static Command CreateWriteOff()
    {
        var (number, reason, on, key) = (Number(), Reason(), On(), Key());
        var amount = Amount("What to give up, tax included; all that is owed when not given.");
        var dimension = new Option<string[]>("--dimension")
        {
            Description = "What the expense is sorted by, such as cost-center=4100; may be given several times.",
            AllowMultipleArgumentsPerToken = false,
            HelpName = "word=code",
        };
        var command = new Command("write-off", "Give up what is owed on an invoice, or part of it: it becomes an expense.")
        {
            number, amount, dimension, reason, on, key,
        };
        return command.Does(async (parsed, screen, cancel) =>
        {
            var request = new WriteOffRequest(
                parsed.GetRequiredValue(number).Trim().ToUpperInvariant(), parsed.GetValue(amount), parsed.GetValue(on),
                parsed.GetRequiredValue(reason).Trim(), Verb.Actor, parsed.GetValue(key) ?? "")
            { Dimensions = Dimensions(parsed.GetValue(dimension)) };
            var wish = (request.Amount is { } some ? Plain(some) : "all") + (request.Dimensions.IsEmpty ? "" : $"|{request.Dimensions}");
            if (request.Key.Length == 0) request = request with { Key = KeyOf("write-off", request.Number, wish, request.On, request.Reason) };
            await using var database = await parsed.OpenDatabase(cancel);
            switch (await new WriteOffInvoice(database.Source, TimeProvider.System).Run(request, cancel))
            {
                case WriteOffOutcome.Done done:
                    screen.Result(done, console => console.MarkupLineInterpolated(
                        $"{done.Number}: written off {Shown(done.Amount, done.Currency)} of {request.Number}; {Shown(done.Left, done.Currency)} is still owed."));
                    Repeated(screen, done.Again);
                    return ExitCode.Done;
                case WriteOffOutcome.NotFound: throw new UsageException($"No invoice has the number {request.Number}.");
                case WriteOffOutcome.Refused no: throw Refused(no.Field, no.Reason, no.Remedy);
                case var other: throw new InvalidOperationException($"No answer for {other}.");
            }
        });
    }

    private static async Task<int> Give(ParseResult parsed, Screen screen, string what, CreditRequest request, CancellationToken cancel)
    {
        if (request.Key.Length == 0) request = request with { Key = KeyOf(what, request.Number, Words(request.Wish), request.On, request.Reason) };
        await using var database = await parsed.OpenDatabase(cancel);
        switch (await new CreditInvoice(database.Source, TimeProvider.System).Run(request, cancel))
        {
            case CreditOutcome.Given given:
                screen.Result(given, console => console.Write(Drawn(given, request.Number)));
                Repeated(screen, given.Again);
                return ExitCode.Done;
            case CreditOutcome.NotFound: throw new UsageException($"No invoice has the number {request.Number}.");
            case CreditOutcome.Refused no: throw Refused(no.Field, no.Reason, no.Remedy);
            case var other: throw new InvalidOperationException($"No answer for {other}.");
        }
    }

    private static Table Drawn(CreditOutcome.Given given, string number)
    {
        var table = Screen.Table("credit memo", "corrects", "currency", ">net", ">tax", ">total");
        table.AddRow(
            given.Number, Markup.Escape(number), given.Currency, Screen.Amount(given.Net, given.Currency), Screen.Amount(given.Tax, given.Currency),
            Screen.Amount(given.Total, given.Currency));
        return table;
    }

    private static string Shown(decimal amount, string currency) => $"{Screen.Amount(amount, currency)} {currency}";

    private static void Repeated(Screen screen, bool again)
    {
        if (again) screen.Note("This was given before, by the same words; nothing was added. Another one like it takes --key with a new name.");
    }

    private static UsageException Refused(string field, string reason, string remedy) =>
        new($"Nothing was changed. {field}: {reason.TrimEnd('.')}. {remedy}".Trim());

    private static CreditRequest Request(
        ParseResult parsed, Argument<string> number, Option<string> reason, Option<DateOnly?> on, Option<string?> key, CreditWish wish) => new(
        parsed.GetRequiredValue(number).Trim().ToUpperInvariant(), wish, parsed.GetValue(on), parsed.GetRequiredValue(reason).Trim(), Verb.Actor,
        parsed.GetValue(key) ?? "");

    // Made of what is asked: the same command typed twice gives once.
    private static string KeyOf(string what, string number, string wish, DateOnly? on, string reason)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{number}|{wish}|{on:yyyy-MM-dd}|{reason}");
        return $"cli:{what}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
    }

    private static string Words(CreditWish wish) => wish switch
    {
        CreditWish.ByAmount some => Plain(some.Amount),
        CreditWish.ByLine some => string.Join(
            ' ', some.Lines.Select(line => string.Create(CultureInfo.InvariantCulture, $"{line.LineNo}={Plain(line.Amount)}"))),
        _ => wish.GetType().Name,
    };

    private static string Plain(decimal amount) => amount.ToString("0.############", CultureInfo.InvariantCulture);

    private static Argument<string> Number() => new("number") { Description = "The invoice's number, such as US-2026-0000001." };

    private static Option<string> Reason() => new("--reason")
    {
        Description = "Why; the customer reads it. At most 200 characters.",
        Required = true,
        HelpName = "text",
    };

    private static Option<DateOnly?> On() => new("--on")
    {
        Description = "The day it is dated, such as 2026-11-30; its month must be open. Default: today, or the invoice's own date while that is still to come.",
        CustomParser = ParseDay,
        HelpName = "date",
    };

    private static Option<string?> Key() => new("--key")
    {
        Description = "Names the request: the same name again adds nothing. Default: made of what is asked.",
        HelpName = "name",
    };

    private static Option<decimal?> Amount(string description) => new("--amount") { Description = description, CustomParser = ParseAmount, HelpName = "amount" };

    private static DateOnly? ParseDay(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return day;
        result.AddError($"'{text}' is not a date; write year, month and day, such as 2026-11-30.");
        return null;
    }

    private static LineDimensions Dimensions(string[]? given)
    {
        List<KeyValuePair<string, string>> codes =
            [.. (given ?? []).Select(text => text.Split('=', 2)).Select(parts => KeyValuePair.Create(parts[0].Trim(), parts.Length == 2 ? parts[1].Trim() : ""))];
        return LineDimensions.Judge(codes) is [var problem, ..] ? throw new UsageException($"--dimension: {problem}") : new LineDimensions(codes);
    }

    private static decimal? ParseAmount(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (TryAmount(text, out var amount)) return amount;
        result.AddError($"'{text}' is not an amount above zero; write it with a decimal point, such as 12.50.");
        return null;
    }

    private static LineCredit[] ParseLines(ArgumentResult result)
    {
        List<LineCredit> lines = [];
        foreach (var text in result.Tokens.Select(token => token.Value))
        {
            var parts = text.Split('=');
            if (parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var no) && TryAmount(parts[1], out var amount))
                lines.Add(new LineCredit(no, amount));
            else result.AddError($"'{text}' is not a line and an amount; write them as 2=12.50.");
        }
        return [.. lines];
    }

    private static bool TryAmount(string text, out decimal amount) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out amount) && amount > 0;
}
