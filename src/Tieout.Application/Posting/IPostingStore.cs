using Tieout.Application.Exceptions;
using Tieout.Connectors.Port;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Posting;

namespace Tieout.Application.Posting;

/// <summary>
/// All that the delivery of documents asks of its storage: PostgreSQL in the program, memory in the simulation. Every operation is
/// a transaction of its own: it happens whole or not at all, also where the caller hears of neither. One that cannot be carried out
/// now throws <see cref="System.Data.Common.DbException"/> (see <see cref="StoreTrouble"/>). PostingStoreRules proves that both behave alike.
/// </summary>
internal partial interface IPostingStore
{
    /// <summary>The time all nodes go by: the store's, however wrong this machine's clock is.</summary>
    DateTimeOffset Now { get; }

    /// <summary>An id that nothing else has.</summary>
    Guid NewId();

    /// <summary>Enters this running program among its like, under a number that no other living one has.</summary>
    Task<IPostingNode> Join(CancellationToken cancel);

    /// <summary>
    /// The postings of the target whose turn it is (<see cref="StagedDocument.Place"/>, then the oldest) that are ready, due and have been
    /// tried so often: they go to sending under a new claim, which is the record of their attempt while it is under way. None when
    /// there are none; those that another claims at this moment are passed over.
    /// A store may go on behind what it claimed last, so that the oldest are those it knows of: what was put before them by the same program
    /// is seen by the next claim, what another one put there within half a second.
    /// They are loaded under the mapping versions in force now, which stand with them for good;
    /// what may be in the ERP already keeps those it was sent under.
    /// </summary>
    Task<ClaimedBatch?> ClaimToSend(DeliveryTarget target, int node, int tries, int limit, CancellationToken cancel);

    /// <summary>The fewest tries among the target's postings that are ready and due; null when there are none.</summary>
    Task<int?> FewestTries(DeliveryTarget target, CancellationToken cancel);

    /// <summary>The oldest in doubt, due and in nobody's hands: they stay in doubt, under a new claim, the record of their attempt.</summary>
    Task<ClaimedBatch?> ClaimToLookUp(DeliveryTarget target, int node, int limit, CancellationToken cancel);

    /// <summary>
    /// Puts a request on record and renews the lease of the batch and the instant that a proof of absence counts from. Null, and
    /// nothing is changed, unless exactly <see cref="ExchangeStart.Claimed"/> postings are still being sent, or looked
    /// up, under the claim. Asking in a look-up moves no proof of absence.
    /// </summary>
    Task<Guid?> BeginExchange(ExchangeStart start, CancellationToken cancel);

    /// <summary>Puts the answer on record, or why there is none.</summary>
    Task EndExchange(Guid exchange, int? status, ReadOnlyMemory<byte> answer, string? failure);

    /// <summary>
    /// Postings move, attempts are written, cases open or close: all of it or nothing. A posting that is not under the claim any more, or not
    /// in the state it was claimed in, is left as it is, and so is all that belongs to it.
    /// </summary>
    Task Record(Guid claim, PostingState from, IReadOnlyList<PostingResult> results);

    /// <summary>
    /// Takes postings from claims whose lease is over or whose node is dead. Where a request is on record: in doubt. Where none is,
    /// nothing can have been sent: ready, and no try. The attempt is written as crashed. Answers how many.
    /// </summary>
    Task<int> FreeDead(CancellationToken cancel);

    /// <summary>The same for what is left of a claim that its own worker has given up.</summary>
    Task<int> Release(Guid claim, string target);

    /// <summary>
    /// Books that were restored from a backup do not know what was posted since: what is ready and may be in the ERP already goes to
    /// in doubt, as if it had been sent when they were restored, and is asked for first: at every target that was ever configured, for
    /// other routes may have led it there, and last at this one. <see cref="ClaimToSend"/> passes it over till then. Answers how many.
    /// </summary>
    Task<int> DoubtRestored(DeliveryTarget target, CancellationToken cancel);

    /// <summary>
    /// Picks a target for the oldest staged documents that this one's settings or the published routes may route, and whose turn is
    /// not ahead: what they are about, then the published routes, then the settings of this target say which
    /// (<see cref="Domain.Mapping.Routing"/>). What is about documents in several targets is parked with a case. Those it leads here
    /// whose turn has come, and all of whose customers the ERP knows, may become ready at once, under this target's present rules, unless
    /// there may be more than it looks at: then all are routed first, and have their turns among all. What was staged for a target is
    /// looked at again once other routes are published; what is ready or beyond stays. Answers how many it looked at.
    /// </summary>
    /// <param name="target">Whose settings.</param>
    /// <param name="limit">So many at once.</param>
    /// <param name="inTurn">Of those that may become ready the ones that shall, with their places; the others are only routed.</param>
    /// <param name="apart">The case of what is about documents in several targets.</param>
    /// <param name="cancel">Gives up.</param>
    Task<int> RouteStaged(
        DeliveryTarget target, int limit, Func<IReadOnlyList<StagedDocument>, IReadOnlyList<StagedDocument>> inTurn,
        Func<string, IReadOnlyList<string>, Finding> apart, CancellationToken cancel);

    /// <summary>Parks staged documents that stand behind one that is parked or cancelled, with a case each; answers how many.</summary>
    Task<int> ParkBlocked(DeliveryTarget target, int limit, Func<BlockedDocument, Finding> finding, CancellationToken cancel);

    /// <summary>
    /// Staged ones that were routed to the target, so many per legal entity, the oldest accounting month first, then the oldest; without
    /// those whose turn it is not, without those of accounts of which something is on its way there, and without those of some accounts.
    /// </summary>
    Task<IReadOnlyList<StagedDocument>> OldestStaged(DeliveryTarget target, int limit, IReadOnlyCollection<Guid>? withoutAccounts = null);

    /// <summary>
    /// Those still staged, all of whose customers the ERP knows, and of whose billing accounts nothing else is on its way there, become
    /// ready for the target, under its present rules. Two of one account at once are refused.
    /// </summary>
    Task Promote(DeliveryTarget target, IReadOnlyCollection<StagedDocument> documents);

    /// <summary>The right to introduce customers to one ERP, for as long as it is held; null while another has it.</summary>
    Task<IAsyncDisposable?> TryIntroduce(string erp, CancellationToken cancel);

    /// <summary>What an ERP has to know of these customers.</summary>
    Task<IReadOnlyList<CustomerToKnow>> Customers(IReadOnlyCollection<Guid> ids);

    /// <summary>
    /// Keeps the ERP's ids of customers present and parks whatever is staged for those refused, with a case each; so also for one
    /// whose ERP id belongs to another customer of ours already.
    /// </summary>
    Task RecordCustomers(
        DeliveryTarget target, IReadOnlyList<(CustomerToKnow Customer, CustomerOutcome Outcome)> outcomes, Func<string, string, Finding> takenBy);

    /// <summary>Opens the case of a target, or counts one more repeat of it.</summary>
    Task RaiseTarget(string target, Finding finding);

    /// <summary>Closes the open cases of a target.</summary>
    Task ResolveTarget(string target, string resolution);

    /// <summary>Whether anything could be done now for one of the targets.</summary>
    Task<bool> SomethingIsDue(IReadOnlyList<DeliveryTarget> targets, CancellationToken cancel);

    /// <summary>What is not settled yet, by target, or by legal entity while it is staged.</summary>
    Task<IReadOnlyList<OpenPostings>> Open(IReadOnlyList<DeliveryTarget> targets, CancellationToken cancel);

    /// <summary>All postings by target and state.</summary>
    Task<IReadOnlyList<PostingCount>> Counts();

    /// <summary>Keeps the rules of the targets under their version, never to be changed.</summary>
    Task RememberRules(IReadOnlyList<DeliveryTarget> targets, CancellationToken cancel);

    /// <summary>One case per legal entity with documents that nothing routes and per target without a configuration; closed once there is one.</summary>
    Task TellUnrouted(IReadOnlyList<DeliveryTarget> targets, CancellationToken cancel);

    /// <summary>Begins a posting run, or takes up the one that was not finished.</summary>
    Task<Guid> BeginRun(string actor, CancellationToken cancel);

    /// <summary>Says how far a run is.</summary>
    Task ReportRun(Guid run, long done, long total, CancellationToken cancel);

    /// <summary>Ends a run; not cancelled itself.</summary>
    Task EndRun(Guid run, string state, string problem);

    /// <summary>Ends a run that threw; throws nothing itself.</summary>
    Task BreakRun(Guid run, Exception trouble);

    /// <summary>
    /// Loads the case with its posting, both locked, and carries out what is decided: replayed, the posting goes where it says and
    /// every open case of it closes, and what was parked for it alone goes with it; anything else changes nothing.
    /// </summary>
    Task<ReplayException.Outcome> Replay(
        Guid id, Func<CaseToReplay?, ReplayException.Outcome> decide, string resolution, CancellationToken cancel);
}

/// <summary>This running program among its like, until it is disposed of, dies, or loses its session.</summary>
internal interface IPostingNode : IAsyncDisposable
{
    /// <summary>Told with every claim.</summary>
    int Number { get; }

    /// <summary>Throws when to the others this node is dead: what it had claimed is nobody's any more, and it has to join anew.</summary>
    Task Prove(CancellationToken cancel);
}
