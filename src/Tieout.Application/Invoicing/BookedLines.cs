using Npgsql;
using Tieout.Application.Database;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Domain.Invoicing;

namespace Tieout.Application.Invoicing;

/// <summary>Reads what stands: the last revision of every key.</summary>
internal static class BookedLines
{
    /// <summary>Columns of <see cref="Read"/>, from <c>line</c> and its <c>origin</c> invoice.</summary>
    public const string Columns =
        """
        line.billing_account_id, line.subscription_id, line.component, line.part_start, line.detail, line.revision, line.standing, line.billed,
        line.period_end, line.due_on, line.quantity, line.unit_price, line.amount, line.recognition, line.description, line.convention,
        line.amendment, line.price_id, line.tax_code, line.tax_category, line.tax_rate, line.supply_on, line.tax_ground, line.correlation_id,
        line.origin_invoice_id, origin.number, line.origin_line_no, origin.currency
        """;

    /// <summary>
    /// Adds to each account what stands of the charges looked at: of those that fell due since, of all of a subscription looked at
    /// whole, and of charges beside subscriptions.
    /// </summary>
    public static async Task AddTo(
        NpgsqlConnection connection, List<BillableAccount> accounts, Guid first, Guid last, BillingWindow window, CancellationToken cancel)
    {
        var whole = accounts.SelectMany(account => account.Subscriptions, (account, item) => (Account: account.Account.Id.Value, item))
            .Where(pair => pair.item.Touched).ToList();
        // A minimum that was taken away is wanted no more: what was billed for it is looked at too.
        var minimums = accounts.Where(account => account.MonthlyMinimum > 0 || account.Subscriptions.Exists(item => item.Touched))
            .Select(account => account.Account.Id.Value).ToArray();
        await using var command = new NpgsqlCommand(
            $"""
            -- Each way by an index of its own: what is looked at does not grow with the years that were billed.
            with line as (
              select * from invoicing.invoice_line where billing_account_id between $1 and $2 and due_on > $3 and due_on <= $4
              union all
              select * from invoicing.invoice_line
              where billing_account_id between $1 and $2 and component = 'one-off' and due_on <= $3
              union all
              select * from invoicing.invoice_line
              where billing_account_id = any($6) and billing_account_id between $1 and $2 and component = 'minimum' and due_on >= $7 and due_on <= $3
              union all
              select one.* from unnest($8, $5) as whole (account, subscription)
              cross join lateral (
                select * from invoicing.invoice_line
                where billing_account_id = account and subscription_id = subscription and due_on >= $7 and due_on <= $3) one
            )
            select distinct on (line.billing_account_id, line.subscription_id, line.component, line.part_start, line.detail) {Columns}
            from line
            join invoicing.invoice origin on origin.id = line.origin_invoice_id and origin.billing_account_id = line.billing_account_id
            order by line.billing_account_id, line.subscription_id, line.component, line.part_start, line.detail, line.revision desc
            """, connection);
        foreach (var value in new object[] { first, last, window.After, window.Last, whole.ConvertAll(pair => pair.item.Subscription.Id.Value).ToArray(), minimums,
            window.BillsFrom, whole.ConvertAll(pair => pair.Account).ToArray() })
            command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (!reader.HasRows) return;
        var byId = accounts.ToDictionary(item => item.Account.Id.Value);
        while (await reader.ReadAsync(cancel))
        {
            // Accounts of other legal entities lie between ours; their lines are not this part's.
            if (byId.TryGetValue(reader.GetGuid(0), out var account)) account.Booked.Add(Read(reader));
        }
    }

    /// <summary>
    /// The window, reaching to the last day for which something stands: a run of a later day was there first, and what it billed
    /// must not be billed again nor taken back.
    /// </summary>
    public static async Task<BillingWindow> Reach(NpgsqlConnection connection, Guid first, Guid last, BillingWindow window, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "select max(due_on) from invoicing.invoice_line where billing_account_id between $1 and $2", connection);
        foreach (var value in new object[] { first, last }) command.Parameters.Add(new() { Value = value });
        return await command.ExecuteScalarAsync(cancel) is DateOnly due && due > window.Last ? window with { Through = due } : window;
    }

    /// <summary>One row of <see cref="Columns"/>.</summary>
    public static BookedLine Read(NpgsqlDataReader reader)
    {
        var from = reader.GetFieldValue<DateOnly>(3);
        var line = new ChargeLine(
            new LineKey(new SubscriptionId(reader.GetGuid(1)), reader.GetString(2), from, reader.GetString(4)),
            new CorrelationId(reader.GetGuid(23)), new Money(Canonical.Of(reader.GetDecimal(12)), Currency.Of(reader.GetString(27))),
            new ServicePeriod(from, reader.GetFieldValue<DateOnly>(8)), reader.GetDecimal(10), reader.GetDecimal(11),
            Words.Parse<Recognition>(reader.GetString(13)), reader.GetString(14))
        {
            DueOn = reader.GetFieldValue<DateOnly>(9),
            Convention = reader.GetString(15),
            Amendment = reader.GetInt32(16),
            Price = reader.IsDBNull(17) ? default : new PriceId(reader.GetGuid(17)),
        };
        return new BookedLine(
            line, reader.GetInt32(5), reader.GetDecimal(6), reader.GetDecimal(7),
            new LineOrigin(new InvoiceId(reader.GetGuid(24)), reader.GetString(25), reader.GetInt32(26)),
            new LineTax(
                reader.GetString(18), reader.GetString(19), Canonical.Of(reader.GetDecimal(20)), reader.GetFieldValue<DateOnly>(21), reader.GetString(22)));
    }
}
