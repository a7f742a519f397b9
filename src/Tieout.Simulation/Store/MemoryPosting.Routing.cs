using Tieout.Application.Mapping;
using Tieout.Application.Posting;
using Tieout.Connectors.Port;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Mapping;
using Tieout.Domain.Posting;

namespace Tieout.Simulation.Store;

internal sealed partial class MemoryPosting
{
    private const string ByFile = "the targets file";

    public Task<int> RouteStaged(
        DeliveryTarget target, int limit, Func<IReadOnlyList<StagedDocument>, IReadOnlyList<StagedDocument>> inTurn,
        Func<string, IReadOnlyList<string>, Finding> apart, CancellationToken cancel)
    {
        return _line.Ask("route-staged", writes: true, () =>
        {
            var staged = Books.Rows.Where(row => row.State == PostingState.Staged && MayRoute(row, target) && !Server.IsLocked(row.Id))
                .OrderBy(row => MonthOf(row)).Take(limit).OrderBy(row => row.Id)
                .Select(row => (Row: row, Routing: Routing.Of(
                    Books.TargetsBefore(row), Books.Mapping.Routes, FactsOf(row).Document, target.LegalEntities.Contains(row.Entity) ? target.Name : "")))
                .ToList();
            var mayGo = staged.Where(_ => staged.Count < limit).Where(one => RoutingWords.Target(one.Routing) == target.Name).Select(one => one.Row)
                .Where(row => Books.Turn(row) == MemoTurn.Free && IsKnown(row, target) && Books.IsItsTurn(row with { Target = target.Name }));
            var places = inTurn([.. mayGo.Select(row => Staged(row, target))]).ToDictionary(document => document.Id, document => document.Place);
            var books = Books;
            foreach (var (row, routing) in staged) books = Place(books, row, routing, target, places, apart);
            Books = books;
            return staged.Count;
        });
    }

    private Books Place(
        Books books, PostingRow row, Routing routing, DeliveryTarget target, Dictionary<Guid, long> places,
        Func<string, IReadOnlyList<string>, Finding> apart)
    {
        var name = RoutingWords.Target(routing);
        var goes = places.TryGetValue(row.Id, out var place);
        books = books.Set(row with
        {
            State = routing is Routing.Apart ? PostingState.Parked : goes ? PostingState.Ready : PostingState.Staged,
            Target = name.Length > 0 ? name : null,
            Routes = books.Mapping.RoutesNumber,
            RoutedBy = RoutingWords.By(routing, books.Mapping.RoutesNumber),
            RulesVersion = name == target.Name ? target.Settings.Version : null,
            Place = goes ? place : row.Place,
        });
        return routing is Routing.Apart parted ? books.Raise(newId(), "posting", row.Key, apart(row.Key, parted.Targets)) : books;
    }

    /// <summary>What the rules are asked with; every line is of one plan.</summary>
    internal static DocumentFacts FactsOf(PostingRow row)
    {
        var whole = new Facts(row.Document.Date).With(MappingField.LegalEntity, row.Entity)
            .With(MappingField.DocumentKind, row.Kind).With(MappingField.Currency, row.Document.Currency.Code)
            .With(MappingField.Country, row.Customer.Country).With(MappingField.Plan, "seats").With(MappingField.Customer, row.Customer.Code);
        var accounts = row.Document is ErpInvoice invoice
            ? invoice.Lines.Select(line => line.LedgerAccount)
            : ((ErpEntry)row.Document).Lines.Select(line => line.LedgerAccount);
        return new DocumentFacts(whole, [.. accounts.Select(account => whole.With(MappingField.LedgerAccount, account))]);
    }

    private bool MayRoute(PostingRow row, DeliveryTarget target)
    {
        var mine = target.LegalEntities.Contains(row.Entity);
        var wanted = row.Target is null && mine || row.Routes < Books.Mapping.RoutesNumber
            || row.Target is not null && row.Target != target.Name && row.RoutedBy == ByFile && mine;
        return wanted && Books.Turn(row) != MemoTurn.Waits;
    }
}
