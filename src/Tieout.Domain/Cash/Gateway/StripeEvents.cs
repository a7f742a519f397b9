using System.Globalization;
using System.Text.Json;

namespace Tieout.Domain.Cash.Gateway;

/// <summary>
/// Reads Stripe's events into facts of ours. Events come more than once, late and in any order; each is read by itself, and what they say
/// together is for <see cref="GatewayBooks"/>. What is not known is parked, never guessed.
/// </summary>
/// <remarks>Source: Stripe API 2026-10-28; the members read here are the same since 2022-11-15.</remarks>
public static class StripeEvents
{
    /// <summary>The version this was written against; endpoints are pinned to it.</summary>
    public const string Version = "2026-10-28";

    /// <summary>Types from which something follows.</summary>
    public static IReadOnlyList<string> Types { get; } =
    [
        "payment_intent.succeeded", "charge.succeeded", "charge.captured", "charge.refunded", "refund.created", "refund.updated", "refund.failed",
        "charge.refund.updated", "charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated", "charge.dispute.closed",
        "payout.created", "payout.updated", "payout.paid", "payout.failed", "payout.canceled", "payout.reconciliation_completed",
    ];

    private const string OldestVersion = "2022-11-15";
    private const int MostBytes = 1_000_000;

    /// <summary>One event; its signature was judged before.</summary>
    public static GatewayReading Read(ReadOnlyMemory<byte> body)
    {
        if (body.Length > MostBytes) return Parked("", "bad-json", "body", "The event is larger than any of Stripe's.", "Look where it comes from.");
        try
        {
            using var json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 64 });
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? Event(new StripeJson(json.RootElement, "event"))
                : Parked("", "bad-json", "body", "The event is no object.", "Look where it comes from.");
        }
        catch (JsonException)
        {
            return Parked("", "bad-json", "body", "The event is not JSON.", "Look where it comes from.");
        }
    }

    private static GatewayReading Event(StripeJson json)
    {
        var id = "";
        try
        {
            id = json.Needed("id");
            if (json.Text("object") != "event" || json.Inner("data")?.Inner("object") is not { } about)
                return Parked(id, "unknown-type", "object", "It is not an event that holds its object.",
                    "Let the endpoint send snapshot events, not thin ones.");
            // Versions are days with a name behind: 2026-10-28.endive.
            var version = json.Text("api_version").Split('.')[0];
            if (!DateOnly.TryParseExact(version, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
                || string.CompareOrdinal(version, OldestVersion) < 0 || string.CompareOrdinal(version, Version) > 0)
                return Parked(
                    id, "unknown-version", "api_version", $"The event is of a version this program does not know; it knows {OldestVersion} to {Version}.",
                    $"Pin the endpoint to {Version}, and replay the event.");
            var type = json.Text("type");
            var facts = StripeObjects.Facts(type, about, json.Time("created"));
            return facts is null
                ? Parked(id, "unknown-type", "type", "Nothing is known to follow from events of this type.",
                    "Leave the type out of the endpoint, or close the case.")
                : new GatewayReading.Read(id, type, json.Flag("livemode"), json.Id("account"), facts);
        }
        catch (FormatException bad) when (bad.Message.EndsWith(".currency", StringComparison.Ordinal))
        {
            return Parked(id, "unknown-currency", bad.Message, "The money is in a currency that is not one of ISO 4217, or is none.",
                "Look at the payment at the gateway; book it by hand if the money is there.");
        }
        catch (FormatException bad)
        {
            return Parked(id, "bad-object", bad.Message, "The member is missing or not as Stripe describes it.",
                "Fetch the event from Stripe again and replay it.");
        }
    }

    private static GatewayReading.Parked Parked(string id, string code, string field, string reason, string remedy) => new(id, code, field, reason,
        remedy);
}
