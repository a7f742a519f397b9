using Dapper;
using Npgsql;

namespace Tieout.Application.Invoicing.Drafts;

/// <summary>Drafts that nobody made final. They block nothing.</summary>
internal static class OpenDrafts
{
    /// <summary>Drops those of accounts that a run booked documents for: what they showed is booked, or no longer so.</summary>
    public static async Task Drop(NpgsqlConnection connection, IReadOnlyList<InvoiceToBook> booked, DateTimeOffset now, CancellationToken cancel)
    {
        if (booked.Count == 0) return;
        var accounts = booked.Select(item => item.Invoice.Account.Id.Value).Distinct().ToArray();
        await connection.ExecuteAsync(new CommandDefinition(
            "update invoicing.draft set state = 'dropped', changed_at = @now where state = 'open' and billing_account_id = any(@accounts)",
            new { accounts, now }, cancellationToken: cancel));
    }
}
