using Tieout.Domain.Catalog;

namespace Tieout.Domain.Invoicing;

/// <summary>A charge that should stand on an invoice.</summary>
/// <param name="Key">What it is for.</param>
/// <param name="Correlation">From the subscription's source row.</param>
/// <param name="Amount">Before tax, rounded to the currency's minor unit.</param>
/// <param name="Period">The days it is for.</param>
/// <param name="Quantity">Units charged.</param>
/// <param name="UnitPrice">Price of a full period, of the whole or of a unit; 0 where the model has no single one.</param>
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
    string Description)
{
    /// <summary>The day it falls due for billing: a period's first day in advance, the day after it in arrears.</summary>
    public DateOnly DueOn { get; init; } = Period.Start;

    /// <summary>
    /// The day the whole billing period falls due; earlier or later than <see cref="DueOn"/> for a part that an amendment began or ended
    /// inside the period.
    /// </summary>
    public DateOnly PeriodDueOn { get; init; } = Period.Start;

    /// <summary>How the amount came about, in one short phrase: <c>17 of 31 days, actual days</c>.</summary>
    public string Convention { get; init; } = "";

    /// <summary>Version of the amendment that made the component what it is on these days; 1 is its creation.</summary>
    public int Amendment { get; init; } = 1;

    /// <summary>The catalogue's price; the empty id where the charge is not a component's.</summary>
    public PriceId Price { get; init; }

    /// <summary>What kind of thing it is for tax.</summary>
    public string TaxCategory { get; init; } = "standard";
}
