using System.Globalization;
using Tieout.Domain.Exceptions;

namespace Tieout.Domain.Tax;

/// <summary>
/// Decides how a service is taxed. Rules of the EU: Directive 2006/112/EC. Everything that is not certain becomes a finding;
/// nothing is taxed at zero in silence.
/// </summary>
/// <remarks>
/// In this order: the account's own code; the customer's country; a territory outside the tax's area; business with VAT number
/// in another EU state (reverse charge); consumer in another EU state (one-stop shop or the seller's rate); outside the EU; and
/// where tax would be charged, a certificate that frees the customer from it.
/// </remarks>
public static class TaxRules
{
    /// <summary>The account's tax code that means: decide by these rules.</summary>
    public const string Auto = "auto";

    /// <summary>The note of a reverse charge.</summary>
    public const string ReverseChargeGround = "Reverse charge: the customer is liable for the VAT (Art. 196 Directive 2006/112/EC).";

    /// <summary>The note of services to a customer outside the EU.</summary>
    public const string OutsideGround = "Not subject to VAT: the place of supply is outside the EU (Art. 44 and 59 Directive 2006/112/EC).";

    /// <summary>The finding's code when customer, country or registration leave it open.</summary>
    public const string Undetermined = "tax-undetermined";

    /// <summary>The finding's code when it is clear which rate is wanted, and there is none on that day.</summary>
    public const string RateMissing = "tax-rate-missing";

    /// <summary>The decision for one line, or the finding that stops it.</summary>
    public static TaxAnswer For(TaxQuestion question, TaxTable table)
    {
        if (question.AccountCode != Auto) return Rated(question, table, question.AccountCode, "the account's own tax code");
        if (question.Customer is not { Country.Length: > 0 } customer)
            return Open(
                "The account's tax is to be determined, and no tax profile of the customer names a country.",
                "Complete the customer's tax profile, or give the account a tax code of its own. It is not invoiced until then.");
        return ByCountry(question, customer, table);
    }

    private static TaxAnswer ByCountry(TaxQuestion question, TaxProfile customer, TaxTable table)
    {
        var (seller, buyer) = (EuVat.AreaOf(question.Seller.Country), EuVat.AreaOf(customer.Country));
        if (table.Territory(buyer, customer.Postcode) is { } territory && InTerritory(question, territory, table, seller == buyer) is { } special)
            return special;
        if (seller == buyer) return Charged(question, table, seller, "domestic");
        if (!EuVat.Has(buyer)) return NotSubject(question, OutsideGround, $"customer in {customer.Country}, outside the EU");
        if (customer is { Business: true, Vat: { } vat }) return ReverseCharge(question, vat);
        return Consumer(question, customer, table, seller, buyer);
    }

    // A territory's tax reaches sellers of its own country and those who charge the country's tax; for reverse charge it is the country.
    private static TaxAnswer? InTerritory(TaxQuestion question, TaxTerritory territory, TaxTable table, bool domestic)
    {
        var code = $"{territory.Prefix}-{TaxQuestion.StandardCategory}";
        if (table.On(code, question.SupplyDay) is { Category: TaxCategory.NotSubject })
            return NotSubject(
                question, $"Not subject to VAT: {territory.Name} is outside the VAT area (Art. 6 Directive 2006/112/EC).",
                $"postcode in {territory.Name}, outside the VAT area");
        if (!domestic && (question.Customer!.Vat is not null || !question.Seller.OneStopShop)) return null;
        return Charged(question, table, territory.Prefix, $"postcode in {territory.Name}");
    }

    private static TaxAnswer Consumer(TaxQuestion question, TaxProfile customer, TaxTable table, string seller, string buyer)
    {
        // Without a VAT number a customer may be taken for a consumer: Art. 18(2) Implementing Regulation 282/2011.
        var who = customer.Business ? "business without VAT number, taken for a consumer" : "consumer";
        if (question.Seller.OneStopShop) return Charged(question, table, buyer, $"{who} in {customer.Country}, one-stop shop");
        if (EuVat.Has(seller)) return Charged(question, table, seller, $"{who} in {customer.Country}, no one-stop shop: the seller's rate (Art. 59c)");
        return Open(
            $"A {who} in {customer.Country} is to be charged VAT of {customer.Country}, and the legal entity in {question.Seller.Country} reports none there.",
            "Register the legal entity for the one-stop shop and set it here, add the customer's VAT number, or give the account a tax code of its own.");
    }

    // Where tax would be charged, a certificate of exemption counts.
    private static TaxAnswer Charged(TaxQuestion question, TaxTable table, string place, string why)
    {
        var certificate = question.Customer?.Exemption;
        if (certificate?.Holds(question.SupplyDay) == true)
            return Decided(question, $"{place}-exempt", TaxCategory.Exempt, $"Exempt from tax by certificate {certificate.Certificate}.",
                $"{why}; certificate of exemption valid on supply date {Day(question.SupplyDay)}");
        var expired = certificate is null ? "" : "; the certificate of exemption is not valid on that day";
        return Rated(question, table, $"{place}-{question.ProductCategory}", why + expired);
    }

    private static TaxAnswer ReverseCharge(TaxQuestion question, VatEvidence vat)
    {
        var evidence = vat.Kind == VatCheckKind.Vies
            ? $"confirmed by VIES on {(vat.On is { } day ? Day(day) : "an unknown day")}"
            : "its check digits are right, VIES was not asked";
        return Decided(question, $"{question.Seller.Country}-reverse-charge", TaxCategory.ReverseCharge, ReverseChargeGround,
            $"business in {vat.Number.Country} with a VAT number ({evidence}), supply date {Day(question.SupplyDay)}");
    }

    private static TaxAnswer NotSubject(TaxQuestion question, string ground, string why) =>
        Decided(question, $"{question.Seller.Country}-outside", TaxCategory.NotSubject, ground, $"{why}; supply date {Day(question.SupplyDay)}");

    private static TaxAnswer.Decided Decided(TaxQuestion question, string code, TaxCategory category, string ground, string why) =>
        new(new TaxDecision(code, category, 0m, ground, question.SupplyDay, $"{code} 0 %: {why}."));

    private static TaxAnswer Rated(TaxQuestion question, TaxTable table, string code, string why)
    {
        var day = question.SupplyDay;
        if (table.On(code, day) is not { } rate)
            return new TaxAnswer.Undecided(new Finding(
                ExceptionCategory.Business, RateMissing,
                table.Knows(code) ? $"Tax code {code} has no rate in force on {Day(day)}, the supply date." : $"Tax code {code} has no rate at all ({why}).",
                $"Declare the rate of {code} for that day (books file, or import the table of rates) or correct the account's tax code. "
                    + "It is not invoiced until then."));
        var since = rate.From == TaxRate.EverSince ? "in force ever since the table begins" : $"in force from {Day(rate.From)}";
        var until = rate.Until is { } end ? $" to {Day(end.AddDays(-1))}" : "";
        var explanation = $"{code} {Percent(rate.Rate)} %: {why}; supply date {Day(day)} ({Words.Of(question.Seller.SupplyDate)}), rate {since}{until}"
            + Change(question, table, code) + ".";
        return new TaxAnswer.Decided(new TaxDecision(code, rate.Category, rate.Rate, GroundOf(rate.Category), day, explanation)
        {
            RateChanged = table.FirstChange(code, question.Period) is not null,
        });
    }

    private static string Change(TaxQuestion question, TaxTable table, string code) =>
        table.FirstChange(code, question.Period) is { } day
            ? $"; the rate changes on {Day(day)}, inside the period {question.Period}, and the supply date decides"
            : "";

    // Of a rate that somebody declared with a category that needs a note.
    private static string GroundOf(TaxCategory category) => category switch
    {
        TaxCategory.Exempt => "Exempt from tax.",
        TaxCategory.ReverseCharge => ReverseChargeGround,
        TaxCategory.IntraCommunity => "Intra-Community supply (Art. 138 Directive 2006/112/EC).",
        TaxCategory.Export => "Export, not charged with VAT (Art. 146 Directive 2006/112/EC).",
        TaxCategory.NotSubject => OutsideGround,
        _ => "",
    };

    private static TaxAnswer.Undecided Open(string cause, string remedy) =>
        new(new Finding(ExceptionCategory.Business, Undetermined, cause, remedy));

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Percent(decimal rate) => (rate * 100).ToString("0.####", CultureInfo.InvariantCulture);
}
