using Tieout.Connectors.Port;

namespace Tieout.Connectors.Legacy.Files;

/// <summary>
/// Finds customers in the ERP's export and has missing ones created by a file. The ERP keeps our code unique: a code told twice is one customer,
/// so a file whose answer is lost may be followed by another.
/// </summary>
internal sealed class FilesCustomers(FilesSettings settings, DropFolder folder, FilesDelivery delivery)
{
    /// <summary>In the order asked.</summary>
    public async Task<IReadOnlyList<CustomerOutcome>> Ensure(IReadOnlyList<ErpCustomer> customers, IExchangeLog log, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        Dictionary<string, CustomerOutcome> known = new(StringComparer.Ordinal);
        try
        {
            folder.Open();
            var codes = customers.Select(customer => customer.Code).ToHashSet(StringComparer.Ordinal);
            foreach (var (code, found) in ErpExports.Load(folder, settings.Codec).Customers(codes))
                known[code] = found.Blocked
                    ? new CustomerOutcome.Refused(LegacyFindings.ByMeaning("customer-blocked", found.Id))
                    : new CustomerOutcome.Present(found.Id);
            foreach (var customer in customers.Where(one => one.Code.Length == 0 || !LegacyLimits.IsCode(one.Code, LegacyLimits.CustomerCode)))
                known[customer.Code] = new CustomerOutcome.Refused(LegacyFindings.Unfit("customer", customer.Code));
            List<ErpCustomer> missing =
                [.. customers.Where(customer => !known.ContainsKey(customer.Code)).DistinctBy(customer => customer.Code, StringComparer.Ordinal)];
            if (missing.Count > 0) await Create(missing, known, log, cancel);
        }
        catch (Exception trouble) when (trouble is FormatException or IOException or UnauthorizedAccessException)
        {
            var notNow = new CustomerOutcome.NotNow($"The exchange cannot be used: {trouble.Message}");
            foreach (var customer in customers) known.TryAdd(customer.Code, notNow);
        }
        return [.. customers.Select(customer => known[customer.Code])];
    }

    private async Task Create(List<ErpCustomer> missing, Dictionary<string, CustomerOutcome> known, IExchangeLog log, CancellationToken cancel)
    {
        delivery.Tidy();
        var named = missing.Select(customer => (customer, LegacyLimits.Cut(customer.Name, LegacyLimits.CustomerName, settings.Codec.Encoding))).ToList();
        var outcome = await delivery.Run(BatchFile.OfCustomers, "customers-post", head => BatchFile.Customers(head, named), log, cancel);
        foreach (var customer in missing) known[customer.Code] = Outcome(outcome, customer.Code);
    }

    private CustomerOutcome Outcome(FilesDelivery.Outcome outcome, string code) => outcome switch
    {
        FilesDelivery.Outcome.NeverLeft never => new CustomerOutcome.NotNow(never.Reason),
        FilesDelivery.Outcome.Silent silent => new CustomerOutcome.NotNow(silent.Reason),
        FilesDelivery.Outcome.Answered { Answer.Refused: { } refused } => new CustomerOutcome.NotNow(
            $"The ERP refused the file of customers: {refused.Code} {refused.Text}", refused.Wait),
        FilesDelivery.Outcome.Answered answered => answered.Answer[code] switch
        {
            { Booked: true, Number.Length: > 0 } line => new CustomerOutcome.Present(line.Number),
            { Booked: false } line => new CustomerOutcome.Refused(LegacyFindings.Of(settings.Common, line.Code, line.Text)),
            _ => new CustomerOutcome.NotNow("The acknowledgement says nothing about the customer."),
        },
        _ => throw new InvalidOperationException("Unknown outcome."),
    };
}
