using System.Globalization;

namespace Tieout.Connectors.Legacy.Files;

/// <summary>One record of a file: a letter and its fields by name. A field that is not set is empty.</summary>
internal sealed class FileRecord(char letter)
{
    private const string DayFormat = "yyyyMMdd";

    private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);

    /// <summary>What record it is.</summary>
    public char Letter => letter;

    /// <summary>A field as text: amounts with a point, dates as <c>yyyyMMdd</c>.</summary>
    public string this[string field]
    {
        get => _fields.GetValueOrDefault(field, "");
        init => _fields[field] = value;
    }

    /// <summary>Sets a field while reading.</summary>
    public void Set(string field, string value) => _fields[field] = value;

    /// <summary>A whole number.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public int Number(string field) => int.TryParse(this[field], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new FormatException($"{field} is not a number.");

    /// <summary>An amount; zero where the field is empty.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public decimal Amount(string field) => this[field].Length == 0 ? 0m
        : decimal.TryParse(this[field], NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) ? amount
        : throw new FormatException($"{field} is not an amount.");

    /// <summary>A day; null where the field is empty.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public DateOnly? Day(string field) => this[field].Length == 0 ? null
        : DateOnly.TryParseExact(this[field], DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
        : throw new FormatException($"{field} is not a day.");

    /// <summary>A number as a field holds it.</summary>
    public static string Of(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>An amount as a field holds it.</summary>
    public static string Of(decimal amount) => amount.ToString("0.00##", CultureInfo.InvariantCulture);

    /// <summary>A day as a field holds it.</summary>
    public static string Of(DateOnly? day) => day?.ToString(DayFormat, CultureInfo.InvariantCulture) ?? "";
}
