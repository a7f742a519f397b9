using System.CommandLine;
using Spectre.Console;
using Tieout.Application.Payments;
using Tieout.Cli.Terminal;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout payment add|apply|unapply|list|show|rules</c>.</summary>
internal static class PaymentVerbs
{
    private const int Listed = 200;

    public static Command Create() => new("payment", "Money received: book it, apply it to invoices, see where it lies.") { Add(), Move(false), Move(true),
        List(), Show(), PaymentRulesVerb.Create() };

    private static Command Add()
    {
        var account = new Argument<string>("account") { Description = "Code of the billing account that paid." };
        var amount = new Argument<string>("amount") { Description = "What was paid, such as 120.00." };
        var currency = new Argument<string>("currency") { Description = "Such as USD." };
        var reference = new Option<string>("--reference")
        {
            Description = "What the bank or provider calls it; the same again is the same payment.",
            Required = true,
            HelpName = "text"
        };
        var received = new Option<string>("--received") { Description = "The day it came, such as 2026-11-30.", Required = true, HelpName = "date" };
        var (fee, method) = (CashOptions.Text("--fee", "What the bank kept of it.", "amount"), CashOptions.Text("--method",
            "Such as card. Default: bank-transfer."));
        var source = CashOptions.Text("--source", "Who reports it; references are unique to it. Default: cli.");
        var bank = CashOptions.BankAccount();
        var recovers = CashOptions.Text("--recovers", "Number of the write-off whose money it is after all.", "number");
        var invoices = CashOptions.Invoices("An invoice it settles, and how much; all it asks for without an amount. May be given several times.");
        var (discounts, difference) = (CashOptions.Discounts(), CashOptions.Difference());
        var oldest = new Option<bool>("--oldest-first") { Description = "Settle the account's oldest invoices first." };
        var (reason, key) = (CashOptions.Text("--reason", "Why, if there is more to say than the reference."), CashOptions.Key());
        return new Command("add", "Book money received; what settles no invoice stays unapplied.")
        {
            account, amount, currency, reference, received, fee, method, source, bank, recovers, invoices, discounts, difference, oldest, reason, key,
        }.Does(async (parsed, screen, cancel) =>
        {
            var document = CashOptions.Document([
                ("billing-account", parsed.GetRequiredValue(account)), ("amount", parsed.GetRequiredValue(amount)), ("currency", parsed.GetRequiredValue(currency)),
                ("reference", parsed.GetRequiredValue(reference)), ("received-on", parsed.GetRequiredValue(received)), ("fee", parsed.GetValue(fee)),
                ("method", parsed.GetValue(method)), ("source", parsed.GetValue(source) ?? "cli"), ("bank-account", parsed.GetValue(bank)),
                ("recovers", parsed.GetValue(recovers)),
                ("invoices", CashOptions.Named(parsed.GetValue(invoices), parsed.GetValue(discounts))),
                ("difference", parsed.GetValue(difference) ? true : null), ("oldest-first", parsed.GetValue(oldest) ? true : null),
                ("reason", parsed.GetValue(reason))]);
            await using var database = await parsed.OpenDatabase(cancel);
            return CashOptions.Told(screen, await new RecordPayment(database.Source, TimeProvider.System).Run(
                document, Verb.Actor, parsed.KeyOf(key, "payment", document), cancel));
        });
    }

    private static Command Move(bool release)
    {
        var number = CashOptions.Number("payment");
        var invoices = CashOptions.Invoices(release ? "An invoice and how much to take off it; all without an amount. May be given several times."
            : "An invoice it settles, and how much; all it asks for without an amount. May be given several times.");
        var discounts = CashOptions.Discounts();
        var oldest = new Option<bool>("--oldest-first") { Description = "Settle the account's oldest invoices first." };
        var (on, reason, key) = (CashOptions.On(), CashOptions.Reason(), CashOptions.Key());
        var command = release
            ? new Command("unapply", "Take a payment off invoices again: they are owed again, its money is unapplied.") { number, invoices, on, reason, key }
            : new Command("apply", "Settle invoices with what a payment left unapplied.") { number, invoices, discounts, oldest, on, reason, key };
        return command.Does(async (parsed, screen, cancel) =>
        {
            var of = parsed.GetRequiredValue(number).Trim().ToUpperInvariant();
            var document = CashOptions.Document([
                ("invoices", CashOptions.Named(parsed.GetValue(invoices), release ? null : parsed.GetValue(discounts))),
                ("oldest-first", !release && parsed.GetValue(oldest) ? true : null),
                ("on", parsed.GetValue(on)), ("reason", parsed.GetRequiredValue(reason))]);
            await using var database = await parsed.OpenDatabase(cancel);
            var move = new MovePayment(database.Source, TimeProvider.System);
            var asked = parsed.KeyOf(key, $"{(release ? "unapply" : "apply")}:{of}", document);
            return CashOptions.Told(screen, release
                ? await move.Unapply(of, document, Verb.Actor, asked, cancel)
                : await move.Apply(of, document, Verb.Actor, asked, cancel));
        });
    }

    private static Command List()
    {
        var account = new Argument<string?>("account") { Description = "Code of a billing account; all when not given.", Arity = ArgumentArity.ZeroOrOne };
        var unapplied = new Option<bool>("--unapplied") { Description = "Only those of which something is unapplied." };
        return new Command("list", "Payments, the newest first; at most 200.") { account, unapplied }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var rows = await new FindPayments(database.Source).List(parsed.GetValue(account), parsed.GetValue(unapplied), after: null, Listed, cancel);
            screen.Result(rows, console => console.Write(Drawn(rows)));
            return ExitCode.Done;
        });
    }

    private static Command Show()
    {
        var number = CashOptions.Number("payment");
        return new Command("show", "A payment, where its money lies and what became of it.") { number }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var found = await new FindPayments(database.Source).One(parsed.GetRequiredValue(number).Trim().ToUpperInvariant(), cancel)
                ?? throw new UsageException("No payment has this number.");
            screen.Result(found, console => Draw(console, found));
            return ExitCode.Done;
        });
    }

    private static void Draw(IAnsiConsole console, Payment payment)
    {
        console.Write(Drawn([payment]));
        var table = Screen.Table("movement", "kind", "date", ">amount", "reason");
        foreach (var one in payment.Movements)
            table.AddRow(one.Number, one.Kind, CashOptions.Day(one.Date), Screen.Amount(one.Amount.Amount, one.Amount.Currency.Code), Markup.Escape(one.Reason));
        console.Write(table);
        if (payment.Applied.Count == 0) return;
        var applied = Screen.Table("settles", ">amount", ">discount", ">difference");
        foreach (var one in payment.Applied)
            applied.AddRow(
                Markup.Escape(one.Invoice), Screen.Amount(one.Amount.Amount, one.Amount.Currency.Code), Screen.Amount(one.Discount.Amount, one.Amount.Currency.Code),
                Screen.Amount(one.Difference.Amount, one.Amount.Currency.Code));
        console.Write(applied);
    }

    private static Table Drawn(IReadOnlyList<Payment> payments)
    {
        var table = Screen.Table("payment", "account", "received", "reference", ">amount", ">unapplied", "currency", "state", "erp", "taken back by");
        foreach (var one in payments)
            table.AddRow(
                one.Number, Markup.Escape(one.BillingAccount), CashOptions.Day(one.ReceivedOn), Markup.Escape(one.Reference),
                Screen.Amount(one.Amount.Amount, one.Amount.Currency.Code), Screen.Amount(one.Unapplied.Amount, one.Amount.Currency.Code), one.Amount.Currency.Code,
                one.State, Markup.Escape(one.ErpNumber), one.ReversedBy);
        return table;
    }
}
