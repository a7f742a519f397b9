using System.Text.Json;
using Tieout.Connectors.Port;
using Tieout.Domain.Exceptions;

namespace Tieout.Connectors.Dynamics;

/// <summary>
/// Customers of the company under our code as customer account, which Dynamics keeps unique. Those that are there are left as they are; the
/// others are created, each in a change set of its own. One whose creation was not answered is found by the next look.
/// </summary>
internal sealed class DynamicsCustomers(DynamicsSettings settings, DynamicsClient client, ODataRows rows)
{
    private const string Set = "CustomersV3";
    private const string Hold = "OnHoldStatus";

    /// <summary>Finds or creates each; answers in the order asked.</summary>
    public async Task<IReadOnlyList<CustomerOutcome>> Ensure(IReadOnlyList<ErpCustomer> customers, IExchangeLog log, CancellationToken cancel)
    {
        // Dynamics knows no case in accounts.
        Dictionary<string, CustomerOutcome> known = new(StringComparer.OrdinalIgnoreCase);
        foreach (var customer in customers)
            if (CodeProblem(customer) is { } finding) known[customer.Code] = new CustomerOutcome.Refused(finding);
        var open = customers.Where(customer => !known.ContainsKey(customer.Code)).DistinctBy(customer => customer.Code, StringComparer.OrdinalIgnoreCase);
        foreach (var part in open.Chunk(DynamicsLimits.KeysPerQuestion)) await EnsurePart(part, known, log, cancel);
        return [.. customers.Select(customer => known[customer.Code])];
    }

    private async Task EnsurePart(ErpCustomer[] part, Dictionary<string, CustomerOutcome> known, IExchangeLog log, CancellationToken cancel)
    {
        try
        {
            await Find("customers-find", part, known, log, cancel);
            ErpCustomer[] missing = [.. part.Where(customer => !known.ContainsKey(customer.Code))];
            if (missing.Length == 0) return;
            if (settings.CustomerGroup.Length == 0)
            {
                foreach (var customer in missing) known[customer.Code] = Missing(customer);
                return;
            }
            await Create(missing, known, log, cancel);
        }
        catch (ReadBackException unknown)
        {
            foreach (var customer in part) known.TryAdd(customer.Code, new CustomerOutcome.NotNow(unknown.Message));
        }
    }

    private async Task Find(
        string operation, IReadOnlyList<ErpCustomer> part, Dictionary<string, CustomerOutcome> known, IExchangeLog log, CancellationToken cancel)
    {
        var filter = $"dataAreaId eq {ODataRows.Text(settings.Company)} and {ODataRows.AnyOf("CustomerAccount", part.Select(customer => customer.Code))}";
        await foreach (var row in rows.Read(operation, Set, filter, $"dataAreaId,CustomerAccount,{Hold}", "CustomerAccount", log, cancel))
        {
            var account = row.Need("CustomerAccount");
            // Payments on hold, or orders, do not stop an invoice.
            known[account] = row.Text(Hold) is "All" or "Invoice" ? Blocked(account) : new CustomerOutcome.Present(account);
        }
    }

    private async Task Create(ErpCustomer[] missing, Dictionary<string, CustomerOutcome> known, IExchangeLog log, CancellationToken cancel)
    {
        var address = settings.Address($"/data/{Set}?cross-company=true");
        IReadOnlyList<IReadOnlyList<BatchOperation>> changeSets = [.. missing.Select(customer => (BatchOperation[])[new BatchOperation(address, Body(customer))])];
        var reply = await client.Batch("customers-create", changeSets, log, cancel);
        CustomerOutcome all = reply switch
        {
            DynamicsReply.Silent silent => new CustomerOutcome.NotNow(silent.Reason),
            DynamicsReply.NeverLeft never => new CustomerOutcome.NotNow(never.Reason, never.RetryAfter),
            DynamicsReply.Answered { NotNow: { } reason } later => new CustomerOutcome.NotNow(reason, later.RetryAfter),
            DynamicsReply.Answered other => new CustomerOutcome.NotNow($"The answer of Dynamics 365 cannot be read (HTTP {other.Status})."),
            _ => throw new InvalidOperationException("Unknown reply."),
        };
        var answers = reply is DynamicsReply.Answered { Done: true } answered ? Read(answered) : [];
        foreach (var (index, customer) in missing.Index()) known[customer.Code] = index < answers.Count ? Outcome(answers[index], customer) : all;
    }

    private static IReadOnlyList<ChangeSetAnswer> Read(DynamicsReply.Answered answered)
    {
        try
        {
            return ODataBatch.Read(answered.ContentType, answered.Body);
        }
        catch (FormatException)
        {
            return [];
        }
    }

    private CustomerOutcome Outcome(ChangeSetAnswer answer, ErpCustomer customer)
    {
        var part = answer.Parts[0];
        if (part.Status == 201) return new CustomerOutcome.Present(customer.Code);
        var reply = new DynamicsReply.Answered(part.Status, part.Body, "", part.RetryAfter);
        if (!reply.SaysNo) return new CustomerOutcome.NotNow(reply.NotNow ?? $"Dynamics 365 answered with HTTP {part.Status}.", part.RetryAfter);
        var text = reply.Error!.Text;
        return settings.Errors.Any(piece => piece.Value == DynamicsFindings.Locked && text.Contains(piece.Key, StringComparison.OrdinalIgnoreCase))
            ? new CustomerOutcome.NotNow("Somebody else is creating the customer in Dynamics 365.")
            : new CustomerOutcome.Refused(new Finding(
                ExceptionCategory.Business, "customer-refused", "Dynamics 365 refused to create the customer.",
                "Read Dynamics' own message below, correct the customer or the option customer-group, and replay.", text));
    }

    private byte[] Body(ErpCustomer customer)
    {
        var name = DynamicsLimits.Cut(customer.Name, DynamicsLimits.CustomerName);
        return JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["dataAreaId"] = settings.Company,
            ["CustomerAccount"] = customer.Code,
            ["OrganizationName"] = name.Length > 0 ? name : customer.Code,
            ["PartyType"] = "Organization",
            ["CustomerGroupId"] = settings.CustomerGroup,
            ["SalesCurrencyCode"] = customer.Currency,
        });
    }

    private CustomerOutcome.Refused Missing(ErpCustomer customer) => new(new Finding(
        ExceptionCategory.Business, "customer-missing", $"The customer {customer.Code} is not in company {settings.Company} of Dynamics 365.",
        "Have it created there under this account, or name a customer-group in the target's options so that we create it, and replay."));

    private static CustomerOutcome.Refused Blocked(string account) => new(new Finding(
        ExceptionCategory.Business, "customer-blocked", $"The customer {account} is on hold in Dynamics 365.",
        "Have it released there, then replay. Until then no invoice of this customer reaches Dynamics 365."));

    private static Finding? CodeProblem(ErpCustomer customer) => customer.Code.Length <= DynamicsLimits.CustomerCode && DynamicsLimits.IsKey(customer.Code)
        ? null
        : new Finding(
            ExceptionCategory.Data, "customer-code-not-valid",
            $"The customer code '{customer.Code}' cannot be a customer account of Dynamics 365: 1 to {DynamicsLimits.CustomerCode} letters, "
            + "digits, dashes, underscores, dots and slashes.",
            "Change the code where the customer comes from.");
}
