using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;

namespace Tieout.Application.Journals;

/// <summary>Who gives a journal, why, under which key.</summary>
/// <param name="Content">One canonical text of what was asked.</param>
/// <param name="Title">Of its run.</param>
internal sealed record GivenJournal(string Reason, string Actor, string Key, string Content, string Title);

/// <summary>Books a manual journal with its run, its entry and its posting, inside the caller's transaction, who has found nothing under the key.</summary>
internal static class SaveJournal
{
    /// <summary>Answers its number.</summary>
    /// <exception cref="Exchange.RateMissingException">It is in a foreign currency, and a rate of its day is needed and not there.</exception>
    public static async Task<string> Run(
        NpgsqlConnection connection, EntryToBook entry, GivenJournal given, DateTimeOffset now, CancellationToken cancel)
    {
        await OneDocumentRun.Add(connection, "journal", given.Title, given.Actor, now, cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into ledger.manual_journal (id, legal_entity_id, reason, actor, created_at) values (@Source, @LegalEntity, @Reason, @Actor, @now)
            """, new { entry.Source, entry.LegalEntity, given.Reason, given.Actor, now }, cancellationToken: cancel));
        var number = await SaveEntry.Run(connection, entry, now, cancel);
        await GivenOnce.Add(connection, given.Key, given.Content, entry.Source, now, cancel);
        return number;
    }
}
