using System.Globalization;

namespace Tieout.Domain.Invoicing;

/// <summary>
/// Numbers of invoices and credit memos: a series of the legal entity, the year, and a counter without gaps, such as
/// <c>US-2026-0000042</c>; credit memos count in a series of their own. The number is also the business key under which
/// every ERP knows the document; SAP's reference field holds 16 characters.
/// </summary>
public static class InvoiceNumber
{
    /// <summary>The longest series that leaves room for year and counter in 16 characters.</summary>
    public const int LongestSeries = 3;

    /// <summary>The number at a place in the series; <paramref name="counter"/> starts at 1 each year.</summary>
    public static string Of(string series, int year, long counter) =>
        string.Create(CultureInfo.InvariantCulture, $"{series}-{year:0000}-{counter:0000000}");
}
