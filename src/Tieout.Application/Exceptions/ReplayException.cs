using Npgsql;
using Tieout.Application.Posting;
using Tieout.Application.Posting.Postgres;
using Tieout.Domain.Posting;

namespace Tieout.Application.Exceptions;

/// <summary>Sends a parked posting on its way again, after a person has fixed what stopped it.</summary>
public sealed class ReplayException
{
    internal const string CustomerUnknown = "customer-unknown";

    private readonly IPostingStore _store;

    /// <summary>Over the books in PostgreSQL.</summary>
    public ReplayException(NpgsqlDataSource database, TimeProvider clock) : this(new PostgresPosting(database, clock)) { }

    internal ReplayException(IPostingStore store) => _store = store;

    /// <summary>What came of it.</summary>
    public abstract record Outcome
    {
        private Outcome() { }

        /// <summary>The posting stands in <paramref name="State"/> now, and the case is resolved.</summary>
        public sealed record Replayed(string BusinessKey, string State) : Outcome;

        /// <summary>The posting was posted and stays so; what a person had to see to beside it is done, and the case is resolved. Nothing is sent.</summary>
        public sealed record Closed(string BusinessKey) : Outcome;

        /// <summary>No case has this id.</summary>
        public sealed record NotFound : Outcome;

        /// <summary>Somebody was first; the case says how it was resolved.</summary>
        public sealed record AlreadyResolved(string Resolution) : Outcome;

        /// <summary>The case is not about a posting: it closes when its cause is gone.</summary>
        public sealed record NothingToReplay(string SubjectKind) : Outcome;

        /// <summary>The posting has moved on since.</summary>
        public sealed record NotParked(string State) : Outcome;
    }

    /// <summary>Replays it once; pressing twice answers <see cref="Outcome.AlreadyResolved"/>.</summary>
    /// <param name="id">The case.</param>
    /// <param name="actor">Who decided; kept with the case.</param>
    /// <param name="reason">Why; kept with the case.</param>
    /// <param name="cancel">Gives up; nothing is changed then.</param>
    public Task<Outcome> Run(Guid id, string actor, string reason, CancellationToken cancel) =>
        _store.Replay(id, Decide, $"Replayed by {actor}: {reason}", cancel);

    internal static Outcome Decide(CaseToReplay? row) => row switch
    {
        null => new Outcome.NotFound(),
        { State: "resolved" } => new Outcome.AlreadyResolved(row.Resolution),
        { BusinessKey: null } => new Outcome.NothingToReplay(row.SubjectKind),
        { PostingState: "posted", Code: PostedCases.NotSettled } => new Outcome.Closed(row.BusinessKey),
        { PostingState: not "parked" } => new Outcome.NotParked(row.PostingState!),
        // One of the ERPs that may have it holds something under its key: until that one says that it has nothing, it goes nowhere else.
        { AskedAround: true } => new Outcome.Replayed(row.BusinessKey, "in-doubt"),
        // Without a target, or never sent to it, the posting was stopped by a check of ours: that check comes first again. So
        // it does for a customer that the ERP no longer knows under the id we had.
        { Target: null } or { SentAt: null } or { Code: CustomerUnknown } => new Outcome.Replayed(row.BusinessKey, "staged"),
        _ => new Outcome.Replayed(row.BusinessKey, "ready"),
    };
}
