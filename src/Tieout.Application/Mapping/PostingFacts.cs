using Dapper;
using Npgsql;
using Tieout.Domain.Catalog;
using Tieout.Domain.Ledger;
using Tieout.Domain.Mapping;

namespace Tieout.Application.Mapping;

/// <summary>A posting whose facts are wanted.</summary>
internal sealed record FactsWanted(Guid DocumentId, Guid BillingAccountId, string DocumentKind)
{
    /// <summary>Whether its document is a journal entry that is no invoice.</summary>
    public bool IsEntry => DocumentKind is not ("invoice" or "credit-memo");
}

/// <summary>Loads what rules ask about documents; lines in the order in which they go out.</summary>
internal static class PostingFacts
{
    private static readonly string[] Deferred = [Domain.Words.Of(Recognition.Deferred)];
    private static readonly string[] Prepaid = [Domain.Words.Of(Recognition.Prepaid)];

    /// <summary>By the document's id.</summary>
    public static async Task<Dictionary<Guid, DocumentFacts>> Load(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, IReadOnlyCollection<FactsWanted> wanted)
    {
        var facts = await Invoices(connection, transaction, [.. wanted.Where(one => !one.IsEntry)]);
        foreach (var (id, entry) in await Entries(connection, transaction, [.. wanted.Where(one => one.IsEntry)])) facts[id] = entry;
        return facts;
    }

    private static async Task<Dictionary<Guid, DocumentFacts>> Invoices(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, IReadOnlyList<FactsWanted> wanted)
    {
        if (wanted.Count == 0) return [];
        var rows = await connection.QueryAsync<InvoiceLine>(
            """
            select invoice.id, invoice.issue_date, entity.code as entity, customer.code as customer, customer.country, customer.region,
                   account.code as account, invoice.currency, line.recognition, line.component, line.tax_code,
                   coalesce(priced.code, subscribed.code, '') as plan
            from unnest(@ids, @accounts) as wanted (id, account)
            join invoicing.invoice on invoice.id = wanted.id and invoice.billing_account_id = wanted.account
            join customers.legal_entity entity on entity.id = invoice.legal_entity_id
            join customers.customer on customer.id = invoice.customer_id
            join customers.billing_account account on account.id = invoice.billing_account_id
            join invoicing.invoice_line line on line.billing_account_id = wanted.account and line.month = invoice.month and line.invoice_id = wanted.id
            left join catalog.price on price.id = line.price_id
            left join catalog.plan priced on priced.id = price.plan_id
            left join subscriptions.subscription on subscription.billing_account_id = line.billing_account_id and subscription.id = line.subscription_id
            left join catalog.plan subscribed on subscribed.id = subscription.plan_id
            order by invoice.id, line.line_no
            """,
            new { ids = wanted.Select(one => one.DocumentId).ToArray(), accounts = wanted.Select(one => one.BillingAccountId).ToArray() }, transaction);
        var kinds = wanted.ToDictionary(one => one.DocumentId, one => one.DocumentKind);
        return rows.GroupBy(row => row.Id).ToDictionary(group => group.Key, group => Invoice(kinds[group.Key], [.. group]));
    }

    private static DocumentFacts Invoice(string kind, IReadOnlyList<InvoiceLine> lines)
    {
        var head = lines[0];
        var whole = Party(new Facts(head.IssueDate), head.Entity, kind, head.Currency)
            .With(MappingField.Country, head.Country).With(MappingField.Region, head.Region)
            .With(MappingField.Customer, head.Customer).With(MappingField.Account, head.Account);
        return new DocumentFacts(
            whole.With(MappingField.Plan, lines.Select(line => line.Plan)).With(MappingField.Component, lines.Select(line => line.Component))
                .With(MappingField.Recognition, lines.Select(line => line.Recognition)).With(MappingField.TaxCode, lines.Select(line => line.TaxCode)),
            [.. lines.Select(line => whole.With(MappingField.Plan, line.Plan).With(MappingField.Component, line.Component)
                .With(MappingField.Recognition, line.Recognition).With(MappingField.TaxCode, line.TaxCode)
                .With(MappingField.LedgerAccount, InvoiceEntry.CreditAccount(Domain.Words.Parse<Recognition>(line.Recognition))))]);
    }

    private static async Task<Dictionary<Guid, DocumentFacts>> Entries(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, IReadOnlyList<FactsWanted> wanted)
    {
        if (wanted.Count == 0) return [];
        var rows = await connection.QueryAsync<EntryLine>(
            """
            select entry.id, entry.entry_date, entry.source_kind as kind, entity.code as entity, line.currency, line.account as ledger_account,
                   coalesce(customer.code, '') as customer, coalesce(customer.country, '') as country, coalesce(customer.region, '') as region,
                   coalesce(account.code, '') as account, coalesce(booked.booking, released.prepaid) is not null as scheduled,
                   coalesce(part.plan, credit.plan, '') as part_plan, coalesce(part.component, credit.component, '') as part_component,
                   coalesce(part.tax_code, '') as part_tax_code, coalesce(part.region, credit.region, '') as part_region,
                   coalesce(part.country, credit.country, '') as part_country, coalesce(part.customer, credit.customer, '') as part_customer,
                   coalesce(part.account, credit.account, '') as part_account,
                   coalesce(bank.code, '') as bank_account
            from ledger.journal_entry entry
            join customers.legal_entity entity on entity.id = entry.legal_entity_id
            join ledger.journal_line line on line.entry_id = entry.id
            left join customers.billing_account account on account.id = line.billing_account_id
            left join customers.customer on customer.id = account.customer_id
            left join cash.bank_account bank on bank.legal_entity_id = entry.legal_entity_id and bank.account = line.account
            left join revenue.booking_entry booked on booked.entry_id = entry.id
            left join revenue.part on part.booking = booked.booking and part.entry_no = booked.no and part.line_no = line.line_no - 1 + line.line_no % 2
            left join revenue.prepaid_entry released on released.entry_id = entry.id
            left join revenue.prepaid_part credit on credit.prepaid = released.prepaid and credit.entry_no = released.no
              and credit.line_no = line.line_no - 1 + line.line_no % 2
            where entry.id = any(@ids) and line.amount <> 0
            order by entry.id, line.line_no
            """, new { ids = wanted.Select(one => one.DocumentId).ToArray() }, transaction);
        return rows.GroupBy(row => row.Id).ToDictionary(group => group.Key, group => Entry([.. group]));
    }

    private static DocumentFacts Entry(IReadOnlyList<EntryLine> lines)
    {
        var head = lines[0];
        var whole = Party(new Facts(head.EntryDate), head.Entity, head.Kind, head.Currency);
        return new DocumentFacts(
            whole.With(MappingField.Country, lines.Select(line => line.Country)).With(MappingField.Region, lines.Select(line => line.Region))
                .With(MappingField.Customer, lines.Select(line => line.Customer)).With(MappingField.Account, lines.Select(line => line.Account)),
            [.. lines.Select(line => line.Scheduled ? Part(whole, line) : whole.With(MappingField.Country, line.Country).With(MappingField.Region, line.Region)
                .With(MappingField.Customer, line.Customer).With(MappingField.Account, line.Account)
                .With(MappingField.BankAccount, line.BankAccount).With(MappingField.LedgerAccount, LedgerAccount.Role(line.LedgerAccount)))]);
    }

    // What a revenue run booked knows what it is split by. It leaves deferred revenue, or prepaid credit, where the invoice put it: as such a line.
    private static Facts Part(Facts whole, EntryLine line) => whole
        .With(MappingField.Plan, line.PartPlan).With(MappingField.Component, line.PartComponent).With(MappingField.TaxCode, line.PartTaxCode)
        .With(MappingField.Region, line.PartRegion).With(MappingField.Country, line.PartCountry)
        .With(MappingField.Customer, line.PartCustomer).With(MappingField.Account, line.PartAccount)
        .With(MappingField.Recognition, line.LedgerAccount switch
        {
            LedgerAccount.DeferredRevenue => Deferred,
            LedgerAccount.PrepaidCredit => Prepaid,
            _ => [],
        })
        .With(MappingField.LedgerAccount, line.LedgerAccount);

    private static Facts Party(Facts facts, string entity, string kind, string currency) => facts
        .With(MappingField.LegalEntity, entity).With(MappingField.DocumentKind, kind).With(MappingField.Currency, currency);

    private sealed record InvoiceLine(
        Guid Id, DateOnly IssueDate, string Entity, string Customer, string Country, string Region, string Account, string Currency,
        string Recognition, string Component, string TaxCode, string Plan);

    private sealed record EntryLine(
        Guid Id, DateOnly EntryDate, string Kind, string Entity, string Currency, string LedgerAccount, string Customer, string Country, string Region,
        string Account, bool Scheduled, string PartPlan, string PartComponent, string PartTaxCode, string PartRegion, string PartCountry, string PartCustomer,
        string PartAccount, string BankAccount);
}
