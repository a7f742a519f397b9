using Dapper;
using Npgsql;
using Tieout.Application.Invoicing.Drafts;

namespace Tieout.Application.Invoicing;

/// <summary>An account that somebody named, with what decides whether it can be billed at all.</summary>
internal sealed record BilledAccount(
    Guid Id, string Code, Guid CustomerId, Guid LegalEntityId, string LegalEntity, string Currency, string PurchaseOrder, string Note,
    DateOnly? BillsFrom, DateOnly? ClosedThrough)
{
    private const string Select =
        """
        select account.id, account.code, account.customer_id, account.legal_entity_id, entity.code as legal_entity, account.currency,
               account.purchase_order, account.invoice_note as note, entity.bills_from, entity.shut_through as closed_through
        from customers.billing_account account
        join customers.legal_entity entity on entity.id = account.legal_entity_id
        """;

    /// <summary>By its code; null when there is none.</summary>
    public static Task<BilledAccount?> Find(NpgsqlConnection connection, string code, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<BilledAccount>(new CommandDefinition(
            $"{Select} where account.tenant = 1 and account.code = @code", new { code }, cancellationToken: cancel));

    /// <summary>By its id.</summary>
    public static Task<BilledAccount> Read(NpgsqlConnection connection, Guid id, CancellationToken cancel) =>
        connection.QuerySingleAsync<BilledAccount>(new CommandDefinition($"{Select} where account.id = @id", new { id }, cancellationToken: cancel));

    /// <summary>All of a customer, by code.</summary>
    public static async Task<IReadOnlyList<BilledAccount>> OfCustomer(NpgsqlConnection connection, string customer, CancellationToken cancel) =>
        (await connection.QueryAsync<BilledAccount>(new CommandDefinition(
            $"{Select} join customers.customer on customer.id = account.customer_id where customer.tenant = 1 and customer.code = @customer order by account.code",
            new { customer }, cancellationToken: cancel))).AsList();

    /// <summary>Why nothing can be booked on a day; null when it can.</summary>
    public PreviewFinding? Closed(DateOnly issueDate) => ClosedThrough is { } closed && issueDate <= closed
        ? new PreviewFinding(
            "month-closed", $"The books of {LegalEntity} are closed through {BillingDays.Shown(closed)}.",
            "Bill it as of a later day; nothing is booked until then.")
        : null;
}
