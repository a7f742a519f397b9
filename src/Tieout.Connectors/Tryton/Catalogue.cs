using System.Text.Json;
using System.Text.Json.Nodes;
using Tieout.Connectors.Port;
using Tieout.Domain.Invoicing;
using static Tieout.Connectors.Tryton.TrytonValues;

namespace Tieout.Connectors.Tryton;

/// <summary>What the ERP calls the things our rules name, looked up by code or name: ids differ from tenant to tenant.</summary>
/// <param name="Company">The company's id; null when the ERP has none of that name.</param>
/// <param name="CompanyCurrency">ISO code of its books.</param>
/// <param name="Currencies">Ids by ISO code.</param>
/// <param name="Accounts">By code, of this company. A code that stands twice is not among them.</param>
/// <param name="Taxes">By name, of this company.</param>
/// <param name="Terms">Ids of payment terms by name.</param>
/// <param name="Countries">Ids by ISO code of two letters.</param>
/// <param name="Journal">The journal of customer invoices; null when there is none of that code.</param>
/// <param name="EntryJournal">The journal of entries; null when there is none of that code.</param>
/// <param name="CompanyParty">The company as a party; stands where an account demands a party and our line names no customer.</param>
/// <param name="Series">Which numbers an invoice takes at which accounting date.</param>
internal sealed record Catalogue(
    long? Company,
    string CompanyCurrency,
    IReadOnlyDictionary<string, long> Currencies,
    IReadOnlyDictionary<string, CatalogueAccount> Accounts,
    IReadOnlyDictionary<string, CatalogueTax> Taxes,
    IReadOnlyDictionary<string, long> Terms,
    IReadOnlyDictionary<string, long> Countries,
    long? Journal,
    long? EntryJournal,
    long CompanyParty,
    IReadOnlyList<NumberSeries> Series)
{
    /// <summary>
    /// Goes last in every call. The company in it decides silently whose balances are told; the language is fixed because
    /// errors are told apart by their words.
    /// </summary>
    public JsonObject Context() => ContextOf(Company);

    /// <summary>The series a document takes its number from at an accounting date; null for a date in no fiscal year.</summary>
    public long? SeriesAt(DateOnly date, DocumentKind kind) =>
        Series.FirstOrDefault(series => series.From <= date && date <= series.To) is not { } found ? null
        : kind == DocumentKind.CreditMemo ? found.CreditNotes
        : found.Invoices;

    /// <summary>Asks the ERP; nine small questions, some 60 ms.</summary>
    /// <param name="client">The way to it.</param>
    /// <param name="settings">Name what is asked for.</param>
    /// <param name="chosen">Accounts and taxes that account rules chose beside those of the settings.</param>
    /// <param name="log">Where exchanges are recorded; null for nowhere.</param>
    /// <param name="cancel">Ends the asking.</param>
    /// <exception cref="NotAnsweredException">The ERP did not tell everything.</exception>
    public static async Task<Catalogue> Load(
        TrytonClient client, TrytonSettings settings, ChosenCodes chosen, IExchangeLog? log, CancellationToken cancel)
    {
        Task<IReadOnlyList<T>> Ask<T>(
            string model, JsonObject context, Func<JsonElement, T> read, IReadOnlyList<string> fields, params IReadOnlyList<JsonNode> where) =>
            client.Rows(model, new RowQuery(where, fields), read, context, log, cancel);

        var companies = await Ask(
            "company.company", ContextOf(null),
            row => (Id: Id(row, "id"), Currency: Text(Related(row, "currency")!.Value, "code"), Party: Id(row, "party")!.Value), ["currency.code", "party"],
            Where("party.name", "=", settings.Target.Company));
        // Two companies of one name are as bad as none: nothing may be booked into either.
        if (companies.Count != 1) return None;

        var company = companies[0].Id!.Value;
        JsonNode Ours() => Where("company", "=", company);
        var context = () => ContextOf(company);
        var accounts = await Ask("account.account", context(), CatalogueAccount.Of, ["code", "closed", "start_date", "end_date", "party_required"],
            Ours(), Where("code", "in", List(settings.Target.Accounts.Values.Concat(chosen.Accounts))));
        var taxes = await Ask("account.tax", context(), CatalogueTax.Of, ["name", "start_date", "end_date"],
            Ours(), Where("name", "in", List(settings.Target.Taxes.Values.Concat(chosen.Taxes))));
        var journals = await Ask("account.journal", context(), row => (Code: Text(row, "code"), Id: Id(row, "id")), ["code"],
            Where("code", "in", List([settings.Journal, settings.EntryJournal])));
        long? JournalOf(string code) => journals.Where(journal => journal.Code == code).ToList() is [var only] ? only.Id : null;
        var currencies = await Ask("currency.currency", context(), row => (Text(row, "code"), Id(row, "id")!.Value), ["code"]);
        var terms = await Ask("account.invoice.payment_term", context(), row => (Text(row, "name"), Id(row, "id")!.Value), ["name"]);
        var countries = await Ask("country.country", context(), row => (Text(row, "code"), Id(row, "id")!.Value), ["code"]);
        var series = await client.Rows(
            "account.fiscalyear.invoice_sequence", new RowQuery([Ours()], NumberSeries.Fields) { Order = [["sequence", "ASC"], ["id", "ASC"]] },
            NumberSeries.Of, context(), log, cancel);
        return new Catalogue(
            company, companies[0].Currency, OnlyOnes(currencies),
            OnlyOnes(accounts.Select(account => (account.Code, account))), OnlyOnes(taxes.Select(tax => (tax.Name, tax))),
            OnlyOnes(terms), OnlyOnes(countries), JournalOf(settings.Journal), JournalOf(settings.EntryJournal), companies[0].Party, series);
    }

    private static Catalogue None { get; } = new(
        null, "", new Dictionary<string, long>(), new Dictionary<string, CatalogueAccount>(), new Dictionary<string, CatalogueTax>(),
        new Dictionary<string, long>(), new Dictionary<string, long>(), null, null, 0, []);

    private static JsonObject ContextOf(long? company)
    {
        JsonObject context = new() { ["language"] = "en" };
        if (company is { } id) context["company"] = id;
        return context;
    }

    // What stands twice under one name is ambiguous, and an ambiguous match is never applied.
    private static Dictionary<string, T> OnlyOnes<T>(IEnumerable<(string Name, T Value)> rows) =>
        rows.GroupBy(row => row.Name, StringComparer.Ordinal).Where(group => group.Count() == 1)
            .ToDictionary(group => group.Key, group => group.First().Value, StringComparer.Ordinal);
}

/// <summary>An account. The ERP refuses a closed one only in words about domains, and one out of its dates not at all.</summary>
internal sealed record CatalogueAccount(long Id, string Code, bool Closed, DateOnly? From, DateOnly? To, bool PartyRequired = false)
{
    /// <summary>Whether it takes a posting of that day.</summary>
    public bool OpenAt(DateOnly day) => !Closed && (From is null || From <= day) && (To is null || day <= To);

    public static CatalogueAccount Of(JsonElement row) => new(
        TrytonValues.Id(row, "id")!.Value, Text(row, "code"), row.GetProperty("closed").ValueKind == JsonValueKind.True,
        Day(row, "start_date"), Day(row, "end_date"), row.GetProperty("party_required").ValueKind == JsonValueKind.True);
}

/// <summary>Accounts and taxes that account rules chose for single documents; the settings do not name them.</summary>
internal sealed record ChosenCodes(IReadOnlySet<string> Accounts, IReadOnlySet<string> Taxes)
{
    public static ChosenCodes None { get; } = new(new HashSet<string>(), new HashSet<string>());

    /// <summary>Whether all of the others are among these.</summary>
    public bool Holds(ChosenCodes other) => other.Accounts.IsSubsetOf(Accounts) && other.Taxes.IsSubsetOf(Taxes);

    /// <summary>These and those.</summary>
    public ChosenCodes With(ChosenCodes other) => new(
        Accounts.Union(other.Accounts).ToHashSet(StringComparer.Ordinal), Taxes.Union(other.Taxes).ToHashSet(StringComparer.Ordinal));

    /// <summary>What the documents name.</summary>
    public static ChosenCodes Of(IEnumerable<ErpDocument> documents)
    {
        HashSet<string> accounts = new(StringComparer.Ordinal), taxes = new(StringComparer.Ordinal);
        foreach (var document in documents)
            if (document is ErpInvoice invoice)
            {
                accounts.UnionWith(invoice.Lines.Select(line => line.Account).Append(invoice.ReceivableAccount));
                taxes.UnionWith(invoice.Taxes.Select(tax => tax.TheirCode));
            }
            else if (document is ErpEntry entry) accounts.UnionWith(entry.Lines.Select(line => line.Account));
        accounts.Remove("");
        taxes.Remove("");
        return new ChosenCodes(accounts, taxes);
    }
}

/// <summary>A tax. Out of its dates the ERP computes zero, or takes our amount, without a word.</summary>
internal sealed record CatalogueTax(long Id, string Name, DateOnly? From, DateOnly? To)
{
    /// <summary>Whether it is in force on that day.</summary>
    public bool InForce(DateOnly day) => (From is null || From <= day) && (To is null || day <= To);

    public static CatalogueTax Of(JsonElement row) =>
        new(TrytonValues.Id(row, "id")!.Value, Text(row, "name"), Day(row, "start_date"), Day(row, "end_date"));
}

/// <summary>
/// Where customer invoices and credit notes take their numbers from: strictly rising by accounting date within one sequence.
/// Both may be one sequence. What is below zero in all counts as a credit note.
/// </summary>
internal sealed record NumberSeries(long Invoices, long CreditNotes, DateOnly From, DateOnly To)
{
    public static IReadOnlyList<string> Fields { get; } =
    [
        "out_invoice_sequence", "out_credit_note_sequence", "fiscalyear.start_date", "fiscalyear.end_date", "period.start_date", "period.end_date",
    ];

    public static NumberSeries Of(JsonElement row)
    {
        // A series may be for a whole fiscal year or for one period of it.
        var span = Related(row, "period") ?? Related(row, "fiscalyear")!.Value;
        return new NumberSeries(
            Id(row, "out_invoice_sequence")!.Value, Id(row, "out_credit_note_sequence")!.Value, Day(span, "start_date")!.Value, Day(span, "end_date")!.Value);
    }
}
