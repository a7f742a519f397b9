using Npgsql;
using Tieout.Application.Posting.Postgres;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Posting.Lanes;

namespace Tieout.Application.Posting.Lanes;

/// <summary>
/// Pauses, drains or resumes a lane. Programs that work for it, on whatever machine, obey within a second; who, why and when is kept.
/// </summary>
public sealed class CommandLane
{
    private readonly IPostingStore _store;

    /// <summary>Over the books in PostgreSQL.</summary>
    public CommandLane(NpgsqlDataSource database, TimeProvider clock) : this(new PostgresPosting(database, clock)) { }

    internal CommandLane(IPostingStore store) => _store = store;

    /// <summary>Tells it once; what it is told already it is not told again.</summary>
    /// <param name="target">Whose lane.</param>
    /// <param name="command">What.</param>
    /// <param name="actor">Who; a <see cref="GivenText"/>.</param>
    /// <param name="reason">Why; a <see cref="GivenText"/>.</param>
    /// <param name="cancel">Gives up; nothing is changed then.</param>
    public async Task<LaneOutcome> Run(string target, LaneCommand command, string? actor, string? reason, CancellationToken cancel)
    {
        Dictionary<string, string[]> errors = new(StringComparer.Ordinal);
        if (GivenText.Problem(actor, GivenText.ActorMost) is { } nobody) errors["actor"] = [$"Who decides? {nobody}"];
        if (GivenText.Problem(reason, GivenText.ReasonMost) is { } nothing) errors["reason"] = [$"Why? Whoever finds the lane like this will ask. {nothing}"];
        return errors.Count > 0
            ? new LaneOutcome.Unreadable(errors)
            : await _store.Command(new LaneOrder(target, command, actor!.Trim(), reason!.Trim()), cancel);
    }
}
