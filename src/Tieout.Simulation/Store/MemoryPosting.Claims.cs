using Tieout.Application.Mapping;
using Tieout.Application.Posting;
using Tieout.Connectors.Port;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Posting;

namespace Tieout.Simulation.Store;

internal sealed partial class MemoryPosting
{
    public Task<ClaimedBatch?> ClaimToSend(DeliveryTarget target, int node, int tries, int limit, CancellationToken cancel)
    {
        var now = Now;
        return _line.Ask("claim-to-send", writes: true, () => Claim(target, node, "send", now, Oldest(
            row => IsReady(row, target, now) && row.Tries == tries && !Books.MayBePosted(row), limit)));
    }

    public Task<int?> FewestTries(DeliveryTarget target, CancellationToken cancel)
    {
        var now = Now;
        return _line.Ask("fewest-tries", writes: false, () =>
            Books.Rows.Where(row => IsReady(row, target, now) && !Books.MayBePosted(row)).Min(row => (int?)row.Tries));
    }

    public Task<ClaimedBatch?> ClaimToLookUp(DeliveryTarget target, int node, int limit, CancellationToken cancel)
    {
        var now = Now;
        return _line.Ask("claim-to-look-up", writes: true, () => Claim(target, node, "look-up", now, [.. Books.Rows.Where(row =>
            row.State == PostingState.InDoubt && row.Target == target.Name && row.NotBefore <= now && row.Claim is null && !Server.IsLocked(row.Id))
            .Take(limit)]));
    }

    public Task<Guid?> BeginExchange(ExchangeStart start, CancellationToken cancel) => _line.Ask<Guid?>("begin-exchange", writes: true, () =>
    {
        // By the server's own clock, as in PostgreSQL.
        var now = flaws.HasFlag(Flaws.MachineTime) ? Now : _line.Now;
        var held = start.Claimed == 0 ? [] : Books.Rows.Where(row => row.State is PostingState.Sending or PostingState.InDoubt
            && row.Claim == start.Batch && row.Target == start.Target.Name && row.ClaimedUntil > now).ToList();
        // The claim is a row of its own: whoever only holds the postings is not waited for.
        if (held.Count != start.Claimed && !flaws.HasFlag(Flaws.NoFence)) return null;
        var books = Books;
        foreach (var row in held)
            books = books.Set(row with
            {
                SentAt = row.State == PostingState.Sending ? now : row.SentAt,
                ClaimedUntil = now + Application.Posting.Claims.Lease(start.Target),
            });
        var id = newId();
        Books = books with { Exchanges = books.Exchanges.Add(id, start.Batch), BatchesAsked = books.BatchesAsked.Add(start.Batch) };
        return id;
    });

    public Task EndExchange(Guid exchange, int? status, ReadOnlyMemory<byte> answer, string? failure) => Write("end-exchange", () => { });

    private static bool IsReady(PostingRow row, DeliveryTarget target, DateTimeOffset now) =>
        row.State == PostingState.Ready && row.Target == target.Name && !(row.NotBefore > now);

    private List<PostingRow> Oldest(Func<PostingRow, bool> due, int limit) =>
        [.. Books.Rows.Where(row => due(row) && !Server.IsLocked(row.Id)).OrderBy(row => row.Place).Take(limit).OrderBy(row => row.Id)];

    private ClaimedBatch? Claim(DeliveryTarget target, int node, string kind, DateTimeOffset now, List<PostingRow> due)
    {
        if (due.Count == 0) return null;
        var claim = newId();
        var books = Books;
        List<ClaimedPosting> postings = new(due.Count);
        List<ErpDocument> documents = new(due.Count);
        Dictionary<Guid, Finding> unmapped = [];
        foreach (var row in due)
        {
            var mapping = books.Mapping;
            var taken = row with
            {
                Claim = claim,
                ClaimedBy = node,
                ClaimedUntil = now + Application.Posting.Claims.Lease(target),
                Attempts = row.Attempts + 1,
                Taken = (kind, now),
            };
            taken = kind == "send"
                ? taken with
                {
                    State = PostingState.Sending,
                    SentAt = now,
                    Tries = row.Tries + 1,
                    RulesVersion = row.ChosenAt is null ? target.Settings.Version + mapping.VersionsOf(target.Name) : row.RulesVersion,
                    ChosenAt = row.ChosenAt ?? taken.Attempts,
                }
                : taken with { LookUps = row.LookUps + 1 };
            books = books.Set(taken);
            postings.Add(Claimed(taken));
            var document = row.For(books.References.GetValueOrDefault((target.Name, row.Customer.Id), ""));
            (books, document) = Mapped(books, taken, target, document, kind == "send", unmapped);
            documents.Add(document);
        }
        Books = books;
        return new ClaimedBatch(claim, postings, documents) { Unmapped = unmapped };
    }

    // What was sent under choices on record is sent and asked for again with them; all else by the rules in force.
    private (Books Books, ErpDocument Document) Mapped(
        Books books, PostingRow row, DeliveryTarget target, ErpDocument document, bool sending, Dictionary<Guid, Finding> unmapped)
    {
        if (!flaws.HasFlag(Flaws.MappedAnew) && row.ChosenAt is { } at && !(sending && at == row.Attempts))
            return (books, books.Choices.TryGetValue((row.Id, at), out var kept) ? DocumentMap.Again(document, kept) : document);
        var book = books.Mapping.AccountsOf(target.Name);
        if (book.Number == 0) return (books, document);
        var mapped = new DocumentMap(book, target.Settings).Of(document, FactsOf(row));
        if (sending && mapped.Findings.Count > 0)
        {
            unmapped[row.Id] = mapped.Findings[0];
            books = books.Set(row with { ChosenAt = null }); // it is not sent
        }
        else if (sending) books = books with { Choices = books.Choices.SetItem((row.Id, row.Attempts), mapped.Choices) };
        return (books, mapped.Document);
    }

    private static ClaimedPosting Claimed(PostingRow row) => new(
        row.Id, row.Key, row.Attempts, row.Tries, row.LookUps, row.SentAt ?? default, row.Customer.Account, Guid.Empty,
        row.Document.Date, row.Document.Currency.Code, row.Amount, row.Id, row.Id,
        row.Kind, row.ChosenAt);
}
