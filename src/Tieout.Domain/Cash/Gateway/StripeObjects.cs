using System.Text.Json;

namespace Tieout.Domain.Cash.Gateway;

/// <summary>What follows from Stripe's objects, by the type of the event that brings them.</summary>
internal static class StripeObjects
{
    // Where a company says which invoice a payment is for; the first that is there.
    private static readonly string[] ReferenceKeys = ["invoice", "invoice_number", "invoice-number", "reference"];

    /// <summary>Null for a type nothing is known of.</summary>
    public static IReadOnlyList<GatewayFact>? Facts(string type, StripeJson about, DateTimeOffset at) => type switch
    {
        "payment_intent.succeeded" => Intent(about, at),
        "charge.succeeded" or "charge.captured" => Charge(about, at),
        "charge.refunded" => [new GatewayFact.RefundedInAll(about.Needed("id"), about.Money("amount_refunded"), at),
            .. Expanded(about.Inner("refunds"), at)],
        "refund.created" or "refund.updated" or "refund.failed" or "charge.refund.updated" => Refund(about, at),
        "charge.dispute.created" => Dispute(about, DisputeStep.Opened, at),
        "charge.dispute.funds_withdrawn" => Dispute(about, DisputeStep.FundsWithdrawn, at),
        "charge.dispute.funds_reinstated" => Dispute(about, DisputeStep.FundsReinstated, at),
        "charge.dispute.closed" => Dispute(about, Outcome(about), at),
        "payout.created" or "payout.updated" or "payout.paid" or "payout.failed" or "payout.canceled" or "payout.reconciliation_completed" =>
            Payout(about, at),
        _ => null,
    };

    private static List<GatewayFact> Intent(StripeJson intent, DateTimeOffset at)
    {
        if (intent.Text("status") != "succeeded") throw intent.Bad("status");
        return
        [
            new GatewayFact.Received(
                intent.Needed("latest_charge"), intent.Needed("id"), intent.Money("amount_received"), intent.Id("customer"), Reference(intent), at),
        ];
    }

    private static List<GatewayFact> Charge(StripeJson charge, DateTimeOffset at)
    {
        if (charge.Text("status") != "succeeded") throw charge.Bad("status");
        // Authorised only: the money comes when it is captured.
        if (!charge.Flag("captured")) return [];
        return
        [
            new GatewayFact.Received(
                charge.Needed("id"), charge.Id("payment_intent"), charge.Money("amount_captured"), charge.Id("customer"), Reference(charge), at),
            .. Moved(charge),
        ];
    }

    private static List<GatewayFact> Refund(StripeJson refund, DateTimeOffset at)
    {
        var state = refund.Text("status") switch
        {
            "pending" or "requires_action" => RefundState.Pending,
            "succeeded" => RefundState.Succeeded,
            "canceled" => RefundState.Canceled,
            "failed" => RefundState.Failed,
            _ => throw refund.Bad("status"),
        };
        return
        [
            new GatewayFact.Refund(refund.Needed("id"), refund.Needed("charge"), refund.Money("amount"), state, at) { Made = refund.TimeOr("created", at) },
            .. Moved(refund),
        ];
    }

    private static IEnumerable<GatewayFact> Expanded(StripeJson? list, DateTimeOffset at) => list?.Items("data").SelectMany(refund => Refund(refund,
        at)) ?? [];

    private static List<GatewayFact> Dispute(StripeJson dispute, DisputeStep step, DateTimeOffset at) =>
    [
        new GatewayFact.Dispute(dispute.Needed("id"), dispute.Needed("charge"), dispute.Money("amount"), step, dispute.Text("reason"), at),
        .. dispute.Items("balance_transactions").Select(StripeBalance.Read),
    ];

    private static DisputeStep Outcome(StripeJson dispute) => dispute.Text("status") switch
    {
        "won" => DisputeStep.Won,
        "lost" => DisputeStep.Lost,
        "warning_closed" or "prevented" => DisputeStep.Closed,
        _ => throw dispute.Bad("status"),
    };

    private static List<GatewayFact> Payout(StripeJson payout, DateTimeOffset at)
    {
        var state = payout.Text("status") switch
        {
            "pending" or "in_transit" => PayoutState.Pending,
            "paid" => PayoutState.Paid,
            "canceled" => PayoutState.Canceled,
            "failed" => PayoutState.Failed,
            _ => throw payout.Bad("status"),
        };
        return [new GatewayFact.Payout(payout.Needed("id"), payout.Money("amount"), state, payout.Day("arrival_date"), at), .. Moved(payout)];
    }

    // Events hold the id of the movement; who asked for the object with it has it here.
    private static IEnumerable<GatewayFact> Moved(StripeJson about) =>
        about.Inner("balance_transaction") is { } movement ? [StripeBalance.Read(movement)] : [];

    private static string Reference(StripeJson about)
    {
        if (about.Inner("metadata") is { } metadata)
            foreach (var key in ReferenceKeys)
                if (metadata.Object.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String) return metadata.Text(key);
        return about.Text("description");
    }
}
