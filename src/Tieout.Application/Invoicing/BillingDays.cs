using System.Globalization;
using Tieout.Domain;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Invoicing;

/// <summary>The days of previews and drafts.</summary>
internal static class BillingDays
{
    /// <summary>The days of a request: a day alone, a month as its run takes it, or today.</summary>
    public static (DateOnly Through, DateOnly IssueDate) Read(this RequestReader reader, string? date, string? month, DateOnly today)
    {
        if (!string.IsNullOrEmpty(date) && !string.IsNullOrEmpty(month)) reader.Wrong("month", "Give a date or a month, not both.");
        if (!string.IsNullOrEmpty(month))
        {
            if (AccountingMonth.TryParse(month, out var asked) && asked.FirstDay.Year is >= 1900 and < 2200) return (asked.Period.End.AddDays(-1), asked.FirstDay);
            reader.Wrong("month", "A month looks like 2026-11.");
        }
        var day = reader.Day("date", date) ?? today;
        return (day, day);
    }

    /// <summary>A day for words: <c>2026-11-30</c>.</summary>
    public static string Shown(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
