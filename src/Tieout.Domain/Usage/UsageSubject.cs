namespace Tieout.Domain.Usage;

/// <summary>The subscription that a subject names.</summary>
/// <param name="Start">The first day it is in force.</param>
/// <param name="End">The first day it no longer is; null while open.</param>
/// <param name="Zone">Of the billing account; decides on which day an event falls. Null when its name is no zone.</param>
public sealed record UsageSubject(
    string Code, SubscriptionId Subscription, BillingAccountId Account, DateOnly Start, DateOnly? End, TimeZoneInfo? Zone);
