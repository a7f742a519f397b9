using Dapper;
using Npgsql;
using Tieout.Application.Closing;
using Tieout.Application.Invoicing;
using Tieout.Application.Journals;
using Tieout.Domain;
using Tieout.Domain.Cash;
using Tieout.Domain.Closing;
using Tieout.Domain.Ledger;
using Tieout.Domain.Posting;

namespace Tieout.Application.Gateways;

/// <summary>An entry of a gateway that concerns no customer.</summary>
/// <param name="Key">It is booked once.</param>
/// <param name="On">The day it was told for; where a closed month takes it no more, the policy for late arrivals decides.</param>
internal sealed record GatewayEntryToBook(string Key, GatewayEntity Entity, DateOnly On, string Text, Currency Currency, IReadOnlyList<CashLine> Lines);

/// <summary>What became of it.</summary>
internal abstract record GatewayEntryOutcome
{
    private GatewayEntryOutcome() { }

    /// <summary>It stands in the books, now or since before.</summary>
    public sealed record Stands(Guid Entry, string Number) : GatewayEntryOutcome;

    /// <summary>Its month takes it no more, and the policy holds it.</summary>
    public sealed record Held(HeldDay Day) : GatewayEntryOutcome;
}

/// <summary>Books a fee or a payout with its run, its entry and its posting, inside the caller's transaction.</summary>
internal static class SaveGatewayEntry
{
    private const string Actor = "gateway";

    /// <summary>Its entry and number, those of the first where it was booked before; or that it is held.</summary>
    public static async Task<GatewayEntryOutcome> Run(
        NpgsqlConnection connection, GatewayEntryToBook entry, DateTimeOffset now, CancellationToken cancel)
    {
        var entity = entry.Entity.Id;
        await BillingLock.Shared(connection, entity, cancel);
        if (await GivenOnce.Find(connection, entry.Key, entry.Key, cancel) is GivenOnce.Earlier.Same(var source))
            return await connection.QuerySingleAsync<GatewayEntryOutcome.Stands>(new CommandDefinition(
                "select e.id as entry, p.business_key as number from ledger.journal_entry e join posting.posting p on p.document_id = e.id "
                    + "where e.source_id = @source", new { source }, cancellationToken: cancel));
        // Read anew: while this waited for the lock, somebody may have closed the month.
        var books = (await MonthBooks.Entity(connection, entry.Entity.Code, cancel))!;
        if (LateArrival.Of(entry.On, books.ClosedThrough, Words.Parse<LateArrivals>(books.LateArrivals)) is not LateArrival.Booked booked)
            return new GatewayEntryOutcome.Held(new HeldDay(entity, entry.On, Journal: true, Asked: books.LateArrivals == Words.Of(LateArrivals.AskToReopen)));
        var (journal, id, text) = (Guid.CreateVersion7(now), Guid.CreateVersion7(now), entry.Text + GatewayLate.Words(entry.On, booked));
        await OneDocumentRun.Add(connection, "journal", text, Actor, now, cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            "insert into ledger.manual_journal (id, legal_entity_id, reason, actor, created_at) values (@journal, @entity, @text, @Actor, @now)",
            new { journal, entity, text, Actor, now }, cancellationToken: cancel));
        await GivenOnce.Add(connection, entry.Key, entry.Key, journal, now, cancel);
        var number = await SaveEntry.Run(
            connection,
            new EntryToBook(
                EntryKind.ManualJournal, journal, entity, booked.On, text,
                [.. entry.Lines.Select(line => new EntryLineToBook(new JournalLine(line.Account, new Money(line.Amount, entry.Currency)), null))], Id: id),
            now, cancel);
        return new GatewayEntryOutcome.Stands(id, number);
    }
}
