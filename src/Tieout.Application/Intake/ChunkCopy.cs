using Npgsql;
using NpgsqlTypes;
using Tieout.Domain.Intake;

namespace Tieout.Application.Intake;

/// <summary>What a chunk adds, and what is recorded of each of its rows.</summary>
internal sealed class ChunkAdditions
{
    public List<StoredCustomer> Customers { get; } = [];

    public List<StoredAccount> Accounts { get; } = [];

    public List<StoredSubscription> Subscriptions { get; } = [];

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
        await Accounts(connection, additions.Accounts, now, cancel);
        await Subscriptions(connection, additions.Subscriptions, now, cancel);
        await Components(connection, additions.Subscriptions, cancel);
        await Rows(connection, run, additions.Rows, cancel);
    }

    private static Task Customers(NpgsqlConnection connection, List<StoredCustomer> customers, DateTimeOffset now, CancellationToken cancel) => Copy(
        connection, "customers.customer (id, code, name, country, correlation_id, created_at)", customers,
        async (copy, customer) =>
        {
            await copy.WriteAsync(customer.Id.Value, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(customer.Content.Code, NpgsqlDbType.Text, cancel);
            await copy.WriteAsync(customer.Content.Name, NpgsqlDbType.Text, cancel);
            await copy.WriteAsync(customer.Content.Country, NpgsqlDbType.Text, cancel);
            await copy.WriteAsync(customer.Correlation.Value, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(now, NpgsqlDbType.TimestampTz, cancel);
        }, cancel);

    private static Task Accounts(NpgsqlConnection connection, List<StoredAccount> accounts, DateTimeOffset now, CancellationToken cancel) => Copy(
        connection, "customers.billing_account (id, code, customer_id, legal_entity_id, currency, tax_code, term_days, correlation_id, created_at)", accounts,
        async (copy, account) =>
        {
            await copy.WriteAsync(account.Id.Value, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(account.Content.Code, NpgsqlDbType.Text, cancel);
            await copy.WriteAsync(account.Customer.Value, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(account.Content.LegalEntity.Value, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(account.Content.Currency.Code, NpgsqlDbType.Text, cancel);
            await copy.WriteAsync(account.Content.TaxCode, NpgsqlDbType.Text, cancel);
            await copy.WriteAsync(account.Content.TermDays, NpgsqlDbType.Integer, cancel);
            await copy.WriteAsync(account.Correlation.Value, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(now, NpgsqlDbType.TimestampTz, cancel);
        }, cancel);

    private static Task Subscriptions(NpgsqlConnection connection, List<StoredSubscription> subscriptions, DateTimeOffset now, CancellationToken cancel) => Copy(
        connection, "subscriptions.subscription (id, billing_account_id, code, plan_id, start_date, end_date, correlation_id, created_at)", subscriptions,
        async (copy, subscription) =>
        {
            await copy.WriteAsync(subscription.Id.Value, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(subscription.Account.Value, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(subscription.Content.Code, NpgsqlDbType.Text, cancel);
            await copy.WriteAsync(subscription.Content.Plan, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(subscription.Content.Start, NpgsqlDbType.Date, cancel);
            if (subscription.Content.End is { } end) await copy.WriteAsync(end, NpgsqlDbType.Date, cancel);
            else await copy.WriteNullAsync(cancel);
            await copy.WriteAsync(subscription.Correlation.Value, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(now, NpgsqlDbType.TimestampTz, cancel);
        }, cancel);

    private static Task Components(NpgsqlConnection connection, List<StoredSubscription> subscriptions, CancellationToken cancel) => Copy(
        connection, "subscriptions.component (billing_account_id, subscription_id, component, price_id, quantity, agreed_price)",
        subscriptions.SelectMany(subscription => subscription.Content.Components, (subscription, component) => (subscription, component)),
        async (copy, pair) =>
        {
            await copy.WriteAsync(pair.subscription.Account.Value, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(pair.subscription.Id.Value, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(pair.component.Component, NpgsqlDbType.Text, cancel);
            await copy.WriteAsync(pair.component.Price, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(pair.component.Quantity, NpgsqlDbType.Numeric, cancel);
            if (pair.component.AgreedPrice is { } price) await copy.WriteAsync(price, NpgsqlDbType.Numeric, cancel);
            else await copy.WriteNullAsync(cancel);
        }, cancel);

    private static Task Rows(NpgsqlConnection connection, Guid run, List<RowRecord> rows, CancellationToken cancel) => Copy(
        connection, "intake.row (run_id, row_no, row_key, outcome, code, field, reason, remedy, correlation_id)", rows,
        async (copy, row) =>
        {
            await copy.WriteAsync(run, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(row.Line, NpgsqlDbType.Bigint, cancel);
            await copy.WriteAsync(row.Key, NpgsqlDbType.Text, cancel);
            await copy.WriteAsync(row.Outcome, NpgsqlDbType.Text, cancel);
            await copy.WriteAsync(row.Refusal?.Code ?? "", NpgsqlDbType.Text, cancel);
            await copy.WriteAsync(row.Refusal?.Field ?? "", NpgsqlDbType.Text, cancel);
            await copy.WriteAsync(row.Refusal?.Reason ?? "", NpgsqlDbType.Text, cancel);
            await copy.WriteAsync(row.Refusal?.Remedy ?? "", NpgsqlDbType.Text, cancel);
            await copy.WriteAsync(row.Correlation, NpgsqlDbType.Uuid, cancel);
        }, cancel);

    private static async Task Copy<T>(
        NpgsqlConnection connection, string columns, IEnumerable<T> rows, Func<NpgsqlBinaryImporter, T, Task> write, CancellationToken cancel)
    {
        await using var copy = await connection.BeginBinaryImportAsync($"copy {columns} from stdin (format binary)", cancel);
        foreach (var row in rows)
        {
            await copy.StartRowAsync(cancel);
            await write(copy, row);
        }
        await copy.CompleteAsync(cancel);
    }
}
