using System.Text.Json;

namespace Tieout.Domain.Cash.Gateway;

/// <summary>Reads movements on the balance: what truly moved, what was kept of it, and what is left.</summary>
public static class StripeBalance
{
    /// <summary>A page of the API's list. Null beside the place of what cannot be read: half a list proves nothing.</summary>
    public static (IReadOnlyList<GatewayFact.Movement>? Movements, bool More, string Problem) Page(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 64 });
            if (json.RootElement.ValueKind != JsonValueKind.Object) return (null, false, "list");
            var list = new StripeJson(json.RootElement, "list");
            return ([.. list.Items("data").Select(Read)], list.Flag("has_more"), "");
        }
        catch (JsonException)
        {
            return (null, false, "list");
        }
        catch (FormatException bad)
        {
            return (null, false, bad.Message);
        }
    }

    /// <summary>One movement by itself, as a line of an export. Null beside the place of what cannot be read.</summary>
    public static (GatewayFact.Movement? Movement, string Problem) One(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 64 });
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? (Read(new StripeJson(json.RootElement, "balance_transaction")), "") : (null, "balance_transaction");
        }
        catch (JsonException)
        {
            return (null, "balance_transaction");
        }
        catch (FormatException bad)
        {
            return (null, bad.Message);
        }
    }

    internal static GatewayFact.Movement Read(StripeJson json)
    {
        var movement = new GatewayFact.Movement(
            json.Needed("id"), Kind(json), json.Id("source"), json.Money("amount"), json.Money("fee"), json.Rate("exchange_rate"),
                json.Day("available_on"),
            json.Time("created"));
        // Stripe's own promise; were it broken, nothing after it would add up.
        return movement.Net == json.Money("net") ? movement : throw json.Bad("net");
    }

    private static MovementKind Kind(StripeJson json) => json.Text("type") switch
    {
        "charge" or "payment" => MovementKind.Charge,
        "refund" or "payment_refund" => MovementKind.Refund,
        "refund_failure" or "payment_failure_refund" => MovementKind.RefundFailed,
        "stripe_fee" or "stripe_fx_fee" or "tax_fee" => MovementKind.Fee,
        "payout" => MovementKind.Payout,
        "payout_failure" or "payout_cancel" => MovementKind.PayoutFailed,
        // Disputes are adjustments; only the category tells them from others.
        "adjustment" when json.Text("reporting_category") == "dispute" => MovementKind.Dispute,
        "adjustment" when json.Text("reporting_category") == "dispute_reversal" => MovementKind.DisputeReversal,
        _ => throw json.Bad("type"),
    };
}
