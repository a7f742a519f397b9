using Tieout.Application.Settings;
using Tieout.Application.Usage;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Domain.Customers;
using Tieout.Domain.Exchange;
using Tieout.Domain.Intake;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Ledger;
using Tieout.Domain.Tax;
using Tieout.Domain.Usage;

namespace Tieout.Application.Intake;

/// <summary>What the books are made of before the first customer: our companies, tax rates, and plans with their prices.</summary>
/// <param name="Exchange">Which rates of exchange count; null leaves what stands.</param>
public sealed record BooksFile(
    IReadOnlyList<DeclaredLegalEntity> LegalEntities, IReadOnlyList<TaxRate> TaxRates, IReadOnlyList<DeclaredPlan> Plans,
    ExchangePolicy? Exchange = null)
{
    /// <summary>What plans belong to.</summary>
    public IReadOnlyList<DeclaredProduct> Products { get; init; } = [];

    /// <summary>Discounts of the catalogue.</summary>
    public IReadOnlyList<Discount> Discounts { get; init; } = [];

    /// <summary>What usage is counted by.</summary>
    public IReadOnlyList<Meter> Meters { get; init; } = [];

    /// <summary>The books declared in a YAML file; docs/import.md describes every key.</summary>
    /// <exception cref="SettingsException">Not YAML, an unknown or missing key, a value that cannot be meant, a code declared twice.</exception>
    public static BooksFile Read(string path) => Of(SettingsNode.Load(path));

    internal static BooksFile Of(SettingsNode top)
    {
        top.Allow("legal-entities", "tax-rates", "products", "plans", "discounts", "meters", "exchange");
        var entities = List(top, "legal-entities", LegalEntity, entity => entity.Code);
        var series = entities.GroupBy(entity => entity.Series, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        if (series is not null)
            throw top.Error($"legal entities {string.Join(" and ", series.Select(entity => entity.Code))} "
                + $"share the series '{series.Key}'; invoice numbers would collide.");
        var products = List(top, "products", Product, product => product.Code);
        var plans = List(top, "plans", PlansOfBooks.Read, plan => plan.Code);
        return new BooksFile(entities, TaxRatesOf(top), plans, top.Find("exchange") is { } exchange ? TaxSettings.Exchange(exchange) : null)
        {
            Products = products,
            Meters = MetersInBooks.Read(top),
            Discounts = List(top, "discounts", PlansOfBooks.Discount, discount => discount.Code),
        };
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
        node.Allow(["code", "name", "currency", "country", "series", "chart", .. TaxSettings.Keys, .. EntityDetails.Keys]);
        var country = Country(node.Need("country"));
        var (details, bank) = EntityDetails.Read(node);
        return new DeclaredLegalEntity(
            Letters(node.Need("code"), 12), Text(node.Need("name")), Currency(node.Need("currency")),
            country,
            Letters(node.Need("series"), InvoiceNumber.LongestSeries),
            TaxSettings.Of(node, country))
        { Details = details, Bank = bank, Chart = ChartInBooks.Read(node.Find("chart")) };
    }

    private static DeclaredProduct Product(SettingsNode node) =>
        new(Text(node.Allow("code", "name").Need("code")), Text(node.Need("name")));

    private static string Country(SettingsNode node) =>
        FieldRules.OfCountry(node.Text()) is { } bad ? throw node.Error($"this {bad.Reason}. {bad.Remedy}") : node.Text();

    private static List<TaxRate> TaxRatesOf(SettingsNode top)
    {
        List<TaxRate> rates = [];
        foreach (var node in top.Find("tax-rates")?.Items() ?? [])
        {
            node.Allow("code", "rate", "from", "until", "category");
            var rate = TaxRate(node);
            if (rates.Find(other => other.Code == rate.Code && Overlap(other, rate)) is { } earlier)
                throw node.Error($"another rate of '{rate.Code}', from {earlier.From:yyyy-MM-dd}, is in force on some of these days.");
            rates.Add(rate);
        }
        return rates;
    }

    private static TaxRate TaxRate(SettingsNode node)
    {
        var (fraction, from, until) = (Fraction(node.Need("rate")), node.Need("from").Date(), node.Find("until")?.Date());
        if (until <= from) throw node.Error("'until' is the first day the rate is no longer in force, so it is later than 'from'.");
        var category = node.Find("category") is { } letter ? TaxCategories.OfLetter(letter.OneOf([.. TaxCategories.Letters])) : null;
        if (category is { } told && (told == TaxCategory.Standard) != (fraction > 0))
            throw node.Error("category S goes with a rate above zero, all others with zero.");
        var code = Text(node.Need("code"));
        if (code == TaxRules.Auto) throw node.Need("code").Error($"'{TaxRules.Auto}' says that the tax is to be determined; choose another code.");
        return new TaxRate(code, fraction, from, until, category);
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

/// <summary>A product, as declared: what plans are sold under.</summary>
public sealed record DeclaredProduct(string Code, string Name);

/// <summary>A company of ours, as declared.</summary>
/// <param name="Code">Capital letters and digits, at most 12.</param>
/// <param name="Name">Legal name.</param>
/// <param name="Currency">Of its books, and of its accounts unless a mapping says otherwise.</param>
/// <param name="Country">ISO 3166 two letters.</param>
/// <param name="Series">Begins every invoice number.</param>
/// <param name="Tax">Its tax settings; null leaves what stands.</param>
public sealed record DeclaredLegalEntity(string Code, string Name, Currency Currency, string Country, string Series, DeclaredSeller? Tax = null)
{
    /// <summary>Address and registrations; an empty field says nothing.</summary>
    public PartyDetails Details { get; init; } = PartyDetails.None;

    /// <summary>Where customers pay to; an empty field says nothing.</summary>
    public BankDetails Bank { get; init; } = BankDetails.None;

    /// <summary>What it calls accounts of the ledger; those it does not name stay as they are.</summary>
    public IReadOnlyList<ChartWish> Chart { get; init; } = [];
}

/// <summary>Tax settings of a legal entity, as declared; see <see cref="Seller"/>.</summary>
public sealed record DeclaredSeller(SupplyDateRule SupplyDate, bool OneStopShop, string? VatNumber);

/// <summary>A plan, as declared.</summary>
/// <param name="Code">Its code.</param>
/// <param name="Name">Its name.</param>
/// <param name="Prices">All prices of all versions.</param>
public sealed record DeclaredPlan(string Code, string Name, IReadOnlyList<Price> Prices)
{
    /// <summary>The product it is sold under.</summary>
    public string? Product { get; init; }

    /// <summary>Its versions; without saying more, one that has been there always.</summary>
    public IReadOnlyList<PlanVersion> Versions { get; init; } = [new(Code, 1, PlanVersion.Always, Prices)];
}
