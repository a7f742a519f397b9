using Tieout.Domain.Customers;

namespace Tieout.Domain.Intake;

/// <summary>What stands already under the codes of some rows.</summary>
public sealed class Stored
{
    /// <summary>Customers by code.</summary>
    public Dictionary<string, StoredCustomer> Customers { get; } = new(StringComparer.Ordinal);

    /// <summary>Billing accounts by code.</summary>
    public Dictionary<string, StoredAccount> Accounts { get; } = new(StringComparer.Ordinal);

    /// <summary>Subscriptions by code.</summary>
    public Dictionary<string, StoredSubscription> Subscriptions { get; } = new(StringComparer.Ordinal);
}

/// <summary>A customer that stands.</summary>
public sealed record StoredCustomer(CustomerId Id, CorrelationId Correlation, IncomingCustomer Content);

/// <summary>A billing account that stands, and whose it is.</summary>
public sealed record StoredAccount(BillingAccountId Id, CorrelationId Correlation, CustomerId Customer, IncomingAccount Content);

/// <summary>A subscription that stands, and on which account.</summary>
public sealed record StoredSubscription(
    SubscriptionId Id, CorrelationId Correlation, BillingAccountId Account, IncomingSubscription Content);

/// <summary>What becomes of a row that is right in itself.</summary>
public abstract record RowDecision
{
    private RowDecision() { }

    /// <summary>It brings something new; what it names and <see cref="Stored"/> lacks is to be added, all of it or nothing.</summary>
    public sealed record Add : RowDecision;

    /// <summary>All of it stands already, with the same content, under this correlation.</summary>
    public sealed record Unchanged(CorrelationId Correlation) : RowDecision;

    /// <summary>Something stands under one of its codes with other content.</summary>
    public sealed record Refused(Refusal Refusal) : RowDecision;

    private static readonly Add Adding = new();

    /// <summary>Compares a row with what stands.</summary>
    public static RowDecision Of(IncomingRow row, Stored stored)
    {
        var customer = stored.Customers.GetValueOrDefault(row.Customer.Code);
        if (customer is not null && Difference(customer.Content, row.Customer) is { } other)
            return Taken("customer", row.Customer.Code, other);

        if (row.Account is null) return customer is null ? Adding : new Unchanged(customer.Correlation);
        var account = stored.Accounts.GetValueOrDefault(row.Account.Code);
        if (account is not null && account.Customer != customer?.Id) return Taken("account", row.Account.Code, "customer");
        if (account is not null && Difference(account.Content, row.Account) is { } field)
            return Taken("account", row.Account.Code, field);

        if (row.Subscription is null) return account is null ? Adding : new Unchanged(account.Correlation);
        var subscription = stored.Subscriptions.GetValueOrDefault(row.Subscription.Code);
        if (subscription is null) return Adding;
        if (subscription.Account != account?.Id) return Taken("subscription", row.Subscription.Code, "account");
        return Difference(subscription.Content, row.Subscription) is { } difference
            ? Taken("subscription", row.Subscription.Code, difference)
            : new Unchanged(subscription.Correlation);
    }

    // What the file does not speak of cannot differ.
    private static string? Difference(IncomingCustomer stored, IncomingCustomer row) =>
        stored.Name != row.Name ? "name"
        : stored.Country != row.Country ? "country"
        : row.Details is { } details && details != (stored.Details ?? PartyDetails.None) ? "address or number"
        : row.Level is { } level && level != (stored.Level ?? "") ? "level"
        : row.Tax is { } tax && tax != stored.Tax ? "tax profile"
        : null;

    private static string? Difference(IncomingAccount stored, IncomingAccount row) =>
        stored.LegalEntity != row.LegalEntity ? "legal entity"
        : stored.Currency != row.Currency ? "currency"
        : stored.TaxCode != row.TaxCode ? "tax code"
        : stored.TermDays != row.TermDays ? "term of payment"
        : row.PurchaseOrder is { } order && order != (stored.PurchaseOrder ?? "") ? "purchase order"
        : row.InvoiceNote is { } note && note != (stored.InvoiceNote ?? "") ? "note"
        : row.TimeZone is { } zone && zone != (stored.TimeZone ?? "UTC") ? "time zone"
        : row.DiscountPercent is { } percent && (percent, row.DiscountDays) != (stored.DiscountPercent ?? 0m, stored.DiscountDays) ? "discount for paying early"
        : null;

    private static string? Difference(IncomingSubscription stored, IncomingSubscription row) =>
        stored.Plan != row.Plan ? "plan"
        : stored.Start != row.Start ? "start"
        : stored.End != row.End ? "end"
        : row.TrialEnd is { } trial && trial != stored.TrialEnd ? "trial"
        : !ByName(stored.Components).SequenceEqual(ByName(row.Components)) ? "set of components or prices"
        : null;

    private static IEnumerable<IncomingComponent> ByName(IReadOnlyList<IncomingComponent> components) =>
        components.Count == 1 ? components : components.OrderBy(component => component.Component, StringComparer.Ordinal);

    private static Refused Taken(string kind, string code, string difference) => new(new Refusal(
        RefusalCode.KeyTaken, $"{kind} code",
        $"The {kind} {RowCells.Shown(code)} is stored already with another {difference}.",
        "What is stored stays as it is. Correct the row, or give it a code of its own if it is something else; "
        + "a change to a contract is an amendment."));
}
