using System.Globalization;

namespace Tieout.Domain.Invoicing.Documents;

/// <summary>How a line's amount came about, in one short formula a customer can check with a pocket calculator.</summary>
public static class Arithmetic
{
    /// <summary><c>6 × 11.75 × 20 of 30 days</c>; empty when all the days are billed, for then quantity times price says it.</summary>
    public static string Prorated(decimal quantity, decimal unitPrice, Currency currency, ServicePeriod used, ServicePeriod whole)
    {
        if (used.Days >= whole.Days) return "";
        var format = DocumentFormat.Plain;
        var days = string.Create(CultureInfo.InvariantCulture, $"{used.Days} of {whole.Days} days");
        var price = format.Number(unitPrice, currency.MinorUnits);
        return quantity == 1 ? $"{price} × {days}" : $"{format.Number(quantity, 0)} × {price} × {days}";
    }
}
