using System.Globalization;
using Tieout.Domain.Catalog;

namespace Tieout.Domain.Cash;

/// <summary>What an invoice bills under one tax code and rate, less what credit memos took off.</summary>
/// <param name="Rate">As a fraction.</param>
public sealed record TaxedPart(string Code, decimal Rate, decimal Net, decimal Tax);

/// <summary>
/// The discount that an invoice was issued with for who pays early, and what is left of it. It is of the amount with tax; whoever keeps it pays less
/// for what was sold, so that less tax is owed (Article 90 of Directive 2006/112/EC; German UStG, section 17).
/// </summary>
/// <param name="Percent">Of what is settled with it, such as 2.</param>
/// <param name="Until">The last day on which the money may come, days of grace included.</param>
/// <param name="Standing">The invoice with tax, less its credit memos.</param>
/// <param name="Taken">Of the discount, before.</param>
/// <param name="Parts">What the invoice is of; those below zero get no part of a discount.</param>
public sealed record InvoiceDiscount(decimal Percent, DateOnly Until, decimal Standing, decimal Taken, IReadOnlyList<TaxedPart> Parts)
{
    /// <summary>The most that may be kept by who settles so much of the invoice, the discount included.</summary>
    public decimal Most(decimal settled, Currency currency) => Math.Max(0m, Math.Min(Of(settled, currency), Of(Standing, currency) - Taken));

    /// <summary>Why it may not be taken; null when it may.</summary>
    /// <param name="discount">What is to be kept.</param>
    /// <param name="settled">What is settled in all, the discount included.</param>
    /// <param name="receivedOn">The day on which the money came.</param>
    /// <param name="field">Where the discount stands in what is asked.</param>
    public PriceProblem? Refusal(decimal discount, decimal settled, DateOnly receivedOn, Currency currency, string field)
    {
        var most = Most(settled, currency);
        return receivedOn > Until
                ? new PriceProblem(
                    field, "discount-too-late", string.Create(CultureInfo.InvariantCulture, $"the discount was for money until {Until:yyyy-MM-dd}"),
                    "Leave the discount out; what is missing stays owed.")
            : discount > most
                ? new PriceProblem(
                    field, "more-than-discount", string.Create(CultureInfo.InvariantCulture, $"at most {most:0.####} may be kept of what this settles"),
                    string.Create(CultureInfo.InvariantCulture, $"Give at most {most:0.####}."))
            : null;
    }

    /// <summary>
    /// A discount divided over what the invoice is of: by tax code and rate, and in each what it costs us and the tax in it. In proportion, so that each
    /// part is its exact share but for less than a minor unit; together they are the discount.
    /// </summary>
    public IReadOnlyList<CashShare> Shares(Guid invoice, decimal discount, Currency currency)
    {
        List<(CashPool.Discount Pool, decimal Weight)> parts =
        [
            .. Parts.SelectMany(part => new[]
            {
                (new CashPool.Discount(invoice, part.Code, part.Rate, IsTax: false), part.Net),
                (new CashPool.Discount(invoice, part.Code, part.Rate, IsTax: true), part.Tax),
            }).Where(part => part.Item2 > 0),
        ];
        return [.. parts.Zip(Allocation.ByLargestRemainder(discount, [.. parts.Select(part => part.Weight)], currency.MinorUnits),
            (part, amount) => new CashShare(part.Pool, amount)).Where(share => share.Amount != 0)];
    }

    private decimal Of(decimal gross, Currency currency) => Rounding.JournalLine(new Money(gross * Percent / 100m, currency)).Amount;
}
