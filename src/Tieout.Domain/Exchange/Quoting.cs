namespace Tieout.Domain.Exchange;

/// <summary>The way round a table by country gives its figures.</summary>
public enum Quoting
{
    /// <summary>Units of the currency for one US dollar, for every country.</summary>
    PerDollar,

    /// <summary>As the Federal Reserve publishes it: US dollars for one unit for five countries, units per dollar for the others.</summary>
    FederalReserve,
}

/// <summary>A figure of the table as the evidence needs it.</summary>
public readonly record struct CountryFigure(string Country, DateOnly Month, decimal Figure);

/// <summary>
/// Tells from the figures themselves which way round a table is. From 1999 to 2001 the euro and the currencies it replaced are
/// quoted side by side, and their ratio is fixed by law (Council Regulation (EC) 2866/98): only one reading fits it.
/// </summary>
public static class QuotingEvidence
{
    private const decimal Near = 0.005m;
    private static readonly DateOnly First = new(1999, 1, 1);
    private static readonly DateOnly End = new(2002, 1, 1);

    // Units of the currency for one euro. Ireland is one of the five that may be turned, so it proves nothing.
    private static readonly (string Country, decimal PerEuro)[] Fixed =
    [
        ("Austria", 13.7603m), ("Belgium", 40.3399m), ("Finland", 5.94573m), ("France", 6.55957m), ("Germany", 1.95583m),
        ("Italy", 1936.27m), ("Netherlands", 2.20371m), ("Portugal", 200.482m), ("Spain", 166.386m),
    ];

    /// <summary>
    /// How many pairs of figures speak for each way; pairs that fit both (a euro worth nearly a dollar) or neither count for none.
    /// </summary>
    public static (int PerDollar, int FederalReserve) Of(IEnumerable<CountryFigure> figures)
    {
        var (perDollar, published) = (0, 0);
        foreach (var month in figures.Where(figure => figure.Month >= First && figure.Month < End && figure.Figure > 0).GroupBy(figure => figure.Month))
        {
            var euro = month.FirstOrDefault(figure => figure.Country == "Euro").Figure;
            if (euro == 0) continue;
            foreach (var (country, perEuro) in Fixed)
            {
                var legacy = month.FirstOrDefault(figure => figure.Country == country).Figure;
                if (legacy == 0) continue;
                var (turned, plain) = (Fits(euro, legacy, perEuro), Fits(euro, perEuro, legacy));
                if (turned && !plain) perDollar++;
                if (plain && !turned) published++;
            }
        }
        return (perDollar, published);
    }

    private static bool Fits(decimal euro, decimal over, decimal under) => Math.Abs(euro * under / over - 1) < Near;
}
