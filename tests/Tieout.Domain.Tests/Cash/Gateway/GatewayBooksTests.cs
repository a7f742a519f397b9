using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Cash.Gateway;

namespace Tieout.Domain.Tests.Cash.Gateway;

/// <summary>What the facts of a gateway say together.</summary>
public class GatewayBooksTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);

    // A year of one charge: paid, refunded in two steps of which one came back, disputed, won, paid out.
    private static readonly GatewayFact[] Story =
    [
        new GatewayFact.Received("ch_1", "pi_1", Usd(20), "cus_1", "US-2026-0000042", Start),
        new GatewayFact.Received("ch_1", "", Usd(20), "cus_1", "", Start.AddSeconds(1)),
        new GatewayFact.Refund("re_1", "ch_1", Usd(5), RefundState.Pending, Start.AddHours(1)),
        new GatewayFact.Refund("re_1", "ch_1", Usd(5), RefundState.Succeeded, Start.AddHours(2)),
        new GatewayFact.RefundedInAll("ch_1", Usd(5), Start.AddHours(1)),
        new GatewayFact.Refund("re_2", "ch_1", Usd(3), RefundState.Succeeded, Start.AddHours(3)),
        new GatewayFact.RefundedInAll("ch_1", Usd(8), Start.AddHours(3)),
        new GatewayFact.Refund("re_2", "ch_1", Usd(3), RefundState.Failed, Start.AddHours(4)),
        new GatewayFact.RefundedInAll("ch_1", Usd(5), Start.AddHours(4)),
        new GatewayFact.Dispute("dp_1", "ch_1", Usd(15), DisputeStep.Opened, "fraudulent", Start.AddDays(1)),
        new GatewayFact.Dispute("dp_1", "ch_1", Usd(15), DisputeStep.FundsWithdrawn, "fraudulent", Start.AddDays(1)),
        new GatewayFact.Dispute("dp_1", "ch_1", Usd(15), DisputeStep.Won, "fraudulent", Start.AddDays(9)),
        new GatewayFact.Dispute("dp_1", "ch_1", Usd(15), DisputeStep.FundsReinstated, "fraudulent", Start.AddDays(9)),
        new GatewayFact.Payout("po_1", Usd(12), PayoutState.Paid, new DateOnly(2026, 11, 24), Start.AddDays(4)),
        new GatewayFact.Payout("po_1", Usd(12), PayoutState.Failed, new DateOnly(2026, 11, 24), Start.AddDays(5)),
        Moved("txn_1", MovementKind.Charge, 20, 1),
    ];

    [Fact]
    public void All_of_a_charge_is_told()
    {
        var books = GatewayBooks.Of(Story);
        var charge = books.Charges.ShouldHaveSingleItem();
        charge.Received!.Reference.ShouldBe("US-2026-0000042");
        (charge.Refunded, charge.RefundedInAll, charge.RefundsMissing).ShouldBe((5m, 5m, 0m));
        charge.Disputes.ShouldBe([new DisputeStand("dp_1", "ch_1", Usd(15), Withdrawn: true, Reinstated: true, DisputeStep.Won)]);
        books.Payouts.ShouldHaveSingleItem().State.ShouldBe(PayoutState.Failed);
        books.Contradictions.ShouldBeEmpty();
    }

    [Fact]
    public void Neither_order_nor_repetition_nor_delay_changes_anything() =>
        Prop.ForAll(Arb.From(Gen.Zip(Gen.Shuffle(Story), Gen.Elements(Story).ArrayOf())), pair =>
            Told(GatewayBooks.Of([.. pair.Item1, .. pair.Item2])).ShouldBe(Told(GatewayBooks.Of(Story)))).QuickCheckThrowOnFailure();

    [Fact]
    public void What_came_early_waits_for_its_charge() =>
        GatewayBooks.Of(Story.Where(fact => fact is not GatewayFact.Received)).Charges.ShouldHaveSingleItem().Received.ShouldBeNull();

    [Fact]
    public void A_refund_that_was_not_told_of_is_missed() =>
        GatewayBooks.Of(Story.Where(fact => fact is not GatewayFact.Refund)).Charges[0].RefundsMissing.ShouldBe(5m);

    [Fact]
    public void The_same_fact_with_another_amount_is_a_contradiction() =>
        GatewayBooks.Of([.. Story, new GatewayFact.Received("ch_1", "pi_1", Usd(21), "cus_1", "", Start)]).Contradictions.ShouldBe(["received/ch_1"]);

    [Fact]
    public void A_payout_is_what_its_movements_come_to_and_leaves_nothing()
    {
        var payout = new GatewayFact.Payout("po_1", Usd(10), PayoutState.Paid, new DateOnly(2026, 11, 24), Start);
        GatewayFact.Movement[] members =
        [
            Moved("a", MovementKind.Charge, 20, 1), Moved("b", MovementKind.Refund, -5, 0), Moved("c", MovementKind.Fee, -4, 0),
            Moved("p", MovementKind.Payout, -10, 0) with { Source = "po_1" },
        ];
        var proven = PayoutProof.Of(payout, [.. members, members[0]]).ShouldBeOfType<PayoutProof.Proven>();
        (proven.Fees, proven.Gross[MovementKind.Charge], proven.Gross[MovementKind.Refund]).ShouldBe((Usd(5), Usd(20), Usd(-5)));
        proven.Gross.Values.Sum(money => money.Amount).ShouldBe((proven.Fees + payout.Amount).Amount);
        PayoutProof.Of(payout, members.Skip(1)).ShouldBe(new PayoutProof.Differs(Usd(-9), Usd(10)));
        PayoutProof.Of(payout, [.. members, Moved("e", MovementKind.Charge, 1, 0) with { Gross = new Money(1m, Amounts.Eur), Fee = Money.Zero(Amounts.Eur) }])
            .ShouldBe(new PayoutProof.OtherCurrency("e"));
    }

    private static string Told(GatewayBooks books) => string.Join(
        '\n', books.Charges.Select(charge => $"{charge.Received} {string.Join(',', charge.Refunds)} {charge.RefundedInAll} {string.Join(',', charge.Disputes)}")
            .Concat(books.Payouts.Select(payout => payout.ToString())).Concat(books.Movements.Select(movement => movement.ToString())).Concat(books.Contradictions));

    private static GatewayFact.Movement Moved(string id, MovementKind kind, int gross, int fee) =>
        new(id, kind, "ch_1", Usd(gross), Usd(fee), null, new DateOnly(2026, 11, 22), Start);

    private static Money Usd(int amount) => new(amount, Amounts.Usd);
}
