using Tieout.Connectors.Port;
using Tieout.Domain.Posting;

namespace Tieout.Simulation.Store;

/// <summary>What ERPs told by themselves, in the simulated books: what ConfirmationInbox and TakeConfirmation do, without PostgreSQL.</summary>
internal sealed class MemoryConfirmations(ServerLine line) : IConfirmations
{
    public Task Expect(string target, IReadOnlyList<ExpectedConfirmation> expected, CancellationToken cancel) => line.Ask("expect", writes: true, () =>
    {
        foreach (var one in expected)
            line.Server.Books = line.Server.Books with { Due = line.Server.Books.Due.SetItem((target, one.Reference), one.Key) };
        return true;
    });

    public Task<IReadOnlyList<ToldOf>> Told(string target, IReadOnlyList<string> references, CancellationToken cancel) =>
        line.Ask<IReadOnlyList<ToldOf>>("told", writes: false, () =>
        [
            .. references.Select(reference => new ToldOf(
                reference, line.Server.Books.Due.ContainsKey((target, reference)),
                [.. line.Server.Books.Told.Where(told => told.Target == target && told.What.Reference == reference).Select(told => told.What)])),
        ]);

    /// <summary>Takes a message of an ERP in; whatever it is about is looked up at once. False where the books take nothing down just now.</summary>
    public bool Take(string target, IReadOnlyList<Confirmation> confirmations)
    {
        if (line.Server.IsDown || line.Server.IsFull) return false;
        var (books, now) = (line.Server.Books, line.Now);
        books = books with { Told = books.Told.AddRange(confirmations.Select(one => (target, one with { ReceivedAt = now }))) };
        foreach (var key in confirmations.Select(one => books.Due.GetValueOrDefault((target, one.Reference))).OfType<string>())
            if (books.Keys.TryGetValue(key, out var id) && books.Postings[id] is { State: PostingState.InDoubt, Claim: null } row && row.Target == target
                && row.NotBefore > now && !line.Server.IsLocked(id))
                books = books.Set(row with { NotBefore = now });
        line.Server.Books = books;
        return true;
    }
}
