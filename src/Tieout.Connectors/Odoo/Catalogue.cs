using System.Text.Json;
using System.Text.Json.Nodes;
using Tieout.Connectors.Port;
using Tieout.Domain.Exceptions;
using static Tieout.Connectors.Odoo.OdooValues;

namespace Tieout.Connectors.Odoo;

/// <summary>What Odoo calls the things our rules name, looked up by code or name: ids differ from database to database. Asked anew for every delivery.</summary>
internal sealed record Catalogue(OdooCompany Company)
{
    /// <summary>Ids by code, of this company.</summary>
    public IReadOnlyDictionary<string, long> Accounts { get; init; } = new Dictionary<string, long>();

    /// <summary>Sales taxes by name; one that stands twice is not among them.</summary>
    public IReadOnlyDictionary<string, (long Id, bool Active)> Taxes { get; init; } = new Dictionary<string, (long, bool)>();

    /// <summary>Ids of active currencies by ISO code.</summary>
    public IReadOnlyDictionary<string, long> Currencies { get; init; } = new Dictionary<string, long>();

    /// <summary>Ids of journals by code.</summary>
    public IReadOnlyDictionary<string, long> Journals { get; init; } = new Dictionary<string, long>();

    /// <summary>Whether customers are active, by id.</summary>
    public IReadOnlyDictionary<long, bool> Partners { get; init; } = new Dictionary<long, bool>();

    /// <summary>Ids of analytic accounts by plan and code.</summary>
    public IReadOnlyDictionary<(string Plan, string Code), long> Analytic { get; init; } = new Dictionary<(string, string), long>();

    /// <summary>Days up to which books are closed, by the company's field.</summary>
    public IReadOnlyDictionary<string, DateOnly> Locks { get; init; } = new Dictionary<string, DateOnly>();

    /// <summary>Units of a foreign currency for one of the company's, by currency and day asked for; absent where none is entered.</summary>
    public IReadOnlyDictionary<(string Currency, DateOnly Day), decimal> Rates { get; init; } = new Dictionary<(string, DateOnly), decimal>();

    /// <summary>Goes with every call: without it a user of several companies writes into the wrong one.</summary>
    public JsonObject Context() => Company.Context();

    /// <summary>Why Odoo would refuse a document, or book it wrongly without a word; null when it would not.</summary>
    public Finding? Problem(ErpDocument document, OdooSettings settings)
    {
        var journal = document is ErpInvoice ? settings.Journal : settings.EntryJournal;
        if (!Journals.ContainsKey(journal)) return OdooFindings.Of("journal-unknown", $"journal {journal}");
        if (!Currencies.ContainsKey(document.Currency.Code)) return OdooFindings.Of("currency-unknown", document.Currency.Code);
        foreach (var account in AccountsOf(document, settings.Target))
            if (!Accounts.ContainsKey(account)) return OdooFindings.Of("account-unknown", $"account {account}");
        foreach (var id in PartnersOf(document))
            if (id is not { } partner || !Partners.TryGetValue(partner, out var active)) return OdooFindings.Of("customer-unknown", $"res.partner {id}");
            else if (!active) return OdooFindings.Of("customer-blocked", $"res.partner {id}");
        foreach (var tax in TaxesOf(document, settings.Target))
            if (!Taxes.TryGetValue(tax, out var found)) return OdooFindings.Of("tax-code-unknown", $"tax {tax}");
            else if (!found.Active) return OdooFindings.Of("tax-expired", $"tax {tax}");
        foreach (var (word, value) in DimensionsOf(document))
            if (!Analytic.ContainsKey((settings.Plans[word], value))) return OdooFindings.Of("dimension-unknown", $"{settings.Plans[word]}: {value}");
        var told = document is ErpEntry && document.Books?.Code == Company.Currency;
        if (!told && document.Currency.Code != Company.Currency && !Rates.ContainsKey((document.Currency.Code, document.Date)))
            return OdooFindings.Of("exchange-rate-missing", FormattableString.Invariant($"{document.Currency} on {document.Date:yyyy-MM-dd}"));
        return LockOf(document) is { Key: { } field } closed
            ? OdooFindings.Of("period-closed", FormattableString.Invariant($"{field} {closed.Value:yyyy-MM-dd}, document of {document.Date:yyyy-MM-dd}"))
            : null;
    }

    // Locks of taxes and of sales do not concern an entry without taxes.
    private KeyValuePair<string, DateOnly> LockOf(ErpDocument document) => Locks.FirstOrDefault(closed => document.Date <= closed.Value
        && (document is ErpInvoice || !(closed.Key.Contains("tax", StringComparison.Ordinal) || closed.Key.Contains("sale", StringComparison.Ordinal))));

    /// <summary>Asks Odoo for all that documents name; some eight small questions.</summary>
    /// <returns>Null when Odoo has no company of that name, or several: nothing may be booked into either.</returns>
    /// <exception cref="ReadBackException">Odoo did not tell everything.</exception>
    public static async Task<Catalogue?> Load(
        OdooRows rows, OdooSettings settings, IReadOnlyList<ErpDocument> documents, IExchangeLog? log, CancellationToken cancel)
    {
        if (await OdooCompany.Load(rows, settings, log, cancel) is not { } company) return null;
        JsonObject everything = company.Context();
        everything["active_test"] = false;
        Task<List<T>> Ask<T>(string model, JsonArray domain, IReadOnlyList<string> fields, Func<JsonElement, T> read, JsonObject? context = null) =>
            rows.All("rules-find", new OdooQuestion(model, domain, fields, context ?? company.Context()), read, log, cancel);

        var target = settings.Target;
        var accounts = await Ask(
            "account.account", [Where("code", "in", List(Distinct(documents.SelectMany(one => AccountsOf(one, target)))))], ["code"], row =>
                (row.Text("code"), row.Id("id")));
        var taxes = await Ask(
            "account.tax", [Where("name", "in", List(Distinct(documents.SelectMany(one => TaxesOf(one, target))))), Where("type_tax_use", "=", "sale")],
            ["name", "active"], row => (row.Text("name"), (row.Id("id"), row.Flag("active"))), everything);
        var journals = await Ask("account.journal", [Where("code", "in", List([settings.Journal, settings.EntryJournal]))], ["code"], row =>
            (row.Text("code"), row.Id("id")));
        var currencies = await Ask("res.currency", [], ["name"], row => (row.Text("name"), row.Id("id")));
        var partners = await Ask(
            "res.partner", [Where("id", "in", List(documents.SelectMany(PartnersOf).OfType<long>().Distinct().Order()))], ["active"],
            row => (row.Id("id"), row.Flag("active")), everything);
        (string Plan, string Code)[] sorted = [.. documents.SelectMany(DimensionsOf).Where(one => settings.Plans.ContainsKey(one.Word)).Select(one =>
            (settings.Plans[one.Word], one.Value)).Distinct()];
        var analytic = sorted.Length == 0 ? [] : await Ask(
            "account.analytic.account", [Where("code", "in", List(Distinct(sorted.Select(one => one.Code))))], ["code", "plan_id"],
            row => ((row.NameOf("plan_id"), row.Text("code")), row.Id("id")));
        var catalogue = new Catalogue(company)
        {
            Accounts = OnlyOnes(accounts),
            Taxes = OnlyOnes(taxes),
            Journals = OnlyOnes(journals),
            Currencies = OnlyOnes(currencies),
            Partners = OnlyOnes(partners),
            Analytic = OnlyOnes(analytic),
            Locks = await company.Locks(rows, settings, log, cancel),
        };
        return catalogue with { Rates = await catalogue.AskRates(rows, documents, log, cancel) };
    }

    private async Task<Dictionary<(string, DateOnly), decimal>> AskRates(OdooRows rows, IReadOnlyList<ErpDocument> documents, IExchangeLog? log,
        CancellationToken cancel)
    {
        Dictionary<(string, DateOnly), decimal> rates = [];
        foreach (var (currency, days) in documents.Where(one => one.Currency.Code != Company.Currency && Currencies.ContainsKey(one.Currency.Code))
            .GroupBy(one => one.Currency.Code, StringComparer.Ordinal).Select(group => (group.Key, group.Select(one => one.Date).Distinct().ToList())))
        {
            JsonArray domain = [Where("currency_id", "=", Currencies[currency]), Where("company_id", "in", new JsonArray(false, Company.Id)),
                Where("name", "<=", Date(days.Max()))];
            var known = await rows.All(
                "rules-find", new OdooQuestion("res.currency.rate", domain, ["name", "rate", "company_id"], Context()),
                row => (Day: row.Day("name")!.Value, Rate: row.Amount("rate"), Own: row.Id("company_id") != 0), log, cancel);
            // The company's own rate goes before the one of all companies.
            foreach (var day in days)
                if (known.Where(rate => rate.Day <= day && rate.Rate > 0m).OrderByDescending(rate => rate.Own).ThenByDescending(rate =>
                    rate.Day).ToList() is [var latest, ..])
                    rates[(currency, day)] = latest.Rate;
        }
        return rates;
    }

    /// <summary>Their accounts that a document names, empty ones left out.</summary>
    private static IEnumerable<string> AccountsOf(ErpDocument document, TargetSettings target) => (document is ErpInvoice invoice
        ? invoice.Lines.Select(line => target.AccountOf(line.LedgerAccount, line.Account)).Append(target.AccountOf("receivable", invoice.ReceivableAccount))
            .Append(target.AccountOf("tax", ""))
        : ((ErpEntry)document).Lines.Select(line => target.AccountOf(line.LedgerAccount, line.Account))).Where(account => account.Length > 0);

    private static IEnumerable<string> TaxesOf(ErpDocument document, TargetSettings target) => document is ErpInvoice invoice
        ? invoice.Taxes.Select(target.TaxCodeOf).Concat(invoice.Lines.Select(line => target.TaxCodeOf(invoice, line))).Where(tax => tax.Length > 0)
        : [];

    private static IEnumerable<long?> PartnersOf(ErpDocument document) => document is ErpInvoice invoice
        ? [MoveMap.PartnerOf(invoice.ErpCustomerId)]
        : ((ErpEntry)document).Lines.Where(line => line.CustomerCode.Length > 0).Select(line => MoveMap.PartnerOf(line.ErpCustomerId));

    private static IEnumerable<(string Word, string Value)> DimensionsOf(ErpDocument document) => (document is ErpInvoice invoice
        ? invoice.Lines.SelectMany(line => line.Dimensions)
        : ((ErpEntry)document).Lines.SelectMany(line => line.Dimensions)).Select(one => (one.Key, one.Value));

    private static IEnumerable<string> Distinct(IEnumerable<string> texts) => texts.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    // What stands twice under one name is ambiguous, and an ambiguous match is never applied.
    private static Dictionary<TKey, T> OnlyOnes<TKey, T>(IEnumerable<(TKey Name, T Value)> rows) where TKey : notnull =>
        rows.GroupBy(row => row.Name).Where(group => group.Count() == 1).ToDictionary(group => group.Key, group => group.First().Value);
}

/// <summary>The company of the target.</summary>
/// <param name="Id">Odoo's.</param>
/// <param name="Currency">ISO code of its books.</param>
internal sealed record OdooCompany(long Id, string Currency)
{
    /// <summary>A context that allows this company alone and asks for English.</summary>
    public JsonObject Context() => new() { ["allowed_company_ids"] = new JsonArray(Id), ["lang"] = "en_US", ["tz"] = "UTC" };

    /// <summary>Asks for it by name; null when there is none, or several.</summary>
    /// <exception cref="ReadBackException">Odoo did not tell.</exception>
    public static async Task<OdooCompany?> Load(OdooRows rows, OdooSettings settings, IExchangeLog? log, CancellationToken cancel)
    {
        var found = await rows.All(
            "company-find", new OdooQuestion("res.company", [Where("name", "=", settings.Target.Company)], ["currency_id"],
                new JsonObject { ["lang"] = "en_US" }),
            row => new OdooCompany(row.Id("id"), row.NameOf("currency_id")), log, cancel);
        return found is [var only] ? only : null;
    }

    /// <summary>The days up to which its books are closed. Which fields hold them differs by version: only those that exist are asked for.</summary>
    /// <exception cref="ReadBackException">Odoo did not tell.</exception>
    public async Task<IReadOnlyDictionary<string, DateOnly>> Locks(OdooRows rows, OdooSettings settings, IExchangeLog? log, CancellationToken cancel)
    {
        Dictionary<string, DateOnly> locks = new(StringComparer.Ordinal);
        if (settings.LockFields.Count == 0) return locks;
        var named = new JsonObject { ["attributes"] = List(["type"]), ["context"] = Context() };
        var fields = await rows.Answer("locks-find", new OdooCall("res.company", "fields_get", [List(settings.LockFields)], named), log, cancel);
        if (fields.ValueKind != JsonValueKind.Object) throw new ReadBackException("The answer of Odoo cannot be read: it names no fields.");
        List<string> known = [.. settings.LockFields.Where(field => fields.TryGetProperty(field, out _))];
        if (known.Count == 0) return locks;
        var days = await rows.All(
            "locks-find", new OdooQuestion("res.company", [Where("id", "=", Id)], known, Context()),
            row => known.Select(field => (field, Day: row.Day(field))).ToList(), log, cancel);
        if (days is not [var one]) throw new ReadBackException("Odoo does not tell the lock dates of the company.");
        foreach (var (field, day) in one)
            if (day is { } closed) locks[field] = closed;
        return locks;
    }
}
