using System.Text.Json;

namespace Tieout.Domain.Usage;

/// <summary>The attributes of an event that mean something here.</summary>
internal enum Attribute
{
    Other,
    SpecVersion,
    Id,
    Source,
    Type,
    Subject,
    Time,
    Data,
    DataBase64,
    Supersedes,
    SupersedesSource,
    Voids,
}

/// <summary>Where the attributes of one event stand in the text; used again for the next event.</summary>
internal sealed class Attributes
{
    /// <summary>What every event has, in the order it is judged.</summary>
    public static readonly Attribute[] Needed = [Attribute.Id, Attribute.Source, Attribute.Type, Attribute.Subject, Attribute.Time];

    private const int Count = (int)Attribute.Voids + 1;

    private readonly Range[] _ranges = new Range[Count];
    private readonly byte[]?[] _unescaped = new byte[]?[Count];
    private int _seen;

    /// <summary>The first attribute that is no text, or that stands there twice.</summary>
    public Attribute? Trouble { get; private set; }

    public void Clear()
    {
        Array.Clear(_ranges);
        Array.Clear(_unescaped);
        _seen = 0;
        Trouble = null;
    }

    public void Set(Attribute attribute, Range range, bool isText, byte[]? unescaped = null)
    {
        var bit = 1 << (int)attribute;
        if (!isText || (_seen & bit) != 0) Trouble ??= attribute;
        _seen |= bit;
        _ranges[(int)attribute] = range;
        _unescaped[(int)attribute] = unescaped;
    }

    public bool Has(Attribute attribute) => (_seen & (1 << (int)attribute)) != 0;

    public Range Range(Attribute attribute) => _ranges[(int)attribute];

    public ReadOnlySpan<byte> Text(byte[] json, Attribute attribute) =>
        _unescaped[(int)attribute] is { } text ? text : json.AsSpan(_ranges[(int)attribute]);

    /// <summary>Which attribute the reader's name is.</summary>
    public static Attribute Named(ref Utf8JsonReader reader) => reader.ValueSpan.Length switch
    {
        2 when reader.ValueTextEquals("id"u8) => Attribute.Id,
        4 when reader.ValueTextEquals("type"u8) => Attribute.Type,
        4 when reader.ValueTextEquals("time"u8) => Attribute.Time,
        4 when reader.ValueTextEquals("data"u8) => Attribute.Data,
        5 when reader.ValueTextEquals("voids"u8) => Attribute.Voids,
        6 when reader.ValueTextEquals("source"u8) => Attribute.Source,
        7 when reader.ValueTextEquals("subject"u8) => Attribute.Subject,
        10 when reader.ValueTextEquals("supersedes"u8) => Attribute.Supersedes,
        11 when reader.ValueTextEquals("specversion"u8) => Attribute.SpecVersion,
        11 when reader.ValueTextEquals("data_base64"u8) => Attribute.DataBase64,
        16 when reader.ValueTextEquals("supersedessource"u8) => Attribute.SupersedesSource,
        _ => Attribute.Other,
    };

    public static string NameOf(Attribute attribute) => attribute switch
    {
        Attribute.DataBase64 => "data_base64",
        _ => attribute.ToString().ToLowerInvariant(),
    };
}
