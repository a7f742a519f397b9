namespace Tieout.Domain.Tax;

/// <summary>Tax rates by code and day.</summary>
public sealed class TaxTable(IEnumerable<TaxRate> rates)
{
    private readonly ILookup<string, TaxRate> _byCode = rates.ToLookup(rate => rate.Code, StringComparer.Ordinal);

    /// <summary>
    /// The rate in force on the day of supply, or null when the code has none that day: the caller parks the invoice,
    /// it is never taxed at zero in silence.
    /// </summary>
    public TaxRate? On(string code, DateOnly supply) =>
        _byCode[code].FirstOrDefault(rate => rate.From <= supply && (rate.Until is null || supply < rate.Until));

    /// <summary>Tax on a base at a rate, rounded once, as a tax line.</summary>
    public static Money Of(Money basis, TaxRate rate) => Rounding.TaxLine(basis with { Amount = basis.Amount * rate.Rate });
}
