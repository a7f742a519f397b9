using System.Globalization;
using Tieout.Domain.Catalog;
using Tieout.Domain.Intake;

namespace Tieout.Domain.Subscriptions;

/// <summary>Reads the values of a request and remembers all that cannot be read, so that one answer names everything wrong.</summary>
public sealed class RequestReader
{
    private const int ReasonMost = 1000;
    private const int ActorMost = 100;
    private readonly SortedDictionary<string, string[]> _errors = new(StringComparer.Ordinal);

    /// <summary>What is wrong, by field.</summary>
    public IReadOnlyDictionary<string, string[]> Errors => _errors;

    /// <summary>Remembers what is wrong with a field; the first finding counts.</summary>
    public void Wrong(string field, string text) => _errors.TryAdd(field, [text]);

    /// <summary>A code or name: needed, visible, not too long, no card number.</summary>
    public string Code(string field, string? value)
    {
        if (string.IsNullOrWhiteSpace(value)) Wrong(field, "Is needed; nothing was given.");
        else if (FieldRules.OfText(value) is { } refusal) Wrong(field, Told(refusal));
        return value?.Trim() ?? "";
    }

    /// <summary>A day; null when none was given.</summary>
    public DateOnly? Day(string field, string? value)
    {
        if (string.IsNullOrEmpty(value)) return null;
        if (FieldRules.OfDate(value, "yyyy-MM-dd", out var day) is not { } refusal) return day;
        Wrong(field, Told(refusal));
        return null;
    }

    /// <summary>A number of zero or more; null when none was given.</summary>
    public decimal? Number(string field, string? value)
    {
        if (string.IsNullOrEmpty(value)) return null;
        if (FieldRules.OfNumber(value, '.', out var number) is not { } refusal) return number;
        Wrong(field, Told(refusal));
        return null;
    }

    /// <summary>A time of day such as <c>14:00</c>; midnight when none was given.</summary>
    public TimeOnly Time(string field, string? value)
    {
        if (string.IsNullOrEmpty(value)) return default;
        if (TimeOnly.TryParseExact(value, ["HH:mm", "HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)) return time;
        Wrong(field, "Is not a time of day; write hours and minutes, such as 14:00.");
        return default;
    }

    /// <summary>One of the words of an enumeration; null when none was given.</summary>
    public T? Word<T>(string field, string? value) where T : struct, Enum
    {
        if (string.IsNullOrEmpty(value)) return null;
        foreach (var known in Enum.GetValues<T>())
            if (Words.Of(known) == value) return known;
        Wrong(field, $"Is not one of {string.Join(", ", Enum.GetValues<T>().Select(known => Words.Of(known)))}.");
        return null;
    }

    /// <summary>A length such as <c>1 year</c> or <c>3 months</c>; null when none was given.</summary>
    public BillingInterval? Interval(string field, string? value)
    {
        if (string.IsNullOrWhiteSpace(value)) return null;
        var parts = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && Enum.GetValues<IntervalUnit>().Cast<IntervalUnit?>().FirstOrDefault(unit => parts[1].TrimEnd('s') == Words.Of(unit!.Value)) is { } found
            && count >= 1 && count <= (found is IntervalUnit.Day or IntervalUnit.Week ? 1_000 : 120))
            return new BillingInterval(count, found);
        Wrong(field, "Is not a length; write a number and day, week, month or year, such as 1 year. At most 1000 days or weeks, 120 months or years.");
        return null;
    }

    /// <summary>Who and why: both needed, no card number in either.</summary>
    public void Signed(string? actor, string? reason)
    {
        Signed("actor", actor, ActorMost);
        Signed("reason", reason, ReasonMost);
    }

    /// <summary>A refusal in one text, without its field.</summary>
    internal static string Told(Refusal refusal) => $"It {refusal.Reason}. {refusal.Remedy}";

    private void Signed(string field, string? text, int most)
    {
        if (string.IsNullOrWhiteSpace(text)) Wrong(field, "Is needed; nothing was given.");
        else if (text.Length > most) Wrong(field, string.Create(CultureInfo.InvariantCulture, $"Has {text.Length} characters; at most {most} are kept."));
        else if (CardNumber.IsIn(text)) Wrong(field, "Looks like the number of a payment card. Remove it: card numbers are never taken in.");
        else if (text.Any(char.IsControl)) Wrong(field, "Holds a character nobody sees. Remove it.");
    }
}
