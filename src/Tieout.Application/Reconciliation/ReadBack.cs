using System.Data.Common;
using Npgsql;
using Tieout.Application.Database;
using Tieout.Application.Posting;
using Tieout.Connectors.Port;
using Tieout.Domain;

namespace Tieout.Application.Reconciliation;

/// <summary>What an ERP told of one month.</summary>
/// <param name="Complete">False when it could not tell everything.</param>
/// <param name="Problem">Why not.</param>
/// <param name="Moved">What our documents moved, by series, ERP account and currency.</param>
/// <param name="Movements">What everything moved, by ERP account and currency.</param>
/// <param name="Accounts">Account rule: our ledger account to theirs.</param>
internal sealed record HeldBooks(
    bool Complete,
    string Problem,
    IReadOnlyDictionary<(string Series, string Account, string Currency), decimal> Moved,
    IReadOnlyDictionary<(string Account, string Currency), decimal> Movements,
    IReadOnlyDictionary<string, string> Accounts)
{
    /// <summary>When reading began: what was posted later need not be in it.</summary>
    public DateTimeOffset ReadFrom { get; init; } = DateTimeOffset.MaxValue;

    public static HeldBooks Unread(string problem) => new(
        Complete: false, problem,
        new Dictionary<(string, string, string), decimal>(), new Dictionary<(string, string), decimal>(), new Dictionary<string, string>());
}

/// <summary>Reads an ERP's documents of a month into <c>reconciliation.held_document</c>, a page at a time.</summary>
internal sealed class ReadBack(NpgsqlDataSource database, TimeProvider clock, Guid run, DeliveryTarget target)
{
    private const int RowsAtOnce = 5_000;

    private readonly Dictionary<(string Series, string Account, string Currency), decimal> _moved = [];
    private readonly Dictionary<string, string> _books = new(StringComparer.Ordinal);
    private long _rows;

    public async Task<HeldBooks> Run(IReadOnlyList<OurBook> books, AccountingMonth month, Action<long> told, CancellationToken cancel)
    {
        var series = books.SelectMany(book => book.KeyStarts).Distinct(StringComparer.Ordinal).ToList();
        foreach (var book in books)
            foreach (var start in book.KeyStarts) _books[start] = book.Books;
        var readFrom = clock.GetUtcNow();
        try
        {
            await ReadDocuments(new ReadScope(series, month), told, cancel);
            var movements = await target.Connector.ReadMovements(month, await OurAccounts.Chosen(database, target.Name, month, cancel), cancel);
            return new HeldBooks(
                Complete: true, "", _moved,
                movements.GroupBy(row => (row.Account, row.Currency)).ToDictionary(group => group.Key, group => group.Sum(row => row.Amount)),
                target.Settings.Accounts)
            { ReadFrom = readFrom };
        }
        // Whatever else a connector throws is a bug of its own, and no reason to leave the other ERPs unread.
        catch (Exception trouble) when (trouble is not DbException && !(trouble is OperationCanceledException && cancel.IsCancellationRequested))
        {
            return HeldBooks.Unread(trouble.Message) with { Accounts = target.Settings.Accounts };
        }
    }

    private async Task ReadDocuments(ReadScope scope, Action<long> told, CancellationToken cancel)
    {
        List<HeldDocument> page = new(RowsAtOnce);
        await foreach (var held in target.Connector.ReadDocuments(scope, cancel))
        {
            page.Add(held);
            if (page.Count < RowsAtOnce) continue;
            await Save(page, cancel);
            told(page.Count);
            page.Clear();
        }
        await Save(page, cancel);
        told(page.Count);
    }

    private async Task Save(List<HeldDocument> page, CancellationToken cancel)
    {
        foreach (var held in page)
        {
            var series = SeriesOf(held);
            foreach (var movement in held.Movements)
            {
                var key = (series, movement.Account, movement.Currency);
                _moved[key] = _moved.GetValueOrDefault(key) + movement.Amount;
            }
        }
        var first = _rows + 1;
        await using var connection = await database.OpenConnectionAsync(cancel);
        await Bulk.Copy(connection,
            "reconciliation.held_document (run_id, target, row_no, business_key, number, customer, currency, net, tax, total, month)",
            page,
            (writer, held) => writer
                .Uuid(run).Text(target.Name).Long(++_rows).Text(held.Document.Key).Text(held.Document.Number).Text(held.Document.Customer)
                .Text(held.Document.Currency).Number(held.Document.Net).Number(held.Document.Tax).Number(held.Document.Total)
                .Date(held.Document.Month.FirstDay),
            cancel);
        await SaveInBooks(connection, page, first, cancel);
    }

    private static string SeriesOf(HeldDocument held) => held.Document.Key[..(held.Document.Key.IndexOf('-', StringComparison.Ordinal) + 1)];

    // Of documents in the currency of the books nothing is kept: what they come to there is their amount.
    private async Task SaveInBooks(NpgsqlConnection connection, List<HeldDocument> page, long first, CancellationToken cancel)
    {
        List<(long Row, string Account, decimal Amount)> told =
        [
            .. from held in page.Index()
               where held.Item.Document.Currency != _books.GetValueOrDefault(SeriesOf(held.Item), held.Item.Document.Currency)
                   && held.Item.Movements.All(movement => movement.InBooks is not null)
               from account in held.Item.Movements.GroupBy(movement => movement.Account, StringComparer.Ordinal)
               select (first + held.Index, account.Key, account.Sum(movement => movement.InBooks!.Value)),
        ];
        if (told.Count == 0) return;
        await Bulk.Copy(connection, "reconciliation.held_in_books (run_id, target, row_no, account, amount)", told,
            (writer, one) => writer.Uuid(run).Text(target.Name).Long(one.Row).Text(one.Account).Number(one.Amount), cancel);
    }
}
