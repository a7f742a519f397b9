using System.Data;
using Npgsql;
using Tieout.Application.Catalog;
using Tieout.Application.Subscriptions;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Domain.Customers;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Invoicing;

/// <summary>
/// Loads the accounts of one part: what they subscribed to, what else decides about their charges, what is booked already. Read
/// column by column from the reader: this is a million rows in a run.
/// </summary>
internal static class AccountsToBill
{
    /// <summary>
    /// Accounts $1 to $2 of legal entity $5, with what was in force after $3 and until $4; whole where $6 and $7 say, and for prices $8. Accounts
    /// without a subscription in force matter too when something was booked for them: it should not stand then.
    /// </summary>
    internal const string Subscribed =
        """
        select account.id, account.code, account.customer_id, account.legal_entity_id, account.currency, account.tax_code,
               account.term_days, account.correlation_id, account.invoice_grouping, account.monthly_minimum, account.time_zone,
               subscription.id, subscription.correlation_id, subscription.code, subscription.start_date, subscription.end_date,
               subscription.anchor_date, subscription.trial_end, subscription.state, subscription.end_time, subscription.end_is_cancellation,
               component.component, component.price_id, component.quantity, component.agreed_price, component.agreed::text,
               component.from_date, component.until_date, component.from_time, component.until_time, component.opened_by,
               -- Or who ended all of it: an invoice line names the amendment that cut it short.
               coalesce(component.closed_by, subscription.ended_by),
               account.purchase_order, account.invoice_note, account.billed_through, account.discount_percent, account.discount_days
        from customers.billing_account account
        -- Account by account. Within one bucket of its histogram PostgreSQL takes any range of ids for a single row; joined as ranges,
        -- a part of many accounts was then compared row by row with all its subscriptions.
        left join lateral (
          select * from subscriptions.subscription one
          where one.billing_account_id = account.id and one.state <> 'draft'
            and (one.start_date <= $4 and (one.end_date is null or one.end_date >= $3) or one.id = any($6) or account.id = any($7))
          offset 0) subscription on true
        left join lateral (
          select * from subscriptions.component one
          where one.billing_account_id = account.id and one.subscription_id = subscription.id
            and (one.from_date <= $4 and (one.until_date is null or one.until_date >= $3
                -- What was in force before says what a later part of the period costs.
                or one.price_id = any($8) or one.agreed is not null)
              or subscription.id = any($6) or account.id = any($7))
          offset 0) component on true
        where account.id between $1 and $2 and account.legal_entity_id = $5
        order by account.id, subscription.id, component.component, component.from_date, component.from_time
        """;

    /// <summary>With everything that decides about their charges.</summary>
    /// <param name="suppose">Puts in place what somebody asks about instead of what stands; a run supposes nothing.</param>
    public static async Task<List<BillableAccount>> Load(
        NpgsqlConnection connection, Guid entity, Guid first, Guid last, BillingWindow window, BillingBooks books, LookedAtWhole whole,
        Action<List<BillableAccount>>? suppose, CancellationToken cancel)
    {
        var accounts = await LoadSubscribed(connection, entity, first, last, window, books, whole, cancel);
        await SubscriptionExtras.AddTo(connection, accounts, first, last, cancel);
        suppose?.Invoke(accounts);
        // Usage comes every day; only what reached days that were billed has the whole subscription looked at.
        foreach (var account in accounts)
            MeteredAccounts.Alone(account, () => LookAtUsage(account, window, whole));
        await MeteredAccounts.AddTo(connection, accounts, first, last, window, cancel);
        await BookedLines.AddTo(connection, accounts, first, last, window, cancel);
        return accounts;
    }

    private static void LookAtUsage(BillableAccount account, BillingWindow window, LookedAtWhole whole)
    {
        foreach (var item in account.Subscriptions)
            if (!item.Touched && whole.UsedFrom(item.Subscription.Id) is { } from && window.ReachesBilled(item.Subscription, from)) item.Touched = true;
    }

    /// <summary>With what they subscribed to alone, pauses still to come.</summary>
    public static async Task<List<BillableAccount>> LoadSubscribed(
        NpgsqlConnection connection, Guid entity, Guid first, Guid last, BillingWindow window, BillingBooks books, LookedAtWhole whole, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Subscribed, connection);
        foreach (var value in new object[]
            { first, last, window.After, window.Last, entity, whole.Subscriptions, whole.Accounts, HangTogether(books) })
            command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancel);
        return await Read(reader, books, whole, cancel);
    }

    // Prices of which a part may have no share of its period: another part has paid for it.
    private static Guid[] HangTogether(BillingBooks books) =>
    [
        .. books.Prices.Where(price => price.Value.Terms is { Prorated: false } or { Kind: PriceKind.Usage, DayCount: DayCount.Fixed30 })
            .Select(price => price.Key),
    ];

    private static async Task<List<BillableAccount>> Read(NpgsqlDataReader reader, BillingBooks books, LookedAtWhole whole, CancellationToken cancel)
    {
        List<BillableAccount> accounts = [];
        var texts = new Texts();
        while (await reader.ReadAsync(cancel))
        {
            var id = reader.GetGuid(0);
            var fresh = accounts.Count == 0 || accounts[^1].Account.Id.Value != id;
            var zone = fresh ? ReadAccount(reader, id, books, texts, accounts) : texts.One(reader.GetString(10));
            if (!reader.IsDBNull(11)) ReadSubscription(reader, accounts[^1], zone, books, whole, texts);
            if (fresh) ReadOwn(reader, accounts);
        }
        return accounts;
    }

    // SequentialAccess: columns are read once, from left to right.
    private static string ReadAccount(NpgsqlDataReader reader, Guid id, BillingBooks books, Texts texts, List<BillableAccount> accounts)
    {
        var code = reader.GetString(1);
        var account = new BillingAccount(
            new BillingAccountId(id), new CustomerId(reader.GetGuid(2)), new LegalEntityId(reader.GetGuid(3)),
            Currency.Of(texts.One(reader.GetString(4))), texts.One(reader.GetString(5)), reader.GetInt32(6), new CorrelationId(reader.GetGuid(7)))
        {
            Grouping = Words.Parse<InvoiceGrouping>(reader.GetString(8)),
        };
        var minimum = reader.GetDecimal(9);
        var zone = texts.One(reader.GetString(10));
        accounts.Add(new BillableAccount(account, code)
        {
            MonthlyMinimum = minimum,
            Subscriptions = new List<BillableSubscription>(1),
            Today = books.TodayIn(zone),
        });
        return zone;
    }

    // Most accounts have none of it, and keep the record they have.
    private static void ReadOwn(NpgsqlDataReader reader, List<BillableAccount> accounts)
    {
        var (order, note, billedThrough) = (reader.GetString(32), reader.GetString(33), DateOrNull(reader, 34));
        var discount = DiscountTerms.From(reader.GetDecimal(35), reader.GetInt32(36));
        if (order.Length + note.Length == 0 && billedThrough is null && discount is null) return;
        var account = accounts[^1];
        accounts[^1] = account with
        {
            Account = account.Account with { PurchaseOrder = order, InvoiceNote = note, Discount = discount },
            BilledThrough = billedThrough,
        };
    }

    private static void ReadSubscription(
        NpgsqlDataReader reader, BillableAccount account, string zone, BillingBooks books, LookedAtWhole whole, Texts texts)
    {
        var id = new SubscriptionId(reader.GetGuid(11));
        var subscriptions = account.Subscriptions;
        if (subscriptions.Count == 0 || subscriptions[^1].Subscription.Id != id)
            subscriptions.Add(ReadHead(reader, id, account, zone, whole));
        if (reader.IsDBNull(21)) return;
        var component = ReadComponent(reader, books, texts);
        var subscription = subscriptions[^1];
        ((List<SubscribedComponent>)subscription.Subscription.Components).Add(component);
        // What was sold once stays sold whatever became of the plan: it says nothing of the plan that is in force.
        if (books.Minimums.Count > 0 && component.Terms.Kind != PriceKind.OneOff
            && books.Minimums.TryGetValue((component.Price.PlanCode, component.Price.Version, account.Account.Currency.Code), out var minimum))
            subscription.Minimums.Add(new PlanMinimum(component.From, component.Until, minimum));
    }

    private static BillableSubscription ReadHead(NpgsqlDataReader reader, SubscriptionId id, BillableAccount account, string zone, LookedAtWhole whole)
    {
        var correlation = new CorrelationId(reader.GetGuid(12));
        var code = reader.GetString(13);
        var start = reader.GetFieldValue<DateOnly>(14);
        var subscription = new Subscription(id, correlation, start, DateOrNull(reader, 15), new List<SubscribedComponent>(1))
        {
            Anchor = DateOrNull(reader, 16) ?? start,
            TrialEnd = DateOrNull(reader, 17),
            State = Words.Parse<SubscriptionState>(reader.GetString(18)),
            EndTime = reader.GetFieldValue<TimeOnly>(19),
            EndIsCancellation = reader.GetBoolean(20),
            Zone = zone,
        };
        return new BillableSubscription(subscription, code)
        {
            Touched = whole.Any && (whole.Has(id.Value) || whole.Has(account.Account.Id)),
        };
    }

    private static SubscribedComponent ReadComponent(NpgsqlDataReader reader, BillingBooks books, Texts texts)
    {
        var name = texts.One(reader.GetString(21));
        var price = books.Prices[reader.GetGuid(22)];
        var quantity = reader.GetDecimal(23);
        ChargeModel? agreed = reader.IsDBNull(24) ? null : AgreedModel.Of(price.Model, reader.GetDecimal(24));
        PriceTerms? terms = null;
        if (!reader.IsDBNull(25)) (agreed, terms) = AgreedPriceJson.Stored(reader.GetString(25));
        return new SubscribedComponent(name, price, quantity, reader.GetFieldValue<DateOnly>(26), DateOrNull(reader, 27))
        {
            Agreed = agreed,
            AgreedTerms = terms,
            FromTime = reader.GetFieldValue<TimeOnly>(28),
            UntilTime = reader.GetFieldValue<TimeOnly>(29),
            OpenedBy = reader.GetInt32(30),
            ClosedBy = reader.IsDBNull(31) ? null : reader.GetInt32(31),
        };
    }

    private static DateOnly? DateOrNull(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<DateOnly>(column);

    /// <summary>The same words come with every row; one copy of each is enough.</summary>
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
