using System.CommandLine;
using Spectre.Console;
using Tieout.Application.Banks;
using Tieout.Cli.Terminal;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout bank-account list|add|close</c>.</summary>
internal static class BankAccountVerbs
{
    public static Command Create() => new("bank-account", "Accounts that legal entities have at banks: see them, add one, close one.") { List(), Add(), Close() };

    private static Command List()
    {
        var entity = new Argument<string?>("entity") { Description = "Code of a legal entity; all when not given.", Arity = ArgumentArity.ZeroOrOne };
        return new Command("list", "Bank accounts with the account of the ledger that each is kept on.") { entity }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var rows = await new FindBankAccounts(database.Source).List(parsed.GetValue(entity), cancel);
            screen.Result(rows, console => Draw(console, rows));
            return ExitCode.Done;
        });
    }

    private static Command Add()
    {
        var (entity, code) = (Entity(), new Argument<string>("code") { Description = "What it is called here, such as usd: small letters, digits, dashes." });
        var number = new Option<string>("--number")
        {
            Description = "The IBAN, or the bank's own number, as statements tell it.",
            Required = true,
            HelpName = "number",
        };
        var currency = new Option<string>("--currency") { Description = "The currency it is kept in, such as USD.", Required = true, HelpName = "code" };
        var ledgerNumber = CashOptions.Text("--ledger-number", "Number of its account in the chart. Default: the next from 1101 on.", "number");
        var ledgerName = CashOptions.Text("--ledger-name", "Name of its account in the chart.", "name");
        var reason = CashOptions.Reason();
        return new Command("add", "Add a bank account. The first of a legal entity is kept on cash-clearing, every other one on an account of its own.")
        {
            entity, code, number, currency, ledgerNumber, ledgerName, reason,
        }.Does(async (parsed, screen, cancel) =>
        {
            var document = CashOptions.Document([
                ("legal-entity", parsed.GetRequiredValue(entity)), ("code", parsed.GetRequiredValue(code)), ("number", parsed.GetRequiredValue(number)),
                ("currency", parsed.GetRequiredValue(currency)), ("ledger-number", parsed.GetValue(ledgerNumber)), ("ledger-name", parsed.GetValue(ledgerName)),
                ("reason", parsed.GetRequiredValue(reason))]);
            await using var database = await parsed.OpenDatabase(cancel);
            return Told(screen, await new AddBankAccount(database.Source).Run(document, Verb.Actor, cancel));
        });
    }

    private static Command Close()
    {
        var (entity, code) = (Entity(), new Argument<string>("code") { Description = "The bank account's code." });
        var on = new Option<string>("--on") { Description = "Its last day, such as 2026-11-30.", Required = true, HelpName = "date" };
        var reason = CashOptions.Reason();
        return new Command("close", "Say which day was its last: no statement and no money of a later day is taken.") { entity, code, on, reason }.Does(
            async (parsed, screen, cancel) =>
            {
                var document = CashOptions.Document([("on", parsed.GetRequiredValue(on)), ("reason", parsed.GetRequiredValue(reason))]);
                await using var database = await parsed.OpenDatabase(cancel);
                return Told(screen, await new CloseBankAccount(database.Source).Run(
                    parsed.GetRequiredValue(entity), parsed.GetRequiredValue(code), document, Verb.Actor, cancel));
            });
    }

    private static Argument<string> Entity() => new("entity") { Description = "Code of the legal entity whose it is." };

    private static int Told(Screen screen, BankAccountOutcome outcome)
    {
        switch (outcome)
        {
            case BankAccountOutcome.Done(var account, var again):
                screen.Result(account, console => Draw(console, [account]));
                if (again) screen.Note("It was so before; nothing was changed.");
                return ExitCode.Done;
            case BankAccountOutcome.Unreadable bad: throw new UsageException($"Nothing was changed.\n{string.Join('\n', bad.Problems)}");
            case BankAccountOutcome.NotFound("legal-entity"): throw new UsageException("No legal entity has this code. Correct it.");
            case BankAccountOutcome.NotFound: throw new UsageException("The legal entity has no bank account of this code. Look at bank-account list.");
            case BankAccountOutcome.Refused(var problem): throw new UsageException($"Nothing was changed.\n{problem}");
            default: throw new InvalidOperationException($"No answer for {outcome}.");
        }
    }

    private static void Draw(IAnsiConsole console, IReadOnlyList<BankAccount> rows)
    {
        var table = Screen.Table("entity", "code", "number", "currency", "kept on", "chart", "name", "last statement", "closed");
        foreach (var one in rows)
            table.AddRow(
                one.LegalEntity, one.Code, one.Number, one.Currency, one.LedgerAccount, one.LedgerNumber, Markup.Escape(one.LedgerName),
                one.LastStatement is { } last ? CashOptions.Day(last) : "", one.ClosedOn is { } closed ? CashOptions.Day(closed) : "");
        console.Write(table);
    }
}
