using System.Data;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Domain.Customers;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Invoicing;

/// <summary>A billing account with what it subscribed to and what is invoiced already in the month.</summary>
internal sealed record AccountToBill(
    BillingAccount Account, string Code, List<Subscription> Subscriptions, List<BookedLine> Booked);

/// <summary>
/// Loads the accounts of one part with two queries: subscriptions in force, and what is booked already. Read column by column
/// from the reader: this is a million rows in a run.
/// </summary>
internal static class AccountsToBill
{
    public static async Task<List<AccountToBill>> Load(
        NpgsqlConnection connection, Guid entity, Guid first, Guid last, AccountingMonth month, CancellationToken cancel)
    {
        var accounts = await LoadSubscribed(connection, entity, first, last, month, cancel);
        await BookedLines.AddTo(connection, accounts, first, last, month.FirstDay.AddDays(-1), month.Period.End.AddDays(-1), cancel);
        return accounts;
    }

    private static async Task<List<AccountToBill>> LoadSubscribed(
        NpgsqlConnection connection, Guid entity, Guid first, Guid last, AccountingMonth month, CancellationToken cancel)
    {
        // Accounts without a subscription in force matter too when something was booked for them: it should not stand then.
        await using var command = new NpgsqlCommand(
            """
            select account.id, account.code, account.customer_id, account.legal_entity_id, account.currency, account.tax_code,
                   account.term_days, account.correlation_id, account.invoice_grouping,
                   subscription.id, subscription.correlation_id, subscription.start_date, subscription.end_date,
                   component.component, price.model, coalesce(component.agreed_price, price.unit_price), component.quantity,
                   price.recognition, price.description, component.from_date, component.until_date
            from customers.billing_account account
            left join subscriptions.subscription on subscription.billing_account_id = account.id
              and subscription.start_date < $3 and (subscription.end_date is null or subscription.end_date > $4) and subscription.state <> 'draft'
            left join subscriptions.component on component.billing_account_id = account.id and component.subscription_id = subscription.id
              and component.from_date < $3 and (component.until_date is null or component.until_date > $4)
            left join catalog.price on price.id = component.price_id
            where account.id between $1 and $2 and account.legal_entity_id = $5
            order by account.id, subscription.id, component.component
            """, connection);
        command.Parameters.Add(new() { Value = first });
        command.Parameters.Add(new() { Value = last });
        command.Parameters.Add(new() { Value = month.Period.End });
        command.Parameters.Add(new() { Value = month.Period.Start });
        command.Parameters.Add(new() { Value = entity });
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancel);
        return await Read(reader, cancel);
    }

    private static async Task<List<AccountToBill>> Read(NpgsqlDataReader reader, CancellationToken cancel)
    {
        List<AccountToBill> accounts = [];
        var texts = new Texts();
        while (await reader.ReadAsync(cancel))
        {
            var id = reader.GetGuid(0);
            if (accounts.Count == 0 || accounts[^1].Account.Id.Value != id) accounts.Add(ReadAccount(reader, id, texts));
            if (!reader.IsDBNull(9)) ReadSubscription(reader, accounts[^1], texts);
        }
        return accounts;
    }

    // SequentialAccess: columns are read once, from left to right.
    private static AccountToBill ReadAccount(NpgsqlDataReader reader, Guid id, Texts texts)
    {
        var code = reader.GetString(1);
        var account = new BillingAccount(
            new BillingAccountId(id), new CustomerId(reader.GetGuid(2)), new LegalEntityId(reader.GetGuid(3)),
            Currency.Of(reader.GetString(4)), texts.One(reader.GetString(5)), reader.GetInt32(6), new CorrelationId(reader.GetGuid(7)))
        {
            Grouping = Words.Parse<InvoiceGrouping>(reader.GetString(8)),
        };
        return new AccountToBill(account, code, [], []);
    }

    private static void ReadSubscription(NpgsqlDataReader reader, AccountToBill account, Texts texts)
    {
        var subscriptions = account.Subscriptions;
        var currency = account.Account.Currency;
        var id = new SubscriptionId(reader.GetGuid(9));
        var correlation = new CorrelationId(reader.GetGuid(10));
        var start = reader.GetFieldValue<DateOnly>(11);
        DateOnly? end = reader.IsDBNull(12) ? null : reader.GetFieldValue<DateOnly>(12);
        if (subscriptions.Count == 0 || subscriptions[^1].Id != id)
            subscriptions.Add(new Subscription(id, correlation, start, end, new List<SubscribedComponent>(1)));
        if (reader.IsDBNull(13)) return;
        var name = texts.One(reader.GetString(13));
        var flat = string.Equals(reader.GetString(14), "flat", StringComparison.Ordinal);
        var amount = reader.GetDecimal(15);
        var quantity = reader.GetDecimal(16);
        var price = new Price(
            "", name, flat ? new ChargeModel.Flat(amount) : new ChargeModel.PerUnit(amount), currency,
            Words.Parse<Recognition>(reader.GetString(17)), texts.One(reader.GetString(18)));
        var from = reader.GetFieldValue<DateOnly>(19);
        DateOnly? until = reader.IsDBNull(20) ? null : reader.GetFieldValue<DateOnly>(20);
        var component = new SubscribedComponent(name, price, quantity, from, until);
        ((List<SubscribedComponent>)subscriptions[^1].Components).Add(component);
    }

    /// <summary>A plan's words come with every row; one copy of each is enough.</summary>
    private sealed class Texts
    {
        private readonly Dictionary<string, string> _known = new(StringComparer.Ordinal);

        public string One(string text)
        {
            if (_known.TryGetValue(text, out var known)) return known;
            _known.Add(text, text);
            return text;
        }
    }
}
