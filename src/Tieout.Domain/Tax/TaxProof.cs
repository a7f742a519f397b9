using System.Globalization;
using Tieout.Domain.Exceptions;

namespace Tieout.Domain.Tax;

/// <summary>A line of an invoice as the proof needs it.</summary>
public sealed record ProofLine(string Code, decimal Rate, Money Net);

/// <summary>A row of an invoice's tax breakdown as the proof needs it.</summary>
public sealed record ProofTax(string Code, decimal Rate, Money Base, Money Tax);

/// <summary>
/// Computes an invoice's tax once more, from its lines alone and by another path than the one that drew it: in whole numbers
/// of minor units and millionths, with its own rounding, so that no mistake is shared. Checkpoint 2.
/// </summary>
public static class TaxProof
{
    private const int RateScale = 1_000_000;

    /// <summary>
    /// What does not agree; empty when all does. Compares base and tax by code and rate, looks for rows without lines and lines
    /// without a row, and checks that the tax lies within the rounding of its single lines (half a minor unit each).
    /// </summary>
    public static IReadOnlyList<Finding> Check(IReadOnlyList<ProofLine> lines, IReadOnlyList<ProofTax> taxes)
    {
        // Nearly every invoice has one code: proven without a list, by the same figures.
        if (taxes.Count == 1 && IsProven(lines, taxes[0])) return [];
        List<Finding> findings = [];
        var currencies = lines.Select(line => line.Net.Currency).Concat(taxes.SelectMany(tax => new[] { tax.Base.Currency, tax.Tax.Currency })).Distinct().ToList();
        if (currencies.Count > 1)
            return [Wrong("tax-currency-differs", $"Lines and taxes are in {string.Join(" and ", currencies.Select(currency => currency.Code))}.")];
        if (lines.Count == 0) return [Wrong("tax-without-lines", "The invoice has no lines to prove its tax by.")];
        if (lines.FirstOrDefault(line => Fine(line.Net) is null || !RateIsExact(line.Rate)) is { } odd)
            return [Wrong("tax-not-provable", $"A line of {odd.Code} has an amount or a rate with more decimals than can stand there.")];

        var sums = Sums(lines);
        foreach (var twice in taxes.GroupBy(tax => (tax.Code, tax.Rate)).Where(group => group.Skip(1).Any()))
            findings.Add(Wrong("tax-line-twice", $"The breakdown has {Named(twice.Key)} more than once."));
        foreach (var tax in taxes.DistinctBy(tax => (tax.Code, tax.Rate)))
        {
            if (sums.Remove((tax.Code, tax.Rate), out var sum)) findings.AddRange(Compare(tax, sum, currencies[0]));
            else findings.Add(Wrong("tax-line-unexpected", $"The breakdown has {Named((tax.Code, tax.Rate))}, and no line carries it."));
        }
        findings.AddRange(sums.Keys.Select(key => Wrong("tax-line-missing", $"Lines carry {Named(key)}, and the breakdown has no such row.")));
        return findings;
    }

    private static bool IsProven(IReadOnlyList<ProofLine> lines, ProofTax tax)
    {
        if (lines.Count == 0 || !RateIsExact(tax.Rate) || !ReferenceEquals(tax.Base.Currency, tax.Tax.Currency)) return false;
        var sum = default(Sum);
        foreach (var line in lines)
        {
            if (line.Rate != tax.Rate || line.Code != tax.Code || !ReferenceEquals(line.Net.Currency, tax.Base.Currency) || Fine(line.Net) is not { } units)
                return false;
            var exact = checked(units * (Int128)(line.Rate * RateScale));
            sum = new Sum(sum.Base + units, sum.Exact + exact, sum.ByLine + HalfAway(exact), sum.Lines + 1);
        }
        return Fine(tax.Base) == sum.Base && Fine(tax.Tax) is { } told && told == HalfAway(sum.Exact) && Int128.Abs(told - sum.ByLine) * 2 <= sum.Lines + 1;
    }

    private static Dictionary<(string Code, decimal Rate), Sum> Sums(IReadOnlyList<ProofLine> lines)
    {
        Dictionary<(string, decimal), Sum> sums = [];
        foreach (var line in lines)
        {
            var so = sums.GetValueOrDefault((line.Code, line.Rate));
            var units = Fine(line.Net)!.Value;
            var exact = checked(units * (Int128)(line.Rate * RateScale));
            sums[(line.Code, line.Rate)] = new Sum(so.Base + units, so.Exact + exact, so.ByLine + HalfAway(exact), so.Lines + 1);
        }
        return sums;
    }

    private static IEnumerable<Finding> Compare(ProofTax tax, Sum sum, Currency currency)
    {
        var name = Named((tax.Code, tax.Rate));
        if (Fine(tax.Base) != sum.Base)
            yield return Wrong("tax-base-differs", $"The base of {name} is {tax.Base}; its lines come to {Shown(sum.Base, currency)}.");
        var wanted = HalfAway(sum.Exact);
        if (Fine(tax.Tax) != wanted)
            yield return Wrong("tax-amount-differs", $"The tax of {name} is {tax.Tax}; computed again from its lines it is {Shown(wanted, currency)}.");
        // Rounding each line by itself may differ from rounding the sum, by half a unit for each line and for the sum at most.
        if (Fine(tax.Tax) is { } told && Int128.Abs(told - sum.ByLine) * 2 > sum.Lines + 1)
            yield return Wrong("tax-far-from-lines",
                $"The tax of {name} is {tax.Tax}; taxes of its {sum.Lines} lines, each rounded, come to {Shown(sum.ByLine, currency)}, "
                    + "further away than rounding explains.");
    }

    // Millionths of minor units to minor units.
    private static Int128 HalfAway(Int128 exact)
    {
        var half = exact < 0 ? -RateScale / 2 : RateScale / 2;
        return (exact + half) / RateScale;
    }

    // In minor units; null when the amount has a fraction of one.
    private static Int128? Fine(Money money)
    {
        var units = money.Amount;
        for (var place = 0; place < money.Currency.MinorUnits; place++) units *= 10;
        return decimal.IsInteger(units) ? (Int128)units : null;
    }

    private static bool RateIsExact(decimal rate) => decimal.IsInteger(rate * RateScale);

    private static string Shown(Int128 units, Currency currency)
    {
        var amount = (decimal)units;
        for (var place = 0; place < currency.MinorUnits; place++) amount /= 10;
        return new Money(amount, currency).ToString();
    }

    private static string Named((string Code, decimal Rate) key) =>
        string.Create(CultureInfo.InvariantCulture, $"{key.Code} at {key.Rate * 100:0.####} %");

    private static Finding Wrong(string code, string cause) => new(
        ExceptionCategory.Technical, code, cause,
        "The invoice is not issued. This should not happen and wants an engineer: give them this text.");

    private readonly record struct Sum(Int128 Base, Int128 Exact, Int128 ByLine, int Lines);
}
