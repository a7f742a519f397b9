namespace Tieout.Domain.Customers;

/// <summary>Whether an account gets one document, or one for each of its subscriptions.</summary>
public enum InvoiceGrouping
{
    /// <summary>One for everything.</summary>
    Account,

    /// <summary>One for each subscription; what the account as a whole owes goes on one of its own.</summary>
    Subscription,
}
