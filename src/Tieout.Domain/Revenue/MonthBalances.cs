namespace Tieout.Domain.Revenue;

/// <summary>Balances of a contract at each month's end.</summary>
internal static class MonthBalances
{
    /// <summary>Balances by month; a document that became known after its month was closed counts in the first open one.</summary>
    public static List<MonthBalance> Of(
        RevenueContract contract, List<ScheduledMonth> schedule, IReadOnlyList<RevenueEvent> events, List<AccountingMonth> months)
    {
        var documents = Documents(events).ToLookup(document => document.Month);
        var revenue = schedule.ToLookup(line => line.Month, line => line.Amount);
        List<MonthBalance> balances = [];
        var (invoiced, credited, recognised) = (0m, 0m, 0m);
        foreach (var month in months)
        {
            var released = revenue[month].Sum();
            invoiced += documents[month].Sum(document => document.Invoiced);
            credited += documents[month].Sum(document => document.Credited);
            recognised += released;
            var deferred = invoiced - credited - recognised;
            var unbilled = deferred < 0m ? -deferred : 0m;
            balances.Add(new MonthBalance(month, invoiced, credited, recognised, deferred, deferred > 0m ? deferred : 0m,
                contract.Unbilled == UnbilledKind.ContractAsset ? unbilled : 0m, contract.Unbilled == UnbilledKind.Receivable ? unbilled : 0m, released));
        }
        return balances;
    }

    private static IEnumerable<(AccountingMonth Month, decimal Invoiced, decimal Credited)> Documents(IReadOnlyList<RevenueEvent> events)
    {
        AccountingMonth? closed = null;
        foreach (var happened in events)
        {
            var own = AccountingMonth.Of(happened.On);
            var month = closed is { } through && own <= through ? AccountingMonth.Of(through.Period.End) : own;
            switch (happened)
            {
                case RevenueEvent.Closed now: closed = closed is { } before && before >= now.Through ? before : now.Through; break;
                case RevenueEvent.Invoiced invoice: yield return (month, invoice.Amount, 0m); break;
                case RevenueEvent.Credited credit: yield return (month, 0m, credit.Amount); break;
                case RevenueEvent.Cancelled cancelled: yield return (month, 0m, cancelled.RefundToCome(events)); break;
                default: break;
            }
        }
    }
}
