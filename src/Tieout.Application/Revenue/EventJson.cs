using Tieout.Application.Catalog;
using Tieout.Domain;
using Tieout.Domain.Revenue;

namespace Tieout.Application.Revenue;

/// <summary>What happened to a revenue contract, from JSON: each event has a <c>kind</c>.</summary>
internal static class EventJson
{
    private enum Kind
    {
        Invoice,
        Credit,
        Usage,
        Fee,
        Delivery,
        Milestone,
        Progress,
        Expected,
        PriceChange,
        Modification,
        Cancellation,
        Close,
    }

    /// <summary>The event; null when it is not one, which is a problem already.</summary>
    public static RevenueEvent? Read(JsonFields json)
    {
        if (!json.IsObject)
        {
            json.Add("object-expected", "An object is expected here.", "Write {…} with 'kind' and 'on'.");
            return null;
        }
        if (json.Need("kind")?.AsWord<Kind>() is not { } kind) return null;
        if (kind == Kind.Close) return Close(json);
        var on = json.Need("on")?.AsDate();
        return Read(json, kind, on ?? default) is { } happened && on is not null ? happened : null;
    }

    private static RevenueEvent? Read(JsonFields json, Kind kind, DateOnly on) => kind switch
    {
        Kind.Invoice => new RevenueEvent.Invoiced(on, json.Allow("kind", "on", "id", "amount").Text("id"), json.Number("amount")),
        Kind.Credit => new RevenueEvent.Credited(on, json.Allow("kind", "on", "id", "amount").Text("id"), json.Number("amount")),
        Kind.Usage => new RevenueEvent.Used(on, json.Allow("kind", "on", "obligation", "quantity").Text("obligation"), json.Number("quantity")),
        Kind.Fee => new RevenueEvent.UsageFee(on, json.Allow("kind", "on", "obligation", "amount").Find("obligation")?.AsText(), json.Number("amount")),
        Kind.Delivery => new RevenueEvent.Delivered(on, json.Allow("kind", "on", "obligation").Text("obligation")),
        Kind.Milestone => new RevenueEvent.Reached(on, json.Allow("kind", "on", "obligation", "milestone").Text("obligation"), json.Text("milestone")),
        Kind.Progress => new RevenueEvent.Progressed(on, json.Allow("kind", "on", "obligation", "done").Text("obligation"), json.Number("done")),
        Kind.Expected => new RevenueEvent.Expected(on, json.Allow("kind", "on", "obligation", "quantity").Text("obligation"), json.Number("quantity")),
        Kind.PriceChange => PriceChange(json, on),
        Kind.Modification => Modification(json, on),
        _ => Cancellation(json, on),
    };

    private static RevenueEvent.Closed? Close(JsonFields json)
    {
        json.Allow("kind", "through");
        if (json.Need("through") is not { } field) return null;
        var text = field.AsText();
        if (text is null) return null;
        // Through the day's own rule, so that a month nobody can mean is refused as well.
        if (AccountingMonth.TryParse(text, out var month) && month.FirstDay.Year is >= 1900 and < 2200) return new RevenueEvent.Closed(month);
        field.Add("bad-month", "This is not a month.", "Write a year and a month, such as 2026-11.");
        return null;
    }

    private static RevenueEvent.PriceChanged PriceChange(JsonFields json, DateOnly on)
    {
        json.Allow("kind", "on", "increase", "decrease", "obligation", "at-once", "promised-before", "reason");
        var amount = Signed(json);
        if (json.Find("increase") is null && json.Find("decrease") is null)
            json.AddAt("increase", "missing", "It is not said by how much.", "Give 'increase' or 'decrease'.");
        return new RevenueEvent.PriceChanged(on, amount, json.Find("obligation")?.AsText(), json.FlagOr("at-once", false), json.Text("reason"))
        {
            PromisedBefore = json.FlagOr("promised-before", false),
        };
    }

    private static RevenueEvent.Modified Modification(JsonFields json, DateOnly on)
    {
        json.Allow("kind", "on", "version", "change", "add", "end", "increase", "decrease", "spared-costs", "reason");
        return new RevenueEvent.Modified(on, Version(json), json.Text("reason"))
        {
            Change = json.Find("change")?.AsText() ?? "modification",
            Add = [.. (json.Find("add")?.Items() ?? []).Select(ContractJson.Promise).OfType<Obligation>()],
            End = ContractJson.Codes(json.Find("end")),
            PriceChange = Signed(json),
            SparedCosts = json.NumberOr("spared-costs", 0m),
        };
    }

    private static RevenueEvent.Cancelled Cancellation(JsonFields json, DateOnly on)
    {
        json.Allow("kind", "on", "version", "refund", "reason");
        return new RevenueEvent.Cancelled(on, Version(json), json.Text("reason"), json.NumberOr("refund", 0m));
    }

    private static int Version(JsonFields json)
    {
        var version = json.Need("version")?.AsInteger(1_000_000) ?? 0;
        if (json.Find("version") is not null && version < 2)
            json.AddAt("version", "out-of-range", "Version 1 is the contract as it was agreed first.", "Give 2 or more: amendments are numbered from 2.");
        return version;
    }

    private static decimal Signed(JsonFields json)
    {
        if (json.Find("increase") is not null && json.Find("decrease") is not null)
            json.AddAt("decrease", "given-twice", "The price rises or it falls.", "Give one of 'increase' and 'decrease'.");
        return json.NumberOr("increase", 0m) - json.NumberOr("decrease", 0m);
    }
}
