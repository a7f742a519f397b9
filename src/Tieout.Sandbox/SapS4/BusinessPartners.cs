using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tieout.Sandbox.OData;

namespace Tieout.Sandbox.SapS4;

/// <summary><c>A_BusinessPartner</c> and <c>A_CustomerCompany</c> of <c>API_BUSINESS_PARTNER</c>, as far as customers need them.</summary>
internal static class BusinessPartners
{
    private static readonly Column<SapCustomer>[] Columns =
    [
        new TextColumn<SapCustomer>("BusinessPartner", customer => customer.Number),
        new TextColumn<SapCustomer>("Customer", customer => customer.Number),
        new TextColumn<SapCustomer>("BusinessPartnerIDByExtSystem", customer => customer.External),
        new TextColumn<SapCustomer>("BusinessPartnerName", customer => customer.Name),
        new FlagColumn<SapCustomer>("BusinessPartnerIsBlocked", _ => false),
    ];

    private static readonly Dictionary<string, Column<SapCustomer>> ByName = Columns.ToDictionary(column => column.Name, StringComparer.Ordinal);

    /// <summary>Answers a query; <c>$expand</c> brings the customer with its company codes.</summary>
    public static async Task Answer(HttpContext http, SapMasterData master, int pageSize)
    {
        Func<long, IEnumerable<(SapCustomer, long)>> rows;
        var expand = http.Request.Query["$expand"].ToString().Contains("to_Customer", StringComparison.Ordinal);
        try
        {
            var filter = http.Request.Query["$filter"].ToString() is { Length: > 0 } text ? Filter<SapCustomer>.Parse(text, ByName) : null;
            rows = Source(filter, master);
        }
        catch (FormatException wrong)
        {
            await Feed.Error(http, 400, "005056A509B11EE1B9A8FEC11C21D78E", wrong.Message);
            return;
        }
        await Feed.Write(http, rows, (json, customer) => Write(json, customer, expand), pageSize);
    }

    /// <summary>Creates a partner from a deep insert.</summary>
    public static async Task Create(HttpContext http, SapMasterData master)
    {
        if (await Body(http) is not { } body) return;
        using (body)
        {
            var root = body.RootElement;
            var companies = root.TryGetProperty("to_Customer", out var customer) && customer.TryGetProperty("to_CustomerCompany", out var rows)
                ? Rows(rows).Select(row => (Company: Text(row, "CompanyCode"), Account: Text(row, "ReconciliationAccount"))).ToList()
                : [];
            var roles = root.TryGetProperty("to_BusinessPartnerRole", out var given)
                ? Rows(given).Select(role => Text(role, "BusinessPartnerRole")).ToList()
                : [];
            var problem = Text(root, "BusinessPartnerCategory") is not ("1" or "2") ? ("R1/107", "Business partner category is not valid")
                : Text(root, "OrganizationBPName1").Length == 0 ? ("R1/203", "Enter a name")
                : !roles.Contains("FLCU00") ? ("CVI/022", "Role FLCU00 is missing: the partner would be no customer")
                : companies.Select(row => CompanyProblem(row.Company, row.Account)).FirstOrDefault(found => found is not null);
            if (problem is { } wrong)
            {
                await Feed.Error(http, 400, wrong.Item1, wrong.Item2);
                return;
            }
            var name = Text(root, "OrganizationBPName1") + Text(root, "OrganizationBPName2");
            var added = master.Add(
                Text(root, "BusinessPartnerIDByExtSystem"), name, "",
                companies.Select(row => KeyValuePair.Create(row.Company, row.Account)));
            await Created(http, json => Write(json, added, expand: false));
        }
    }

    /// <summary>Gives a customer one more company code.</summary>
    public static async Task Extend(HttpContext http, SapMasterData master)
    {
        if (await Body(http) is not { } body) return;
        using (body)
        {
            var root = body.RootElement;
            var (company, account) = (Text(root, "CompanyCode"), Text(root, "ReconciliationAccount"));
            var customer = master.Customer(Text(root, "Customer"));
            var problem = customer is null ? ("F2/163", "Customer does not exist") : CompanyProblem(company, account);
            if (problem is { } wrong)
            {
                await Feed.Error(http, 400, wrong.Item1, wrong.Item2);
                return;
            }
            customer!.Companies[company] = account;
            await Created(http, json =>
            {
                json.WriteStartObject();
                json.WriteString("Customer", customer.Number);
                json.WriteString("CompanyCode", company);
                json.WriteEndObject();
            });
        }
    }

    private static Func<long, IEnumerable<(SapCustomer, long)>> Source(Filter<SapCustomer>? filter, SapMasterData master)
    {
        var matches = filter?.Matches ?? (_ => true);
        var found = filter?.ValuesOf("BusinessPartnerIDByExtSystem") is { } codes ? codes.SelectMany(master.UnderExternal)
            : (filter?.ValuesOf("Customer") ?? filter?.ValuesOf("BusinessPartner")) is { } numbers ? numbers.Select(master.Customer).OfType<SapCustomer>()
            : null;
        return found is null
            ? start => master.From(start).Where(row => matches(row.Row))
            : start => found.Where(matches).OrderBy(customer => customer.Number, StringComparer.Ordinal)
                .Select((customer, place) => (customer, (long)place + 1)).Skip((int)start);
    }

    private static void Write(Utf8JsonWriter json, SapCustomer customer, bool expand)
    {
        json.WriteStartObject();
        json.WriteStartObject("__metadata"u8);
        json.WriteString("type"u8, "API_BUSINESS_PARTNER.A_BusinessPartnerType"u8);
        json.WriteEndObject();
        foreach (var column in Columns) column.Write(json, customer);
        if (expand)
        {
            json.WriteStartObject("to_Customer"u8);
            json.WriteString("Customer"u8, customer.Number);
            json.WriteBoolean("PostingIsBlocked"u8, customer.Blocked);
            json.WriteStartObject("to_CustomerCompany"u8);
            json.WriteStartArray("results"u8);
            foreach (var (company, account) in customer.Companies)
            {
                json.WriteStartObject();
                json.WriteString("CompanyCode"u8, company);
                json.WriteString("ReconciliationAccount"u8, account);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static (string, string)? CompanyProblem(string company, string account) =>
        !SapMasterData.Companies.ContainsKey(company) ? ("F2/023", $"Company code {company} does not exist")
        : !SapChart.Accounts.ContainsKey(account) ? ("F2/214", $"Reconciliation account {account} does not exist")
        : null;

    private static async Task<JsonDocument?> Body(HttpContext http)
    {
        try
        {
            return await JsonDocument.ParseAsync(http.Request.Body);
        }
        catch (JsonException wrong)
        {
            await Feed.Error(http, 400, "005056A509B11EE1B9A8FEC11C21D78F", wrong.Message);
            return null;
        }
    }

    private static async Task Created(HttpContext http, Action<Utf8JsonWriter> write)
    {
        http.Response.StatusCode = 201;
        http.Response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter);
        json.WriteStartObject();
        json.WritePropertyName("d");
        write(json);
        json.WriteEndObject();
    }

    // A deep insert gives related rows as an array, or as an array inside "results"; both are taken.
    private static IEnumerable<JsonElement> Rows(JsonElement related) =>
        (related.ValueKind == JsonValueKind.Array ? related : related.GetProperty("results")).EnumerateArray();

    private static string Text(JsonElement row, string name) => row.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
}
