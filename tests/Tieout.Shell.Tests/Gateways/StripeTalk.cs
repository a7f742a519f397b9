using System.Globalization;
using System.Text;

namespace Tieout.Shell.Tests.Gateways;

/// <summary>What Stripe says, with the members that are read. Days are of December 2026.</summary>
internal static class StripeTalk
{
    /// <summary>A charge that succeeded, in cents.</summary>
    public static string Charge(string id, long amount, int day, string customer = "cus_1", string reference = "", string currency = "usd") => Event(
        $"evt_{id}", "charge.succeeded", day,
        $$$"""{"id":"{{{id}}}","object":"charge","status":"succeeded","captured":true,"amount_captured":{{{amount}}},"currency":"{{{currency}}}","customer":{{{Quoted(customer)}}},"description":"{{{reference}}}"}""");

    /// <summary>The same money, told of by its intent.</summary>
    public static string Intent(string charge, long amount, int day, string reference) => Event(
        $"evt_intent_{charge}", "payment_intent.succeeded", day,
        $$$"""{"id":"pi_{{{charge}}}","object":"payment_intent","status":"succeeded","latest_charge":"{{{charge}}}","amount_received":{{{amount}}},"currency":"usd","customer":"cus_1","metadata":{"invoice":"{{{reference}}}"}}""");

    /// <summary>A step of a refund, made on the first day.</summary>
    public static string Refund(
        string id, string charge, long amount, int made, string status = "succeeded", int? told = null, string currency = "usd") => Event(
        $"evt_{id}_{status}", status == "failed" ? "refund.failed" : "refund.updated", told ?? made,
        $$$"""{"id":"{{{id}}}","object":"refund","status":"{{{status}}}","amount":{{{amount}}},"currency":"{{{currency}}}","charge":"{{{charge}}}","created":{{{At(made)}}}}""");

    /// <summary>A step of a dispute: created, funds_withdrawn, funds_reinstated or closed.</summary>
    public static string Dispute(
        string id, string charge, long amount, int day, string step, string status = "needs_response", string currency = "usd") => Event(
        $"evt_{id}_{step}", $"charge.dispute.{step}", day,
        $$$"""{"id":"{{{id}}}","object":"dispute","status":"{{{status}}}","amount":{{{amount}}},"currency":"{{{currency}}}","charge":"{{{charge}}}","reason":"fraudulent"}""");

    /// <summary>A payout that arrives on the day.</summary>
    public static string Payout(string id, long amount, int arrives, string status = "paid", int? told = null) => Event(
        $"evt_{id}_{status}", status == "failed" ? "payout.failed" : "payout.paid", told ?? arrives,
        $$$"""{"id":"{{{id}}}","object":"payout","status":"{{{status}}}","amount":{{{amount}}},"currency":"usd","arrival_date":{{{At(arrives)}}}}""");

    /// <summary>A movement of the balance.</summary>
    public static string Movement(
        string id, string type, string source, long gross, long fee, int day, string category = "", string currency = "usd", string rate = "null") => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"id":"{{id}}","object":"balance_transaction","type":"{{type}}","reporting_category":"{{(category.Length > 0 ? category : type)}}","amount":{{gross}},"fee":{{fee}},"net":{{gross - fee}},"currency":"{{currency}}","source":"{{source}}","exchange_rate":{{rate}},"available_on":{{At(day + 2)}},"created":{{At(day)}}}""");

    public static string Event(string id, string type, int day, string about, string version = "2026-10-28.endive") => string.Create(
        CultureInfo.InvariantCulture,
        $$$"""{"id":"{{{id}}}","object":"event","type":"{{{type}}}","created":{{{At(day)}}},"livemode":true,"api_version":"{{{version}}}","data":{"object":{{{about}}}}}""");

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Quoted(string text) => text.Length > 0 ? $"\"{text}\"" : "null";

    private static long At(int day) => new DateTimeOffset(2026, 12, 1, 9, 30, 0, TimeSpan.Zero).AddDays(day - 1).ToUnixTimeSeconds();
}
