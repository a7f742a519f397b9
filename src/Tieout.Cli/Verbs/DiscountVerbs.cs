using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Spectre.Console;
using Tieout.Application.Accounts;
using Tieout.Cli.Terminal;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout discount list|give|end|withdraw ACCOUNT</c>.</summary>
internal static class DiscountVerbs
{
    public static Command Create() => new("discount", "Discounts of the catalogue given to an account, and their end.") { List(), Give(), End(), Withdraw() };

    private static Command List()
    {
        var account = Account();
        return new Command("list", "Discounts of an account, ended and withdrawn ones too.") { account }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var rows = await Discounts(database.Source).List(parsed.GetRequiredValue(account), cancel)
                ?? throw new UsageException("No billing account has this code.");
            screen.Result(rows, console => console.Write(Drawn(rows)));
            return ExitCode.Done;
        });
    }

    private static Command Give()
    {
        var (account, discount, reason) = (Account(), new Argument<string>("discount") { Description = "Code of the discount in the catalogue." }, Reason());
        var subscription = new Option<string?>("--subscription") { Description = "Code of the subscription; all of the account when not given.", HelpName = "code" };
        var component = new Option<string?>("--component") { Description = "The component; all of the subscription when not given.", HelpName = "name" };
        var from = new Option<string>("--from") { Description = "The first day it is given; also a past one.", Required = true, HelpName = "day" };
        var until = new Option<string?>("--until") { Description = "The first day it no longer is.", HelpName = "day" };
        var key = new Option<string?>("--key") { Description = "Names the request: the same name again adds nothing. Default: made of what is asked." };
        return new Command("give", "Give a discount; backdated, the next billing run credits what was billed too much.")
        {
            account, discount, subscription, component, from, until, reason, key,
        }.Does(async (parsed, screen, cancel) =>
        {
            var code = parsed.GetRequiredValue(account);
            var request = new DiscountRequest
            {
                Discount = parsed.GetRequiredValue(discount),
                Subscription = parsed.GetValue(subscription),
                Component = parsed.GetValue(component),
                From = parsed.GetRequiredValue(from),
                Until = parsed.GetValue(until),
                Actor = Verb.Actor,
                Reason = parsed.GetRequiredValue(reason),
            };
            await using var database = await parsed.OpenDatabase(cancel);
            return Told(screen, await Discounts(database.Source).Give(code, request, parsed.GetValue(key) ?? KeyOf(code, request), cancel));
        });
    }

    private static Command End()
    {
        var (account, id, reason) = (Account(), Id(), Reason());
        var until = new Option<string>("--until") { Description = "The first day it is no longer given; also a past one.", Required = true, HelpName = "day" };
        return new Command("end", "End a discount; backdated, the next billing run bills what was charged too little.")
        {
            account, id, until, reason,
        }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            return Told(screen, await Discounts(database.Source).End(
                parsed.GetRequiredValue(account), parsed.GetRequiredValue(id), parsed.GetRequiredValue(until), Verb.Actor, parsed.GetRequiredValue(reason), cancel));
        });
    }

    private static Command Withdraw()
    {
        var (account, id, reason) = (Account(), Id(), Reason());
        return new Command("withdraw", "Take a discount back as if it had never been given.") { account, id, reason }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            return Told(screen, await Discounts(database.Source).Withdraw(
                parsed.GetRequiredValue(account), parsed.GetRequiredValue(id), Verb.Actor, parsed.GetRequiredValue(reason), cancel));
        });
    }

    private static AccountDiscounts Discounts(Npgsql.NpgsqlDataSource database) => new(database, TimeProvider.System);

    private static Argument<string> Account() => new("account") { Description = "Code of the billing account." };

    private static Argument<Guid> Id() => new("id") { Description = "The discount's id, as tieout discount list shows it." };

    private static Option<string> Reason() => new("--reason") { Description = "Why.", Required = true, HelpName = "text" };

    private static int Told(Screen screen, AccountOutcome<AccountDiscount> outcome)
    {
        var given = AccountAnswer.Of(screen, outcome);
        screen.Result(given, console => console.Write(Drawn([given])));
        return ExitCode.Done;
    }

    private static Table Drawn(IReadOnlyList<AccountDiscount> rows)
    {
        var table = Screen.Table("id", "discount", "on", "from", "until before", "withdrawn");
        foreach (var row in rows)
            table.AddRow(
                row.Id.ToString(), Markup.Escape(row.Discount), Markup.Escape($"{row.Subscription ?? "account"}{(row.Component is { } name ? "/" + name : "")}"),
                Day(row.From), row.Until is { } until ? Day(until) : "", row.Withdrawn is { } at ? Day(DateOnly.FromDateTime(at.UtcDateTime)) : "");
        return table;
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string KeyOf(string account, DiscountRequest request)
    {
        var text = string.Join('|', account, request.Discount, request.Subscription, request.Component, request.From, request.Until);
        return $"cli:discount:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
    }
}
