using Tieout.Domain;
using Tieout.Domain.Revenue;

namespace Tieout.Application.Revenue;

/// <summary>Deferred revenue at a month's end, where it came from and when it is earned.</summary>
/// <param name="Waiting">Documents that came in and are not spread yet: no figure here has them.</param>
public sealed record RevenueWaterfall(AccountingMonth Month, long Waiting, IReadOnlyList<WaterfallRow> Rows)
{
    /// <summary>Prepaid credit beside it, by the month of its sale.</summary>
    public IReadOnlyList<PrepaidRow> Prepaid { get; init; } = [];
}

/// <summary>Prepaid credit that one legal entity sold in one month; only what is in the books. Sold − credited − drawn − lapsed = left.</summary>
/// <param name="SoldIn">Month of the books in which it was invoiced first.</param>
/// <param name="Sold">What invoices asked for it, through the month asked for.</param>
/// <param name="Credited">What credit memos gave back of that.</param>
/// <param name="Drawn">Booked as revenue for what charges drew.</param>
/// <param name="Lapsed">Booked as revenue for what expired unused.</param>
/// <param name="Left">What lies on the account of it at the month's end.</param>
public sealed record PrepaidRow(string LegalEntity, AccountingMonth SoldIn, Money Sold, Money Credited, Money Drawn, Money Lapsed, Money Left);

/// <summary>One legal entity in one currency. Opening + invoiced − credited − recognised = deferred.</summary>
/// <param name="Opening">Deferred at the end of the month before.</param>
/// <param name="Invoiced">Deferred by invoices of the month.</param>
/// <param name="Credited">Given back by credit memos of the month.</param>
/// <param name="Recognised">Booked in the month, catch-up included.</param>
/// <param name="Deferred">At the month's end: contract liability less unbilled receivable and contract asset.</param>
/// <param name="ContractLiability">Invoiced and not earned.</param>
/// <param name="UnbilledReceivable">Earned and invoiced in a later month only; on an account of its own once a run has looked at the month.</param>
/// <param name="ContractAsset">The same of given contracts where something else than time has to pass before it may be invoiced.</param>
/// <param name="Due">Earned by the month's end, and not booked in it or before.</param>
/// <param name="Months">When the rest is earned.</param>
public sealed record WaterfallRow(
    string LegalEntity, Money Opening, Money Invoiced, Money Credited, Money Recognised, Money Deferred, Money ContractLiability, Money UnbilledReceivable,
    Money ContractAsset, Money Due, IReadOnlyList<MonthAmount> Months);
