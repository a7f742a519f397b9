using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Tieout.Domain;

/// <summary>A month of the books. What is reported has accounting months; what was sold has days.</summary>
public readonly record struct AccountingMonth : IComparable<AccountingMonth>
{
    /// <summary>The month of a year; throws <see cref="ArgumentOutOfRangeException"/> for a month that does not exist.</summary>
    public AccountingMonth(int year, int month) => FirstDay = new DateOnly(year, month, 1);

    /// <summary>The first day of the month; how the month is stored.</summary>
    public DateOnly FirstDay { get; }

    /// <summary>All days of the month.</summary>
    public ServicePeriod Period => new(FirstDay, FirstDay.AddMonths(1));

    /// <summary>The month a day lies in.</summary>
    public static AccountingMonth Of(DateOnly day) => new(day.Year, day.Month);

    /// <summary>Reads <c>2026-11</c>; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out AccountingMonth month)
    {
        month = default;
        if (!DateOnly.TryParseExact(text + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return false;
        month = Of(day);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(AccountingMonth other) => FirstDay.CompareTo(other.FirstDay);

    /// <summary>True when the left month is earlier.</summary>
    public static bool operator <(AccountingMonth left, AccountingMonth right) => left.CompareTo(right) < 0;

    /// <summary>True when the left month is later.</summary>
    public static bool operator >(AccountingMonth left, AccountingMonth right) => left.CompareTo(right) > 0;

    /// <summary>True when the left month is earlier or the same.</summary>
    public static bool operator <=(AccountingMonth left, AccountingMonth right) => left.CompareTo(right) <= 0;

    /// <summary>True when the left month is later or the same.</summary>
    public static bool operator >=(AccountingMonth left, AccountingMonth right) => left.CompareTo(right) >= 0;

    /// <summary><c>2026-11</c>.</summary>
    public override string ToString() => FirstDay.ToString("yyyy-MM", CultureInfo.InvariantCulture);
}
