using System.Globalization;
using Tieout.Application.Closing;
using Tieout.Application.Ledger;
using Tieout.Domain;
using Tieout.Domain.Cash;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Payments;

namespace Tieout.Shell.Tests.Ledger;

/// <summary>Books in euros, invoices in dollars, in figures computed by hand.</summary>
public sealed class FxStories(PostgresFixture postgres)
{
    private const string First = "US-2026-0000001";
    private const string Second = "US-2026-0000002";

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task An_invoice_is_paid_in_two_parts_at_other_rates_with_a_month_s_end_between()
    {
        await using var books = await FxDesk.Start(postgres, FxDesk.Rates, 11);
        var (fx, november, december) = (new FxDesk(books.Source), new CashDesk(books.Source, 11), new CashDesk(books.Source));
        // 10.74 dollars at 0.90 are 9.67 euros: 9.01 and 0.66 of tax, each converted by itself.
        (await fx.Lines(First)).ShouldBe("receivable 10.74 = 9.67, revenue -10.01 = -9.01, tax -0.73 = -0.66");

        // Half of it comes at 0.95: 5.10 euros for what was booked at 4.84.
        var first = CashDesk.Done(await november.Pay("5.37", Settles(First)));
        (await fx.Lines(first.Number)).ShouldBe("cash-clearing 5.37 = 5.10, receivable -5.37 = -4.84, fx-gain-loss 0.00 = -0.26");
        (await fx.Stands("receivable")).ShouldBe((5.37m, 4.83m));

        // November ends at 0.98: the rest is worth 5.26, and so is the money that waits for the bank statement.
        var sheet = await fx.Revalued(11);
        sheet.Balances.Select(row => Plain($"{row.Account} {row.Balance} {row.Carried} {row.Worth} {row.Booked}")).ShouldBe(
        [
            "cash-clearing 5.37 USD 5.10 EUR 5.26 EUR 0.16 EUR",
            "receivable 5.37 USD 4.83 EUR 5.26 EUR 0.43 EUR",
        ]);
        (await fx.Lines(sheet.Entry)).ShouldBe("revaluation 0.16 = 0.16, revaluation 0.43 = 0.43, fx-unrealised -0.59 = -0.59");
        (await fx.Lines(sheet.Reversal)).ShouldBe("revaluation -0.16 = -0.16, revaluation -0.43 = -0.43, fx-unrealised 0.59 = 0.59");
        // Again it books nothing; with a corrected rate the difference, and no more.
        (await fx.Revalued(11)).Booked.IsZero.ShouldBeTrue();
        await fx.Quote("2026-11-30 1.00");
        var again = await fx.Revalued(11);
        again.Booked.Amount.ShouldBe(0.22m);
        (await fx.Lines(again.Entry)).ShouldBe("revaluation 0.11 = 0.11, revaluation 0.11 = 0.11, fx-unrealised -0.22 = -0.22");
        await Trial(books, 11, ("fx-unrealised", -0.81m), ("revaluation", 0.81m), ("fx-gain-loss", -0.26m), ("receivable", 4.83m));

        // The other half comes at 0.95: 5.10 for what is left, 4.83. What the month's end guessed is gone.
        var second = CashDesk.Done(await december.Pay("5.37", Settles(First)));
        (await fx.Lines(second.Number)).ShouldBe("cash-clearing 5.37 = 5.10, receivable -5.37 = -4.83, fx-gain-loss 0.00 = -0.27");
        await Trial(books, 12, ("fx-unrealised", 0m), ("revaluation", 0m), ("fx-gain-loss", -0.53m), ("receivable", 0m), ("cash-clearing", 10.20m));
        await fx.Holds();
    }

    [Fact]
    public async Task Money_that_is_applied_later_taken_off_and_paid_back_wins_and_loses_what_its_rates_say()
    {
        await using var books = await FxDesk.Start(postgres, FxDesk.Rates, 11, 12);
        var (fx, desk) = (new FxDesk(books.Source), new CashDesk(books.Source));
        // With a fee, all of it unapplied: 11.40 euros, and nothing is won yet.
        var paid = CashDesk.Done(await desk.Pay("12.00", "\"fee\":\"0.30\"")).Number;
        (await fx.Lines(paid)).ShouldBe("cash-clearing 11.70 = 11.11, bank-fees 0.30 = 0.29, unapplied-cash -12.00 = -11.40");
        var applied = CashDesk.Done(await desk.Apply(paid, $"\"invoices\":[{{\"invoice\":\"{First}\"}}]")).Number;
        (await fx.Lines(applied)).ShouldBe("unapplied-cash 10.74 = 10.20, receivable -10.74 = -9.67, fx-gain-loss 0.00 = -0.53");
        // Taken off, each side is what it was, and what was won is lost again.
        var off = CashDesk.Done(await desk.Unapply(paid, $"\"invoices\":[{{\"invoice\":\"{First}\"}}]")).Number;
        (await fx.Lines(off)).ShouldBe("receivable 10.74 = 9.67, unapplied-cash -10.74 = -10.20, fx-gain-loss 0.00 = 0.53");
        // Two dollars go back when one costs 0.96.
        var back = CashDesk.Done(await desk.Refund($"\"payment\":\"{paid}\"", "2.00")).Number;
        (await fx.Lines(back)).ShouldBe("unapplied-cash 2.00 = 1.90, cash-clearing -2.00 = -1.92, fx-gain-loss 0.00 = 0.02");
        // The rest settles December's invoice in part; what is unapplied is nothing then, in either currency.
        CashDesk.Done(await desk.Apply(paid, $"\"invoices\":[{{\"invoice\":\"{Second}\",\"amount\":\"10.00\"}}]", day: 19));
        (await fx.Stands("unapplied-cash")).ShouldBe((0m, 0m));
        (await fx.Stands("receivable")).ShouldBe((11.48m, 10.35m));
        await fx.Holds();
    }

    [Fact]
    public async Task Disputes_write_offs_and_recoveries_move_what_is_carried_and_cash_goes_by_its_day()
    {
        await using var books = await FxDesk.Start(postgres, FxDesk.Rates, 11, 12);
        var (fx, desk) = (new FxDesk(books.Source), new CashDesk(books.Source));
        var dispute = CashDesk.Done(await desk.Dispute($"\"invoice\":\"{First}\",\"amount\":\"4.00\"")).Number;
        (await fx.Lines(dispute)).ShouldBe("disputed-receivable 4.00 = 3.60, receivable -4.00 = -3.60");
        (await fx.Lines(CashDesk.Done(await desk.Settle(dispute, DisputeState.Won)).Number))
            .ShouldBe("receivable 4.00 = 3.60, disputed-receivable -4.00 = -3.60");
        var off = await desk.WriteOff(First, 10.74m);
        (await fx.Lines(off)).ShouldBe("bad-debt 10.74 = 9.67, receivable -10.74 = -9.67");
        var recovered = CashDesk.Done(await desk.Pay("10.00", $"\"fee\":\"0.50\",\"recovers\":\"{off}\"")).Number;
        (await fx.Lines(recovered)).ShouldBe("cash-clearing 9.50 = 9.02, bank-fees 0.50 = 0.48, bad-debt -10.00 = -9.50");
        // A charge-back, lost: the invoice is owed again at what was disputed.
        var paid = CashDesk.Done(await desk.Pay("10.74", Settles(Second))).Number;
        (await fx.Lines(paid)).ShouldBe("cash-clearing 10.74 = 10.20, receivable -10.74 = -9.88, fx-gain-loss 0.00 = -0.32");
        var back = CashDesk.Done(await desk.Dispute($"\"payment\":\"{paid}\"")).Number;
        (await fx.Lines(back)).ShouldBe("disputed-receivable 10.74 = 10.31, cash-clearing -10.74 = -10.31");
        (await fx.Lines(CashDesk.Done(await desk.Settle(back, DisputeState.Lost, "\"to\":\"owed-again\"")).Number))
            .ShouldBe("receivable 10.74 = 10.31, disputed-receivable -10.74 = -10.31");
        (await fx.Stands("disputed-receivable")).ShouldBe((0m, 0m));
        await fx.Holds();
    }

    [Fact]
    public async Task What_is_taken_back_is_taken_back_at_its_own_rate_in_whatever_month()
    {
        await using var books = await FxDesk.Start(postgres, FxDesk.Rates, 11);
        var (fx, november, december) = (new FxDesk(books.Source), new CashDesk(books.Source, 11), new CashDesk(books.Source));
        var paid = CashDesk.Done(await november.Pay("20.00", Settles(First))).Number;
        (await fx.Lines(paid)).ShouldBe("cash-clearing 20.00 = 19.00, receivable -10.74 = -9.67, unapplied-cash -9.26 = -8.80, fx-gain-loss 0.00 = -0.53");
        var back = CashDesk.Done(await december.Reverse(paid)).Number;
        (await fx.Lines(back)).ShouldBe("cash-clearing -20.00 = -19.00, receivable 10.74 = 9.67, unapplied-cash 9.26 = 8.80, fx-gain-loss 0.00 = 0.53");
        foreach (var account in new[] { "cash-clearing", "unapplied-cash", "fx-gain-loss" }) (await fx.Stands(account)).ShouldBe((0m, 0m), account);
        (await fx.Stands("receivable")).ShouldBe((10.74m, 9.67m));
        await fx.Holds();
    }

    [Fact]
    public async Task A_credit_memo_goes_by_its_own_rate_and_an_invoice_of_nothing_carries_nothing()
    {
        await using var books = await FxDesk.Start(postgres, FxDesk.Rates, 11, 12);
        var (fx, desk) = (new FxDesk(books.Source), new CashDesk(books.Source));
        // A part at 0.94 makes the invoice carry 9.67 less 5.05; the rest is paid and takes all of that.
        var memo = await desk.Credit(First, 5.00m);
        (await fx.Lines(memo)).ShouldBe("receivable -5.37 = -5.05, revenue 5.00 = 4.70, tax 0.37 = 0.35");
        (await fx.Lines(CashDesk.Done(await desk.Pay("5.37", Settles(First))).Number))
            .ShouldBe("cash-clearing 5.37 = 5.10, receivable -5.37 = -4.62, fx-gain-loss 0.00 = -0.48");
        // The whole of December's, made at 0.92, taken off at 0.94: what was owed was less by that than what is taken off what was earned.
        var whole = await desk.Credit(Second, 10.01m);
        (await fx.Lines(whole)).ShouldBe(
            "receivable -10.74 = -10.10, revenue 10.01 = 9.41, tax 0.73 = 0.69, receivable 0.00 = 0.22, fx-gain-loss 0.00 = -0.22");
        (await fx.Stands("receivable")).ShouldBe((0m, 0m));
        await fx.Holds();
    }

    [Fact]
    public async Task A_journal_by_hand_goes_by_the_rate_of_its_day_or_by_one_that_is_given()
    {
        await using var books = await FxDesk.Start(postgres, FxDesk.Rates);
        var fx = new FxDesk(books.Source);
        const string Lines = """{"account":"bank-fees","debit":"3.33"},{"account":"rounding","debit":"3.34"},{"account":"cash-clearing","credit":"6.67"}""";
        (await fx.Lines(CashDesk.Done(await fx.Journal(Lines)).Number)).ShouldBe("bank-fees 3.33 = 3.16, rounding 3.34 = 3.18, cash-clearing -6.67 = -6.34");
        (await fx.Lines(CashDesk.Done(await fx.Journal(Lines, "\"rate\":\"0.9137\",")).Number))
            .ShouldBe("bank-fees 3.33 = 3.04, rounding 3.34 = 3.05, cash-clearing -6.67 = -6.09");
        CashDesk.Why(await fx.Journal(Lines, date: "2027-03-01")).ShouldBe("exchange-rate-missing date");
        foreach (var bad in (string[])["0", "-1", "1.0000000000001", "1000000000"])
            CashDesk.Why(await fx.Journal(Lines, $"\"rate\":\"{bad}\",")).ShouldContain("rate");
        await books.Execute("update customers.legal_entity set currency = 'USD' where code = 'US'");
        CashDesk.Why(await fx.Journal(Lines, "\"rate\":\"0.9137\",")).ShouldBe("own-currency rate");
    }

    [Fact]
    public async Task A_payment_without_a_rate_is_not_booked_and_is_when_the_rate_is_there()
    {
        await using var books = await FxDesk.Start(postgres, ["2026-11-01 0.90"], 11);
        var (fx, desk) = (new FxDesk(books.Source), new CashDesk(books.Source));
        var key = CashDesk.NewKey();
        var refused = await desk.Pay("10.74", Settles(First), reference: "BANK-1", key: key);
        CashDesk.Why(refused).ShouldBe("exchange-rate-missing received-on");
        (await books.Scalar<long>("select count(*) from cash.payment")).ShouldBe(0);
        // What needs no rate goes on: what is given up leaves at what it is carried at.
        await desk.WriteOff(First, 0.74m);
        await fx.Quote("2026-12-14 0.95");
        CashDesk.Done(await desk.Pay("10.00", Settles(First), reference: "BANK-1", key: key));
        (await fx.Stands("receivable")).ShouldBe((0m, 0m));
        await fx.Holds();
    }

    [Fact]
    public async Task A_month_is_revalued_before_it_is_closed_or_somebody_says_that_it_need_not_be()
    {
        await using var books = await FxDesk.Start(postgres, FxDesk.Rates, 11);
        var fx = new FxDesk(books.Source);
        (await Open(books, 11)).ShouldContain("revalued: 1 balance in a foreign currency is not at the rate of the month's end.");
        await books.Execute("update customers.legal_entity set soft_closed_through = '2026-11-30' where code = 'US'");
        (await fx.Revalued(11)).Booked.Amount.ShouldBe(0.86m); // 10.74 at 0.98 is 10.53, carried at 9.67
        (await Open(books, 11)).ShouldNotContain(one => one.StartsWith("revalued", StringComparison.Ordinal));
        await fx.Quote("2026-11-30 0.97");
        (await Open(books, 11)).ShouldContain("revalued: 1 balance in a foreign currency is not at the rate of the month's end.");
        await books.Execute("update customers.legal_entity set closed_through = '2026-11-30' where code = 'US'");
        Why(await fx.Revalue(11)).ShouldBe("month-closed month");
    }

    [Fact]
    public async Task What_cannot_be_revalued_says_why()
    {
        await using var books = await FxDesk.Start(postgres, ["2026-11-01 0.90"], 11);
        var fx = new FxDesk(books.Source);
        Why(await fx.Revalue(11)).ShouldBe("exchange-rate-missing month");
        (await Open(books, 11)).ShouldContain("revalued: 1 balance in a foreign currency is not at the rate of the month's end.");
        (await fx.Revalue(11, entity: "XX")).ShouldBe(new CloseOutcome.NotFound("XX"));
        Why(await new RevalueMonth(books.Source, new FxDesk.Fifth()).Run(new MonthRequest("US", new AccountingMonth(2027, 1), "mara", "Early"), None))
            .ShouldBe("month-not-over month");
        Why(await new RevalueMonth(books.Source, new FxDesk.Fifth()).Run(new MonthRequest("US", new AccountingMonth(9999, 12), "mara", "Late"), None))
            .ShouldBe("month-out-of-range month");
        // Another company has nothing in a foreign currency.
        var sheet = (await fx.Revalue(11, entity: "DE")).ShouldBeOfType<CloseOutcome.Revalued>().Sheet;
        (sheet.Entry, sheet.Reversal, sheet.Balances.Count, sheet.Booked.IsZero).ShouldBe(("", "", 0, true));
    }

    private static async Task<IReadOnlyList<string>> Open(TestDatabase books, int month) =>
        [.. (await new ReadMonths(books.Source, new FxDesk.Fifth()).One("US", new AccountingMonth(2026, month), None))!.Conditions
            .Where(one => !one.Holds).Select(one => $"{one.Code}: {one.Says}")];

    // The trial balance comes to zero in dollars, in euros and in the books; and accounts come to this there, all currencies together.
    private static async Task Trial(TestDatabase books, int month, params (string Account, decimal InBooks)[] expected)
    {
        var answer = await new ReadTrialBalance(books.Source, new FxDesk.Fifth()).Run("US", new AccountingMonth(2026, month), at: null, None);
        var sheet = answer.ShouldBeOfType<LedgerAnswer.Balance>().Sheet;
        sheet.Balanced.ShouldBeTrue();
        sheet.InBooks.Closing.ShouldBe(Money.Zero(Currency.Of("EUR")));
        foreach (var (account, inBooks) in expected)
            sheet.Lines.Where(line => line.Account == account).Sum(line => line.InBooks!.Closing.Amount).ShouldBe(inBooks, account);
    }

    private static string Settles(string invoice) => $"\"invoices\":[{{\"invoice\":\"{invoice}\"}}]";

    private static string Why(CloseOutcome outcome) => outcome is CloseOutcome.Refused no ? $"{no.Code} {no.Field}" : outcome.ToString();

    private static string Plain(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
