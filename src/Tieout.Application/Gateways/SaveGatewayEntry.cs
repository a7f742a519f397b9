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
internal sealed record GatewayEntryToBook(string Key, GatewayEntity Entity, DateOnly On, string Text, Currency Currency, IReadOnlyList<CashLine> Lines)
{
    /// <summary>What a debit and a credit each come to in the books, where that is not to be found out; null where it is.</summary>
    public Money? InBooks { get; init; }
}

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
        var text = entry.Text + GatewayLate.Words(entry.On, booked);
        return await Journal(
            connection, entry.Key,
            new EntryToBook(
                EntryKind.ManualJournal, Guid.CreateVersion7(now), entity, booked.On, text,
                [.. entry.Lines.Select(line => new EntryLineToBook(
                    new JournalLine(
                        line.Account, new Money(line.Amount, entry.Currency), entry.InBooks is not { } worth ? null : line.Amount > 0 ? worth : -worth), null))],
                Id: Guid.CreateVersion7(now)),
            now, cancel);
    }

    /// <summary>Books it as a journal with its run, under a key; whoever asks has found that nothing stands under that.</summary>
    internal static async Task<GatewayEntryOutcome.Stands> Journal(
        NpgsqlConnection connection, string key, EntryToBook entry, DateTimeOffset now, CancellationToken cancel)
    {
        await OneDocumentRun.Add(connection, "journal", entry.Text, Actor, now, cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            "insert into ledger.manual_journal (id, legal_entity_id, reason, actor, created_at) values (@Source, @LegalEntity, @Text, @Actor, @now)",
            new { entry.Source, entry.LegalEntity, entry.Text, Actor, now }, cancellationToken: cancel));
        await GivenOnce.Add(connection, key, key, entry.Source, now, cancel);
        return new GatewayEntryOutcome.Stands(entry.Id!.Value, await SaveEntry.Run(connection, entry, now, cancel));
    }
}
