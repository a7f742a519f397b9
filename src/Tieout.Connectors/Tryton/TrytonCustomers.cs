using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tieout.Connectors.Port;
using static Tieout.Connectors.Tryton.TrytonValues;

namespace Tieout.Connectors.Tryton;

/// <summary>A <c>party.party</c> as the ERP holds it. Parties are shared by all companies of a database; their code is unique.</summary>
/// <param name="Address">Its first address; null when it has none.</param>
internal sealed record HeldParty(long Id, string Code, bool Active, long? Address)
{
    public static HeldParty Of(JsonElement row) => new(
        TrytonValues.Id(row, "id")!.Value, Text(row, "code"), row.GetProperty("active").ValueKind == JsonValueKind.True,
        row.GetProperty("addresses") is { ValueKind: JsonValueKind.Array } addresses && addresses.GetArrayLength() > 0 ? addresses[0].GetInt64() : null);

    /// <summary>Asks for deactivated ones too: left to itself the ERP hides them.</summary>
    public static RowQuery Query(JsonNode condition) =>
        new([condition, Where("active", "in", new JsonArray(true, false))], ["code", "active", "addresses"]);
}

/// <summary>Customers as parties under our code. A party always gets an address, because an invoice needs one.</summary>
internal sealed class TrytonCustomers(TrytonClient client, Catalogue catalogue, IExchangeLog log, CancellationToken cancel)
{
    private const string Parties = "party.party";

    private readonly Dictionary<string, CustomerOutcome> _known = new(StringComparer.Ordinal);

    /// <summary>Finds or creates each; answers in the order asked.</summary>
    public async Task<IReadOnlyList<CustomerOutcome>> Ensure(IReadOnlyList<ErpCustomer> customers)
    {
        var distinct = customers.DistinctBy(customer => customer.Code, StringComparer.Ordinal).ToList();
        try
        {
            await Find(distinct);
            await Create([.. distinct.Where(customer => !_known.ContainsKey(customer.Code))], mayAskAgain: true);
        }
        catch (NotAnsweredException trouble)
        {
            foreach (var customer in distinct) _known.TryAdd(customer.Code, new CustomerOutcome.NotNow(trouble.Message, trouble.RetryAfter));
        }
        return [.. customers.Select(customer => _known[customer.Code])];
    }

    private async Task Find(IReadOnlyList<ErpCustomer> customers)
    {
        var query = HeldParty.Query(Where("code", "in", List(customers.Select(customer => customer.Code))));
        var parties = await client.Rows(Parties, query, HeldParty.Of, catalogue.Context(), log, cancel);
        var byCode = customers.ToDictionary(customer => customer.Code, StringComparer.Ordinal);
        foreach (var party in parties)
            if (byCode.TryGetValue(party.Code, out var customer)) _known[party.Code] = await Judge(party, customer);
    }

    private async Task<CustomerOutcome> Judge(HeldParty party, ErpCustomer customer)
    {
        if (!party.Active)
            return new CustomerOutcome.Refused(TrytonFindings.Of("customer-blocked", $"The customer {party.Code} is deactivated in Tryton."));
        if (party.Address is not null) return Present(party.Id);

        var address = Address(customer);
        address["party"] = party.Id;
        return Answer(await client.Call("party.address.create", [new JsonArray(address)], catalogue.Context(), log, cancel), _ => Present(party.Id));
    }

    /// <summary>All in one call; when the ERP refuses it, halved until the bad one stands alone.</summary>
    private async Task Create(IReadOnlyList<ErpCustomer> customers, bool mayAskAgain)
    {
        if (customers.Count == 0) return;
        var reply = await client.Call(Parties + ".create", [List(customers.Select(Values))], catalogue.Context(), log, cancel);
        switch (reply)
        {
            case TrytonReply.Refused when customers.Count > 1:
                await Create([.. customers.Take(customers.Count / 2)], mayAskAgain);
                await Create([.. customers.Skip(customers.Count / 2)], mayAskAgain);
                break;
            // Perhaps somebody created the same code since we looked, or the error came up after the commit.
            case TrytonReply.Refused when mayAskAgain:
                await Find(customers);
                if (!_known.ContainsKey(customers[0].Code)) await Create(customers, mayAskAgain: false);
                break;
            default:
                foreach (var (index, customer) in customers.Index()) _known[customer.Code] = Answer(reply, ids => Present(ids[index].GetInt64()));
                break;
        }
    }

    private static CustomerOutcome Answer(TrytonReply reply, Func<JsonElement, CustomerOutcome> done)
    {
        switch (reply)
        {
            case TrytonReply.NotDone not: return new CustomerOutcome.NotNow(not.Reason, not.RetryAfter);
            // It may have been created: then the next time it is found.
            case TrytonReply.Silent silent: return new CustomerOutcome.NotNow(silent.Reason);
            case TrytonReply.Refused refused:
                return new CustomerOutcome.Refused(TrytonFindings.Of("customer-refused", "Tryton refused to create the customer.", refused.Error.Text));
        }
        try
        {
            return done(((TrytonReply.Done)reply).Result);
        }
        catch (Exception strange) when (strange is InvalidOperationException or IndexOutOfRangeException or FormatException)
        {
            return new CustomerOutcome.NotNow($"Tryton's answer cannot be understood: {strange.Message}");
        }
    }

    private JsonObject Values(ErpCustomer customer) => new()
    {
        ["name"] = Clean(customer.Name) is { Length: > 0 } name ? name : customer.Code,
        ["code"] = customer.Code,
        ["addresses"] = TrytonValues.Create(Address(customer)),
    };

    private JsonObject Address(ErpCustomer customer)
    {
        JsonObject address = [];
        if (catalogue.Countries.TryGetValue(customer.Country, out var country)) address["country"] = country;
        return address;
    }

    private static CustomerOutcome.Present Present(long id) => new(id.ToString(CultureInfo.InvariantCulture));
}
