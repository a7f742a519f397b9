using System.Text;
using Tieout.Domain.Intake;

namespace Tieout.Domain.Usage;

/// <summary>
/// What an event counts for. A meter whose filters do not hold leaves the event alone; one whose number or value is missing or
/// wrong refuses it as a whole, so that it never counts for one meter and not for another.
/// </summary>
internal static class Measuring
{
    private const string ExponentRemedy = "Write it out, such as 100000 instead of 1e5; a spreadsheet that wrote it so may have dropped digits.";
    private const string NumberRemedy = "Write a plain number such as 12.5, with at most 16 digits before and 12 after the point.";

    /// <summary>Exactly one of the two is null.</summary>
    public static (Measured? Measured, Refusal? Refusal) Of(TypePlan plan, EventData data, ReadOnlySpan<byte> json)
    {
        var meters = plan.All;
        var amounts = new decimal[plan.Meters.Length];
        var groups = plan.HasGroups ? new string[plan.Meters.Length] : null;
        var uniques = plan.HasUniques ? new Guid[plan.Meters.Length] : null;
        var count = 0;
        foreach (var meter in plan.Meters)
        {
            if (!Passes(meter, data, json)) continue;
            if (Amount(meter, data, json, plan, out amounts[count]) is { } wrong) return (null, wrong);
            if (groups is not null && Group(meter, data, json, plan, out groups[count]) is { } group) return (null, group);
            if (uniques is not null && Unique(meter, data, json, plan, out uniques[count]) is { } unique) return (null, unique);
            if (meters[count] != meter.No)
            {
                if (ReferenceEquals(meters, plan.All)) meters = [.. plan.All];
                meters[count] = meter.No;
            }
            count++;
        }
        if (count == 0) return (Measured.Nothing, null);
        return (count == plan.Meters.Length
            ? new Measured(meters, amounts, groups, uniques)
            : new Measured(meters[..count], amounts[..count], groups?[..count], uniques?[..count]), null);
    }

    private static bool Passes(MeterPlan meter, EventData data, ReadOnlySpan<byte> json)
    {
        foreach (var filter in meter.Filters)
        {
            var isOne = false;
            if (data.KindOf(filter.Property) is not (ValueKind.Absent or ValueKind.Other))
            {
                var text = data.TextOf(json, filter.Property);
                foreach (var value in filter.Values) isOne |= text.SequenceEqual(value);
            }
            if (isOne == filter.Negated) return false;
        }
        return true;
    }

    private static Refusal? Amount(MeterPlan meter, EventData data, ReadOnlySpan<byte> json, TypePlan plan, out decimal amount)
    {
        amount = 1m;
        if (meter.Value < 0) return null;
        var kind = data.KindOf(meter.Value);
        if (kind == ValueKind.Text && EventNumber.HasExponent(data.TextOf(json, meter.Value)))
            return UsageCode.Of(UsageCode.BadNumber, plan.NameOf(meter.Value), "The number is written with an exponent.", ExponentRemedy);
        var code = kind switch
        {
            ValueKind.Absent => UsageCode.MissingValue,
            ValueKind.Number or ValueKind.Text => EventNumber.Read(data.TextOf(json, meter.Value), out amount),
            _ => UsageCode.WrongType,
        };
        if (code is null && amount < 0 && !meter.NegativeAllowed) code = UsageCode.Negative;
        return code is null ? null : UsageCode.Of(code, plan.NameOf(meter.Value), code switch
        {
            UsageCode.MissingValue => "The number that a meter adds up is missing.",
            UsageCode.WrongType => "The value is neither a number nor a text with one.",
            UsageCode.Negative => "The number is below zero.",
            UsageCode.Overflow => "The number is too large.",
            _ => "The value is not a plain number, or has more than 12 decimals.",
        }, code == UsageCode.Negative ? "Usage is zero or more; take usage back by an event that voids or supersedes the first one." : NumberRemedy);
    }

    private static Refusal? Unique(MeterPlan meter, EventData data, ReadOnlySpan<byte> json, TypePlan plan, out Guid key)
    {
        key = default;
        if (meter.Unique < 0) return null;
        var kind = data.KindOf(meter.Unique);
        var text = data.TextOf(json, meter.Unique);
        if (kind == ValueKind.Other) return Wrong(plan.NameOf(meter.Unique));
        if (text.IsEmpty)
            return UsageCode.Of(UsageCode.MissingValue, plan.NameOf(meter.Unique), "The value whose kinds a meter counts is missing.", "Send the property.");
        if (EventText.MayHoldCard(text) && EventText.HoldsCard(Encoding.UTF8.GetString(text)))
            return UsageCode.Of(RefusalCode.CardNumber, plan.NameOf(meter.Unique), "A text looks like the number of a payment card.",
                "Remove it: card numbers are never taken in.");
        key = ContentHash.KeyOf(text);
        return null;
    }

    private static Refusal? Group(MeterPlan meter, EventData data, ReadOnlySpan<byte> json, TypePlan plan, out string key)
    {
        key = "";
        if (meter.GroupBy.Length == 0) return null;
        var values = new string[meter.GroupBy.Length];
        for (var index = 0; index < values.Length; index++)
        {
            var place = meter.GroupBy[index];
            if (data.KindOf(place) == ValueKind.Other) return Wrong(plan.NameOf(place));
            var text = data.TextOf(json, place);
            if (EventText.Problem(text) is { } bad)
                return bad with { Field = plan.NameOf(place), Reason = $"The value {bad.Reason}." };
            values[index] = Encoding.UTF8.GetString(text);
        }
        key = GroupKey.Of(values);
        return null;
    }

    private static Refusal Wrong(string field) =>
        UsageCode.Of(UsageCode.WrongType, field, "The value is an object or a list.", "Send a text, a number, true or false.");
}
