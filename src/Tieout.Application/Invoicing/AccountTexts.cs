using Dapper;
using Npgsql;
using Tieout.Domain.Invoicing;

namespace Tieout.Application.Invoicing;

/// <summary>Reads what few accounts have of their own: an order number, a note, a day through which a draft billed them.</summary>
internal static class AccountTexts
{
    public static async Task<IReadOnlyDictionary<Guid, AccountText>> Load(
        NpgsqlConnection connection, Guid entity, Guid first, Guid last, CancellationToken cancel) =>
        (await connection.QueryAsync<AccountText>(new CommandDefinition(
            """
            select id, purchase_order, invoice_note as note, billed_through from customers.billing_account
            where id between @first and @last and legal_entity_id = @entity
              and (purchase_order <> '' or invoice_note <> '' or billed_through is not null)
            """, new { entity, first, last }, cancellationToken: cancel))).ToDictionary(row => row.Id);

    public static void AddTo(List<BillableAccount> accounts, IReadOnlyDictionary<Guid, AccountText> texts)
    {
        if (texts.Count == 0) return;
        for (var index = 0; index < accounts.Count; index++)
            if (texts.TryGetValue(accounts[index].Account.Id.Value, out var text))
                accounts[index] = accounts[index] with { PurchaseOrder = text.PurchaseOrder, Note = text.Note, BilledThrough = text.BilledThrough };
    }
}

/// <summary>What one account has of its own.</summary>
internal sealed record AccountText(Guid Id, string PurchaseOrder, string Note, DateOnly? BilledThrough);
