using System.Globalization;

namespace Tieout.Domain.Invoicing;

/// <summary>
/// Invoice numbers: the series of the legal entity, the year, and a counter without gaps, such as <c>US-2026-0000042</c>.
/// It is also the business key under which every ERP knows the invoice; SAP's reference field holds 16 characters.
/// </summary>
public static class InvoiceNumber
{
    /// <summary>The longest series that leaves room for year and counter in 16 characters.</summary>
    public const int LongestSeries = 3;

    /// <summary>The number at a place in the series; <paramref name="counter"/> starts at 1 each year.</summary>
    public static string Of(string series, int year, long counter) =>
        string.Create(CultureInfo.InvariantCulture, $"{series}-{year:0000}-{counter:0000000}");
}
