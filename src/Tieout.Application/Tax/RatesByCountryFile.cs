using System.Globalization;
using System.Text;
using System.Text.Json;
using Tieout.Domain;
using Tieout.Domain.Tax;

namespace Tieout.Application.Tax;

/// <summary>What a file of rates by country declares, and what in it cannot be meant.</summary>
internal sealed record RatesByCountry(
    IReadOnlyList<TaxRate> Rates, IReadOnlyList<TaxTerritory> Territories, IReadOnlyList<RefusedTaxRate> Refused);

/// <summary>A part of the file that was not taken; the others were.</summary>
/// <param name="Code">Stable: <c>malformed</c>, <c>bad-date</c>, <c>bad-rate</c>, <c>bad-territory</c>, <c>tax-rate-overlap</c>.</param>
/// <param name="Field">Where in the file, such as <c>items.DE[1].rates.standard</c>, or the tax code.</param>
/// <param name="Reason">What is wrong.</param>
/// <param name="Remedy">What to do.</param>
public sealed record RefusedTaxRate(string Code, string Field, string Reason, string Remedy);

/// <summary>
/// Reads VAT rates by country with the dates they came into force and exceptions by postcode: JSON as in the public
/// <c>vat-rates</c> collection, <c>{"items": {"DE": [{"effective_from", "rates": {"standard": 19}, "exceptions": […]}]}}</c>.
/// Every level becomes a code, <c>DE-standard</c>; an exception's become codes of a territory, <c>ES-canary-islands-standard</c>.
/// </summary>
internal sealed class RatesByCountryFile
{
    private const int LongestWord = 40;
    private readonly Dictionary<string, List<TaxRate>> _rates = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TaxTerritory> _territories = new(StringComparer.Ordinal);
    private readonly List<RefusedTaxRate> _refused = [];

    /// <summary>Everything the file declares.</summary>
    /// <exception cref="JsonException">Not JSON, or no <c>items</c> by country.</exception>
    public static RatesByCountry Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty("items", out var items) || items.ValueKind != JsonValueKind.Object)
            throw new JsonException("There is no object 'items' with a list of periods for each country.");
        var file = new RatesByCountryFile();
        foreach (var country in items.EnumerateObject()) file.Country(country.Name, country.Value);
        return new RatesByCountry([.. file._rates.Values.SelectMany(rates => rates)], [.. file._territories.Values], file._refused);
    }

    private void Country(string country, JsonElement list)
    {
        var field = $"items.{Shown(country)}";
        if (country is not [>= 'A' and <= 'Z', >= 'A' and <= 'Z'] || list.ValueKind != JsonValueKind.Array)
        {
            Refuse("malformed", field, "This is not a country of two capital letters with a list of periods.", "Correct the file.");
            return;
        }
        List<(DateOnly From, string Field, JsonElement Period)> periods = [];
        foreach (var (index, period) in list.EnumerateArray().Index())
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"{field}[{index}]");
            if (FromOf(period) is { } from) periods.Add((from, place, period));
            else Refuse("bad-date", place + ".effective_from", "This is not a day.",
                "Write it as 2026-01-31, or 0000-01-01 for ever since. Nothing of the country was taken.");
        }
        if (periods.Count < list.GetArrayLength()) return;
        if (periods.GroupBy(period => period.From).FirstOrDefault(group => group.Skip(1).Any()) is { } twice)
        {
            Refuse("tax-rate-overlap", field, $"Two periods begin on {twice.Key:yyyy-MM-dd}: their rates would be in force together.",
                "Leave one of them. Nothing of the country was taken.");
            return;
        }
        periods.Sort((one, other) => one.From.CompareTo(other.From));
        for (var index = 0; index < periods.Count; index++)
            Period(country, periods[index].Field, periods[index].Period, periods[index].From, index + 1 < periods.Count ? periods[index + 1].From : null);
    }

    private static DateOnly? FromOf(JsonElement period)
    {
        var from = TextOf(period, "effective_from");
        if (from == "0000-01-01") return TaxRate.EverSince;
        return DateOnly.TryParseExact(from, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day > TaxRate.EverSince
            ? day
            : null;
    }

    private void Period(string country, string field, JsonElement period, DateOnly from, DateOnly? until)
    {
        if (period.TryGetProperty("rates", out var rates) && rates.ValueKind == JsonValueKind.Object)
            foreach (var level in rates.EnumerateObject())
                Add(country, level.Name, $"{field}.rates.{Shown(level.Name)}", level.Value, from, until, TaxCategory.ZeroRated);
        else Refuse("malformed", field, "The period has no 'rates'.", "Give at least the standard rate.");
        if (!period.TryGetProperty("exceptions", out var exceptions)) return;
        if (exceptions.ValueKind != JsonValueKind.Array)
        {
            Refuse("malformed", field + ".exceptions", "This is not a list.", "Write a list of name, postcode and standard.");
            return;
        }
        foreach (var (index, exception) in exceptions.EnumerateArray().Index())
            Exception(country, string.Create(CultureInfo.InvariantCulture, $"{field}.exceptions[{index}]"), exception, from, until);
    }

    // A territory at zero is one that the VAT area leaves out (Art. 6 of the Directive): not subject, rather than taxed at zero.
    private void Exception(string country, string field, JsonElement exception, DateOnly from, DateOnly? until)
    {
        if (TextOf(exception, "name") is not { Length: > 0 } name || TextOf(exception, "postcode") is not { Length: > 0 } postcodes || WordOf(name) is not { } word)
        {
            Refuse("bad-territory", field, "The exception needs a name and a postcode.", "Correct the file; until then its postcodes are taxed like the country.");
            return;
        }
        try
        {
            var territory = new TaxTerritory(country, word, name, postcodes);
            if (_territories.TryGetValue(territory.Prefix, out var known) && known != territory)
                Refuse("bad-territory", field, $"{name} has other postcodes here than in another period.", "Give the same postcodes in every period.");
            _territories.TryAdd(territory.Prefix, territory);
        }
        catch (ArgumentException wrong)
        {
            Refuse("bad-territory", field + ".postcode", wrong.Message, "Write an expression without look-around and back-references.");
            return;
        }
        foreach (var level in exception.EnumerateObject().Where(level => level.Name is not ("name" or "postcode")))
            Add($"{country}-{word}", level.Name, $"{field}.{Shown(level.Name)}", level.Value, from, until, TaxCategory.NotSubject);
    }

    // The same figure in two periods that meet is one rate.
    private void Add(string place, string level, string field, JsonElement value, DateOnly from, DateOnly? until, TaxCategory atZero)
    {
        if (WordOf(level) is not { } word || value.ValueKind != JsonValueKind.Number || !value.TryGetDecimal(out var percent)
            || percent is < 0 or > 100 || Rounding.HalfAwayFromZero(percent, 4) != percent)
        {
            Refuse("bad-rate", field, "This is not a rate in per cent, from 0 to 100 with at most 4 decimals.", "Correct the figure; the others were taken.");
            return;
        }
        var code = $"{place}-{word}";
        var rate = new TaxRate(code, percent / 100, from, until, percent == 0 ? atZero : TaxCategory.Standard);
        if (!_rates.TryGetValue(code, out var rates)) _rates.Add(code, rates = []);
        if (rates.Count > 0 && rates[^1] is var last && last.Until == from && last.Rate == rate.Rate) rates[^1] = last.EndingAt(until);
        else rates.Add(rate);
    }

    private static string? TextOf(JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    /// <summary>Small letters and digits with dashes between: <c>super_reduced</c> is super-reduced, Büsingen is busingen.</summary>
    internal static string? WordOf(string name)
    {
        var word = new StringBuilder(name.Length);
        foreach (var letter in name.ToLowerInvariant())
        {
            var plain = Plain(letter);
            if (char.IsAsciiLetterLower(plain) || char.IsAsciiDigit(plain)) word.Append(plain);
            else if (letter != '\'' && word.Length > 0 && word[^1] != '-') word.Append('-');
        }
        var text = word.ToString().Trim('-');
        return text.Length is > 0 and <= LongestWord ? text : null;
    }

    private static char Plain(char letter) => letter switch
    {
        'à' or 'á' or 'â' or 'ã' or 'ä' or 'å' => 'a',
        'è' or 'é' or 'ê' or 'ë' => 'e',
        'ì' or 'í' or 'î' or 'ï' => 'i',
        'ò' or 'ó' or 'ô' or 'õ' or 'ö' or 'ø' => 'o',
        'ù' or 'ú' or 'û' or 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        _ => letter,
    };

    private static string Shown(string text) => text.Length <= LongestWord ? text : text[..LongestWord] + "…";

    private void Refuse(string code, string field, string reason, string remedy) => _refused.Add(new RefusedTaxRate(code, field, reason, remedy));
}
