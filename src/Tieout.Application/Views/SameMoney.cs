using Npgsql;
using Tieout.Application.Database;

namespace Tieout.Application.Views;

/// <summary>A payment and all that became of it, or a dispute and how it was decided: entries about the same money.</summary>
internal static class SameMoney
{
    private const int Most = 100;

    /// <summary>These documents and the entries about the same money as any of them, the oldest first; other documents stand alone.</summary>
    public static async Task<IReadOnlyList<Guid>> With(NpgsqlDataSource database, IReadOnlyList<Guid> documents, CancellationToken cancel)
    {
        var others = await database.Rows<Guid>(
            """
            with mine as (select m.id, m.entry_id, m.payment_id from cash.movement m where m.entry_id = any(@documents))
            select entry_id from (
              select other.id, other.entry_id from mine join cash.movement other on other.payment_id = mine.payment_id
              union
              -- A dispute of an invoice has no payment; its steps share its correlation id.
              select other.id, other.entry_id
              from mine
              join posting.posting p on p.document_id = mine.entry_id
              join posting.posting same on same.correlation_id = p.correlation_id
              join cash.movement other on other.entry_id = same.document_id) found
            order by id limit @Most
            """, new { documents = documents.ToArray(), Most }, cancel);
        return [.. documents.Union(others)];
    }
}
