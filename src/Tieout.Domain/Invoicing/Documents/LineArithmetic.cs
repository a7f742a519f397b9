using System.Globalization;
using Tieout.Domain.Catalog;
using Tieout.Domain.Rating;

namespace Tieout.Domain.Invoicing.Documents;

/// <summary>
/// How a line's amount came about, in a formula a customer can check with a pocket calculator. It is computed anew from what the line
/// kept; where that does not come to the amount, as for a price that somebody agreed on or a percentage off, nothing is claimed.
/// </summary>
public static class LineArithmetic
{
    // More steps than this explain nothing to anybody on paper; a preview shows them.
    private const int MostSteps = 12;

    private const string Taken = "less ";

    private static DocumentFormat Figures => DocumentFormat.Plain;

    /// <summary>
    /// <c>6 × 11.75 × 20 of 30 days, actual days</c>, or the steps of tiers; the convention alone where the amount cannot be
    /// computed from these facts; empty where quantity times price says it all.
    /// </summary>
    /// <param name="price">The catalogue's; null where the charge has none.</param>
    /// <param name="quantity">As booked.</param>
    /// <param name="unitPrice">As booked, so what was agreed counts.</param>
    /// <param name="convention">As booked: the share of the period, and what was taken off behind a semicolon.</param>
    /// <param name="amount">What the explanation has to come to.</param>
    public static string Of(Price? price, decimal quantity, decimal unitPrice, string convention, Money amount)
    {
        var parts = convention.Split("; ");
        var plain = Rounding.ChargeLine(amount with { Amount = quantity * unitPrice }) == amount;
        if (plain && parts.Length == 1) return "";
        var share = ShareOf(parts[0]);
        if (price is not null && TakenOff(parts[1..]) is { } off)
            foreach (var model in Models(price, unitPrice))
                if (Computed(model, price.Terms, quantity, share, amount.Currency) is { } priced && priced.Rounded.Amount - off == amount.Amount)
                    return Words(model, price.Terms, quantity, priced, parts);
        return IsTrivial(parts[0]) ? string.Join("; ", parts[1..]) : convention;
    }

    private static IEnumerable<ChargeModel> Models(Price price, decimal unitPrice) =>
        price.Terms.Ramp.Select(step => step.Model).Prepend(price.Model)
            // One figure agreed on takes the place of the catalogue's; the line kept the figure.
            .Select(model => model switch
            {
                ChargeModel.Flat => new ChargeModel.Flat(unitPrice),
                ChargeModel.PerUnit => new ChargeModel.PerUnit(unitPrice),
                _ => model,
            });

    private static PricedLine? Computed(ChargeModel model, PriceTerms terms, decimal quantity, Share share, Currency currency)
    {
        try
        {
            return PriceLine.Explain(new LineToPrice(model, terms, new Measured(quantity), share), currency);
        }
        catch (RatingException)
        {
            // A matrix needs its groups, a price of single transactions these: a line does not keep them.
            return null;
        }
    }

    private static string Words(ChargeModel model, PriceTerms terms, decimal quantity, PricedLine priced, string[] parts)
    {
        var whole = IsTrivial(parts[0]);
        if (terms.Minimum == 0 && One(model, quantity, priced.Rounded.Currency) is { } one)
            return string.Join("; ", parts[1..].Prepend(whole ? one : $"{one} × {parts[0]}"));
        if (priced.Steps.Count > MostSteps) return whole ? string.Join("; ", parts[1..]) : string.Join("; ", parts);
        var words = priced.Steps.Select(step => step.Amount == 0 ? step.Words : $"{step.Words} = {Amount(step.Amount, priced.Rounded.Currency)}").ToList();
        if (priced.Exact != priced.Rounded.Amount) words.Add($"together {Amount(priced.Exact, priced.Rounded.Currency)}, rounded");
        if (!whole) words.Add(parts[0]);
        return string.Join("; ", words.Concat(parts[1..]));
    }

    // The formula of the models that have one price.
    private static string? One(ChargeModel model, decimal quantity, Currency currency) => model switch
    {
        ChargeModel.Flat flat when quantity == 1 => Amount(flat.Amount, currency),
        ChargeModel.PerUnit unit when quantity == 1 => Amount(unit.UnitPrice, currency),
        ChargeModel.PerUnit unit => $"{Figures.Number(quantity, 0)} × {Amount(unit.UnitPrice, currency)}",
        _ => null,
    };

    private static string Amount(decimal value, Currency currency) => Figures.Number(value, currency.MinorUnits);

    private static bool IsTrivial(string counted) => counted is "" or "whole period" or "once";

    // "17 of 31 days, actual days": the share as Subscriptions.PartShare words it. Anything else is the whole.
    private static Share ShareOf(string counted)
    {
        var words = counted.Split(' ');
        return words is [var active, "of", var whole, "days," or "seconds,", ..] && Figure(active) is { } part && Figure(whole) is > 0 and var all && part <= all
            ? new Share(part, all)
            : Share.Full;
    }

    // "less 1.00 of discount SPRING": as AmountDiscounts words it. Null when something else stands there.
    private static decimal? TakenOff(string[] parts)
    {
        var sum = 0m;
        foreach (var part in parts)
        {
            if (!part.StartsWith(Taken, StringComparison.Ordinal) || Figure(part[Taken.Length..].Split(' ')[0]) is not { } off) return null;
            sum += off;
        }
        return sum;
    }

    private static decimal? Figure(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var figure) ? figure : null;
}
