using System.Globalization;
using Tieout.Domain.Catalog;

namespace Tieout.Domain.Cash.Statements;

/// <summary>Reads figures and days of a statement: plain digits, and nothing else that some program would take for a number.</summary>
internal static class StatementNumber
{
    // As the ISO 20022 schemas have it.
    private const int MostDigits = 18;
    private const int MostDecimals = 5;

    /// <summary>Digits with a decimal point at most: no exponent, no NaN, no blank in between. A sign is the caller's business.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, char point, out decimal number)
    {
        number = 0;
        var at = text.IndexOf(point);
        var whole = at < 0 ? text : text[..at];
        var fraction = at < 0 ? [] : text[(at + 1)..];
        if (whole.IsEmpty || (at >= 0 && fraction.IsEmpty) || whole.ContainsAnyExceptInRange('0', '9') || fraction.ContainsAnyExceptInRange('0', '9'))
            return false;
        if (whole.TrimStart('0').Length + fraction.Length > MostDigits || fraction.Length > MostDecimals) return false;
        number = decimal.Parse($"{whole}.{fraction}0", NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) / 1.0000000000000000000000000000m;
        return true;
    }

    /// <summary>A figure with a sign before or behind it and, where a mark for it is given, thousands in groups of three.</summary>
    public static bool TryReadSigned(string text, char point, char? grouping, out decimal number)
    {
        var figure = text.Trim();
        var negative = figure.StartsWith('-') || figure.EndsWith('-');
        if (figure.StartsWith('-') || figure.StartsWith('+')) figure = figure[1..];
        else if (figure.EndsWith('-') || figure.EndsWith('+')) figure = figure[..^1];
        if (grouping is { } mark && figure.Contains(mark, StringComparison.Ordinal))
        {
            var at = figure.IndexOf(point, StringComparison.Ordinal);
            var groups = (at < 0 ? figure : figure[..at]).Split(mark);
            if (groups[0].Length is 0 or > 3 || groups.Skip(1).Any(group => group.Length != 3))
            {
                number = 0;
                return false;
            }
            figure = string.Concat(groups) + (at < 0 ? "" : figure[at..]);
        }
        var good = TryRead(figure, point, out number);
        if (negative) number = -number;
        return good;
    }

    /// <summary>A day of ISO 8601; a time or a zone behind it is the bank's own and is left off.</summary>
    public static bool TryDay(string text, out DateOnly day)
    {
        day = default;
        return (text.Length == 10 || (text.Length > 10 && text[10] is 'T' or 'Z' or '+' or '-'))
            && DateOnly.TryParseExact(text[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day)
                && day.Year is >= 1900 and < 2200;
    }

    /// <summary>What is wrong with an amount of a currency; null for a good one.</summary>
    public static PriceProblem? Problem(string field, string text, char point, string code, out decimal amount, out Currency? currency)
    {
        currency = null;
        if (!TryRead(text, point, out amount))
            return new PriceProblem(
                field, "bad-number", "The amount is not a plain number of at most 18 digits, 5 of them decimals.",
                    $"Write digits with '{point}' as the decimal point.");
        if (!Currency.TryOf(code, out currency))
            return new PriceProblem(field, "unknown-currency", "The currency is not one of ISO 4217.", "Write its three capital letters, such as EUR.");
        return new Money(amount, currency).IsWhole ? null : Scale(field, currency);
    }

    /// <summary>An amount with a part of a cent.</summary>
    public static PriceProblem Scale(string field, Currency currency) => new(
        field, "bad-scale", string.Create(CultureInfo.InvariantCulture,
            $"The amount has more than the {currency.MinorUnits} decimals of {currency.Code}."),
        "Ask the bank for the booked amount; it is not rounded here.");
}
