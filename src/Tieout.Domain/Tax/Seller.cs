namespace Tieout.Domain.Tax;

/// <summary>Which day of a line decides about its tax rate.</summary>
public enum SupplyDateRule
{
    /// <summary>The last day of the line's service period: a service is supplied when it is completed.</summary>
    PeriodEnd,

    /// <summary>The first day of the line's service period.</summary>
    PeriodStart,

    /// <summary>The date of the invoice.</summary>
    InvoiceDate,
}

/// <summary>A legal entity of ours, as its taxes see it.</summary>
/// <param name="Country">ISO 3166 of where it is established.</param>
/// <param name="OneStopShop">Whether it reports other EU states' VAT on consumers through the one-stop shop.</param>
/// <param name="SupplyDate">Which day decides about the rate.</param>
/// <param name="Vat">Its own VAT number; null when it has none.</param>
public sealed record Seller(string Country, bool OneStopShop = false, SupplyDateRule SupplyDate = SupplyDateRule.PeriodEnd, VatNumber? Vat = null)
{
    /// <summary>The day that decides about the rate of a line.</summary>
    public DateOnly SupplyDay(ServicePeriod period, DateOnly invoiceDate) => SupplyDate switch
    {
        SupplyDateRule.PeriodEnd => period.End.AddDays(-1),
        SupplyDateRule.PeriodStart => period.Start,
        _ => invoiceDate,
    };
}
