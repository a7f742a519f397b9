using Dapper;
using Npgsql;

namespace Tieout.Application.Exceptions;

/// <summary>Sends a parked posting on its way again, after a person has fixed what stopped it.</summary>
public sealed class ReplayException(NpgsqlDataSource database, TimeProvider clock)
{
    private const string CustomerUnknown = "customer-unknown";

    /// <summary>What came of it.</summary>
    public abstract record Outcome
    {
        private Outcome() { }

        /// <summary>The posting stands in <paramref name="State"/> now, and the case is resolved.</summary>
        public sealed record Replayed(string BusinessKey, string State) : Outcome;

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
    public async Task<Outcome> Run(Guid id, string actor, string reason, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // The posting before its case: the order in which delivery locks them, too.
        var row = await Load(connection, transaction, id);
        var outcome = Decide(row);
        if (outcome is not Outcome.Replayed replayed) return outcome;
        await Save(connection, transaction, row!, replayed.State, $"Replayed by {actor}: {reason}");
        await transaction.CommitAsync(cancel);
        return outcome;
    }

    private static Outcome Decide(Row? row) => row switch
    {
        null => new Outcome.NotFound(),
        { State: "resolved" } => new Outcome.AlreadyResolved(row.Resolution),
        { BusinessKey: null } => new Outcome.NothingToReplay(row.SubjectKind),
        { PostingState: not "parked" } => new Outcome.NotParked(row.PostingState!),
        // Without a target, or never sent to it, the posting was stopped by a check of ours: that check comes first again. So
        // it does for a customer that the ERP no longer knows under the id we had.
        { Target: null } or { SentAt: null } or { Code: CustomerUnknown } => new Outcome.Replayed(row.BusinessKey, "staged"),
        _ => new Outcome.Replayed(row.BusinessKey, "ready"),
    };

    private static async Task<Row?> Load(NpgsqlConnection connection, NpgsqlTransaction transaction, Guid id)
    {
        await connection.ExecuteAsync(
            """
            select p.id
            from posting.posting p
            join exceptions.exception_case x on x.subject_kind = 'posting' and x.subject_key = p.business_key
            where x.id = @id and p.tenant = 1
            for update of p
            """, new { id }, transaction);
        return await connection.QuerySingleOrDefaultAsync<Row>(
            """
            select x.id, x.state, x.code, x.resolution, x.subject_kind, x.subject_key, p.business_key, p.state as posting_state, p.target, p.sent_at
            from exceptions.exception_case x
            left join posting.posting p on x.subject_kind = 'posting' and p.tenant = 1 and p.business_key = x.subject_key
            where x.id = @id
            for update of x
            """, new { id }, transaction);
    }

    private async Task Save(NpgsqlConnection connection, NpgsqlTransaction transaction, Row row, string state, string resolution)
    {
        var now = clock.GetUtcNow();
        if (row.Code == CustomerUnknown) await ForgetCustomer(connection, transaction, row.BusinessKey!);
        await connection.ExecuteAsync(
            """
            update posting.posting
            set state = @state, target = case when @state = 'staged' then null else target end, tries = 0, look_ups = 0,
                not_before = null, claim = null, claimed_by = null, claimed_until = null, changed_at = @now
            where tenant = 1 and business_key = @key
            """, new { state, now, key = row.BusinessKey }, transaction);
        // Every open case of this posting told of the same stop.
        await connection.ExecuteAsync(
            """
            update exceptions.exception_case
            set state = 'resolved', resolution = @resolution, resolved_at = @now
            where subject_kind = 'posting' and subject_key = @key and state = 'open'
            """, new { resolution, now, key = row.SubjectKey }, transaction);
    }

    // The ERP's id of the customer is stale: it is found or created anew before the document goes again.
    private static async Task ForgetCustomer(NpgsqlConnection connection, NpgsqlTransaction transaction, string key) =>
        await connection.ExecuteAsync(
            """
            delete from customers.cross_reference reference
            using posting.posting p join customers.billing_account account on account.id = p.billing_account_id
            where p.tenant = 1 and p.business_key = @key and reference.tenant = 1 and reference.system = p.target
              and reference.object_kind = 'customer' and reference.internal_id = account.customer_id
            """, new { key }, transaction);

    private sealed record Row(
        Guid Id, string State, string Code, string Resolution, string SubjectKind, string SubjectKey,
        string? BusinessKey, string? PostingState, string? Target, DateTimeOffset? SentAt);
}
