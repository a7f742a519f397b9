using System.Globalization;
using System.Text.Json;
using Tieout.Domain.Cash.Statements;

namespace Tieout.Domain.Cash.Gateway;

/// <summary>Reads members of one of Stripe's objects. What is not as Stripe describes it throws <see cref="FormatException"/> with the member's name.</summary>
internal readonly record struct StripeJson(JsonElement Object, string Path)
{
    private const int LongestId = 255;

    /// <summary>A text; empty for none and for null.</summary>
    public string Text(string name) => Find(name) switch
    {
        { ValueKind: JsonValueKind.String } text => StatementText.Clean(String(text, name)),
        null => "",
        _ => throw Bad(name),
    };

    /// <summary>An id, or that of the object that stands in its place; empty for none.</summary>
    public string Id(string name)
    {
        var found = Find(name);
        var id = found switch
        {
            null => "",
            { ValueKind: JsonValueKind.String } text => String(text, name),
            { ValueKind: JsonValueKind.Object } expanded => new StripeJson(expanded, $"{Path}.{name}").Needed("id"),
            _ => throw Bad(name),
        };
        return id.Length <= LongestId && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-') ? id : throw Bad(name);
    }

    /// <summary>An id that must be there.</summary>
    public string Needed(string name) => Id(name) is { Length: > 0 } id ? id : throw Bad(name);

    public long Whole(string name) => Find(name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var whole) ? whole
        : throw Bad(name);

    public bool Flag(string name) => Find(name) is { ValueKind: JsonValueKind.True or JsonValueKind.False } flag ? flag.GetBoolean() : throw Bad(name);

    /// <summary>An instant, in seconds since 1970.</summary>
    public DateTimeOffset Time(string name) =>
        Whole(name) is var seconds and >= 0 and < 7_258_118_400 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : throw Bad(name);

    /// <summary>The same, or another where it is absent.</summary>
    public DateTimeOffset TimeOr(string name, DateTimeOffset otherwise) => Find(name) is null ? otherwise : Time(name);

    public DateOnly Day(string name) => DateOnly.FromDateTime(Time(name).UtcDateTime);

    /// <summary>An amount in Stripe's unit of the object's currency.</summary>
    public Money Money(string name) =>
        StripeAmount.TryRead(Whole(name), Text("currency"), out var currency, out var money) ? money : throw Bad(currency is null ? "currency" : name);

    public decimal? Rate(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } number when number.TryGetDecimal(out var rate) && rate > 0 => rate,
        _ => throw Bad(name),
    };

    /// <summary>An object; null for none, and for an id in its place.</summary>
    public StripeJson? Inner(string name) =>
        Find(name) is { ValueKind: JsonValueKind.Object } found ? new StripeJson(found, $"{Path}.{name}") : null;

    public IEnumerable<StripeJson> Items(string name)
    {
        if (Find(name) is not { ValueKind: JsonValueKind.Array } array) yield break;
        foreach (var (index, item) in array.EnumerateArray().Index())
            if (item.ValueKind == JsonValueKind.Object) yield return new StripeJson(item, string.Create(CultureInfo.InvariantCulture,
                $"{Path}.{name}[{index}]"));
    }

    public FormatException Bad(string name) => new($"{Path}.{name}");

    // Half a surrogate pair, or bytes that are no UTF-8, show only when the text is taken out.
    private string String(JsonElement text, string name)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Bad(name);
        }
    }

    private JsonElement? Find(string name) =>
        Object.TryGetProperty(name, out var found) && found.ValueKind != JsonValueKind.Null ? found : null;
}
