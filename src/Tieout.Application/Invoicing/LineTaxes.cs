using Tieout.Domain;
using Tieout.Domain.Customers;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Tax;

namespace Tieout.Application.Invoicing;

/// <summary>Answers how a line is taxed; equal questions are asked of the rules once.</summary>
internal sealed class LineTaxes(BillingBooks books, IReadOnlyDictionary<CustomerId, TaxProfile> profiles)
{
    private readonly Dictionary<(LegalEntityId, string, string, ServicePeriod, DateOnly), TaxAnswer> _ofCodes = [];

    public TaxAnswer Of(BillingAccount account, ChargeLine line, DateOnly issueDate)
    {
        // A code of the account's own says it all: the customer plays no part.
        if (account.TaxCode == TaxRules.Auto) return TaxRules.For(Question(account, line, issueDate, profiles.GetValueOrDefault(account.Customer)), books.Taxes);
        var key = (account.LegalEntity, account.TaxCode, line.TaxCategory, line.Period, issueDate);
        if (_ofCodes.TryGetValue(key, out var known)) return known;
        return _ofCodes[key] = TaxRules.For(Question(account, line, issueDate, null), books.Taxes);
    }

    /// <summary>A decision as the line keeps it; a rate that changed inside the period is told on the line.</summary>
    public static LineTax Kept(TaxDecision decision) => new(
        decision.Code, decision.Category.Letter(), decision.Rate, decision.SupplyDay, decision.Ground, decision.RateChanged ? decision.Explanation : "");

    private TaxQuestion Question(BillingAccount account, ChargeLine line, DateOnly issueDate, TaxProfile? profile) =>
        new(books.Sellers[account.LegalEntity], profile, account.TaxCode, line.TaxCategory, line.Period, issueDate);
}
