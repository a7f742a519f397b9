using Tieout.Application.Settings;
using Tieout.Domain;
using Tieout.Domain.Exchange;
using Tieout.Domain.Tax;

namespace Tieout.Application.Intake;

/// <summary>The keys of a books file that say how a legal entity is taxed and which rates of exchange count.</summary>
internal static class TaxSettings
{
    /// <summary>The keys of a legal entity read here.</summary>
    public static IReadOnlyList<string> Keys { get; } = ["supply-date", "one-stop-shop", "vat-number"];

    /// <summary>The tax settings of a legal entity; null when it names none of the keys.</summary>
    public static DeclaredSeller? Of(SettingsNode entity, string country)
    {
        if (Keys.All(key => entity.Find(key) is null)) return null;
        var rule = entity.Find("supply-date")?.OneOf([.. Enum.GetValues<SupplyDateRule>().Select(Words.Of)]);
        return new DeclaredSeller(
            rule is null ? SupplyDateRule.PeriodEnd : Words.Parse<SupplyDateRule>(rule),
            entity.Find("one-stop-shop")?.Flag() ?? false,
            entity.Find("vat-number") is { } number ? Vat(number, country) : null);
    }

    /// <summary>Which rates of exchange count.</summary>
    public static ExchangePolicy Exchange(SettingsNode node)
    {
        node.Allow("type", "within-days", "pivot");
        var usual = ExchangePolicy.Default;
        var type = node.Find("type")?.Text() ?? usual.Type;
        if (!ExchangeRate.IsType(type)) throw node.Need("type").Error("small letters, digits and dashes, such as spot or monthly-average.");
        return new ExchangePolicy(
            type,
            node.Find("within-days")?.Integer(0, ExchangePolicy.MostDays) ?? ExchangePolicy.UsualDays(type),
            node.Find("pivot") is not { } pivot ? usual.Pivot
                : pivot.Text() == "none" ? null
                : Currency.TryOf(pivot.Text(), out var currency) ? currency
                : throw pivot.Error("three capital letters of ISO 4217 are expected here, such as USD, or 'none'."));
    }

    private static string Vat(SettingsNode node, string country)
    {
        var (number, refusal) = VatNumber.Read(node.Text());
        if (number is null) throw node.Error($"this VAT number {refusal!.Reason}. {refusal.Remedy}");
        return EuVat.AreaOf(number.Country) == EuVat.AreaOf(country)
            ? number.ToString()
            : throw node.Error($"a VAT number of {number.Country} does not go with a legal entity in {country}.");
    }
}
