using System.Globalization;

namespace Tieout.Domain.Invoicing;

/// <summary>
/// What an invoice line is for: one component of one subscription in one month. Recomputing never changes it, and no two
/// lines share it, so nothing is billed twice.
/// </summary>
public readonly record struct LineKey(SubscriptionId Subscription, string Component, AccountingMonth Month)
{
    /// <summary><c>0198…/seats/2026-11</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Subscription.Value}/{Component}/{Month}");
}
