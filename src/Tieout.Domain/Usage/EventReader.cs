using System.Text;
using System.Text.Json;
using Tieout.Domain.Intake;

namespace Tieout.Domain.Usage;

/// <summary>
/// Reads events as CloudEvents 1.0 writes them in JSON. It holds buffers, so one reader serves one batch at a time.
/// </summary>
/// <remarks>Source: CloudEvents 1.0.2, JSON event format. What we ask beyond it: subject and time; docs/usage.md says why.</remarks>
public sealed class EventReader(MeterBook meters)
{
    private const int MostTexts = 100_000;

    private readonly EventData _data = new();
    private readonly ContentHash _hash = new();
    private readonly Utf8Map<string> _texts = new();
    private Attributes _event = new();

    /// <summary>Reads the object the reader stands on, to its end; exactly one of the two is null.</summary>
    /// <param name="reader">On the start of an object; over all of <paramref name="json"/>.</param>
    /// <param name="json">What it reads from.</param>
    /// <param name="rowNo">Its place in the batch.</param>
    /// <exception cref="JsonException">The text is no JSON from here on.</exception>
    public (IncomingEvent? Event, RefusedEvent? Refused) Read(ref Utf8JsonReader reader, byte[] json, int rowNo)
    {
        var begin = reader;
        _event.Clear();
        try
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                return Refuse(rowNo, json, UsageCode.Malformed, "", "An event is a JSON object.", "Send each event as one object.");
            }
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName) ReadAttribute(ref reader);
            return Judge(json, rowNo);
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, written as an escape: the syntax is right, and no text comes of it.
            reader = begin;
            reader.Skip();
            return Refuse(rowNo, json, UsageCode.Malformed, "", "A text holds an escape that is no character.", "Send whole characters as UTF-8.");
        }
    }

    private void ReadAttribute(ref Utf8JsonReader reader)
    {
        var name = Attributes.Named(ref reader);
        reader.Read();
        if (name == Attribute.Data)
        {
            var start = (int)reader.TokenStartIndex;
            var isNull = reader.TokenType == JsonTokenType.Null;
            reader.Skip();
            _event.Set(name, isNull ? default : start..(int)reader.BytesConsumed, isText: true);
            return;
        }
        var isText = reader.TokenType == JsonTokenType.String;
        var at = (int)reader.TokenStartIndex + 1;
        if (name != Attribute.Other && reader.TokenType != JsonTokenType.Null)
            _event.Set(name, isText && !reader.ValueIsEscaped ? at..(at + reader.ValueSpan.Length) : default, isText,
                isText && reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString()!) : null);
        reader.Skip();
    }

    private (IncomingEvent?, RefusedEvent?) Judge(byte[] json, int rowNo)
    {
        if (_event.Trouble is { } trouble)
            return Refuse(rowNo, json, UsageCode.WrongType, Attributes.NameOf(trouble), "The attribute is not one text.", "Send it once, as a text.");
        var version = _event.Text(json, Attribute.SpecVersion);
        if (!version.SequenceEqual("1.0"u8))
            return Refuse(rowNo, json, version.IsEmpty ? UsageCode.Missing : UsageCode.BadVersion, "specversion",
                "The attribute is not 1.0.", "Send events as CloudEvents 1.0, with \"specversion\": \"1.0\".");
        foreach (var needed in Attributes.Needed)
            if (Problem(json, needed) is { } problem) return Refuse(rowNo, json, problem);
        if (!EventTime.TryRead(_event.Text(json, Attribute.Time), out var at))
            return Refuse(rowNo, json, UsageCode.BadTime, "time", "The time is not an instant.",
                "Write it as RFC 3339 with Z or an offset, such as 2026-11-20T10:15:02Z.");
        if (_event.Has(Attribute.DataBase64))
            return Refuse(rowNo, json, UsageCode.BadData, "data_base64", "The data is not JSON.", "Send it as an object under \"data\".");

        var correction = CorrectionOf(json, out var voids, out var wrong);
        if (wrong is not null) return Refuse(rowNo, json, wrong);
        var plan = meters.Find(_event.Text(json, Attribute.Type));
        if (plan is null && !voids)
            return Refuse(rowNo, json, UsageCode.UnknownMeter, "type", "No meter listens to this type.",
                "Declare a meter for it, or correct the type.");
        return Measure(json, rowNo, at, plan, voids, correction);
    }

    private (IncomingEvent?, RefusedEvent?) Measure(
        byte[] json, int rowNo, DateTimeOffset at, TypePlan? plan, bool voids, Correction? correction)
    {
        var part = _event.Range(Attribute.Data);
        var data = json.AsSpan(part);
        if (_data.Read(data, plan) is var (code, field, reason))
            return Refuse(rowNo, json, code, field, reason, code == RefusalCode.CardNumber
                ? "Leave it out: numbers of payment cards are not kept anywhere." : "Send one JSON object with each property once.");
        var measured = Measured.Nothing;
        if (!voids)
        {
            (var found, var refusal) = Measuring.Of(plan!, _data, data);
            if (refusal is not null) return Refuse(rowNo, json, refusal);
            measured = found!;
        }
        return (new IncomingEvent(
            rowNo, Kept(json, Attribute.Source), Encoding.UTF8.GetString(_event.Text(json, Attribute.Id)), Kept(json, Attribute.Type),
            Kept(json, Attribute.Subject), at, plan?.HoursAhead ?? 1, Content(json, at, part.Start.Value, voids, correction), measured, correction), null);
    }

    private Correction? CorrectionOf(byte[] json, out bool voids, out Refusal? wrong)
    {
        voids = _event.Has(Attribute.Voids);
        wrong = null;
        var supersedes = _event.Has(Attribute.Supersedes);
        if (!voids && !supersedes) return null;
        if (voids && supersedes)
        {
            wrong = UsageCode.Of(UsageCode.WrongType, "voids", "An event either supersedes another or voids it.", "Leave one of the two out.");
            return null;
        }
        wrong = Problem(json, voids ? Attribute.Voids : Attribute.Supersedes)
            ?? (_event.Has(Attribute.SupersedesSource) ? Problem(json, Attribute.SupersedesSource) : null);
        var source = Encoding.UTF8.GetString(_event.Text(json, _event.Has(Attribute.SupersedesSource) ? Attribute.SupersedesSource : Attribute.Source));
        var id = Encoding.UTF8.GetString(_event.Text(json, voids ? Attribute.Voids : Attribute.Supersedes));
        if (source == Encoding.UTF8.GetString(_event.Text(json, Attribute.Source)) && id == Encoding.UTF8.GetString(_event.Text(json, Attribute.Id)))
            wrong ??= UsageCode.Of(UsageCode.Circular, voids ? "voids" : "supersedes", "The event names itself.",
                "Name the earlier event, and give this one an id of its own.");
        return new Correction(source, id, voids);
    }

    private long Content(byte[] json, DateTimeOffset at, int dataStart, bool voids, Correction? correction)
    {
        _hash.Begin();
        _hash.Add(_event.Text(json, Attribute.Type));
        _hash.Add(_event.Text(json, Attribute.Subject));
        _hash.Add(at.UtcTicks);
        if (correction is not null)
        {
            _hash.Add(voids ? "voids"u8 : "supersedes"u8);
            _hash.Add(Encoding.UTF8.GetBytes(correction.Source));
            _hash.Add(Encoding.UTF8.GetBytes(correction.Id));
        }
        _data.Into(_hash, json, dataStart);
        return _hash.End();
    }

    // Sources, types and subjects come again and again: judged once, kept as one string.
    private Refusal? Problem(byte[] json, Attribute attribute)
    {
        var text = _event.Text(json, attribute);
        var name = Attributes.NameOf(attribute);
        if (text.IsEmpty) return UsageCode.Of(UsageCode.Missing, name, "The attribute is missing or empty.", "Send it with every event.");
        if (attribute == Attribute.Time || (attribute != Attribute.Id && _texts.Find(text) is not null)) return null;
        return EventText.Problem(text) is { } bad ? bad with { Field = name, Reason = $"The text {bad.Reason}." } : null;
    }

    private string Kept(byte[] json, Attribute attribute)
    {
        var text = _event.Text(json, attribute);
        if (_texts.Find(text) is { } known) return known;
        if (_texts.Count == MostTexts) _texts.Clear();
        var made = Encoding.UTF8.GetString(text);
        _texts.Add(text.ToArray(), made);
        return made;
    }

    private (IncomingEvent?, RefusedEvent?) Refuse(int rowNo, byte[] json, string code, string field, string reason, string remedy) =>
        Refuse(rowNo, json, new Refusal(code, field, reason, remedy));

    // Source and id lead the sender to the event; they are shown only when they are fit to be kept.
    private (IncomingEvent?, RefusedEvent?) Refuse(int rowNo, byte[] json, Refusal refusal) =>
        (null, new RefusedEvent(rowNo, Shown(json, Attribute.Source), Shown(json, Attribute.Id), refusal));

    private string Shown(byte[] json, Attribute attribute)
    {
        var text = _event.Text(json, attribute);
        return EventText.Problem(text) is null ? Encoding.UTF8.GetString(text) : "";
    }
}
