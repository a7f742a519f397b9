namespace Tieout.Domain.Tax;

/// <summary>The tax of one code on an invoice: one row of its breakdown.</summary>
/// <param name="Code">Our tax code.</param>
/// <param name="Category">How it is reported.</param>
/// <param name="Rate">As a fraction.</param>
/// <param name="Base">Sum of the lines with this code.</param>
/// <param name="Tax">On the base, rounded once.</param>
/// <param name="Ground">The notes of its lines, each once.</param>
public sealed record TaxLine(string Code, TaxCategory Category, decimal Rate, Money Base, Money Tax, string Ground);

/// <summary>The taxes of an invoice by category, rate and code.</summary>
public sealed record InvoiceTaxes
{
    private InvoiceTaxes(IReadOnlyList<TaxLine> lines, Money zero)
    {
        Lines = lines;
        Net = lines.Aggregate(zero, (sum, line) => sum + line.Base);
        Tax = lines.Aggregate(zero, (sum, line) => sum + line.Tax);
    }

    /// <summary>Highest rate first, then by code.</summary>
    public IReadOnlyList<TaxLine> Lines { get; }

    /// <summary>Sum of the bases, which is the sum of all lines given.</summary>
    public Money Net { get; }

    /// <summary>Sum of the taxes.</summary>
    public Money Tax { get; }

    /// <summary>What the customer owes.</summary>
    public Money Total => Net + Tax;

    /// <summary>
    /// The breakdown: lines of one category, rate and code are summed, and the tax of the sum is rounded once
    /// (<see cref="Rounding.TaxLine"/>). A base of zero keeps its row: the invoice has lines of that code.
    /// </summary>
    /// <exception cref="ArgumentException">No lines.</exception>
    /// <exception cref="InvalidOperationException">Lines in two currencies.</exception>
    public static InvoiceTaxes Of(IReadOnlyList<(Money Net, TaxDecision Decision)> lines)
    {
        if (lines.Count == 0) throw new ArgumentException("An invoice has at least one line.", nameof(lines));
        var zero = Money.Zero(lines[0].Net.Currency);
        var groups = lines
            .GroupBy(line => (line.Decision.Category, line.Decision.Rate, line.Decision.Code))
            .OrderByDescending(group => group.Key.Rate).ThenBy(group => group.Key.Code, StringComparer.Ordinal)
            .ThenBy(group => group.Key.Category)
            .Select(group => Row(group.Key.Code, group.Key.Category, group.Key.Rate, [.. group], zero));
        return new InvoiceTaxes([.. groups], zero);
    }

    private static TaxLine Row(string code, TaxCategory category, decimal rate, List<(Money Net, TaxDecision Decision)> lines, Money zero)
    {
        var basis = lines.Aggregate(zero, (sum, line) => sum + line.Net);
        var grounds = lines.Select(line => line.Decision.Ground).Where(ground => ground.Length > 0).Distinct(StringComparer.Ordinal);
        return new TaxLine(code, category, rate, basis, TaxTable.Of(basis, rate), string.Join(' ', grounds));
    }
}
