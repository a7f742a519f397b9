using System.CommandLine;
using System.Globalization;
using Tieout.Application.Ledger;
using Tieout.Cli.Terminal;
using Tieout.Domain;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Ledger;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout account add|close|open</c>: accounts that a legal entity has of its own in the chart.</summary>
internal static class OwnAccountVerbs
{
    public static Command Add()
    {
        var entity = LedgerVerbs.Entity();
        var number = new Argument<string>("number") { Description = "Its number in the chart: letters and digits, at most 20." };
        var code = new Option<string>("--code")
        {
            Description = "What entries call it, behind own.: small letters, digits, dashes. It never changes.",
            Required = true,
            HelpName = "code",
        };
        var name = new Option<string>("--name") { Description = "Its name, at most 100 characters.", Required = true, HelpName = "text" };
        var type = new Option<string>("--type", "--kind")
        {
            Description = "asset, liability, equity, income or expense. It never changes.",
            Required = true,
            HelpName = "type",
        };
        type.AcceptOnlyFromAmong([.. Enum.GetValues<AccountType>().Select(Words.Of)]);
        var (from, reason) = (Day("--from", "The first day it takes entries of, such as 2026-11-01. Default: any.", needed: false), CashOptions.Reason());
        return new Command("add", "Add an account of its own to the chart of a legal entity, beside those of the house.")
        {
            entity, number, code, name, type, from, reason,
        }.Does(async (parsed, screen, cancel) =>
        {
            var wish = new OwnAccountWish(
                parsed.GetRequiredValue(code).Trim(), parsed.GetRequiredValue(number).Trim(), parsed.GetRequiredValue(name).Trim(),
                Words.Parse<AccountType>(parsed.GetRequiredValue(type)), DayOf(from, parsed.GetValue(from)));
            var why = Why(parsed, reason);
            await using var database = await parsed.OpenDatabase(cancel);
            return LedgerChartVerbs.Told(screen, await new AddAccount(database.Source).Run(
                new AccountRequest(parsed.GetRequiredValue(entity).Trim(), wish, Verb.Actor, why), cancel));
        });
    }

    public static Command Close()
    {
        var on = Day("--on", "The last day it takes entries of, such as 2026-12-31.", needed: true);
        return Closing(new Command("close", "Say which day is the last that an account of one's own takes entries of."), on);
    }

    public static Command Open() => Closing(new Command("open", "Let an account of one's own that was closed take entries again."), on: null);

    private static Command Closing(Command command, Option<string?>? on)
    {
        var (entity, reason) = (LedgerVerbs.Entity(), CashOptions.Reason());
        var account = new Argument<string>("account") { Description = "As entries call it, such as own.travel." };
        command.Add(entity);
        command.Add(account);
        if (on is not null) command.Add(on);
        command.Add(reason);
        return command.Does(async (parsed, screen, cancel) =>
        {
            var request = new AccountClosing(
                parsed.GetRequiredValue(entity).Trim(), parsed.GetRequiredValue(account).Trim(), on is null ? null : DayOf(on, parsed.GetValue(on)),
                Verb.Actor, Why(parsed, reason));
            await using var database = await parsed.OpenDatabase(cancel);
            return LedgerChartVerbs.Told(screen, await new CloseAccount(database.Source).Run(request, cancel));
        });
    }

    private static Option<string?> Day(string name, string description, bool needed) =>
        new(name) { Description = description, Required = needed, HelpName = "date" };

    private static DateOnly? DayOf(Option<string?> option, string? text) =>
        text is null ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
        : throw new UsageException($"{option.Name}: '{text}' is not a date; write year, month and day, such as 2026-11-30.");

    private static string Why(ParseResult parsed, Option<string> reason)
    {
        var why = parsed.GetRequiredValue(reason).Trim();
        return GivenText.Problem(why, GivenText.ReasonMost) is { } wrong ? throw new UsageException($"--reason: {wrong}") : why;
    }
}
