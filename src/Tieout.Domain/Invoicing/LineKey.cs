using System.Globalization;

namespace Tieout.Domain.Invoicing;

/// <summary>
/// What an invoice line is for: one component of one subscription from one day on. Days of a component are billed in parts
/// that never overlap, so the first day tells them apart; recomputing never changes it, and nothing is billed twice.
/// </summary>
/// <param name="Subscription">Whose component; the empty id for what the account as a whole owes, such as its minimum.</param>
/// <param name="Component">Its name.</param>
/// <param name="From">The first day the line is for.</param>
/// <param name="Detail">Tells apart what shares component and day: a time of day, a discount. Mostly empty.</param>
public readonly record struct LineKey(SubscriptionId Subscription, string Component, DateOnly From, string Detail = "")
{
    /// <summary><c>0198…/seats/2026-11-01</c>, with the detail behind where there is one.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Subscription.Value}/{Component}/{From:yyyy-MM-dd}{(Detail.Length == 0 ? "" : "/")}{Detail}");
}
