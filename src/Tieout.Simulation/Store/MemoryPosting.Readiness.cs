using Tieout.Application.Posting;
using Tieout.Connectors.Port;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Posting;

namespace Tieout.Simulation.Store;

internal sealed partial class MemoryPosting
{
    public Task<int> DoubtRestored(DeliveryTarget target, CancellationToken cancel)
    {
        var now = Now;
        return _line.Ask("doubt-restored", writes: true, () =>
        {
            var rows = Books.Rows
                .Where(row => row.State == PostingState.Ready && row.Target == target.Name && Books.MayBePosted(row) && !Server.IsLocked(row.Id)).ToList();
            var books = Books;
            // Other routes may have been in force when it was posted: it is asked for everywhere, last where it goes now.
            var others = books.Rules.Select(rule => rule.Target).Where(name => name != target.Name).Distinct().Order(StringComparer.Ordinal);
            List<string> places = [.. others, target.Name];
            foreach (var row in rows)
                books = books.Set(row with
                {
                    State = PostingState.InDoubt,
                    SentAt = books.RestoredAt,
                    NotBefore = now,
                    Target = places[0],
                    AskAlso = places[1..],
                });
            Books = books;
            return rows.Count;
        });
    }

    public Task<int> ParkBlocked(DeliveryTarget target, int limit, Func<BlockedDocument, Finding> finding, CancellationToken cancel) =>
        _line.Ask("park-blocked", writes: true, () =>
        {
            var blocked = Books.Rows
                .Where(row => IsStagedFor(row, target) && row.Before.Count > 0 && Books.Turn(row) == MemoTurn.Blocked).Take(limit).ToList();
            Server.Demand(blocked.Select(row => row.Id));
            var books = Books;
            foreach (var row in blocked) books = Park(books, row, target, finding(Memo(row)));
            Books = books;
            return blocked.Count;
        });

    public Task<IReadOnlyList<StagedDocument>> OldestStaged(DeliveryTarget target, int limit, IReadOnlyCollection<Guid>? withoutAccounts = null) =>
        _line.Ask<IReadOnlyList<StagedDocument>>("oldest-staged", writes: false, () =>
        [
            .. Books.Rows
                .Where(row => IsStagedFor(row, target) && Books.Turn(row) == MemoTurn.Free && Books.IsItsTurn(row))
                .Where(row => withoutAccounts?.Contains(row.Customer.Account) != true)
                .OrderBy(row => MonthOf(row)).Take(limit).Select(row => Staged(row, target)),
        ]);

    public Task Promote(DeliveryTarget target, IReadOnlyCollection<StagedDocument> documents) => documents.Count == 0 ? Task.CompletedTask : Write("promote", () =>
    {
        var staged = documents.Select(document => (Row: Books.Postings.GetValueOrDefault(document.Id), document.Place))
            .Where(one => one.Row is { State: PostingState.Staged } && one.Row.Target == target.Name).ToList();
        Server.Demand(staged.Select(one => one.Row!.Id));
        var books = Books;
        foreach (var (row, place) in staged)
            // Routed while what it is about was parked, and that has gone elsewhere since: it is routed anew.
            books = books.IsApart(row!) ? books.Set(row! with { Target = null, RoutedBy = "", Routes = 0, RulesVersion = null })
                : !books.IsItsTurn(row!) ? books
                : books.Set(row! with { State = PostingState.Ready, Target = target.Name, RulesVersion = target.Settings.Version, Place = place });
        Books = books;
    });

    public async Task<IAsyncDisposable?> TryIntroduce(string erp, CancellationToken cancel)
    {
        var holder = new Introduction(this, erp);
        try
        {
            return await _line.Ask("try-introduce", writes: false, () => Server.TryIntroduce(erp, holder, this)) ? holder : null;
        }
        catch (StoreAwayException)
        {
            Server.EndIntroduction(erp, holder); // its session went with the connection
            throw;
        }
    }

    public Task<IReadOnlyList<CustomerToKnow>> Customers(IReadOnlyCollection<Guid> ids) => _line.Ask<IReadOnlyList<CustomerToKnow>>("customers", writes: false, () =>
    [
        .. Books.Rows.Select(row => row.Customer).Where(customer => ids.Contains(customer.Id)).Distinct().OrderBy(customer => customer.Id)
            .Select(customer => new CustomerToKnow(customer.Id, customer.Code, customer.Name, customer.Country)),
    ]);

    public Task RecordCustomers(
        DeliveryTarget target, IReadOnlyList<(CustomerToKnow Customer, CustomerOutcome Outcome)> outcomes, Func<string, string, Finding> takenBy) =>
        Write("record-customers", () =>
        {
            var books = Books;
            foreach (var (customer, outcome) in outcomes)
            {
                if (outcome is CustomerOutcome.Present present && !books.References.ContainsKey((target.Name, customer.Id)))
                {
                    var other = books.References.FirstOrDefault(pair => pair.Key.Target == target.Name && pair.Value == present.ErpId).Key.Customer;
                    if (other == Guid.Empty) books = books with { References = books.References.Add((target.Name, customer.Id), present.ErpId) };
                    else books = ParkAll(books, target, customer, takenBy(books.Rows.First(row => row.Customer.Id == other).Customer.Code, present.ErpId));
                }
                if (outcome is CustomerOutcome.Refused refused) books = ParkAll(books, target, customer, refused.Finding);
            }
            Books = books;
        });

    private Books ParkAll(Books books, DeliveryTarget target, CustomerToKnow customer, Finding finding)
    {
        var rows = books.Rows.Where(row => IsStagedFor(row, target) && row.Customer.Id == customer.Id).ToList();
        Server.Demand(rows.Select(row => row.Id));
        foreach (var row in rows) books = Park(books, row, target, finding);
        return books;
    }

    private Books Park(Books books, PostingRow row, DeliveryTarget target, Finding finding) => books
        .Set(row with { State = PostingState.Parked, Target = target.Name, RulesVersion = target.Settings.Version })
        .Raise(newId(), "posting", row.Key, finding);

    private StagedDocument Staged(PostingRow row, DeliveryTarget target) => new(
        row.Id, row.Customer.Account, row.Customer.Id, row.Customer.Currency, IsKnown(row, target), EntityId(row.Entity), MonthOf(row), row.Kind);

    private bool IsKnown(PostingRow row, DeliveryTarget target) => !row.NamesCustomer || Books.References.ContainsKey((target.Name, row.Customer.Id));

    private static bool IsStagedFor(PostingRow row, DeliveryTarget target) =>
        row.State == PostingState.Staged && row.Target == target.Name;

    private BlockedDocument Memo(PostingRow row) => new(
        row.Key, row.Kind, Guid.Empty, row.Customer.Account, row.Document.Date, row.Document.Currency.Code, row.Amount, row.Id,
        string.Join(", ", row.Before.Where(Books.Keys.ContainsKey).Select(key => Books.Postings[Books.Keys[key]])
            .Where(before => before.State is PostingState.Parked or PostingState.Cancelled).Select(before => $"{before.Key} is {Domain.Words.Of(before.State)}")));

    private sealed class Introduction(MemoryPosting store, string erp) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            try
            {
                await store._line.Ask("end-introduction", writes: false, () =>
                {
                    store.Server.EndIntroduction(erp, this);
                    return true;
                });
            }
            catch (StoreAwayException)
            {
                store.Server.EndIntroduction(erp, this); // the session is gone, and the lock with it
                throw;
            }
        }
    }

    private static DateOnly MonthOf(PostingRow row) => new(row.Document.Date.Year, row.Document.Date.Month, 1);

    // One id for one entity, whoever asks.
    private static Guid EntityId(string entity) => new(entity == "DE" ? 1 : 2, 1, 0, [0, 0, 0, 0, 0, 0, 0, 0]);
}
