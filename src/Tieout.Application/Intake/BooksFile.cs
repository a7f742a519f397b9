using Tieout.Application.Settings;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Domain.Customers;
using Tieout.Domain.Intake;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Tax;

namespace Tieout.Application.Intake;

/// <summary>What the books are made of before the first customer: our companies, tax rates, and plans with their prices.</summary>
public sealed record BooksFile(
    IReadOnlyList<DeclaredLegalEntity> LegalEntities, IReadOnlyList<TaxRate> TaxRates, IReadOnlyList<DeclaredPlan> Plans)
{
    /// <summary>The books declared in a YAML file; docs/import.md describes every key.</summary>
    /// <exception cref="SettingsException">Not YAML, an unknown or missing key, a value that cannot be meant, a code declared twice.</exception>
    public static BooksFile Read(string path) => Of(SettingsNode.Load(path));

    internal static BooksFile Of(SettingsNode top)
    {
        top.Allow("legal-entities", "tax-rates", "plans");
        var entities = List(top, "legal-entities", LegalEntity, entity => entity.Code);
        var series = entities.GroupBy(entity => entity.Series, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        if (series is not null)
            throw top.Error($"legal entities {string.Join(" and ", series.Select(entity => entity.Code))} "
                + $"share the series '{series.Key}'; invoice numbers would collide.");
        return new BooksFile(entities, TaxRatesOf(top), List(top, "plans", Plan, plan => plan.Code));
    }

    private static List<T> List<T>(SettingsNode top, string key, Func<SettingsNode, T> read, Func<T, string> code)
    {
        List<T> list = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (var item in top.Find(key)?.Items() ?? [])
        {
            var declared = read(item);
            if (!seen.Add(code(declared))) throw item.Error($"'{code(declared)}' is declared twice in this file.");
            list.Add(declared);
        }
        return list;
    }

    private static DeclaredLegalEntity LegalEntity(SettingsNode node)
    {
        node.Allow(["code", "name", "currency", "country", "series", .. EntityDetails.Keys]);
        var (details, bank) = EntityDetails.Read(node);
        return new DeclaredLegalEntity(
            Letters(node.Need("code"), 12), Text(node.Need("name")), Currency(node.Need("currency")),
            Country(node.Need("country")),
            Letters(node.Need("series"), InvoiceNumber.LongestSeries))
        { Details = details, Bank = bank };
    }

    private static string Country(SettingsNode node) =>
        FieldRules.OfCountry(node.Text()) is { } bad ? throw node.Error($"this {bad.Reason}. {bad.Remedy}") : node.Text();

    private static List<TaxRate> TaxRatesOf(SettingsNode top)
    {
        List<TaxRate> rates = [];
        foreach (var node in top.Find("tax-rates")?.Items() ?? [])
        {
            node.Allow("code", "rate", "from", "until");
            var rate = new TaxRate(Text(node.Need("code")), Fraction(node.Need("rate")), node.Need("from").Date(), node.Find("until")?.Date());
            if (rate.Until <= rate.From) throw node.Error("'until' is the first day the rate is no longer in force, so it is later than 'from'.");
            if (rates.Find(other => other.Code == rate.Code && Overlap(other, rate)) is { } earlier)
                throw node.Error($"another rate of '{rate.Code}', from {earlier.From:yyyy-MM-dd}, is in force on some of these days.");
            rates.Add(rate);
        }
        return rates;
    }

    /// <summary>Whether two rates share a day.</summary>
    internal static bool Overlap(TaxRate one, TaxRate other) =>
        (other.Until is null || one.From < other.Until) && (one.Until is null || other.From < one.Until);

    private static decimal Fraction(SettingsNode node)
    {
        var rate = Number(node);
        if (rate > 1) throw node.Error("a rate is a fraction: 0.19 for 19 %.");
        return Rounding.HalfAwayFromZero(rate, 6) == rate ? rate : throw node.Error("a rate has at most 6 decimals.");
    }

    private static DeclaredPlan Plan(SettingsNode node)
    {
        node.Allow("code", "name", "prices");
        var code = Text(node.Need("code"));
        List<Price> prices = [];
        foreach (var item in node.Need("prices").Items())
        {
            var price = Price(item, code);
            if (prices.Exists(other => other.Component == price.Component && other.Currency == price.Currency))
                throw item.Error($"component '{price.Component}' has two prices in {price.Currency}.");
            prices.Add(price);
        }
        return new DeclaredPlan(code, Text(node.Need("name")), prices);
    }

    private static Price Price(SettingsNode node, string plan)
    {
        node.Allow("component", "model", "currency", "unit-price", "recognition", "description");
        return new Price(
            plan,
            Text(node.Need("component")),
            node.Need("model").OneOf("flat", "per-unit") == "flat" ? ChargeModel.Flat : ChargeModel.PerUnit,
            Currency(node.Need("currency")),
            Number(node.Need("unit-price")),
            node.Need("recognition").OneOf("immediate", "deferred") == "immediate" ? Recognition.Immediate : Recognition.Deferred,
            Text(node.Need("description")));
    }

    private static string Letters(SettingsNode node, int most)
    {
        var text = node.Text();
        return text.Length <= most && text.All(letter => char.IsAsciiLetterUpper(letter) || char.IsAsciiDigit(letter))
            ? text
            : throw node.Error($"capital letters and digits only, at most {most}.");
    }

    internal static string Text(SettingsNode node)
    {
        var text = node.Text().Trim();
        if (text.Length == 0) throw node.Error("a text is expected here.");
        return FieldRules.OfText(text) is { } bad ? throw node.Error($"the text {bad.Reason}. {bad.Remedy}") : text;
    }

    private static Currency Currency(SettingsNode node) =>
        Domain.Currency.TryOf(node.Text(), out var currency)
            ? currency
            : throw node.Error("three capital letters of ISO 4217 are expected here, such as USD.");

    private static decimal Number(SettingsNode node) =>
        FieldRules.OfNumber(node.Text(), '.', out var number) is { } bad ? throw node.Error($"the value {bad.Reason}. {bad.Remedy}") : number;
}

/// <summary>A company of ours, as declared.</summary>
/// <param name="Code">Capital letters and digits, at most 12.</param>
/// <param name="Name">Legal name.</param>
/// <param name="Currency">Of its books, and of its accounts unless a mapping says otherwise.</param>
/// <param name="Country">ISO 3166 two letters.</param>
/// <param name="Series">Begins every invoice number.</param>
public sealed record DeclaredLegalEntity(string Code, string Name, Currency Currency, string Country, string Series)
{
    /// <summary>Address and registrations; an empty field says nothing.</summary>
    public PartyDetails Details { get; init; } = PartyDetails.None;

    /// <summary>Where customers pay to; an empty field says nothing.</summary>
    public BankDetails Bank { get; init; } = BankDetails.None;
}

/// <summary>A plan with all its prices, as declared.</summary>
public sealed record DeclaredPlan(string Code, string Name, IReadOnlyList<Price> Prices);
