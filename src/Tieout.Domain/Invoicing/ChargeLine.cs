using Tieout.Domain.Catalog;

namespace Tieout.Domain.Invoicing;

/// <summary>A charge that should stand on an invoice.</summary>
/// <param name="Key">What it is for.</param>
/// <param name="Correlation">From the subscription's source row.</param>
/// <param name="Amount">Before tax, rounded to the currency's minor unit.</param>
/// <param name="Period">The days it is for.</param>
/// <param name="Quantity">Units charged.</param>
/// <param name="UnitPrice">Price of a full month, of the whole or of a unit.</param>
/// <param name="Recognition">Where it is credited.</param>
/// <param name="Description">What the customer reads.</param>
public sealed record ChargeLine(
    LineKey Key,
    CorrelationId Correlation,
    Money Amount,
    ServicePeriod Period,
    decimal Quantity,
    decimal UnitPrice,
    Recognition Recognition,
    string Description);
