using System.CommandLine;
using Spectre.Console;
using Tieout.Application.Payments;
using Tieout.Cli.Terminal;
using Tieout.Domain;
using Tieout.Domain.Cash;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout refund</c> and <c>tieout dispute open|won|lost|list</c>.</summary>
internal static class DisputeVerbs
{
    private const int Listed = 200;

    public static Command CreateRefund()
    {
        var number = new Argument<string>("number") { Description = "The payment's number, or the credit memo's." };
        var amount = new Argument<string>("amount") { Description = "What is paid back, such as 20.00." };
        var memo = new Option<bool>("--credit-memo") { Description = "The number is that of a credit memo, whose credit is paid back." };
        var (bank, on, reason, key) = (CashOptions.BankAccount(), CashOptions.On(), CashOptions.Reason(), CashOptions.Key());
        return new Command("refund", "Pay money back: of a payment, or what a credit memo left to the customer.")
        {
            number, amount, memo, bank, on, reason, key,
        }.Does(
            async (parsed, screen, cancel) =>
            {
                var document = CashOptions.Document([
                    (parsed.GetValue(memo) ? "credit-memo" : "payment", parsed.GetRequiredValue(number)), ("amount", parsed.GetRequiredValue(amount)),
                    ("bank-account", parsed.GetValue(bank)), ("on", parsed.GetValue(on)), ("reason", parsed.GetRequiredValue(reason))]);
                await using var database = await parsed.OpenDatabase(cancel);
                return CashOptions.Told(screen, await new RefundMoney(database.Source, TimeProvider.System).Run(
                    document, Verb.Actor, parsed.KeyOf(key, "refund", document), cancel));
            });
    }

    public static Command CreateDispute() =>
        new("dispute", "What a customer disputes, and what was charged back.") { Open(), Settle(DisputeState.Won), Settle(DisputeState.Lost), List() };

    private static Command Open()
    {
        var number = new Argument<string>("number") { Description = "The invoice's number, or with --payment the payment's." };
        var payment = new Option<bool>("--payment") { Description = "The number is that of a payment that was charged back." };
        var amount = CashOptions.Text("--amount", "How much of it; all that is owed, or all that is left of the payment, when not given.", "amount");
        var (on, reason, key) = (CashOptions.On(), CashOptions.Reason(), CashOptions.Key());
        return new Command("open", "Open a dispute on an invoice, or on a payment that was charged back.") { number, payment, amount, on, reason, key }.Does(
            async (parsed, screen, cancel) =>
            {
                var document = CashOptions.Document([
                    (parsed.GetValue(payment) ? "payment" : "invoice", parsed.GetRequiredValue(number)), ("amount", parsed.GetValue(amount)),
                    ("on", parsed.GetValue(on)), ("reason", parsed.GetRequiredValue(reason))]);
                await using var database = await parsed.OpenDatabase(cancel);
                return CashOptions.Told(screen, await new DisputeMoney(database.Source, TimeProvider.System).Run(
                    document, Verb.Actor, parsed.KeyOf(key, "dispute", document), cancel));
            });
    }

    private static Command Settle(DisputeState to)
    {
        var number = CashOptions.Number("dispute");
        var lostTo = CashOptions.Text("--to", "bad-debt, or of a charge-back owed-again. Default: bad-debt.", "word");
        var (on, reason, key) = (CashOptions.On(), CashOptions.Reason(), CashOptions.Key());
        var command = to == DisputeState.Won
            ? new Command("won", "We were right: everything stands as before the dispute.") { number, on, reason, key }
            : new Command("lost", "The customer was right: the money is given up, or owed again.") { number, lostTo, on, reason, key };
        return command.Does(async (parsed, screen, cancel) =>
        {
            var of = parsed.GetRequiredValue(number).Trim().ToUpperInvariant();
            var document = CashOptions.Document([
                ("to", to == DisputeState.Lost ? parsed.GetValue(lostTo) : null), ("on", parsed.GetValue(on)), ("reason", parsed.GetRequiredValue(reason))]);
            await using var database = await parsed.OpenDatabase(cancel);
            return CashOptions.Told(screen, await new SettleDispute(database.Source, TimeProvider.System).Run(
                of, to, document, Verb.Actor, parsed.KeyOf(key, $"{Words.Of(to)}:{of}", document), cancel));
        });
    }

    private static Command List()
    {
        var account = new Argument<string?>("account") { Description = "Code of a billing account; all when not given.", Arity = ArgumentArity.ZeroOrOne };
        return new Command("list", "Disputes, the newest first; at most 200.") { account }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var rows = await new FindPayments(database.Source).Disputes(parsed.GetValue(account), after: null, Listed, cancel);
            screen.Result(rows, console =>
            {
                var table = Screen.Table("dispute", "account", "about", "opened", ">amount", "currency", "state", "settled by");
                foreach (var one in rows)
                    table.AddRow(
                        one.Number, Markup.Escape(one.BillingAccount), one.About, CashOptions.Day(one.OpenedOn),
                        Screen.Amount(one.Amount.Amount, one.Amount.Currency.Code), one.Amount.Currency.Code, Words.Of(one.State), one.SettledBy);
                console.Write(table);
            });
            return ExitCode.Done;
        });
    }
}
