using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Cash.Gateway;

namespace Tieout.Domain.Tests.Cash.Gateway;

/// <summary>Which entries follow from what a gateway told.</summary>
public class GatewayStepsTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);

    private static readonly GatewayFact[] Story =
    [
        new GatewayFact.Received("ch_1", "pi_1", Usd(20), "cus_1", "US-2026-0000042", Start),
        new GatewayFact.Received("ch_1", "", Usd(20), "cus_1", "", Start.AddSeconds(1)),
        new GatewayFact.Refund("re_1", "ch_1", Usd(5), RefundState.Pending, Start.AddDays(1)) { Made = Start.AddDays(1) },
        new GatewayFact.Refund("re_1", "ch_1", Usd(5), RefundState.Succeeded, Start.AddDays(2)) { Made = Start.AddDays(1) },
        new GatewayFact.Refund("re_2", "ch_1", Usd(3), RefundState.Succeeded, Start.AddDays(3)),
        new GatewayFact.Refund("re_2", "ch_1", Usd(3), RefundState.Failed, Start.AddDays(4)) { Made = Start.AddDays(3) },
        new GatewayFact.Refund("re_3", "ch_1", Usd(1), RefundState.Pending, Start.AddDays(3)),
        new GatewayFact.Refund("re_3", "ch_1", Usd(1), RefundState.Canceled, Start.AddDays(4)),
        new GatewayFact.RefundedInAll("ch_1", Usd(5), Start.AddDays(4)),
        Dispute("dp_1", DisputeStep.Opened, 5), Dispute("dp_1", DisputeStep.FundsWithdrawn, 5), Dispute("dp_1", DisputeStep.Lost, 8),
        Dispute("dp_1", DisputeStep.FundsReinstated, 9),
        Dispute("dp_2", DisputeStep.Opened, 6), Dispute("dp_2", DisputeStep.Closed, 7),
    ];

    private static readonly string[] Steps =
    [
        "receipt/ch_1 20 2026-11-20", "refund/re_1 5 2026-11-21", "refund/re_2 3 2026-11-23", "refund-back/re_2 3 2026-11-24", "charge-back/dp_1 4 2026-11-25",
        "charge-back-lost/dp_1 4 2026-11-28", "loss-taken-back/dp_1 4 2026-11-29", "charge-back-won/dp_1 4 2026-11-29",
    ];

    [Fact]
    public void Each_step_that_moves_money_is_an_entry()
    {
        var wanted = GatewaySteps.OfCharge(Story);
        Told(wanted).ShouldBe(Steps);
        (wanted.Received!.Reference, wanted.Waits.Count, wanted.Contradictions.Count).ShouldBe(("US-2026-0000042", 0, 0));
    }

    [Fact]
    public void Neither_order_nor_repetition_changes_anything() =>
        Prop.ForAll(Arb.From(Gen.Zip(Gen.Shuffle(Story), Gen.Elements(Story).ArrayOf())), pair =>
            Told(GatewaySteps.OfCharge([.. pair.Item1, .. pair.Item2])).ShouldBe(Steps)).QuickCheckThrowOnFailure();

    [Fact]
    public void What_follows_from_some_facts_still_follows_when_more_are_told() =>
        Prop.ForAll(Arb.From(Gen.Zip(Gen.Shuffle(Story), Gen.Choose(0, Story.Length))), pair =>
            Keys(GatewaySteps.OfCharge(pair.Item1.Take(pair.Item2))).ShouldBeSubsetOf(Keys(GatewaySteps.OfCharge(Story)))).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("", "charge-missing")]
    [InlineData("received", "")]
    [InlineData("received in-all", "refund-missing")]
    [InlineData("received lost", "withdrawal-missing")]
    [InlineData("received reinstated", "withdrawal-missing")]
    [InlineData("received won", "")]
    [InlineData("received withdrawn", "")]
    [InlineData("received withdrawn won", "funds-not-back")]
    [InlineData("received withdrawn won reinstated", "")]
    [InlineData("received withdrawn lost", "")]
    [InlineData("in-all withdrawn", "charge-missing")]
    public void What_is_missing_is_said(string told, string waits)
    {
        Dictionary<string, GatewayFact> facts = new(StringComparer.Ordinal)
        {
            ["received"] = Story[0],
            ["in-all"] = new GatewayFact.RefundedInAll("ch_1", Usd(5), Start),
            ["withdrawn"] = Dispute("dp_1", DisputeStep.FundsWithdrawn, 1),
            ["reinstated"] = Dispute("dp_1", DisputeStep.FundsReinstated, 3),
            ["won"] = Dispute("dp_1", DisputeStep.Won, 2),
            ["lost"] = Dispute("dp_1", DisputeStep.Lost, 2),
        };
        string.Join(' ', GatewaySteps.OfCharge(told.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => facts[word])).Waits.Select(Words.Of)).ShouldBe(waits);
    }

    [Fact]
    public void A_refund_in_another_currency_is_a_contradiction() =>
        GatewaySteps.OfCharge([Story[0], new GatewayFact.Refund("re_1", "ch_1", new Money(5m, Amounts.Eur), RefundState.Succeeded, Start)])
            .Contradictions.ShouldBe(["refund/re_1/succeeded"]);

    [Theory]
    [InlineData("pending", "")]
    [InlineData("paid", "paid-out/po_1 12 2026-11-24")]
    [InlineData("pending paid failed", "paid-out/po_1 12 2026-11-24, payout-back/po_1 12 2026-11-25")]
    [InlineData("failed", "")]
    [InlineData("canceled", "")]
    public void A_payout_is_booked_when_it_is_paid_and_taken_back_when_it_comes_back(string states, string steps)
    {
        GatewayFact[] all = [.. states.Split(' ').Index().Select(pair => new GatewayFact.Payout(
            "po_1", Usd(12), Words.Parse<PayoutState>(pair.Item), new DateOnly(2026, 11, 24), Start.AddDays(3 + pair.Index)))];
        string.Join(", ", Told(GatewaySteps.OfPayout(all.Reverse()))).ShouldBe(steps);
    }

    [Theory]
    [InlineData(MovementKind.Charge, 20, 0.88, 0.88)]
    [InlineData(MovementKind.Refund, -5, 0, 0)]
    [InlineData(MovementKind.Dispute, -20, 15, 15)]
    [InlineData(MovementKind.Fee, -4, 0, 4)]
    [InlineData(MovementKind.Fee, 4, 0, -4)] // given back
    [InlineData(MovementKind.Fee, -4, 0.40, 4.40)]
    public void A_fee_is_what_the_gateway_kept(MovementKind kind, decimal gross, decimal fee, decimal kept)
    {
        var movement = new GatewayFact.Movement("txn_1", kind, "x", new Money(gross, Amounts.Usd), new Money(fee, Amounts.Usd), null, new DateOnly(2026, 11, 22), Start);
        GatewayEntries.Fee(movement).Amount.ShouldBe(kept);
        if (kept == 0) return;
        var lines = GatewayEntries.Kept(kept);
        (lines.Sum(line => line.Amount), lines[0].Amount > 0, lines.Single(line => line.Account == "bank-fees").Amount).ShouldBe((0m, true, kept));
    }

    [Theory]
    [InlineData(12)]
    [InlineData(-12)] // the gateway took money from our bank
    public void A_payout_moves_clearing_to_the_bank(decimal amount)
    {
        var lines = GatewayEntries.PaidOut(amount);
        (lines.Sum(line => line.Amount), lines[0].Amount > 0, lines.Single(line => line.Account == "cash-clearing").Amount).ShouldBe((0m, true, amount));
    }

    private static GatewayFact.Dispute Dispute(string id, DisputeStep step, int day) => new(id, "ch_1", Usd(4), step, "fraudulent", Start.AddDays(day));

    private static IReadOnlyList<string> Told(GatewayWanted wanted) =>
        [.. wanted.Steps.Select(step => string.Create(CultureInfo.InvariantCulture, $"{step.Key} {step.Amount.Amount:0.##} {step.On:yyyy-MM-dd}"))];

    private static IReadOnlyList<string> Keys(GatewayWanted wanted) => [.. wanted.Steps.Select(step => step.Key)];

    private static Money Usd(int amount) => new(amount, Amounts.Usd);
}
