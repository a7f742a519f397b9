using System.Text;
using System.Text.Json;

namespace Tieout.Domain.Usage;

/// <summary>The kinds of values a property can have, as far as metering tells them apart.</summary>
internal enum ValueKind
{
    Absent,
    Text,
    Number,
    Word,
    Other,
}

/// <summary>The properties of one event's data: those a meter reads, by place, and all of them for the content's hash.</summary>
internal sealed class EventData
{
    /// <summary>Properties an event may have.</summary>
    public const int MostProperties = 100;

    private readonly List<(Range Name, Range Value)> _parts = new(16);
    private (ValueKind Kind, Range At, bool Escaped)[] _slots = new (ValueKind, Range, bool)[8];

    /// <summary>Reads an object; gives what is wrong with it, or null. Only the top level is looked at.</summary>
    public (string Code, string Field, string Reason)? Read(ReadOnlySpan<byte> data, TypePlan? plan)
    {
        _parts.Clear();
        if (_slots.Length < plan?.Properties) _slots = new (ValueKind, Range, bool)[plan.Properties];
        Array.Clear(_slots);
        if (data.IsEmpty) return null;
        var reader = new Utf8JsonReader(data);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) return (UsageCode.BadData, "data", "The data is not a JSON object.");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Inside(ref reader);
            var place = plan is null ? -1 : reader.ValueIsEscaped
                ? plan.PropertyOf(Encoding.UTF8.GetBytes(reader.GetString()!)) : plan.PropertyOf(reader.ValueSpan);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            if (place >= 0)
            {
                if (_slots[place].Kind != ValueKind.Absent) return (UsageCode.WrongType, plan!.NameOf(place), "The property stands there twice.");
                _slots[place] = Slot(ref reader);
            }
            else if (reader.TokenType == JsonTokenType.String && EventText.MayHoldCard(reader.ValueSpan) && EventText.HoldsCard(reader.GetString()!))
                return (Intake.RefusalCode.CardNumber, "data", "A text looks like the number of a payment card.");
            reader.Skip();
            if (_parts.Count == MostProperties) return (UsageCode.BadData, "data", $"The data has more than {MostProperties} properties.");
            _parts.Add((name, start..(int)reader.BytesConsumed));
        }
        return null;
    }

    /// <summary>What kind of value the property has.</summary>
    public ValueKind KindOf(int place) => _slots[place].Kind;

    /// <summary>The property's text, number as written, or word; empty when it has none.</summary>
    public ReadOnlySpan<byte> TextOf(ReadOnlySpan<byte> data, int place)
    {
        var (kind, at, escaped) = _slots[place];
        if (kind is ValueKind.Absent or ValueKind.Other) return [];
        if (!escaped) return data[at];
        var reader = new Utf8JsonReader(data[(at.Start.Value - 1)..(at.End.Value + 1)]);
        reader.Read();
        return Encoding.UTF8.GetBytes(reader.GetString()!);
    }

    /// <summary>Adds the properties in the order of their names.</summary>
    public void Into(ContentHash hash, byte[] buffer, int offset)
    {
        _parts.Sort((left, right) => Part(buffer, offset, left.Name).SequenceCompareTo(Part(buffer, offset, right.Name)));
        foreach (var (name, value) in _parts)
        {
            hash.Add(Part(buffer, offset, name));
            var text = Part(buffer, offset, value);
            // White space inside an object does not count either.
            if (text[0] is (byte)'{' or (byte)'[') hash.Add(JsonSerializer.SerializeToUtf8Bytes(JsonSerializer.Deserialize<JsonElement>(text)));
            else hash.Add(text);
        }
    }

    private static ReadOnlySpan<byte> Part(byte[] buffer, int offset, Range range) =>
        buffer.AsSpan(offset + range.Start.Value, range.End.Value - range.Start.Value);

    private static (ValueKind, Range, bool) Slot(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => (ValueKind.Text, Inside(ref reader), reader.ValueIsEscaped),
        JsonTokenType.Number => (ValueKind.Number, Inside(ref reader), false),
        JsonTokenType.True or JsonTokenType.False => (ValueKind.Word, Inside(ref reader), false),
        // As if it were not there: that is what null says.
        JsonTokenType.Null => (ValueKind.Absent, default, false),
        _ => (ValueKind.Other, default, false),
    };

    private static Range Inside(ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex + (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName ? 1 : 0);
        return start..(start + reader.ValueSpan.Length);
    }
}
