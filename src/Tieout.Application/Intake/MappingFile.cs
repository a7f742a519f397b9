using Tieout.Application.Settings;
using Tieout.Domain.Intake;

namespace Tieout.Application.Intake;

/// <summary>Reads an import's mapping; docs/import.md describes every key.</summary>
public static class MappingFile
{
    private static readonly string[] Encodings = ["utf-8", "utf-16", "iso-8859-1", "windows-1252"];

    // In the order of DetailsMapping.
    private static readonly string[] DetailKeys =
        ["street", "city", "postcode", "region", "vat-number", "registration", "email", "electronic-address", "electronic-scheme"];

    /// <summary>The mapping in a YAML file.</summary>
    /// <exception cref="SettingsException">Not YAML, an unknown or missing key, a value that cannot be meant.</exception>
    public static ImportMapping Read(string path) => Of(SettingsNode.Load(path));

    internal static ImportMapping Of(SettingsNode top)
    {
        top.Allow("file", "customer", "account", "subscription", "components", "check");
        var account = top.Find("account");
        var subscription = top.Find("subscription");
        var components = top.Find("components");
        if (subscription is not null && account is null) throw subscription.Error("a subscription needs an account; add the key 'account'.");
        if (subscription is not null && components is null) throw subscription.Error("a subscription needs components; add the key 'components'.");
        if (components is not null && subscription is null) throw components.Error("components belong to a subscription; add the key 'subscription'.");
        return new ImportMapping(
            top.Find("file") is { } file ? Format(file) : FileFormat.Default,
            Customer(top.Need("customer")),
            account is null ? null : Account(account),
            subscription is null ? null : Subscription(subscription),
            components is null ? [] : Components(components),
            top.Find("check") is { } checks ? [.. checks.Items().Select(Check)] : []);
    }

    private static FileFormat Format(SettingsNode node)
    {
        node.Allow("delimiter", "encoding", "decimal-point", "date-format");
        var usual = FileFormat.Default;
        var format = new FileFormat(
            node.Find("delimiter")?.OneOf(",", ";", "|", "\t", "tab") is { } delimiter ? delimiter == "tab" ? '\t' : delimiter[0] : usual.Delimiter,
            node.Find("encoding")?.OneOf(Encodings) ?? usual.Encoding,
            node.Find("decimal-point")?.OneOf(".", ",")[0] ?? usual.DecimalPoint,
            node.Find("date-format") is { } date ? DateFormat(date) : usual.DateFormat);
        return format;
    }

    private static string DateFormat(SettingsNode node)
    {
        var format = node.Text();
        var complete = format.Contains('d', StringComparison.Ordinal) && format.Contains("yyyy", StringComparison.Ordinal)
            && format.Contains('M', StringComparison.Ordinal) && !format.Any(letter => char.IsAsciiLetter(letter) && letter is not ('d' or 'M' or 'y'));
        return complete ? format : throw node.Error("a date format has yyyy, MM (or M) and dd (or d), such as yyyy-MM-dd or dd.MM.yyyy.");
    }

    private static CustomerMapping Customer(SettingsNode node)
    {
        node.Allow(["code", "name", "country", "level", "tax-profile", .. DetailKeys]);
        return new CustomerMapping(Code(node.Need("code")), From(node.Need("name")), Optional(node.Find("country")))
        {
            Details = Details(node),
            Level = Optional(node.Find("level")),
            Tax = node.Find("tax-profile") is { } tax ? Tax(tax) : null,
        };
    }

    private static TaxMapping Tax(SettingsNode node)
    {
        node.Allow("country", "postcode", "region", "business", "vat-number");
        return new TaxMapping(
            Optional(node.Find("country")), Optional(node.Find("postcode")), Optional(node.Find("region")), Optional(node.Find("business")),
            Optional(node.Find("vat-number")));
    }

    private static DetailsMapping? Details(SettingsNode node)
    {
        var values = Array.ConvertAll(DetailKeys, key => Optional(node.Find(key)));
        return values is [var street, var city, var postcode, var region, var vat, var registration, var email, var address, var scheme]
            && values.Any(value => value is not null)
            ? new DetailsMapping(street, city, postcode, region, vat, registration, email, address, scheme)
            : null;
    }

    private static AccountMapping Account(SettingsNode node)
    {
        node.Allow("code", "legal-entity", "currency", "tax-code", "term-days", "purchase-order", "invoice-note", "time-zone", "discount-percent",
            "discount-days");
        var entity = node.Need("legal-entity");
        var value = From(entity);
        if (Follows(value)) throw entity.Error("the legal entity cannot follow itself.");
        if (node.Find("discount-percent") is null != node.Find("discount-days") is null)
            throw node.Error("a discount for paying early has both: discount-percent and discount-days.");
        return new AccountMapping(
            Code(node.Need("code")), value, Following(node.Find("currency")), Following(node.Need("tax-code"))!,
            Optional(node.Find("term-days")) ?? new Value.Constant("30"))
        {
            PurchaseOrder = Optional(node.Find("purchase-order")),
            InvoiceNote = Optional(node.Find("invoice-note")),
            TimeZone = Optional(node.Find("time-zone")),
            DiscountPercent = Optional(node.Find("discount-percent")),
            DiscountDays = Optional(node.Find("discount-days")),
        };
    }

    private static SubscriptionMapping Subscription(SettingsNode node)
    {
        node.Allow("code", "plan", "start", "end", "trial");
        return new SubscriptionMapping(
            Code(node.Need("code")), Following(node.Need("plan"))!, From(node.Need("start")), Optional(node.Find("end")))
        {
            PlanTrial = node.Find("trial")?.OneOf("plan", "none") == "plan",
        };
    }

    private static List<ComponentMapping> Components(SettingsNode node)
    {
        List<ComponentMapping> components = [];
        foreach (var item in node.Items())
        {
            item.Allow("component", "agreed-price", "quantity", "when");
            var name = item.Need("component").Text();
            if (components.Exists(other => other.Component == name)) throw item.Error($"component '{name}' stands here twice.");
            components.Add(new ComponentMapping(
                name, Optional(item.Find("agreed-price")), Optional(item.Find("quantity")) ?? new Value.Constant("1"),
                item.Find("when") is { } when ? Condition(when) : null));
        }
        return components.Count > 0 ? components : throw node.Error("at least one component is needed.");
    }

    private static Condition Condition(SettingsNode node)
    {
        node.Allow("column", "is", "is-not");
        var (wanted, unwanted) = (node.Find("is"), node.Find("is-not"));
        if (wanted is null == unwanted is null) throw node.Error("give either 'is' or 'is-not'.");
        return new Condition(node.Need("column").Text(), Words(wanted ?? unwanted!), wanted is null);
    }

    private static List<string> Words(SettingsNode node) => node.IsList ? [.. node.Items().Select(item => item.Word())] : [node.Word()];

    private static CheckedColumn Check(SettingsNode node)
    {
        node.Allow("column", "type", "required");
        var type = node.Find("type")?.OneOf("text", "decimal", "integer", "date") switch
        {
            "decimal" => CheckedType.Decimal,
            "integer" => CheckedType.Integer,
            "date" => CheckedType.Date,
            _ => CheckedType.Text,
        };
        return new CheckedColumn(node.Need("column").Text(), type, node.Find("required")?.Flag() ?? true);
    }

    // The commonest mistake: a column's bare name, which would give every row the same code.
    private static Value Code(SettingsNode node) => From(node) is var value && value is Value.Constant or Value.HashSplit
        ? throw node.Error("every row would have the same few codes. "
            + $"For the cell of a column write {{column: {(value as Value.Constant)?.Text ?? "X"}}}.")
        : Follows(value) ? throw node.Error("a code cannot follow the legal entity.") : value;

    private static Value? Optional(SettingsNode? node) => node is null ? null : From(node);

    private static Value? Following(SettingsNode? node) => node is null ? null : From(node, mayFollow: true);

    private static bool Follows(Value value) => value is Value.OfLegalEntity or Value.Mapped { From: Value.OfLegalEntity };

    private static Value From(SettingsNode node) => From(node, mayFollow: false);

    private static Value From(SettingsNode node, bool mayFollow)
    {
        if (!node.IsMap) return new Value.Constant(node.Text());
        node.Allow("column", "field", "map", "otherwise", "hash-split");
        if (node.Find("field") is { } field)
        {
            if (!mayFollow || node.Find("column") is not null)
                throw field.Error("only currency, tax-code and plan may follow a field, and then no column.");
            field.OneOf("legal-entity");
            if (node.Find("map") is not { } byEntity) throw field.Error("say by a 'map' what each legal entity means here.");
            return new Value.Mapped(new Value.OfLegalEntity(), Map(byEntity), node.Find("otherwise")?.Word());
        }

        var column = node.Need("column").Text();
        var otherwise = node.Find("otherwise")?.Word();
        if (node.Find("hash-split") is { } split)
        {
            if (otherwise is not null || node.Find("map") is not null) throw split.Error("hash-split stands alone: no map, no otherwise.");
            return new Value.HashSplit(column, [.. split.Entries().Select(entry => new Share(entry.Key, entry.Value.Integer(1, 1_000_000)))]);
        }
        return node.Find("map") is { } map
            ? new Value.Mapped(new Value.Column(column), Map(map), otherwise)
            : new Value.Column(column, otherwise);
    }

    private static Dictionary<string, string> Map(SettingsNode node)
    {
        var map = node.Entries().ToDictionary(entry => entry.Key, entry => entry.Value.Word(), StringComparer.Ordinal);
        return map.Count > 0 ? map : throw node.Error("a map needs at least one entry.");
    }
}
