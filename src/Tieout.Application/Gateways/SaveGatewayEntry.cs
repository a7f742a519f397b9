using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Application.Journals;
using Tieout.Domain;
using Tieout.Domain.Cash;
using Tieout.Domain.Ledger;
using Tieout.Domain.Posting;

namespace Tieout.Application.Gateways;

/// <summary>An entry of a gateway that concerns no customer.</summary>
/// <param name="Key">It is booked once.</param>
/// <param name="On">In a closed month it is dated on the first day after.</param>
internal sealed record GatewayEntryToBook(string Key, Guid LegalEntity, DateOnly On, string Text, Currency Currency, IReadOnlyList<CashLine> Lines);

/// <summary>Books a fee or a payout with its run, its entry and its posting, inside the caller's transaction.</summary>
internal static class SaveGatewayEntry
{
    private const string Actor = "gateway";

    /// <summary>Its entry and number; those of the first where it was booked before.</summary>
    public static async Task<(Guid Entry, string Number)> Run(
        NpgsqlConnection connection, GatewayEntryToBook entry, DateTimeOffset now, CancellationToken cancel)
    {
        await BillingLock.Shared(connection, entry.LegalEntity, cancel);
        if (await GivenOnce.Find(connection, entry.Key, entry.Key, cancel) is GivenOnce.Earlier.Same(var source))
            return await connection.QuerySingleAsync<(Guid, string)>(new CommandDefinition(
                "select e.id, p.business_key from ledger.journal_entry e join posting.posting p on p.document_id = e.id where e.source_id = @source",
                new { source }, cancellationToken: cancel));
        var closed = await connection.QuerySingleAsync<DateOnly?>(new CommandDefinition(
            "select shut_through from customers.legal_entity where id = @LegalEntity", new { entry.LegalEntity }, cancellationToken: cancel));
        var (journal, id) = (Guid.CreateVersion7(now), Guid.CreateVersion7(now));
        await OneDocumentRun.Add(connection, "journal", entry.Text, Actor, now, cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            "insert into ledger.manual_journal (id, legal_entity_id, reason, actor, created_at) values (@journal, @LegalEntity, @Text, @Actor, @now)",
            new { journal, entry.LegalEntity, entry.Text, Actor, now }, cancellationToken: cancel));
        await GivenOnce.Add(connection, entry.Key, entry.Key, journal, now, cancel);
        var number = await SaveEntry.Run(
            connection,
            new EntryToBook(
                EntryKind.ManualJournal, journal, entry.LegalEntity, entry.On <= closed ? closed.Value.AddDays(1) : entry.On, entry.Text,
                [.. entry.Lines.Select(line => new EntryLineToBook(new JournalLine(line.Account, new Money(line.Amount, entry.Currency)), null))], Id: id),
            now, cancel);
        return (id, number);
    }
}
