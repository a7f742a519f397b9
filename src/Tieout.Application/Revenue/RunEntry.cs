using Dapper;
using Npgsql;
using Tieout.Application.Journals;
using Tieout.Domain;
using Tieout.Domain.Ledger;
using Tieout.Domain.Posting;

namespace Tieout.Application.Revenue;

/// <summary>Books entries of a revenue run inside the caller's transaction: revenue journals dated on the last day of their month.</summary>
internal sealed class RunEntry(NpgsqlConnection connection, RevenueRequest request, Guid run, DateTimeOffset now)
{
    /// <summary>Answers the entry's id and its number.</summary>
    /// <param name="inBooks">Whether the ERP is told it in the currency of the books alone; said of lines in another one.</param>
    public async Task<(Guid Id, string Number)> Save(
        Guid entity, AccountingMonth month, string text, IEnumerable<(JournalLine Line, string Text)> lines, bool inBooks, CancellationToken cancel)
    {
        var (id, source) = (Guid.CreateVersion7(now), Guid.CreateVersion7(now));
        await connection.ExecuteAsync(new CommandDefinition(
            "insert into ledger.manual_journal (id, legal_entity_id, reason, actor, created_at) values (@source, @entity, @text, @Actor, @now)",
            new { source, entity, text, request.Actor, now }, cancellationToken: cancel));
        var number = await SaveEntry.Run(
            connection,
            new EntryToBook(
                EntryKind.RevenueJournal, source, entity, month.Period.End.AddDays(-1), text,
                [.. lines.Select(line => new EntryLineToBook(line.Line, BillingAccount: null, Text: line.Text))],
                Correlation: run, Id: id)
            { ToldInBooks = inBooks },
            now, cancel);
        return (id, number);
    }
}
