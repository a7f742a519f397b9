using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tieout.Connectors.Port;
using Tieout.Domain;

namespace Tieout.Shell.Tests.Connectors.Tryton;

/// <summary>The real ERP as a test steers it: by its own protocol, as its administrator or its controller, past the connector.</summary>
public sealed class TrytonErp : IAsyncDisposable
{
    private readonly JsonElement _facts;
    private readonly HttpClient _http;
    private readonly Dictionary<string, AuthenticationHeaderValue> _logins = new(StringComparer.Ordinal);

    private TrytonErp(JsonElement facts)
    {
        _facts = facts;
        Url = new Uri(facts.GetProperty("url").GetString()!);
        _http = new HttpClient { Timeout = TimeSpan.FromMinutes(3) };
        Proxy = new TrytonProxy(Url);
    }

    public Uri Url { get; }

    /// <summary>The wire between connector and ERP, on which answers get lost.</summary>
    public TrytonProxy Proxy { get; }

    public static async Task<TrytonErp> Connect(JsonElement facts)
    {
        var erp = new TrytonErp(facts);
        foreach (var user in (string[])["admin", "controller"]) await erp.LogIn(user);
        return erp;
    }

    /// <summary>A target on one of the ERP's two companies, by way of the proxy.</summary>
    public TargetSettings Target(string company, params (string Name, string Value)[] options) => new(
        "tryton-" + company.ToLowerInvariant(), "tryton", new Uri(Proxy.Url, Url.AbsolutePath), "hub", Password("hub"),
        _facts.GetProperty("companies").GetProperty(company).GetProperty("name").GetString()!,
        Accounts: new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["receivable"] = "1100",
            ["revenue"] = "4000",
            ["deferred-revenue"] = "2200",
            ["tax"] = "2100",
            ["cash-clearing"] = "1050",
            ["disputed-receivable"] = "1110",
            ["bad-debt"] = "5100",
            ["bank-fees"] = "5200",
            ["fx-gain-loss"] = "5300",
            ["prepaid-credit"] = "2220",
            ["unbilled-receivable"] = "1200",
            ["contract-asset"] = "1210",
            ["revaluation"] = "1190",
            ["fx-unrealised"] = "5310",
        },
        Taxes: new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["STD"] = company == "DE" ? "DE-19" : "US-CA",
            ["EXEMPT"] = company == "DE" ? "DE-RC" : "US-EXEMPT",
            ["OLD"] = "DE-16-EXPIRED",
        },
        Options: options.ToDictionary(option => option.Name, option => option.Value, StringComparer.Ordinal),
        BatchSize: null, Slots: null, Timeout: ErpConnectors.UsualTimeout("tryton"), Version: "test");

    public long Company(string company) => _facts.GetProperty("companies").GetProperty(company).GetProperty("id").GetInt64();

    /// <summary>Invoices under a key, drafts too.</summary>
    public async Task<IReadOnlyList<JsonElement>> Invoices(string key, params string[] fields) =>
        [.. (await Call("admin", "account.invoice.search_read", new JsonArray(new JsonArray("reference", "=", key)), 0, null, null,
            new JsonArray([.. fields.Append("state").Select(field => (JsonNode)field)]))).EnumerateArray()];

    /// <summary>Booked invoices and entries under a key.</summary>
    public async Task<int> Booked(string key) =>
        (await Invoices(key)).Count(invoice => invoice.GetProperty("state").GetString() is "posted" or "paid") + (await Moves(key)).Count;

    /// <summary>Booked entries under a key.</summary>
    public async Task<IReadOnlyList<JsonElement>> Moves(string key) =>
    [
        .. (await Call(
            "admin", "account.move.search_read",
            new JsonArray(new JsonArray("description", "=", key), new JsonArray("state", "=", "posted"), new JsonArray("origin", "=", null)), 0, null, null,
            new JsonArray("lines"))).EnumerateArray(),
    ];

    /// <summary>What is still to be paid of an invoice, by its own figure; what is paid is nothing.</summary>
    public async Task<decimal> ToPay(string key) => (await Invoices(key, "amount_to_pay")).Sum(invoice =>
        decimal.Parse(invoice.GetProperty("amount_to_pay").GetProperty("decimal").GetString()!, NumberStyles.Float, CultureInfo.InvariantCulture));

    public Task ClosePeriod(string company, AccountingMonth month) => Period(company, month, "close");

    /// <summary>Opens a month, and the journals in it: closing it closed them too, opening it alone leaves them closed.</summary>
    public async Task OpenPeriod(string company, AccountingMonth month)
    {
        var period = await OpenPeriodOnly(company, month);
        var inPeriod = new JsonArray(new JsonArray("period", "in", JsonNode.Parse(period.GetRawText())));
        var journals = await Call("controller", "account.journal.period.search", inPeriod, 0, null, null);
        await Call("controller", "account.journal.period.reopen", JsonNode.Parse(journals.GetRawText()));
    }

    public Task<JsonElement> OpenPeriodOnly(string company, AccountingMonth month) => Period(company, month, "reopen");

    public async Task Deactivate(string customer)
    {
        var ids = await Call("admin", "party.party.search", new JsonArray(new JsonArray("code", "=", customer)), 0, null, null);
        await Call("admin", "party.party.write", JsonNode.Parse(ids.GetRawText()), new JsonObject { ["active"] = false });
    }

    /// <summary>Calls a method in the context of the first company; throws on an error.</summary>
    public async Task<JsonElement> Call(string user, string method, params JsonNode?[] arguments)
    {
        JsonObject context = new() { ["company"] = Company("US"), ["language"] = "en" };
        var answer = await Post("model." + method, new JsonArray([.. arguments, context]), _logins[user]);
        return answer.TryGetProperty("result", out var result) ? result : throw new InvalidOperationException($"{method}: {answer}");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Proxy.DisposeAsync();
    }

    private string Password(string user) => _facts.GetProperty("users").GetProperty(user).GetString()!;

    private async Task<JsonElement> Period(string company, AccountingMonth month, string button)
    {
        var name = month.ToString();
        var ids = await Call("controller", "account.period.search",
            new JsonArray(new JsonArray("company", "=", Company(company)), new JsonArray("name", "=", name)), 0, null, null);
        Assert.Equal(1, ids.GetArrayLength());
        await Call("controller", "account.period." + button, JsonNode.Parse(ids.GetRawText()));
        return ids;
    }

    private async Task LogIn(string user)
    {
        var answer = await Post("common.db.login", new JsonArray(user, new JsonObject { ["password"] = Password(user) }), null);
        var session = answer.GetProperty("result");
        var word = string.Create(CultureInfo.InvariantCulture, $"{user}:{session[0].GetInt64()}:{session[1].GetString()}");
        _logins[user] = new AuthenticationHeaderValue("Session", Convert.ToBase64String(Encoding.UTF8.GetBytes(word)));
    }

    private async Task<JsonElement> Post(string method, JsonArray parameters, AuthenticationHeaderValue? login)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Url);
        request.Headers.ConnectionClose = true;
        request.Headers.Authorization = login;
        request.Content = new StringContent(
            new JsonObject { ["id"] = 1, ["method"] = method, ["params"] = parameters }.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using var answer = await _http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        return JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync());
    }
}
