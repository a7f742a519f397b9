using Tieout.Application.Catalog;
using Tieout.Domain;
using Tieout.Domain.Revenue;

namespace Tieout.Application.Revenue;

/// <summary>A revenue contract from JSON. docs/revenue.md describes its members.</summary>
internal static class ContractJson
{
    private static readonly string[] Names =
        ["contract", "currency", "rounding", "outside-range", "unbilled", "obligations", "ssp-book", "price", "events"];

    private static readonly string[] PromiseNames =
    [
        "code", "description", "product", "satisfaction", "period", "quantity", "stated", "ssp", "option", "residual", "on", "milestones",
        "remainder-distinct", "lapses", "distinct", "into",
    ];

    /// <summary>Reads all but the events; null when something is so wrong that no contract comes of it.</summary>
    public static RevenueContract? Read(JsonFields json)
    {
        json.Allow(Names);
        var contract = new RevenueContract
        {
            Code = json.Text("contract"),
            Currency = json.Currency("currency"),
            Rounding = json.WordOr("rounding", ScheduleRounding.Cumulative),
            OutsideRange = json.WordOr("outside-range", OutsideRange.Nearest),
            Unbilled = json.WordOr("unbilled", UnbilledKind.ContractAsset),
            Obligations = [.. (json.Need("obligations")?.Items() ?? []).Select(Promise).OfType<Obligation>()],
            Book = [.. (json.Find("ssp-book")?.Items() ?? []).Select(Booked)],
            Price = Price(json.Need("price")),
        };
        return contract.Obligations.Count == 0 ? null : contract;
    }

    /// <summary>A promise; null without a period, which is a problem already.</summary>
    public static Obligation? Promise(JsonFields json)
    {
        json.Allow(PromiseNames);
        var (code, satisfaction) = (json.Text("code"), json.Word<Satisfaction>("satisfaction"));
        var option = json.Find("option") is { } given ? Option(given) : null;
        var distinct = json.FlagOr("distinct", true);
        if (distinct == json.Find("into") is not null)
            json.AddAt("into", "distinct-or-into", "A promise is distinct, or it is a part of another.", "Write 'distinct': false together with 'into'.");
        var days = json.Need("period") is { } period ? Period(period) : null;
        // Read to its end also without a period, so that everything wrong is told.
        var promise = new Obligation
        {
            Code = code,
            Description = json.Find("description")?.AsText() ?? "",
            Product = json.Find("product")?.AsText() ?? code,
            Satisfaction = satisfaction,
            Period = days ?? default,
            Quantity = json.NumberOr("quantity", 1m),
            Stated = json.NumberOrNone("stated"),
            Ssp = json.Find("ssp") is { } ssp ? Selling(ssp) : null,
            Option = option,
            Residual = json.Find("residual") is { } residual ? Residual(residual) : null,
            On = json.DateOrNone("on"),
            Milestones = [.. (json.Find("milestones")?.Items() ?? []).Select(item => new Milestone(
                item.Allow("code", "weight").Text("code"), item.Number("weight")))],
            RemainderDistinct = json.FlagOr("remainder-distinct", true),
            // Rights that are not exercised and units that are not taken lapse, unless the contract says otherwise.
            Lapses = json.FlagOr("lapses", option is not null || satisfaction == Satisfaction.Usage),
            Into = json.Find("into")?.AsText(),
        };
        return days is null ? null : promise;
    }

    private static ServicePeriod? Period(JsonFields json)
    {
        json.Allow("start", "end");
        if ((json.Need("start")?.AsDate(), json.Need("end")?.AsDate()) is not ({ } start, { } end)) return null;
        if (end > start) return new ServicePeriod(start, end);
        json.AddAt("end", "end-before-start", "The period does not end after it starts.", "The end is the first day that no longer counts.");
        return null;
    }

    private static SellingPrice Selling(JsonFields json)
    {
        if (!json.IsObject) return new SellingPrice(json.AsNumber() ?? 0m, null, null);
        json.Allow("price", "low", "high", "per");
        return Selling(json, json.WordOr("per", PerTime.Term));
    }

    private static SellingPrice Selling(JsonFields json, PerTime per) =>
        new(json.NumberOrNone("price"), json.NumberOrNone("low"), json.NumberOrNone("high"), per);

    private static OptionValue Option(JsonFields json)
    {
        json.Allow("purchases", "discount", "likelihood");
        return new OptionValue(json.Number("purchases"), json.Number("discount"), json.Number("likelihood"));
    }

    private static ResidualApproach Residual(JsonFields json)
    {
        json.Allow("why", "low", "high");
        return new ResidualApproach(json.Word<ResidualReason>("why"), json.NumberOrNone("low"), json.NumberOrNone("high"));
    }

    private static BookedPrice Booked(JsonFields json)
    {
        json.Allow("product", "version", "from", "price", "low", "high", "per");
        return new BookedPrice(json.Text("product"), json.Need("version")?.AsInteger(1_000_000) ?? 0, json.Need("from")?.AsDate() ?? default,
            Selling(json, json.WordOr("per", PerTime.Term)));
    }

    private static TransactionPrice Price(JsonFields? json)
    {
        if (json is null) return new TransactionPrice(0m);
        json.Allow("fixed", "variable", "discount", "upfront");
        return new TransactionPrice(json.Number("fixed"))
        {
            Variable = [.. (json.Find("variable")?.Items() ?? []).Select(Variable)],
            Discount = json.Find("discount") is { } discount ? Discount(discount) : null,
            Upfront = json.Find("upfront") is { } upfront ? Upfront(upfront) : null,
        };
    }

    private static VariablePart Variable(JsonFields json)
    {
        json.Allow("code", "method", "outcomes", "constrained-to", "to", "reason");
        var outcomes = (json.Need("outcomes")?.Items() ?? []).Select(item =>
            new Outcome(item.Allow("amount", "likelihood").Number("amount"), item.Number("likelihood"))).ToList();
        return new VariablePart(json.Text("code"), json.Word<EstimateMethod>("method"), outcomes, json.NumberOrNone("constrained-to"),
            Codes(json.Find("to")), json.Find("reason")?.AsText() ?? "");
    }

    private static DiscountToSome Discount(JsonFields json)
    {
        json.Allow("obligations", "bundle-price", "reason");
        return new DiscountToSome(Codes(json.Need("obligations")), json.Number("bundle-price"), json.Text("reason"));
    }

    private static UpfrontFee? Upfront(JsonFields json)
    {
        json.Allow("amount", "over", "reason");
        var (amount, reason) = (json.Number("amount"), json.Text("reason"));
        return json.Need("over") is { } over && Period(over) is { } days ? new UpfrontFee(amount, days, reason) : null;
    }

    /// <summary>A list of codes; empty when there is none.</summary>
    public static IReadOnlyList<string> Codes(JsonFields? json) => [.. (json?.Items() ?? []).Select(item => item.AsText() ?? "")];
}
