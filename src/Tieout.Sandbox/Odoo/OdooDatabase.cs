using System.Globalization;
using System.Text.Json.Nodes;

namespace Tieout.Sandbox.Odoo;

/// <summary>A row: values by field. References are ids, days are texts, nothing is null.</summary>
internal sealed record OdooRow(long Id, Dictionary<string, object?> Values)
{
    public object? this[string field]
    {
        get => field == "id" ? Id : Values.GetValueOrDefault(field);
        set => Values[field] = value;
    }

    public string Text(string field) => this[field] as string ?? "";

    public decimal Amount(string field) => this[field] is decimal amount ? amount : 0m;

    public long Link(string field) => this[field] is long id ? id : 0;
}

/// <summary>Rows by model, searched as Odoo's ORM does: domains, companies allowed by the context, archived rows left out.</summary>
internal sealed class OdooDatabase
{
    /// <summary>Fields by model: those that can be asked for.</summary>
    private static readonly Dictionary<string, string[]> Schema = new(StringComparer.Ordinal)
    {
        ["res.company"] = ["name", "currency_id", "fiscalyear_lock_date", "tax_lock_date", "sale_lock_date", "hard_lock_date"],
        ["res.currency"] = ["name", "active"],
        ["res.currency.rate"] = ["name", "rate", "currency_id", "company_id"],
        ["res.country"] = ["code", "name"],
        ["res.partner"] = ["name", "ref", "is_company", "country_id", "company_id", "active"],
        ["account.journal"] = ["code", "name", "company_id"],
        ["account.account"] = ["code", "name", "company_id", "reconcile"],
        ["account.tax"] = ["name", "amount", "active", "type_tax_use", "company_id", "account_id"],
        ["account.analytic.plan"] = ["name"],
        ["account.analytic.account"] = ["code", "name", "plan_id", "active"],
        ["account.move"] =
        [
            "name", "ref", "move_type", "state", "date", "invoice_date", "invoice_date_due", "invoice_payment_term_id", "payment_reference", "invoice_origin",
                "partner_id",
            "currency_id", "journal_id", "company_id", "amount_untaxed", "amount_tax", "amount_total", "narration",
        ],
        ["account.move.line"] =
        [
            "move_id", "account_id", "partner_id", "currency_id", "amount_currency", "debit", "credit", "amount_residual_currency", "tax_line_id",
                "display_type", "name",
            "parent_state", "date", "date_maturity", "company_id", "analytic_distribution", "quantity", "price_unit", "tax_ids",
        ],
    };

    private static readonly Dictionary<string, string> Links = new(StringComparer.Ordinal)
    {
        ["currency_id"] = "res.currency",
        ["company_id"] = "res.company",
        ["country_id"] = "res.country",
        ["partner_id"] = "res.partner",
        ["journal_id"] = "account.journal",
        ["account_id"] = "account.account",
        ["move_id"] = "account.move",
        ["tax_line_id"] = "account.tax",
        ["plan_id"] = "account.analytic.plan",
    };

    private readonly Dictionary<string, List<OdooRow>> _rows = Schema.Keys.ToDictionary(model => model, _ => new List<OdooRow>(), StringComparer.Ordinal);
    private long _lastId = 40;

    /// <summary>Whoever reads or writes holds it.</summary>
    public Lock Gate { get; } = new();

    public List<OdooRow> this[string model] => _rows.TryGetValue(model, out var rows)
        ? rows
        : throw new OdooFault("builtins.KeyError", model);

    /// <summary>Enters a row; ids rise over all models.</summary>
    public OdooRow Add(string model, params IEnumerable<(string Field, object? Value)> values)
    {
        var row = New(values);
        this[model].Add(row);
        return row;
    }

    /// <summary>A row that is not entered yet.</summary>
    public OdooRow New(params IEnumerable<(string Field, object? Value)> values) =>
        new(++_lastId, values.ToDictionary(value => value.Field, value => value.Value, StringComparer.Ordinal));

    public OdooRow Get(string model, long id) => this[model].Find(row => row.Id == id) ?? throw OdooFault.Missing(model, id);

    /// <summary>Refuses fields the model does not have.</summary>
    public static void Known(string model, IEnumerable<string> fields)
    {
        foreach (var field in fields)
            if (field != "id" && !(Schema.TryGetValue(model, out var known) && known.Contains(field, StringComparer.Ordinal)))
                throw OdooFault.Value($"Invalid field '{field}' on model '{model}'");
    }

    /// <summary>Those of the fields the model has.</summary>
    public static IEnumerable<string> Having(string model, IEnumerable<string> fields) => fields.Where(Schema[model].Contains);

    /// <summary>The companies a context allows; without it, the user's own one.</summary>
    public static long[] Allowed(JsonObject context) =>
        context["allowed_company_ids"] is JsonArray ids ? [.. ids.Select(id => id!.GetValue<long>())] : [1];

    /// <summary>Rows a domain names, by id.</summary>
    public IEnumerable<OdooRow> Search(string model, JsonArray domain, JsonObject context)
    {
        var allowed = Allowed(context);
        var archived = context["active_test"] is JsonValue test && !test.GetValue<bool>();
        var holds = OdooDomain.Of(domain, (row, path) => Walk(model, row, path));
        return this[model].Where(row => (row["company_id"] is not long company || allowed.Contains(company)) && (archived || row["active"] is not false)
            && holds(row))
            .OrderBy(row => row.Id);
    }

    /// <summary>A row as it is told.</summary>
    public JsonObject Tell(string model, OdooRow row, IEnumerable<string> fields)
    {
        JsonObject told = new() { ["id"] = row.Id };
        foreach (var field in fields) told[field] = Tell(model, row, field);
        return told;
    }

    private JsonNode Tell(string model, OdooRow row, string field) => row[field] switch
    {
        null => JsonValue.Create(false),
        long id when Links.TryGetValue(field, out var linked) => new JsonArray(id, Display(linked, id)),
        long number => JsonValue.Create(number),
        decimal amount => JsonValue.Create(amount),
        bool flag => JsonValue.Create(flag),
        JsonNode node => node.DeepClone(),
        var text => JsonValue.Create(Convert.ToString(text, CultureInfo.InvariantCulture) ?? model),
    };

    private string Display(string model, long id)
    {
        var row = Get(model, id);
        return row.Text("code") is { Length: > 0 } code && model != "res.country" ? $"{code} {row.Text("name")}" : row.Text("name");
    }

    private object? Walk(string model, OdooRow row, string path)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        var field = dot < 0 ? path : path[..dot];
        Known(model, [field]);
        return dot < 0 ? row[field] : row[field] is long id ? Walk(Links[field], Get(Links[field], id), path[(dot + 1)..]) : null;
    }
}
