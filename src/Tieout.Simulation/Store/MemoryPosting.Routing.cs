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

    public Task<int> RouteStaged(DeliveryTarget target, int limit, Func<string, IReadOnlyList<string>, Finding> apart, CancellationToken cancel)
    {
        return _line.Ask("route-staged", writes: true, () =>
        {
            var staged = Books.Rows.Where(row => row.State == PostingState.Staged && MayRoute(row, target) && !Server.IsLocked(row.Id)).Take(limit).ToList();
            var books = Books;
            foreach (var row in staged)
            {
                var routing = Routing.Of(
                    books.TargetsBefore(row), books.Mapping.Routes, FactsOf(row).Document, target.LegalEntities.Contains(row.Entity) ? target.Name : "");
                var name = RoutingWords.Target(routing);
                books = books.Set(row with
                {
                    State = routing is Routing.Apart ? PostingState.Parked : PostingState.Staged,
                    Target = name.Length > 0 ? name : null,
                    Routes = books.Mapping.RoutesNumber,
                    RoutedBy = RoutingWords.By(routing, books.Mapping.RoutesNumber),
                    RulesVersion = name == target.Name ? target.Settings.Version : null,
                });
                if (routing is Routing.Apart parted) books = books.Raise(newId(), "posting", row.Key, apart(row.Key, parted.Targets));
            }
            Books = books;
            return staged.Count;
        });
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
