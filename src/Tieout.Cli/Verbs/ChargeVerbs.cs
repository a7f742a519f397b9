using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Spectre.Console;
using Tieout.Application.Accounts;
using Tieout.Cli.Terminal;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout charge add|list|withdraw ACCOUNT</c>.</summary>
internal static class ChargeVerbs
{
    private static readonly (string Name, string Text)[] Texts =
    [
        ("price", "Price of one, before tax, such as 250.00."),
        ("quantity", "Units; 1 when not given."),
        ("on", "The day it is for, and falls due; also a past one. Default: today."),
        ("description", "What the customer reads."),
        ("subscription", "Code of the subscription it goes with; none for the account as a whole."),
        ("recognition", "immediate (the default) or deferred."),
        ("tax-category", "What kind of thing it is for tax; standard when not given."),
        ("key", "Names the request: the same name again adds nothing. Default: made of what is asked."),
    ];

    public static Command Create() => new("charge", "Charge something beside the subscription, once.") { Add(), List(), Withdraw() };

    private static Command Add()
    {
        var account = Account();
        var command = new Command("add", "Add a charge; the next billing run bills it.") { account };
        var values = Texts.ToDictionary(option => option.Name, option => new Option<string?>("--" + option.Name) { Description = option.Text });
        foreach (var option in values.Values) command.Add(option);
        return command.Does(async (parsed, screen, cancel) =>
        {
            string? Value(string name) => parsed.GetValue(values[name]);
            var request = new ChargeRequest
            {
                UnitPrice = Value("price"),
                Quantity = Value("quantity"),
                On = Value("on"),
                Description = Value("description"),
                Subscription = Value("subscription"),
                Recognition = Value("recognition"),
                TaxCategory = Value("tax-category"),
                Actor = Verb.Actor,
            };
            var code = parsed.GetRequiredValue(account);
            await using var database = await parsed.OpenDatabase(cancel);
            return Told(screen, await new AccountCharges(database.Source, TimeProvider.System).Add(code, request, Value("key") ?? KeyOf(code, request), cancel));
        });
    }

    private static Command List()
    {
        var account = Account();
        return new Command("list", "Charges of an account, the newest first.") { account }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var rows = await new AccountCharges(database.Source, TimeProvider.System).List(parsed.GetRequiredValue(account), cancel)
                ?? throw new UsageException("No billing account has this code.");
            screen.Result(rows, console => console.Write(Drawn(rows)));
            return ExitCode.Done;
        });
    }

    private static Command Withdraw()
    {
        var (account, id) = (Account(), new Argument<Guid>("id") { Description = "The charge's id, as tieout charge list shows it." });
        var reason = new Option<string>("--reason") { Description = "Why.", Required = true, HelpName = "text" };
        return new Command("withdraw", "Withdraw a charge; the next billing run credits it if it was billed.")
        {
            account, id, reason,
        }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            return Told(screen, await new AccountCharges(database.Source, TimeProvider.System).Withdraw(
                parsed.GetRequiredValue(account), parsed.GetRequiredValue(id), Verb.Actor, parsed.GetRequiredValue(reason), cancel));
        });
    }

    private static Argument<string> Account() => new("account") { Description = "Code of the billing account." };

    private static int Told(Screen screen, AccountOutcome<AccountCharge> outcome)
    {
        switch (outcome)
        {
            case AccountDone<AccountCharge>(var charge, var again):
                screen.Result(charge, console => console.Write(Drawn([charge])));
                if (again) screen.Note("This was done before; nothing was added. Another one like it takes --key with a new name.");
                return ExitCode.Done;
            case AccountUnreadable<AccountCharge> bad: throw new UsageException(PreviewVerb.Words(bad.Errors));
            case AccountNotFound<AccountCharge> missing: throw new UsageException(missing.Words);
            case AccountRefused<AccountCharge> no: throw new UsageException($"Nothing was changed. {no.Field}: {no.Reason} {no.Remedy}");
            case var other: throw new InvalidOperationException($"No words for {other}.");
        }
    }

    private static Table Drawn(IReadOnlyList<AccountCharge> charges)
    {
        var table = Screen.Table("charge", "on", "what", ">amount", "currency", "invoice", "withdrawn");
        foreach (var charge in charges)
            table.AddRow(
                charge.Id.ToString(), Day(charge.On), Markup.Escape(charge.Description), Screen.Amount(charge.Amount.Amount, charge.Amount.Currency.Code),
                charge.Amount.Currency.Code, charge.Invoice ?? "", charge.Withdrawn is { } at ? Day(DateOnly.FromDateTime(at.UtcDateTime)) : "");
        return table;
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string KeyOf(string account, ChargeRequest request)
    {
        var text = string.Join('|', account, request.On, request.Quantity, request.UnitPrice, request.Description, request.Subscription);
        return $"cli:charge:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
    }
}
