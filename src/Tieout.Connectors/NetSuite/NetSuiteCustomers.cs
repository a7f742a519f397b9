using System.Collections.Concurrent;
using System.Text.Json;
using Tieout.Connectors.Port;
using Tieout.Domain.Exceptions;

namespace Tieout.Connectors.NetSuite;

/// <summary>
/// Customers under our code as external id, which NetSuite keeps unique. Those that are there are left as they are; the others are
/// created by an upsert, so that a creation whose answer was lost is repeated without harm.
/// </summary>
internal sealed class NetSuiteCustomers(NetSuiteSettings settings, NetSuiteClient client, SuiteQl suiteQl, Currencies currencies)
{
    /// <summary>Finds or creates each; answers in the order asked.</summary>
    public async Task<IReadOnlyList<CustomerOutcome>> Ensure(IReadOnlyList<ErpCustomer> customers, IExchangeLog log, CancellationToken cancel)
    {
        Dictionary<string, CustomerOutcome> known = new(StringComparer.Ordinal);
        foreach (var customer in customers)
            if (CodeProblem(customer) is { } finding) known[customer.Code] = new CustomerOutcome.Refused(finding);

        var open = customers.Where(customer => !known.ContainsKey(customer.Code)).DistinctBy(customer => customer.Code, StringComparer.Ordinal);
        foreach (var part in open.Chunk(NetSuiteLimits.KeysPerQuestion)) await EnsurePart(part, known, log, cancel);
        return [.. customers.Select(customer => known[customer.Code])];
    }

    private async Task EnsurePart(ErpCustomer[] part, Dictionary<string, CustomerOutcome> known, IExchangeLog log, CancellationToken cancel)
    {
        IReadOnlyList<SuiteQlRow> rows;
        try
        {
            rows = await suiteQl.Few("customers-find", Questions.Customers(part.Select(customer => customer.Code)), log, cancel);
            foreach (var row in rows)
                known[row.Need("externalid")] = row.Flag("isinactive") ? Blocked(row.Need("id")) : new CustomerOutcome.Present(row.Need("id"));
            if (part.Any(customer => !known.ContainsKey(customer.Code))) await currencies.Learn(part.Select(customer => customer.Currency), log, cancel);
        }
        catch (ReadBackException unknown)
        {
            foreach (var customer in part) known[customer.Code] = new CustomerOutcome.NotNow(unknown.Message);
            return;
        }
        // NetSuite creates one record per call; as many calls at once as the target allows.
        var outcomes = new ConcurrentDictionary<string, CustomerOutcome>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            part.Where(customer => !known.ContainsKey(customer.Code)),
            new ParallelOptions { MaxDegreeOfParallelism = settings.Slots, CancellationToken = cancel },
            async (customer, stop) => outcomes[customer.Code] = await Create(customer, log, stop));
        foreach (var (code, outcome) in outcomes) known[code] = outcome;
    }

    private async Task<CustomerOutcome> Create(ErpCustomer customer, IExchangeLog log, CancellationToken cancel)
    {
        if (currencies.IdOf(customer.Currency) is not { } currency)
            return Refused(
                "currency-unknown", $"NetSuite does not know the currency {customer.Currency}.",
                "Have the currency set up in NetSuite and replay.", "");
        return await client.Upsert("customer-upsert", "customer", customer.Code, "", Body(customer, currency), log, cancel) switch
        {
            NetSuiteReply.Silent silent => new CustomerOutcome.NotNow(silent.Reason),
            NetSuiteReply.NeverLeft never => new CustomerOutcome.NotNow(never.Reason, never.RetryAfter),
            NetSuiteReply.Answered { Status: 204, InternalId: { Length: > 0 } id } => new CustomerOutcome.Present(id),
            NetSuiteReply.Answered { NotNow: { } reason } later => new CustomerOutcome.NotNow(reason, later.Pause),
            NetSuiteReply.Answered { SaysNo: true } refused => Refused(
                "customer-refused", "NetSuite refused to create the customer.",
                "Read NetSuite's own message below, correct the customer, and replay.", refused.Error!.Text),
            NetSuiteReply.Answered other => new CustomerOutcome.NotNow($"NetSuite answered with HTTP {other.Status}."),
            _ => throw new InvalidOperationException("Unknown reply."),
        };
    }

    private byte[] Body(ErpCustomer customer, string currency)
    {
        var name = NetSuiteLimits.Cut(customer.Name, NetSuiteLimits.CompanyName);
        Dictionary<string, object> body = new(StringComparer.Ordinal)
        {
            ["isPerson"] = false,
            ["companyName"] = name.Length > 0 ? name : customer.Code,
            ["currency"] = Id(currency),
        };
        // NetSuite keeps entity ids unique and would otherwise take the name, which two customers may share.
        if (settings.EntityIdIsOurCode) body["entityId"] = customer.Code;
        if (settings.OneWorld) body["subsidiary"] = Id(settings.Subsidiary);
        return JsonSerializer.SerializeToUtf8Bytes(body);
    }

    private static Dictionary<string, string> Id(string id) => new(StringComparer.Ordinal) { ["id"] = id };

    private static CustomerOutcome.Refused Blocked(string id) => Refused(
        "customer-blocked", $"The customer {id} is inactive in NetSuite.",
        "Have it made active in NetSuite, then replay. Until then no invoice of this customer reaches NetSuite.", "");

    private static Finding? CodeProblem(ErpCustomer customer) =>
        customer.Code.Length <= NetSuiteLimits.CustomerCode && NetSuiteLimits.IsExternalId(customer.Code)
            ? null
            : new Finding(
                ExceptionCategory.Data, "customer-code-not-valid",
                $"The customer code '{customer.Code}' cannot be an external id of NetSuite: 1 to {NetSuiteLimits.CustomerCode} letters, "
                + "digits, dashes and underscores.",
                "Change the code where the customer comes from.");

    private static CustomerOutcome.Refused Refused(string code, string cause, string remedy, string technical) =>
        new(new Finding(ExceptionCategory.Business, code, cause, remedy, technical));
}
