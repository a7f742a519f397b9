using Tieout.Domain.Exceptions;

namespace Tieout.Domain.Tax;

/// <summary>What is to be taxed.</summary>
/// <param name="Seller">Our legal entity.</param>
/// <param name="Customer">The customer's profile; null when there is none.</param>
/// <param name="AccountCode">The tax code of the billing account, or <see cref="TaxRules.Auto"/>.</param>
/// <param name="ProductCategory">Which of a country's rates the product has: <c>standard</c>, <c>reduced</c>, <c>reduced1</c>.</param>
/// <param name="Period">The days the line is for.</param>
/// <param name="InvoiceDate">The date of the invoice.</param>
public sealed record TaxQuestion(
    Seller Seller, TaxProfile? Customer, string AccountCode, string ProductCategory, ServicePeriod Period, DateOnly InvoiceDate)
{
    /// <summary>The category of nearly everything.</summary>
    public const string StandardCategory = "standard";

    /// <summary>The day that decides about the rate.</summary>
    public DateOnly SupplyDay => Seller.SupplyDay(Period, InvoiceDate);
}

/// <summary>How a line is taxed, and why.</summary>
/// <param name="Code">Our tax code; accounts in the ERPs follow from it.</param>
/// <param name="Category">How it is reported.</param>
/// <param name="Rate">As a fraction; zero for every category but S.</param>
/// <param name="Ground">The note the invoice has to carry, with its legal ground; empty when none is needed.</param>
/// <param name="SupplyDay">The day that decided about the rate.</param>
/// <param name="Explanation">For whoever asks later why: the day, the rate and since when it is in force, the rule applied.</param>
public sealed record TaxDecision(string Code, TaxCategory Category, decimal Rate, string Ground, DateOnly SupplyDay, string Explanation)
{
    /// <summary>The rate changes inside the line's period, and the supply day decided.</summary>
    public bool RateChanged { get; init; }
}

/// <summary>A decision, or what is missing for one.</summary>
public abstract record TaxAnswer
{
    private TaxAnswer() { }

    /// <summary>It is clear.</summary>
    public sealed record Decided(TaxDecision Decision) : TaxAnswer;

    /// <summary>It is not: code <c>tax-undetermined</c> or <c>tax-rate-missing</c>. Nothing is invoiced until it is.</summary>
    public sealed record Undecided(Finding Finding) : TaxAnswer;
}
