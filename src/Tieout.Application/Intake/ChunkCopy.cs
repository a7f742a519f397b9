using Dapper;
using Npgsql;
using Tieout.Application.Database;
using Tieout.Domain;
using Tieout.Domain.Customers;
using Tieout.Domain.Intake;
using Tieout.Domain.Subscriptions;
using Tieout.Domain.Tax;

namespace Tieout.Application.Intake;

/// <summary>What a chunk adds, and what is recorded of each of its rows.</summary>
internal sealed class ChunkAdditions
{
    public List<StoredCustomer> Customers { get; } = [];

    public List<StoredAccount> Accounts { get; } = [];

    public List<StoredSubscription> Subscriptions { get; } = [];

    /// <summary>The legal entity of each account that gets a subscription.</summary>
    public Dictionary<Guid, Guid> Entities { get; } = [];

    public List<RowRecord> Rows { get; } = [];
}

/// <summary>One line of <c>intake.row</c>.</summary>
internal sealed record RowRecord(long Line, string Key, string Outcome, Refusal? Refusal, Guid Correlation);

/// <summary>Writes a chunk's additions by binary COPY, parents before children, inside the caller's transaction.</summary>
internal static class ChunkCopy
{
    public static async Task Write(NpgsqlConnection connection, Guid run, ChunkAdditions additions, DateTimeOffset now, CancellationToken cancel)
    {
        await Customers(connection, additions.Customers, now, cancel);
        await TaxProfiles(connection, additions.Customers, now, cancel);
        await Accounts(connection, additions.Accounts, now, cancel);
        await Subscriptions(connection, additions.Subscriptions, now, cancel);
        await Components(connection, additions.Subscriptions, cancel);
        await Touched(connection, additions.Subscriptions, await BillingEntities(connection, additions, cancel), now, cancel);
        await Rows(connection, run, additions.Rows, cancel);
    }

    // The legal entities that were billed before. Locked, so that billing cannot begin for another one without seeing our rows.
    private static async Task<HashSet<Guid>> BillingEntities(NpgsqlConnection connection, ChunkAdditions additions, CancellationToken cancel)
    {
        Guid[] entities = [.. additions.Entities.Values.Distinct()];
        var billed = await connection.QueryAsync<Guid>(new CommandDefinition(
            "select id from (select id, bills_from from customers.legal_entity where id = any(@entities) order by id for key share) e where bills_from is not null",
            new { entities }, cancellationToken: cancel));
        return [.. additions.Entities.Where(pair => billed.Contains(pair.Value)).Select(pair => pair.Key)];
    }

    // Billing that runs already has to look at what is new.
    private static Task Touched(
        NpgsqlConnection connection, List<StoredSubscription> subscriptions, HashSet<Guid> billed, DateTimeOffset now, CancellationToken cancel) =>
        billed.Count == 0 ? Task.CompletedTask : Bulk.Copy(
        connection, "subscriptions.touched (id, billing_account_id, subscription_id, from_date, reason, at)",
        subscriptions.Where(subscription => billed.Contains(subscription.Account.Value)),
        (copy, subscription) =>
        {
            copy.Uuid(Guid.CreateVersion7());
            copy.Uuid(subscription.Account.Value);
            copy.Uuid(subscription.Id.Value);
            copy.Date(subscription.Content.Start);
            copy.Text("Imported.");
            copy.Instant(now);
        }, cancel);

    private static Task Customers(
        NpgsqlConnection connection, List<StoredCustomer> customers, DateTimeOffset now, CancellationToken cancel) => Bulk.Copy(
        connection,
        """
        customers.customer (id, code, name, country, street, city, postcode, region, vat_number, registration, email, electronic_address,
          electronic_scheme, level, correlation_id, created_at)
        """,
        customers,
        (copy, customer) =>
        {
            copy.Uuid(customer.Id.Value);
            copy.Text(customer.Content.Code);
            copy.Text(customer.Content.Name);
            copy.Text(customer.Content.Country);
            var details = customer.Content.Details ?? PartyDetails.None;
            copy.Text(details.Street).Text(details.City).Text(details.Postcode).Text(details.Region).Text(details.VatNumber)
                .Text(details.Registration).Text(details.Email).Text(details.ElectronicAddress).Text(details.ElectronicScheme).Text(customer.Content.Level ?? "");
            copy.Uuid(customer.Correlation.Value);
            copy.Instant(now);
        }, cancel);

    private static Task TaxProfiles(
        NpgsqlConnection connection, List<StoredCustomer> customers, DateTimeOffset now, CancellationToken cancel) =>
        !customers.Exists(customer => customer.Content.Tax is not null) ? Task.CompletedTask : Bulk.Copy(
        connection, "tax.profile (customer_id, country, postcode, region, business, vat_number, vat_check, changed_by, changed_at)",
        customers.Where(customer => customer.Content.Tax is not null),
        (copy, customer) =>
        {
            var tax = customer.Content.Tax!;
            copy.Uuid(customer.Id.Value).Text(tax.Country).Text(tax.Postcode).Text(tax.Region);
            copy.Bool(tax.Business);
            if (tax.VatNumber is { } vat) copy.Text(vat).Text(Words.Of(VatCheckKind.Format));
            else copy.Null().Null();
            copy.Text("import").Instant(now);
        }, cancel);

    private static Task Accounts(
        NpgsqlConnection connection, List<StoredAccount> accounts, DateTimeOffset now, CancellationToken cancel) => Bulk.Copy(
        connection,
        """
        customers.billing_account (id, code, customer_id, legal_entity_id, currency, tax_code, term_days, purchase_order, invoice_note,
          time_zone, discount_percent, discount_days, correlation_id, created_at)
        """,
        accounts,
        (copy, account) =>
        {
            copy.Uuid(account.Id.Value);
            copy.Text(account.Content.Code);
            copy.Uuid(account.Customer.Value);
            copy.Uuid(account.Content.LegalEntity.Value);
            copy.Text(account.Content.Currency.Code);
            copy.Text(account.Content.TaxCode);
            copy.Int(account.Content.TermDays);
            copy.Text(account.Content.PurchaseOrder ?? "").Text(account.Content.InvoiceNote ?? "").Text(account.Content.TimeZone ?? "UTC");
            copy.Number(account.Content.DiscountPercent ?? 0m).Int(account.Content.DiscountDays);
            copy.Uuid(account.Correlation.Value);
            copy.Instant(now);
        }, cancel);

    private static Task Subscriptions(
        NpgsqlConnection connection, List<StoredSubscription> subscriptions, DateTimeOffset now, CancellationToken cancel) => Bulk.Copy(
        connection,
        "subscriptions.subscription (id, billing_account_id, code, plan_id, start_date, end_date, trial_end, anchor_date, state, correlation_id, "
        + "created_at)",
        subscriptions,
        (copy, subscription) =>
        {
            copy.Uuid(subscription.Id.Value);
            copy.Uuid(subscription.Account.Value);
            copy.Text(subscription.Content.Code);
            copy.Uuid(subscription.Content.Plan);
            copy.Date(subscription.Content.Start);
            // Periods are anchored to the first day that is paid for.
            copy.Date(subscription.Content.End).Date(subscription.Content.TrialEnd).Date(subscription.Content.TrialEnd);
            copy.Text(Words.Of(subscription.Content.TrialEnd is null ? SubscriptionState.Active : SubscriptionState.Trialing));
            copy.Uuid(subscription.Correlation.Value);
            copy.Instant(now);
        }, cancel);

    private static Task Components(NpgsqlConnection connection, List<StoredSubscription> subscriptions, CancellationToken cancel) => Bulk.Copy(
        connection, "subscriptions.component (billing_account_id, subscription_id, component, from_date, price_id, quantity, agreed_price)",
        subscriptions.SelectMany(subscription => subscription.Content.Components, (subscription, component) => (subscription, component)),
        (copy, pair) =>
        {
            copy.Uuid(pair.subscription.Account.Value);
            copy.Uuid(pair.subscription.Id.Value);
            copy.Text(pair.component.Component);
            copy.Date(pair.subscription.Content.Start);
            copy.Uuid(pair.component.Price);
            copy.Number(pair.component.Quantity).Number(pair.component.AgreedPrice);
        }, cancel);

    private static Task Rows(NpgsqlConnection connection, Guid run, List<RowRecord> rows, CancellationToken cancel) => Bulk.Copy(
        connection, "intake.row (run_id, row_no, row_key, outcome, code, field, reason, remedy, correlation_id)", rows,
        (copy, row) =>
        {
            copy.Uuid(run);
            copy.Long(row.Line);
            copy.Text(row.Key);
            copy.Text(row.Outcome);
            copy.Text(row.Refusal?.Code ?? "");
            copy.Text(row.Refusal?.Field ?? "");
            copy.Text(row.Refusal?.Reason ?? "");
            copy.Text(row.Refusal?.Remedy ?? "");
            copy.Uuid(row.Correlation);
        }, cancel);
}
