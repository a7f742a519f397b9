namespace Tieout.Domain.Tax;

/// <summary>What decides how a customer is taxed.</summary>
public sealed record TaxProfile
{
    /// <summary>A profile.</summary>
    /// <param name="country">ISO 3166 of where the customer belongs; empty when unknown.</param>
    /// <param name="postcode">May be empty; decides about territories such as the Canary Islands.</param>
    /// <param name="region">State or province where a tax engine needs it; may be empty.</param>
    /// <param name="business">False for a consumer.</param>
    /// <param name="vat">The VAT number with what was done to check it; null for none.</param>
    /// <param name="exemption">A certificate that frees the customer from tax; null for none.</param>
    /// <exception cref="ArgumentException">Not a country code, or a VAT number of another country, or of a consumer.</exception>
    public TaxProfile(string country, string postcode = "", string region = "", bool business = false, VatEvidence? vat = null, Exemption? exemption = null)
    {
        if (country is not "" and not [>= 'A' and <= 'Z', >= 'A' and <= 'Z'])
            throw new ArgumentException("A country is two capital letters of ISO 3166.", nameof(country));
        if (vat is not null && !business) throw new ArgumentException("A VAT number belongs to a business.", nameof(vat));
        if (vat is not null && country.Length > 0 && EuVat.AreaOf(country) != EuVat.AreaOf(vat.Number.Country))
            throw new ArgumentException($"A VAT number of {vat.Number.Country} does not go with country {country}.", nameof(vat));
        (Country, Postcode, Region, Business, Vat, Exemption) = (country, postcode, region, business, vat, exemption);
    }

    /// <summary>ISO 3166 of where the customer belongs; empty when unknown.</summary>
    public string Country { get; }

    /// <summary>May be empty.</summary>
    public string Postcode { get; }

    /// <summary>State or province; may be empty.</summary>
    public string Region { get; }

    /// <summary>False for a consumer.</summary>
    public bool Business { get; }

    /// <summary>The VAT number and its evidence.</summary>
    public VatEvidence? Vat { get; }

    /// <summary>A certificate that frees the customer from tax.</summary>
    public Exemption? Exemption { get; }
}

/// <summary>How a VAT number was checked.</summary>
public enum VatCheckKind
{
    /// <summary>Format and check digits only, by ourselves.</summary>
    Format,

    /// <summary>Confirmed as registered by VIES.</summary>
    Vies,
}

/// <summary>A VAT number and what was done to check it: the evidence behind a reverse charge.</summary>
/// <param name="Number">Format and check digits are right.</param>
/// <param name="Kind">How far it was checked.</param>
/// <param name="On">The day of the check; null for a check of the format, which is done again whenever it is read.</param>
/// <param name="Consultation">The consultation number of VIES; empty for a check of the format.</param>
public sealed record VatEvidence(VatNumber Number, VatCheckKind Kind = VatCheckKind.Format, DateOnly? On = null, string Consultation = "");

/// <summary>A certificate that frees a customer from tax while it is valid.</summary>
public sealed record Exemption
{
    /// <summary>A certificate.</summary>
    /// <exception cref="ArgumentException">No number, or an end before the start.</exception>
    public Exemption(string certificate, DateOnly from, DateOnly? until)
    {
        if (certificate.Length == 0) throw new ArgumentException("A certificate has a number.", nameof(certificate));
        if (until <= from) throw new ArgumentException("A certificate ends after it begins.", nameof(until));
        (Certificate, From, Until) = (certificate, from, until);
    }

    /// <summary>Its number.</summary>
    public string Certificate { get; }

    /// <summary>The first day it is valid.</summary>
    public DateOnly From { get; }

    /// <summary>The first day it no longer is; null while open.</summary>
    public DateOnly? Until { get; }

    /// <summary>Whether it is valid on a day.</summary>
    public bool Holds(DateOnly day) => From <= day && (Until is null || day < Until);
}
