using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Cash.Gateway;

namespace Tieout.Domain.Tests.Cash.Gateway;

/// <summary>What Stripe's events say. The objects here hold only members that are read, as Stripe describes them.</summary>
public class StripeEventsTests
{
    private const string Charge =
        """{"id":"ch_1","object":"charge","status":"succeeded","captured":true,"amount":2000,"amount_captured":2000,"amount_refunded":0,"currency":"usd","payment_intent":"pi_1","customer":"cus_1","metadata":{"invoice":"US-2026-0000042"},"balance_transaction":"txn_1"}""";

    private const string Movement =
        """{"id":"txn_1","object":"balance_transaction","type":"charge","reporting_category":"charge","amount":2000,"fee":88,"net":1912,"currency":"usd","source":"ch_1","exchange_rate":null,"available_on":1795160000,"created":1795150000}""";

    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeSeconds(1_795_160_000);

    [Fact]
    public void A_charge_and_its_intent_tell_of_the_same_money()
    {
        var charge = One<GatewayFact.Received>("charge.succeeded", Charge);
        charge.ShouldBe(new GatewayFact.Received("ch_1", "pi_1", Usd("20.00"), "cus_1", "US-2026-0000042", At));
        var intent = One<GatewayFact.Received>(
            "payment_intent.succeeded",
            """{"id":"pi_1","status":"succeeded","latest_charge":"ch_1","amount":2000,"amount_received":2000,"currency":"usd","customer":null,"metadata":{},"description":"for US-2026-0000042"}""");
        intent.Key.ShouldBe(charge.Key);
        intent.Reference.ShouldBe("for US-2026-0000042");
    }

    [Fact]
    public void The_fee_comes_with_the_movement_where_it_is_expanded()
    {
        var facts = Read("charge.succeeded", Charge.Replace("\"txn_1\"", Movement, StringComparison.Ordinal));
        var movement = facts.OfType<GatewayFact.Movement>().ShouldHaveSingleItem();
        (movement.Kind, movement.Gross, movement.Fee, movement.Net).ShouldBe((MovementKind.Charge, Usd("20.00"), Usd("0.88"), Usd("19.12")));
    }

    [Fact]
    public void Only_captured_money_is_money() =>
        Read("charge.succeeded", Charge.Replace("\"captured\":true", "\"captured\":false", StringComparison.Ordinal)).ShouldBeEmpty();

    [Theory]
    [InlineData("refund.created", "pending", RefundState.Pending)]
    [InlineData("refund.updated", "requires_action", RefundState.Pending)]
    [InlineData("refund.updated", "succeeded", RefundState.Succeeded)]
    [InlineData("charge.refund.updated", "canceled", RefundState.Canceled)]
    [InlineData("refund.failed", "failed", RefundState.Failed)]
    public void A_refund_has_a_state(string type, string status, RefundState state) =>
        One<GatewayFact.Refund>(type, $$"""{"id":"re_1","object":"refund","amount":500,"currency":"usd","charge":"ch_1","status":"{{status}}","balance_transaction":null}""")
            .ShouldBe(new GatewayFact.Refund("re_1", "ch_1", Usd("5.00"), state, At));

    [Fact]
    public void A_refunded_charge_says_how_much_in_all() =>
        One<GatewayFact.RefundedInAll>("charge.refunded", Charge.Replace("\"amount_refunded\":0", "\"amount_refunded\":500", StringComparison.Ordinal))
            .ShouldBe(new GatewayFact.RefundedInAll("ch_1", Usd("5.00"), At));

    [Theory]
    [InlineData("charge.dispute.created", "needs_response", DisputeStep.Opened)]
    [InlineData("charge.dispute.funds_withdrawn", "needs_response", DisputeStep.FundsWithdrawn)]
    [InlineData("charge.dispute.funds_reinstated", "won", DisputeStep.FundsReinstated)]
    [InlineData("charge.dispute.closed", "won", DisputeStep.Won)]
    [InlineData("charge.dispute.closed", "lost", DisputeStep.Lost)]
    [InlineData("charge.dispute.closed", "warning_closed", DisputeStep.Closed)]
    public void A_dispute_goes_in_steps(string type, string status, DisputeStep step)
    {
        var facts = Read(
            type,
            $$"""{"id":"dp_1","object":"dispute","amount":2000,"currency":"usd","charge":{"id":"ch_1","object":"charge"},"status":"{{status}}","reason":"fraudulent","balance_transactions":[{"id":"txn_9","type":"adjustment","reporting_category":"dispute","amount":-2000,"fee":1500,"net":-3500,"currency":"usd","source":"dp_1","exchange_rate":null,"available_on":1795160000,"created":1795150000}]}""");
        facts[0].ShouldBe(new GatewayFact.Dispute("dp_1", "ch_1", Usd("20.00"), step, "fraudulent", At));
        facts[1].ShouldBeOfType<GatewayFact.Movement>().Net.ShouldBe(Usd("-35.00"));
    }

    [Theory]
    [InlineData("payout.paid", "paid", PayoutState.Paid)]
    [InlineData("payout.created", "in_transit", PayoutState.Pending)]
    [InlineData("payout.failed", "failed", PayoutState.Failed)]
    public void A_payout_has_a_state_and_a_day(string type, string status, PayoutState state) =>
        One<GatewayFact.Payout>(type, $$"""{"id":"po_1","object":"payout","amount":1912,"currency":"usd","status":"{{status}}","arrival_date":1795132800,"balance_transaction":"txn_2"}""")
            .ShouldBe(new GatewayFact.Payout("po_1", Usd("19.12"), state, new DateOnly(2026, 11, 20), At));

    [Theory]
    [InlineData(500, "usd", "5.00 USD")]
    [InlineData(500, "jpy", "500 JPY")]
    [InlineData(5, "mga", "5.00 MGA")] // none at Stripe, two in ISO 4217
    [InlineData(500, "isk", "5 ISK")] // two at Stripe, none in ISO 4217
    [InlineData(550, "isk", null)]
    [InlineData(500, "ugx", "5 UGX")]
    [InlineData(12_340, "kwd", "12.340 KWD")]
    [InlineData(500, "xxx", null)]
    [InlineData(500, "", null)]
    public void Amounts_are_in_stripes_own_unit(long units, string currency, string? money)
    {
        StripeAmount.TryRead(units, currency, out _, out var read).ShouldBe(money is not null);
        if (money is not null) read.ToString().ShouldBe(money);
    }

    [Theory]
    [InlineData("""{"api_version":"2026-12-01.next"}""", "unknown-version api_version")]
    [InlineData("""{"api_version":"2019-05-16"}""", "unknown-version api_version")]
    [InlineData("""{"api_version":null}""", "unknown-version api_version")]
    [InlineData("""{"type":"invoice.created"}""", "unknown-type type")]
    [InlineData("""{"object":"v2.core.event"}""", "unknown-type object")]
    [InlineData("""{"data":{}}""", "unknown-type object")]
    [InlineData("""{"id":""}""", "bad-object event.id")]
    [InlineData("""{"id":"evt 1"}""", "bad-object event.id")]
    [InlineData("""{"created":"now"}""", "bad-object event.created")]
    [InlineData("""{"data":{"object":{}}}""", "bad-object event.data.object.status")]
    [InlineData("""{"data":{"object":{"status":"succeeded","captured":true,"id":"ch_1","amount_captured":10.5,"currency":"usd"}}}""", "bad-object event.data.object.amount_captured")]
    [InlineData("""{"data":{"object":{"status":"succeeded","captured":true,"id":"ch_1","amount_captured":"10","currency":"usd"}}}""", "bad-object event.data.object.amount_captured")]
    [InlineData("""{"data":{"object":{"status":"succeeded","captured":true,"id":"ch_1","amount_captured":10,"currency":"zzz"}}}""", "unknown-currency event.data.object.currency")]
    [InlineData("""{"data":{"object":{"status":"succeeded","captured":true,"id":"ch_1","amount_captured":10}}}""", "unknown-currency event.data.object.currency")]
    public void What_is_not_known_is_parked_with_its_cause(string changes, string parked)
    {
        var envelope = System.Text.Json.Nodes.JsonNode.Parse(Envelope("charge.succeeded", Charge))!.AsObject();
        foreach (var (name, value) in System.Text.Json.Nodes.JsonNode.Parse(changes)!.AsObject()) envelope[name] = value?.DeepClone();
        var cause = StripeEvents.Read(Encoding.UTF8.GetBytes(envelope.ToJsonString())).ShouldBeOfType<GatewayReading.Parked>();
        $"{cause.Code} {cause.Field}".ShouldBe(parked);
    }

    [Theory]
    [InlineData("\\ud800")]
    [InlineData("evt_\\u0000")]
    public void Half_a_letter_is_parked_too(string id) =>
        StripeEvents.Read(Encoding.UTF8.GetBytes(Envelope("charge.succeeded", Charge).Replace("evt_1", id, StringComparison.Ordinal)))
            .ShouldBeOfType<GatewayReading.Parked>().Code.ShouldBe("bad-object");

    [Fact]
    public void No_change_of_bytes_does_more_than_park() =>
        Prop.ForAll(Arb.From(Gen.Zip(Gen.Choose(0, 10_000), Gen.Choose(0, 255))), pair =>
        {
            var bytes = Encoding.UTF8.GetBytes(Envelope("charge.succeeded", Charge.Replace("\"txn_1\"", Movement, StringComparison.Ordinal)));
            bytes[pair.Item1 % bytes.Length] = (byte)pair.Item2;
            StripeEvents.Read(bytes).ShouldNotBeNull();
            StripeEvents.Read(bytes.AsMemory(0, pair.Item1 % bytes.Length)).ShouldBeOfType<GatewayReading.Parked>();
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("t=1")]
    public void What_is_no_object_is_parked(string body) =>
        StripeEvents.Read(Encoding.UTF8.GetBytes(body)).ShouldBeOfType<GatewayReading.Parked>().Code.ShouldBe("bad-json");

    [Fact]
    public void A_list_of_movements_is_read_whole_or_not_at_all()
    {
        StripeBalance.Page(Encoding.UTF8.GetBytes($$"""{"object":"list","data":[{{Movement}}],"has_more":true}""")).ShouldSatisfyAllConditions(
            page => page.Movements!.Count.ShouldBe(1), page => page.More.ShouldBeTrue());
        var (movements, _, problem) = StripeBalance.Page(Encoding.UTF8.GetBytes(
            $$"""{"data":[{{Movement}},{{Movement.Replace("1912", "1913", StringComparison.Ordinal)}}],"has_more":false}"""));
        (movements, problem).ShouldBe((null, "list.data[1].net"));
        StripeBalance.Page(Encoding.UTF8.GetBytes($$"""{"data":[{{Movement.Replace("\"charge\",\"rep", "\"novelty\",\"rep", StringComparison.Ordinal)}}],"has_more":false}"""))
            .Problem.ShouldBe("list.data[0].type");
    }

    internal static string Envelope(string type, string about) => string.Create(
        CultureInfo.InvariantCulture,
        $$$"""{"id":"evt_1","object":"event","type":"{{{type}}}","created":1795160000,"livemode":true,"api_version":"2026-10-28.endive","data":{"object":{{{about}}}}}""");

    private static IReadOnlyList<GatewayFact> Read(string type, string about)
    {
        var read = StripeEvents.Read(Encoding.UTF8.GetBytes(Envelope(type, about))).ShouldBeOfType<GatewayReading.Read>();
        (read.Id, read.Type, read.Live, read.Account).ShouldBe(("evt_1", type, true, ""));
        return read.Facts;
    }

    private static T One<T>(string type, string about) where T : GatewayFact => Read(type, about).ShouldHaveSingleItem().ShouldBeOfType<T>();

    private static Money Usd(string amount) => new(Amounts.D(amount), Amounts.Usd);
}
