using System.Collections.Concurrent;
using System.Text.Json;
using Tieout.Connectors.Port;
using Tieout.Domain.Exceptions;

namespace Tieout.Connectors.SapS4;

/// <summary>
/// Customers as business partners of <c>API_BUSINESS_PARTNER</c>. Our code stands in BusinessPartnerIDByExtSystem, which SAP
/// does not keep unique: two partners under one code are never chosen between. Finding and creating are two calls, so one
/// code must not be ensured by two callers at once.
/// </summary>
internal sealed class SapCustomers(SapSettings settings, SapClient client, ODataPages pages)
{
    /// <summary>BusinessPartnerIDByExtSystem.</summary>
    public const int CodeLength = 20;

    // Addresses of some 3 kB pass every server; a thousand codes would not.
    private const int CodesPerQuestion = 50;

    private const int NameLength = 40;
    private const int NameFields = 4;
    private const string Set = "A_BusinessPartner";

    /// <summary>Finds or creates each; answers in the order asked.</summary>
    public async Task<IReadOnlyList<CustomerOutcome>> Ensure(IReadOnlyList<ErpCustomer> customers, IExchangeLog log, CancellationToken cancel)
    {
        Dictionary<string, CustomerOutcome> known = new(StringComparer.Ordinal);
        foreach (var customer in customers)
            if (CodeProblem(customer) is { } finding) known[customer.Code] = new CustomerOutcome.Refused(finding);

        var open = customers.Where(customer => !known.ContainsKey(customer.Code)).DistinctBy(customer => customer.Code, StringComparer.Ordinal);
        foreach (var part in open.Chunk(CodesPerQuestion)) await EnsurePart(part, known, log, cancel);
        return [.. customers.Select(customer => known[customer.Code])];
    }

    /// <summary>Our codes by SAP's customer number; a customer that carries none of ours is not among them.</summary>
    public async Task<IReadOnlyDictionary<string, string>> CodesOf(IEnumerable<string> numbers, CancellationToken cancel)
    {
        Dictionary<string, string> codes = new(StringComparer.Ordinal);
        foreach (var part in numbers.Chunk(CodesPerQuestion))
        {
            var filter = Uri.EscapeDataString(ODataPages.AnyOf("Customer", part));
            var query = $"$filter={filter}&$select=Customer,BusinessPartnerIDByExtSystem&$orderby=BusinessPartner";
            var rows = pages.Read(
                "customer-codes", settings.PartnersPath, Set, query,
                row => (Number: ODataPages.Text(row, "Customer"), Code: ODataPages.Text(row, "BusinessPartnerIDByExtSystem")),
                counted: false, log: null, cancel);
            await foreach (var page in rows)
                foreach (var (number, code) in page)
                    if (code.Length > 0) codes[number] = code;
        }
        return codes;
    }

    private async Task EnsurePart(ErpCustomer[] part, Dictionary<string, CustomerOutcome> known, IExchangeLog log, CancellationToken cancel)
    {
        ILookup<string, Partner> found;
        try
        {
            found = await Find(part, log, cancel);
        }
        catch (ReadBackException unknown)
        {
            foreach (var customer in part) known[customer.Code] = new CustomerOutcome.NotNow(unknown.Message);
            return;
        }
        // SAP creates one partner per call; as many calls at once as the target allows.
        var outcomes = new ConcurrentDictionary<string, CustomerOutcome>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            part, new ParallelOptions { MaxDegreeOfParallelism = settings.Slots, CancellationToken = cancel },
            async (customer, stop) => outcomes[customer.Code] = await EnsureOne(customer, [.. found[customer.Code]], log, stop));
        foreach (var (code, outcome) in outcomes) known[code] = outcome;
    }

    private async Task<CustomerOutcome> EnsureOne(ErpCustomer customer, Partner[] found, IExchangeLog log, CancellationToken cancel) => found switch
    {
        [] => await Create(customer, log, cancel),
        [var partner] => await Judge(partner, log, cancel),
        _ => Refused(
            "customer-ambiguous",
            $"SAP holds {found.Length} business partners under our code {customer.Code}: {string.Join(", ", found.Select(one => one.Number))}.",
            "Leave our code on one of them only, then replay."),
    };

    private async Task<ILookup<string, Partner>> Find(ErpCustomer[] part, IExchangeLog log, CancellationToken cancel)
    {
        var filter = ODataPages.AnyOf("BusinessPartnerIDByExtSystem", part.Select(customer => customer.Code));
        var query = $"$filter={Uri.EscapeDataString(filter)}&$expand=to_Customer/to_CustomerCompany&$orderby=BusinessPartner";
        List<Partner> partners = [];
        await foreach (var page in pages.Read("customers-find", settings.PartnersPath, Set, query, Partner.Of, counted: false, log, cancel))
            partners.AddRange(page);
        return partners.ToLookup(partner => partner.Code, StringComparer.Ordinal);
    }

    private async Task<CustomerOutcome> Judge(Partner partner, IExchangeLog log, CancellationToken cancel)
    {
        if (partner.Blocked)
            return Refused(
                "customer-blocked", $"The business partner {partner.Number} is blocked in SAP.",
                "Have the block lifted in SAP, then replay. Until then no invoice of this customer reaches SAP.");
        if (partner.Customer.Length == 0)
            return Refused(
                "customer-not-a-debtor", $"The business partner {partner.Number} exists in SAP and is not a customer there.",
                "Give it the customer role in SAP, then replay.");
        if (partner.Companies.Contains(settings.CompanyCode, StringComparer.Ordinal)) return new CustomerOutcome.Present(partner.Customer);

        // Known to another legal entity of ours in the same tenant: give it this company code too.
        if (NoReconciliationAccount() is { } missing) return missing;
        var company = Company();
        company["Customer"] = partner.Customer;
        var reply = await client.Create("customer-company-create", settings.PartnersPath, "/A_CustomerCompany", Json(company), log, cancel);
        return Answer(reply, _ => partner.Customer);
    }

    private async Task<CustomerOutcome> Create(ErpCustomer customer, IExchangeLog log, CancellationToken cancel)
    {
        if (NoReconciliationAccount() is { } missing) return missing;
        var reply = await client.Create("customer-create", settings.PartnersPath, "/" + Set, Json(Body(customer)), log, cancel);
        return Answer(reply, body => ODataPages.Text(body.GetProperty("d"), "Customer"));
    }

    private CustomerOutcome Answer(SapReply reply, Func<JsonElement, string> number)
    {
        switch (reply)
        {
            case SapReply.Silent silent: return new CustomerOutcome.NotNow(silent.Reason);
            case SapReply.NeverLeft never: return new CustomerOutcome.NotNow(never.Reason);
        }
        var answered = (SapReply.Answered)reply;
        try
        {
            // 400 is SAP's word for "your data"; whatever else is wrong is not the customer's fault and may pass.
            if (answered.Status == 400)
                return Refused(
                    "customer-refused", "SAP refused to create the customer.",
                    "Read SAP's own message below, correct the customer, and replay.", ODataPages.ErrorText(answered.Body));
            if (answered.Status is not (200 or 201))
                return new CustomerOutcome.NotNow(answered.NotProcessed ?? $"SAP answered with HTTP {answered.Status}.", answered.RetryAfter);
            using var json = JsonDocument.Parse(answered.Body);
            return number(json.RootElement) is { Length: > 0 } found
                ? new CustomerOutcome.Present(found)
                : Refused(
                    "customer-not-a-debtor", "SAP created the business partner without a customer number.",
                    "Check the customer roles and the grouping's number range in SAP.");
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new CustomerOutcome.NotNow($"SAP's answer cannot be read: {broken.Message}");
        }
    }

    private Dictionary<string, object> Body(ErpCustomer customer)
    {
        Dictionary<string, object> body = new(StringComparer.Ordinal)
        {
            ["BusinessPartnerCategory"] = "2", // an organisation
            ["BusinessPartnerIDByExtSystem"] = customer.Code,
            // FLCU00 is the customer of financial accounting, FLCU01 the customer of sales; tenants expect both.
            ["to_BusinessPartnerRole"] = new[] { Role("FLCU00"), Role("FLCU01") },
            ["to_Customer"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["to_CustomerCompany"] = new[] { Company() } },
        };
        var rest = SapText.Cut(customer.Name, NameLength * NameFields);
        for (var field = 1; field <= NameFields && rest.Length > 0; field++)
        {
            var part = SapText.Cut(rest, NameLength);
            body[FormattableString.Invariant($"OrganizationBPName{field}")] = part;
            rest = rest[part.Length..].TrimStart();
        }
        if (settings.PartnerGrouping.Length > 0) body["BusinessPartnerGrouping"] = settings.PartnerGrouping;
        if (customer.Country.Length > 0)
            body["to_BusinessPartnerAddress"] = new[] { new Dictionary<string, string>(StringComparer.Ordinal) { ["Country"] = customer.Country } };
        return body;
    }

    private Dictionary<string, string> Company() => new(StringComparer.Ordinal)
    {
        ["CompanyCode"] = settings.CompanyCode,
        ["ReconciliationAccount"] = SapText.Ten(settings.ReconciliationAccount),
        ["PaymentTerms"] = settings.PaymentTerms,
    };

    private static Dictionary<string, string> Role(string role) => new(StringComparer.Ordinal) { ["BusinessPartnerRole"] = role };

    private CustomerOutcome.Refused? NoReconciliationAccount() => settings.ReconciliationAccount.Length > 0
        ? null
        : Refused(
            "account-rule-missing", $"No account of {settings.Target.Name} is named for 'receivable'; SAP needs it to create a customer.",
            "Add the account to the account rule and replay.");

    private static Finding? CodeProblem(ErpCustomer customer) => customer.Code.Length is > 0 and <= CodeLength
        ? null
        : new Finding(
            ExceptionCategory.Data, "customer-code-too-long",
            $"The customer code '{customer.Code}' has {customer.Code.Length} characters; SAP's field holds 1 to {CodeLength}.",
            "Shorten the code where the customer comes from.");

    private static byte[] Json(object body) => JsonSerializer.SerializeToUtf8Bytes(body);

    private static CustomerOutcome.Refused Refused(string code, string cause, string remedy, string technical = "") =>
        new(new Finding(ExceptionCategory.Business, code, cause, remedy, technical));

    private sealed record Partner(string Number, string Code, string Customer, bool Blocked, IReadOnlyList<string> Companies)
    {
        public static Partner Of(JsonElement row)
        {
            // A partner that is no customer has null, or a deferred link when the server does not expand what is not there.
            var customer = row.TryGetProperty("to_Customer", out var inner) && inner.ValueKind == JsonValueKind.Object ? inner : default;
            var isCustomer = customer.ValueKind == JsonValueKind.Object;
            IReadOnlyList<string> companies = isCustomer && customer.TryGetProperty("to_CustomerCompany", out var rows)
                    && rows.TryGetProperty("results", out var list)
                ? [.. list.EnumerateArray().Select(company => ODataPages.Text(company, "CompanyCode"))]
                : [];
            return new Partner(
                ODataPages.Text(row, "BusinessPartner"),
                ODataPages.Text(row, "BusinessPartnerIDByExtSystem"),
                ODataPages.Text(row, "Customer"),
                ODataPages.Flag(row, "BusinessPartnerIsBlocked") || (isCustomer && ODataPages.Flag(customer, "PostingIsBlocked")),
                companies);
        }
    }
}
