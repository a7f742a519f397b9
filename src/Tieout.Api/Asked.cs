using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Tieout.Application.Ledger;
using Tieout.Application.Revenue;
using Tieout.Application.Views;
using Tieout.Domain;
using Tieout.Domain.Ledger;
using Tieout.Domain.Mapping;

namespace Tieout.Api;

/// <summary>Reads the query of a list and remembers what cannot be read, so that one answer names everything wrong.</summary>
internal sealed class Asked
{
    private const int PageDefault = 50;
    private const int PageMost = 200;
    private const int TextMost = 200;

    private readonly Dictionary<string, string[]> errors = new(StringComparer.Ordinal);

    /// <summary>The answer to a query that cannot be read; null when all of it could.</summary>
    public ProblemHttpResult? Problem => errors.Count == 0 ? null
        : errors.Count == 1 && errors.ContainsKey("after")
            ? Problems.BadFields("bad-page-token", "This page token cannot be read.", errors)
            : Problems.BadFields("bad-filter", "This filter cannot be read.", errors);

    /// <summary>One of the words; null when it was not given.</summary>
    public string? OneOf(string name, string? value, params IReadOnlyList<string> words)
    {
        if (string.IsNullOrEmpty(value)) return null;
        if (!words.Contains(value, StringComparer.Ordinal)) errors[name] = [$"'{value}' is not one of {string.Join(", ", words)}."];
        return value;
    }

    public string? Text(string name, string? value)
    {
        if (string.IsNullOrWhiteSpace(value)) return null;
        if (value.Length > TextMost || value.Contains('\0', StringComparison.Ordinal))
            errors[name] = [string.Create(CultureInfo.InvariantCulture, $"At most {TextMost} characters, and no NUL.")];
        return value;
    }

    public AccountingMonth? Month(string name, string? value)
    {
        if (string.IsNullOrEmpty(value)) return null;
        if (AccountingMonth.TryParse(value, out var month)) return month;
        errors[name] = [$"'{value}' is not a month: months look like 2026-11."];
        return null;
    }

    /// <summary>A month that has to be given.</summary>
    public AccountingMonth NeededMonth(string name, string? value)
    {
        if (string.IsNullOrEmpty(value)) errors[name] = ["This filter is needed: a month, such as 2026-11."];
        return Month(name, value) ?? default;
    }

    /// <summary>A range of months, both included: one of them alone, or the first and the last.</summary>
    public (AccountingMonth From, AccountingMonth Until) Months(string? month, string? from, string? until)
    {
        if (!string.IsNullOrEmpty(month))
        {
            if (!string.IsNullOrEmpty(from) || !string.IsNullOrEmpty(until)) errors["month"] = ["Give either month, or from and until."];
            var one = NeededMonth("month", month);
            return (one, one);
        }
        if (!string.IsNullOrEmpty(from) || !string.IsNullOrEmpty(until)) return (NeededMonth("from", from), NeededMonth("until", until));
        errors["month"] = ["This filter is needed: a month, such as 2026-11, or from and until."];
        return default;
    }

    /// <summary>An instant with its offset; null when it was not given.</summary>
    public DateTimeOffset? Instant(string name, string? value)
    {
        if (string.IsNullOrEmpty(value)) return null;
        if (TryInstant(value, out var instant)) return instant;
        errors[name] = ["This is not an instant: instants look like 2026-11-30T18:00:00Z."];
        return null;
    }

    /// <summary>Reads an instant that says its offset: without one nobody knows which is meant.</summary>
    public static bool TryInstant(string value, out DateTimeOffset instant)
    {
        instant = default;
        string[] forms = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK"];
        if (value.Length <= "yyyy-MM-ddTHH:mm".Length || (value[^1] != 'Z' && value[^6] is not ('+' or '-'))
            || !DateTimeOffset.TryParseExact(value, forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out instant)) return false;
        instant = instant.ToUniversalTime();
        return true;
    }

    /// <summary>A day; null when it was not given.</summary>
    public DateOnly? Day(string name, string? value, bool needed = false)
    {
        if (string.IsNullOrEmpty(value) && !needed) return null;
        if (DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return day;
        errors[name] = [$"'{value}' is not a day: days look like 2026-11-02."];
        return null;
    }

    /// <summary>A currency, which is needed.</summary>
    public Currency? Currency(string name, string? value)
    {
        if (Domain.Currency.TryOf(value, out var currency)) return currency;
        errors[name] = ["Three capital letters of ISO 4217 are needed, such as USD."];
        return null;
    }

    /// <summary>Lines with one code of a dimension, such as <c>cost-center=4100</c>; null when it was not given.</summary>
    public DimensionFilter? Dimension(string name, string? value)
    {
        if (Text(name, value) is not { } text) return null;
        if (DimensionFilter.Parse(text) is { } filter) return filter;
        errors[name] = [$"Write one of {string.Join(", ", MappingFields.Dimensions)}, an equals sign and a code, such as cost-center=4100."];
        return null;
    }

    /// <summary>Remembers what else cannot be read.</summary>
    public void Wrong(string name, string text) => errors[name] = [text];

    public int Limit(string? value)
    {
        if (string.IsNullOrEmpty(value)) return PageDefault;
        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= PageMost) return limit;
        errors["limit"] = [string.Create(CultureInfo.InvariantCulture, $"'{value}' is not a number from 1 to {PageMost}.")];
        return PageDefault;
    }

    public string Needed(string name, string? value)
    {
        var text = Text(name, value);
        if (text is null) errors[name] = ["This filter is needed."];
        return text ?? "";
    }

    public DateOnly? Day(string name, string? value)
    {
        if (string.IsNullOrEmpty(value)) return null;
        if (DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return day;
        errors[name] = [$"'{value}' is not a day: days look like 2026-11-20."];
        return null;
    }

    public long? Number(string name, string? value)
    {
        if (string.IsNullOrEmpty(value)) return null;
        if (long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;
        errors[name] = [$"'{value}' is not a number."];
        return null;
    }

    public UsageCursor? AfterUsage(string? token)
    {
        if (string.IsNullOrEmpty(token)) return null;
        if (UsageCursor.TryParse(token, out var cursor)) return cursor;
        errors["after"] = ["This is not a token that a list gave as next."];
        return null;
    }

    public StatementCursor? AfterLine(string? token)
    {
        if (string.IsNullOrEmpty(token)) return null;
        if (StatementCursor.TryParse(token, out var cursor)) return cursor;
        errors["after"] = ["This is not a token that a list gave as next."];
        return null;
    }

    public BalanceCursor? AfterBalance(string? token)
    {
        if (string.IsNullOrEmpty(token)) return null;
        if (BalanceCursor.TryParse(token, out var cursor)) return cursor;
        errors["after"] = ["This is not a token that a list gave as next."];
        return null;
    }

    public Cursor? After(string? token)
    {
        if (string.IsNullOrEmpty(token)) return null;
        if (Cursor.TryParse(token, out var cursor)) return cursor;
        errors["after"] = ["This is not a token that a list gave as next."];
        return null;
    }
}
