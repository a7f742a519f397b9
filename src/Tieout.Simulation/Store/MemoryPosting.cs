using Tieout.Application.Exceptions;
using Tieout.Application.Posting;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Posting;

namespace Tieout.Simulation.Store;

/// <summary>The postings in memory, as one program sees them over its line: what PostgresPosting does, without PostgreSQL.</summary>
internal sealed partial class MemoryPosting(ServerLine line, TimeProvider clock, Func<Guid> newId, Flaws flaws = Flaws.None) : IPostingStore
{
    private readonly ServerLine _line = line;

    private MemoryServer Server => _line.Server;

    private Books Books
    {
        get => _line.Server.Books;
        set => _line.Server.Books = value;
    }

    public DateTimeOffset Now => clock.GetUtcNow();

    public Guid NewId() => newId();

    public async Task<IPostingNode> Join(CancellationToken cancel)
    {
        try
        {
            var (number, epoch, now) = await _line.Ask("join", writes: true, Enter);
            Told(now);
            return new MemoryNode(this, number, epoch);
        }
        catch (StoreAwayException)
        {
            Server.CutSessions(this); // the session went with the connection
            throw;
        }
    }

    public Task RaiseTarget(string target, Finding finding) =>
        Write("raise-target", () => Books = Books.Raise(newId(), "target", target, finding));

    public Task ResolveTarget(string target, string resolution) =>
        Write("resolve-target", () => Books = Books.Resolve("target", target, resolution));

    public Task RememberRules(IReadOnlyList<DeliveryTarget> targets, CancellationToken cancel) =>
        Write("remember-rules", () => Books = Books with { Rules = Books.Rules.Union(targets.Select(target => (target.Name, target.Settings.Version))) });

    // Every legal entity of the simulation has a route.
    public Task TellUnrouted(IReadOnlyList<DeliveryTarget> targets, CancellationToken cancel) => Write("tell-unrouted", () => { });

    // Nobody watches runs here.
    public Task<Guid> BeginRun(string actor, CancellationToken cancel) => _line.Ask("begin-run", writes: true, newId);

    public Task ReportRun(Guid run, long done, long total, CancellationToken cancel) => Write("report-run", () => { });

    public Task EndRun(Guid run, string state, string problem) => Write("end-run", () => { });

    public async Task BreakRun(Guid run, Exception trouble)
    {
        try
        {
            await EndRun(run, "failed", trouble.Message);
        }
        catch (StoreAwayException)
        {
            // The database is away.
        }
    }

    public Task<ReplayException.Outcome> Replay(
        Guid id, Func<CaseToReplay?, ReplayException.Outcome> decide, string resolution, CancellationToken cancel) => _line.Ask("replay", writes: true, () =>
    {
        var one = Books.Cases.Find(candidate => candidate.Id == id);
        var posting = one is { SubjectKind: "posting" } && Books.Keys.TryGetValue(one.SubjectKey, out var key) ? Books.Postings[key] : null;
        if (posting is not null) Server.Demand([posting.Id]);
        var outcome = decide(one is null ? null : new CaseToReplay(
            one.Id, one.IsOpen ? "open" : "resolved", one.Code, one.Resolution, one.SubjectKind, one.SubjectKey,
            posting?.Key, posting is null ? null : Domain.Words.Of(posting.State), posting?.Target, posting?.SentAt,
            posting?.AskAlso.Count > 0));
        if (outcome is ReplayException.Outcome.Closed) Books = Books.Close(one!.Id, resolution);
        if (outcome is not ReplayException.Outcome.Replayed replayed) return outcome;
        var books = Books;
        if (one!.Code == ReplayException.CustomerUnknown)
            books = books with { References = books.References.Remove((posting!.Target!, posting.Customer.Id)) };
        var state = Domain.Words.Parse<PostingState>(replayed.State);
        books = books.Set(posting!.Freed() with
        {
            State = state,
            Target = state == PostingState.Staged ? null : posting.Target,
            Routes = state == PostingState.Staged ? 0 : posting.Routes,
            Tries = 0,
            LookUps = 0,
            NotBefore = state == PostingState.InDoubt ? _line.Now : null,
        });
        Books = FreeFollowers(books.Resolve("posting", posting.Key, resolution), posting.Key);
        return outcome;
    });

    // What was parked for it goes with it, and so on.
    private Books FreeFollowers(Books books, string key)
    {
        foreach (var row in books.Rows.Where(row => row.State == PostingState.Parked && row.Before.Contains(key) && !Server.IsLocked(row.Id)).ToList())
        {
            if (books.Turn(row) == MemoTurn.Blocked
                || !books.Cases.Exists(one => one is { IsOpen: true, SubjectKind: "posting", Code: Predecessors.NotPosted } && one.SubjectKey == row.Key)) continue;
            books = books.Set(row.Freed() with { State = PostingState.Staged, Target = null, Routes = 0, Tries = 0, LookUps = 0, NotBefore = null })
                .Resolve("posting", row.Key, Predecessors.GoesOn.Replace("{0}", key, StringComparison.Ordinal));
            books = FreeFollowers(books, row.Key);
        }
        return books;
    }

    private (int Number, int Epoch, DateTimeOffset Now) Enter()
    {
        int next;
        do
        {
            next = Books.LastNode + 1;
            Books = Books with { LastNode = next };
        }
        while (!Server.Enter(next, this));
        return (next, Server.Epoch, _line.Now);
    }

    private void Told(DateTimeOffset now) => (clock as DatabaseClock)?.Told(now);

    private Task Write(string name, Action operation) => _line.Ask(name, writes: true, () =>
    {
        operation();
        return true;
    });

    private sealed class MemoryNode(MemoryPosting store, int number, int epoch) : IPostingNode
    {
        public int Number => number;

        public async Task Prove(CancellationToken cancel)
        {
            try
            {
                store.Told(await store._line.Ask("prove", writes: false, () => Stands() ? store._line.Now : throw StoreAwayException.NoAnswer()));
            }
            catch (StoreAwayException)
            {
                if (Stands()) store.Server.Leave(number); // a line that broke is a session that ended
                throw;
            }
        }

        public async ValueTask DisposeAsync()
        {
            try
            {
                await store._line.Ask("leave", writes: false, () =>
                {
                    if (Stands()) store.Server.Leave(number);
                    return true;
                });
            }
            catch (StoreAwayException)
            {
                // The session is gone, and the lock with it.
                if (Stands()) store.Server.Leave(number);
            }
        }

        // A session that was cut does not come back because another has its number.
        private bool Stands() => store.Server.Epoch == epoch && store.Server.IsAlive(number);
    }
}
