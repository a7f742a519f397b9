using Tieout.Application.Payments;
using Tieout.Domain.Cash;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Payments;

/// <summary>Disputes about an invoice of 10.74 dollars, and about the payment of one.</summary>
public sealed class DisputeTests(PostgresFixture postgres)
{
    private const string Invoice = "US-2026-0000001";

    [Fact]
    public async Task A_disputed_invoice_asks_for_less_until_the_dispute_is_won()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new CashDesk(books.Source);
        CashDesk.Why(await desk.Dispute($"\"invoice\":\"{Invoice}\",\"amount\":\"10.75\"")).ShouldBe("more-than-owed amount");
        var dispute = CashDesk.Done(await desk.Dispute($"\"invoice\":\"{Invoice}\",\"amount\":\"4.00\""));
        (await desk.Open(Invoice), await desk.Balance("disputed-receivable")).ShouldBe((6.74m, 4m));
        CashDesk.Why(await desk.Settle(dispute.Number, DisputeState.Lost, "\"to\":\"owed-again\"")).ShouldBe("not-a-charge-back to");
        var won = CashDesk.Done(await desk.Settle(dispute.Number, DisputeState.Won));
        (await desk.Open(Invoice), await desk.Balance("disputed-receivable")).ShouldBe((10.74m, 0m));
        CashDesk.Why(await desk.Settle(dispute.Number, DisputeState.Lost)).ShouldBe("dispute-settled number");
        CashDesk.Why(await desk.Reverse(dispute.Number)).ShouldBe("stood-upon number");

        // Taken back it is open again, and may be lost.
        CashDesk.Done(await desk.Reverse(won.Number));
        (await State(desk, books, dispute.Number)).ShouldBe((DisputeState.Opened, ""));
        CashDesk.Why(await desk.Settle(dispute.Number, DisputeState.Lost)).ShouldBe("before-money on");
        var lost = CashDesk.Done(await desk.Settle(dispute.Number, DisputeState.Lost, day: 28));
        (await State(desk, books, dispute.Number)).ShouldBe((DisputeState.Lost, lost.Number));
        (await desk.Open(Invoice), await desk.Balance("bad-debt")).ShouldBe((6.74m, 4m));
        CashDesk.Done(await desk.Reverse(lost.Number));
        CashDesk.Done(await desk.Reverse(dispute.Number));
        (await State(desk, books, dispute.Number)).State.ShouldBe(DisputeState.TakenBack);
        CashDesk.Why(await desk.Settle(dispute.Number, DisputeState.Won)).ShouldBe("dispute-taken-back number");
        (await desk.Open(Invoice), await desk.Balance("bad-debt"), await desk.Balance("disputed-receivable")).ShouldBe((10.74m, 0m, 0m));
    }

    [Fact]
    public async Task A_charge_back_takes_the_money_and_when_lost_the_invoice_is_owed_again()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new CashDesk(books.Source);
        var payment = CashDesk.Done(await desk.Pay("10.74", "\"oldest-first\":true")).Number;
        var dispute = CashDesk.Done(await desk.Dispute($"\"payment\":\"{payment}\"")).Number;
        (await desk.Open(Invoice), await desk.Balance("cash-clearing"), await desk.Balance("disputed-receivable")).ShouldBe((0m, 0m, 10.74m));
        CashDesk.Why(await desk.Refund($"\"payment\":\"{payment}\"", "1")).ShouldBe("more-than-paid amount");
        CashDesk.Why(await desk.Dispute($"\"payment\":\"{payment}\"")).ShouldBe("nothing-left payment");
        var lost = CashDesk.Done(await desk.Settle(dispute, DisputeState.Lost, "\"to\":\"owed-again\"")).Number;
        (await desk.Open(Invoice), await desk.Balance("disputed-receivable")).ShouldBe((10.74m, 0m));

        // It was paid another way since: that the charge-back was lost cannot be taken back any more.
        var again = CashDesk.Done(await desk.Pay("10.74", "\"oldest-first\":true")).Number;
        CashDesk.Why(await desk.Reverse(lost)).ShouldBe("settled-since number");
        CashDesk.Done(await desk.Reverse(again));
        CashDesk.Done(await desk.Reverse(lost));
        CashDesk.Done(await desk.Settle(dispute, DisputeState.Won, day: 28));
        (await desk.Open(Invoice), await desk.Balance("cash-clearing")).ShouldBe((0m, 10.74m));
    }

    [Fact]
    public async Task Two_who_decide_at_once_decide_once()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new CashDesk(books.Source);
        var dispute = CashDesk.Done(await desk.Dispute($"\"invoice\":\"{Invoice}\"")).Number;
        var outcomes = await Task.WhenAll(
            desk.Settle(dispute, DisputeState.Won), desk.Settle(dispute, DisputeState.Lost), desk.Settle(dispute, DisputeState.Won), desk.Settle(dispute,
                DisputeState.Lost));
        outcomes.Count(outcome => outcome is Application.Journals.JournalOutcome.Done).ShouldBe(1);
        (await desk.Balance("disputed-receivable")).ShouldBe(0m);
    }

    private static async Task<(DisputeState State, string By)> State(CashDesk desk, TestDatabase books, string number)
    {
        desk.ShouldNotBeNull();
        var dispute = (await new FindPayments(books.Source).Dispute(number, CancellationToken.None))!;
        dispute.About.ShouldBe(Invoice);
        return (dispute.State, dispute.SettledBy);
    }
}
