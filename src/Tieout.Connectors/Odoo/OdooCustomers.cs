using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tieout.Connectors.Port;
using Tieout.Domain.Exceptions;
using static Tieout.Connectors.Odoo.OdooValues;

namespace Tieout.Connectors.Odoo;

/// <summary>
/// Customers under our code as <c>ref</c>, which Odoo keeps neither unique nor to itself: two of one code are refused, because nobody can
/// say which is meant. Those that are there are left as they are. One whose creation was not answered is found by the next look.
/// </summary>
internal sealed class OdooCustomers(OdooSettings settings, OdooClient client, OdooRows rows)
{
    /// <summary>Finds or creates each; answers in the order asked.</summary>
    public async Task<IReadOnlyList<CustomerOutcome>> Ensure(IReadOnlyList<ErpCustomer> customers, IExchangeLog log, CancellationToken cancel)
    {
        Dictionary<string, CustomerOutcome> known = new(StringComparer.Ordinal);
        foreach (var customer in customers)
            if (CodeProblem(customer) is { } finding) known[customer.Code] = new CustomerOutcome.Refused(finding);
        ErpCustomer[] open = [.. customers.Where(customer => !known.ContainsKey(customer.Code)).DistinctBy(customer => customer.Code, StringComparer.Ordinal)];
        try
        {
            if (open.Length > 0 && await OdooCompany.Load(rows, settings, log, cancel) is { } company)
                foreach (var part in open.Chunk(OdooLimits.KeysPerQuestion)) await EnsurePart(part, known, company, log, cancel);
            foreach (var customer in open)
                known.TryAdd(customer.Code, new CustomerOutcome.Refused(OdooFindings.Of("company-unknown", $"company {settings.Target.Company}")));
        }
        catch (ReadBackException unknown)
        {
            foreach (var customer in open) known.TryAdd(customer.Code, new CustomerOutcome.NotNow(unknown.Message));
        }
        return [.. customers.Select(customer => known[customer.Code])];
    }

    private async Task EnsurePart(ErpCustomer[] part, Dictionary<string, CustomerOutcome> known, OdooCompany company, IExchangeLog log, CancellationToken cancel)
    {
        var context = company.Context();
        context["active_test"] = false;
        JsonArray domain = [Where("ref", "in", List(part.Select(customer => customer.Code))), Where("company_id", "in", new JsonArray(false, company.Id))];
        var found = await rows.All(
            "customers-find", new OdooQuestion("res.partner", domain, ["ref", "active"], context),
            row => (Code: row.Text("ref"), Id: row.Id("id"), Active: row.Flag("active")), log, cancel);
        foreach (var same in found.GroupBy(one => one.Code, StringComparer.Ordinal))
            known[same.Key] = same.Where(one => one.Active).ToList() switch
            {
                [var one] => new CustomerOutcome.Present(one.Id.ToString(CultureInfo.InvariantCulture)),
                [] => new CustomerOutcome.Refused(OdooFindings.Of("customer-blocked", $"res.partner {same.First().Id}")),
                var several => new CustomerOutcome.Refused(Ambiguous(same.Key, several.Select(one => one.Id))),
            };
        ErpCustomer[] missing = [.. part.Where(customer => !known.ContainsKey(customer.Code))];
        if (missing.Length == 0) return;
        if (!settings.CreatesCustomers)
        {
            foreach (var customer in missing) known[customer.Code] = new CustomerOutcome.Refused(Missing(customer));
            return;
        }
        string[] named = [.. missing.Select(customer => customer.Country).Where(country => country.Length > 0).Distinct(StringComparer.Ordinal)];
        var countries = named.Length == 0 ? [] : (await rows.All(
            "countries-find", new OdooQuestion("res.country", [Where("code", "in", List(named))], ["code"], company.Context()),
            row => (Code: row.Text("code"), Id: row.Id("id")), log, cancel)).DistinctBy(one => one.Code).ToDictionary(one => one.Code, one => one.Id,
                StringComparer.Ordinal);
        if (await Create(missing, countries, known, company, log, cancel) is not OdooReply.Refused || missing.Length == 1) return;
        foreach (var customer in missing) await Create([customer], countries, known, company, log, cancel);
    }

    /// <summary>Creates customers by one call, all or none.</summary>
    private async Task<OdooReply> Create(
        ErpCustomer[] missing, Dictionary<string, long> countries, Dictionary<string, CustomerOutcome> known, OdooCompany company, IExchangeLog log,
            CancellationToken cancel)
    {
        var call = new OdooCall(
            "res.partner", "create", [new JsonArray([.. missing.Select(customer => (JsonNode)Values(customer, countries))])],
                new JsonObject { ["context"] = company.Context() });
        var reply = await client.Call("customers-create", call, log, cancel);
        CustomerOutcome? all = reply switch
        {
            OdooReply.Silent silent => new CustomerOutcome.NotNow(silent.Reason),
            OdooReply.NotNow not => new CustomerOutcome.NotNow(not.Reason, not.RetryAfter),
            OdooReply.Refused { Error.IsBusy: true } => new CustomerOutcome.NotNow("Somebody else works on the customer in Odoo."),
            OdooReply.Refused refused when missing.Length == 1 => new CustomerOutcome.Refused(new Finding(
                ExceptionCategory.Business, "customer-refused", "Odoo refused to create the customer.",
                "Read Odoo's own message below, correct the customer, and replay.", refused.Error.Text)),
            OdooReply.Refused => null, // they go singly
            OdooReply.Done { Result.ValueKind: JsonValueKind.Array } done when done.Result.GetArrayLength() == missing.Length => null,
            _ => new CustomerOutcome.NotNow("The answer of Odoo cannot be read."),
        };
        foreach (var (index, customer) in missing.Index())
            if (all is not null) known[customer.Code] = all;
            else if (reply is OdooReply.Done created) known[customer.Code] = new CustomerOutcome.Present(created.Result[index].GetRawText());
        return reply;
    }

    private static JsonObject Values(ErpCustomer customer, Dictionary<string, long> countries)
    {
        var name = OdooLimits.Cut(customer.Name, OdooLimits.CustomerName);
        var values = new JsonObject { ["name"] = name.Length > 0 ? name : customer.Code, ["ref"] = customer.Code, ["is_company"] = true };
        if (countries.TryGetValue(customer.Country, out var country)) values["country_id"] = country;
        return values;
    }

    private static Finding Ambiguous(string code, IEnumerable<long> ids) => new(
        ExceptionCategory.Business, "customer-ambiguous", $"Odoo holds several customers with the reference {code}.",
        "Merge them in Odoo, or archive all but one, and replay.", FormattableString.Invariant($"res.partner {string.Join(", ", ids)}"));

    private static Finding Missing(ErpCustomer customer) => new(
        ExceptionCategory.Business, "customer-missing", $"No customer in Odoo has the reference {customer.Code}.",
        "Have it created there with this reference, or set the option create-customers to true, and replay.");

    private static Finding? CodeProblem(ErpCustomer customer) => customer.Code.Length is > 0 and <= OdooLimits.CustomerCode && OdooLimits.IsKey(customer.Code)
        ? null
        : new Finding(
            ExceptionCategory.Data, "customer-code-not-valid",
            $"The customer code '{customer.Code}' cannot be a customer's reference in Odoo: "
            + $"1 to {OdooLimits.CustomerCode} letters, digits, dashes, underscores, dots and slashes.",
            "Change the code where the customer comes from.");
}
