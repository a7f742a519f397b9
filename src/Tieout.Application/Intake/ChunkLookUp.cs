using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Customers;
using Tieout.Domain.Intake;

namespace Tieout.Application.Intake;

/// <summary>Looks up what stands under the codes of a chunk: one query each for customers, accounts, subscriptions and the run's own rows.</summary>
internal static class ChunkLookUp
{
    /// <summary>What stands, and the lines on which the run has met keys of the chunk before.</summary>
    public static async Task<(Stored Stored, Dictionary<string, long> Earlier)> Of(
        NpgsqlConnection connection, Guid run, IReadOnlyList<ChunkRow> rows, CancellationToken cancel)
    {
        var incoming = rows.Select(row => row.Row).OfType<IncomingRow>().ToList();
        await using var results = await connection.QueryMultipleAsync(new CommandDefinition(
            """
            select c.code, c.id, c.correlation_id, c.name, c.country, c.street, c.city, c.postcode, c.region, c.vat_number, c.registration, c.email,
                   c.electronic_address, c.electronic_scheme, c.level, tax.country as tax_country, tax.postcode as tax_postcode,
                   tax.region as tax_region, coalesce(tax.business, false) as business, tax.vat_number as tax_vat_number
            from customers.customer c left join tax.profile tax on tax.customer_id = c.id
            where c.tenant = 1 and c.code = any(@customers);

            select code, id, correlation_id, customer_id, legal_entity_id, currency, tax_code, term_days, purchase_order, invoice_note, time_zone,
                   discount_percent, discount_days
            from customers.billing_account where tenant = 1 and code = any(@accounts);

            -- A file is compared with what was created: what was amended since is no difference of the file's.
            select subscription.code, subscription.id, subscription.correlation_id, subscription.billing_account_id,
                   coalesce(created.plan_id, subscription.plan_id) as plan_id, coalesce(created.start_date, subscription.start_date) as start_date,
                   case when created.start_date is null then subscription.end_date else created.end_date end as end_date,
                   case when created.start_date is null then subscription.trial_end else created.trial_end end as trial_end
            from subscriptions.subscription
            left join lateral (
              select plan.id as plan_id, amendment.effective_on as start_date, (amendment.content ->> 'end')::date as end_date,
                     (amendment.content ->> 'trialEnd')::date as trial_end
              from subscriptions.amendment
              join catalog.plan on plan.tenant = 1 and plan.code = amendment.content ->> 'plan'
              where amendment.billing_account_id = subscription.billing_account_id and amendment.subscription_id = subscription.id
                and amendment.version = 1) created on true
            where subscription.tenant = 1 and subscription.code = any(@subscriptions);

            select subscription.code, component.component, component.price_id, component.quantity, component.agreed_price
            from subscriptions.subscription
            join subscriptions.component
              on component.billing_account_id = subscription.billing_account_id and component.subscription_id = subscription.id
            where subscription.tenant = 1 and subscription.code = any(@subscriptions) and not exists (
              select from subscriptions.amendment
              where amendment.billing_account_id = subscription.billing_account_id and amendment.subscription_id = subscription.id)
            union all
            select subscription.code, item ->> 'component', (item ->> 'price')::uuid, coalesce((item ->> 'quantity')::numeric, 1),
                   coalesce(item -> 'agreed' ->> 'amount', item -> 'agreed' ->> 'unitPrice')::numeric
            from subscriptions.subscription
            join subscriptions.amendment
              on amendment.billing_account_id = subscription.billing_account_id and amendment.subscription_id = subscription.id and amendment.version = 1
            cross join jsonb_array_elements(amendment.content -> 'components') as item
            where subscription.tenant = 1 and subscription.code = any(@subscriptions);

            select row_key, row_no from intake.row where run_id = @run and row_key = any(@keys) and outcome <> 'refused';
            """,
            new
            {
                run,
                customers = Codes(incoming, row => row.Customer.Code),
                accounts = Codes(incoming, row => row.Account?.Code),
                subscriptions = Codes(incoming, row => row.Subscription?.Code),
                keys = Codes(incoming, row => row.Key),
            }, cancellationToken: cancel));
        var stored = await Read(results);
        var earlier = await results.ReadAsync<(string Key, long Line)>();
        return (stored, earlier.ToDictionary(row => row.Key, row => row.Line, StringComparer.Ordinal));
    }

    private static async Task<Stored> Read(SqlMapper.GridReader results)
    {
        var stored = new Stored();
        foreach (var row in await results.ReadAsync<CustomerRow>())
            stored.Customers.Add(row.Code, new(new(row.Id), new(row.CorrelationId), new(row.Code, row.Name, row.Country)
            {
                Details = row.Details,
                Level = row.Level,
                Tax = row.Tax,
            }));
        foreach (var row in await results.ReadAsync<AccountRow>())
            stored.Accounts.Add(row.Code, new(new(row.Id), new(row.CorrelationId), new(row.CustomerId),
                new(row.Code, new(row.LegalEntityId), Currency.Of(row.Currency), row.TaxCode, row.TermDays)
                {
                    PurchaseOrder = row.PurchaseOrder,
                    InvoiceNote = row.InvoiceNote,
                    TimeZone = row.TimeZone,
                    DiscountPercent = row.DiscountPercent,
                    DiscountDays = row.DiscountDays,
                }));
        var subscriptions = (await results.ReadAsync<SubscriptionRow>()).AsList();
        var components = (await results.ReadAsync<ComponentRow>()).ToLookup(
            row => row.Code, row => new IncomingComponent(row.Component, row.PriceId, row.Quantity, row.AgreedPrice), StringComparer.Ordinal);
        foreach (var row in subscriptions)
            stored.Subscriptions.Add(row.Code, new(new(row.Id), new(row.CorrelationId), new(row.BillingAccountId),
                new(row.Code, row.PlanId, row.StartDate, row.EndDate, [.. components[row.Code]]) { TrialEnd = row.TrialEnd }));
        return stored;
    }

    private static string[] Codes(List<IncomingRow> rows, Func<IncomingRow, string?> code) =>
        [.. rows.Select(code).OfType<string>().Distinct(StringComparer.Ordinal)];

    private sealed record CustomerRow(
        string Code, Guid Id, Guid CorrelationId, string Name, string Country, string Street, string City, string Postcode, string Region,
        string VatNumber, string Registration, string Email, string ElectronicAddress, string ElectronicScheme, string Level, string? TaxCountry,
        string? TaxPostcode, string? TaxRegion, bool Business, string? TaxVatNumber)
    {
        public IncomingTaxProfile? Tax => TaxCountry is null ? null : new(TaxCountry, TaxPostcode!, TaxRegion!, Business, TaxVatNumber);

        public PartyDetails Details => new(Street, City, Postcode, Region, VatNumber, Registration, Email, ElectronicAddress, ElectronicScheme);
    }

    private sealed record AccountRow(
        string Code, Guid Id, Guid CorrelationId, Guid CustomerId, Guid LegalEntityId, string Currency, string TaxCode, int TermDays,
        string PurchaseOrder, string InvoiceNote, string TimeZone, decimal DiscountPercent, int DiscountDays);

    private sealed record SubscriptionRow(
        string Code, Guid Id, Guid CorrelationId, Guid BillingAccountId, Guid PlanId, DateOnly StartDate, DateOnly? EndDate,
        DateOnly? TrialEnd);

    private sealed record ComponentRow(string Code, string Component, Guid PriceId, decimal Quantity, decimal? AgreedPrice);
}
