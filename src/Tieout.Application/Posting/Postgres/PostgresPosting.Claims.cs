using System.Collections.Concurrent;
using Dapper;
using Npgsql;
using Tieout.Application.Mapping;

namespace Tieout.Application.Posting.Postgres;

internal sealed partial class PostgresPosting
{
    // Workers of one lane who want documents at the same moment get them from one statement.
    private const int ClaimsTogether = 64;

    // Of all claims of one statement together, or of one alone: they are loaded at once, and nobody sends meanwhile.
    private const int RowsTogether = 5_000;

    // Who waits for a doubt waits that much longer; one that this program has just made is seen at once.
    private static readonly TimeSpan StillTrue = TimeSpan.FromMilliseconds(20);

    private const string PutDown =
        """
        returning p.id, p.business_key, p.attempts, p.tries, p.look_ups, p.sent_at, p.billing_account_id, p.legal_entity_id,
                  p.month, p.currency, p.amount, p.correlation_id, p.document_id, p.document_kind, p.chosen_at, p.claim, p.place),
        held as (
          insert into posting.claim (id, target, kind, node, postings, remaining, taken_at, until)
          select claim, $1, $6, $7, array_agg(id order by id), count(*)::int, $4, $5 from claimed group by claim)
        select * from claimed
        """;

    private const string TakeReady =
        $"""
        with due as (
          select ctid as at, id, billing_account_id, place from posting.posting
          where target = $1 and stage = 'open' and state = 'ready' and (not_before is null or not_before <= $4) and tries = $8
            and $12 = (select coalesce(max(publication), 0) from mapping.version) and (place, id) > ($13, $14)
            and not (exists (select from posting.restored) and posting.may_be_posted(created_at, sent_at))
          order by place, id for update skip locked limit $3),
        claimed as (
          update posting.posting p
          set state = 'sending', claim = due.claim, sent_at = $4, attempts = p.attempts + 1, tries = p.tries + 1,
              rules_version = case when p.chosen_at is null then $9 || case when p.routes > 0 then ' routes@' || p.routes else '' end || $10
                                   else p.rules_version end,
              chosen_at = coalesce(p.chosen_at, p.attempts + 1), changed_at = $4
          from (select at, id, billing_account_id, ($2::uuid[])[1 + (row_number() over (order by place, id) - 1) / $11] as claim from due) due
          -- Locked, it stays where it is: no index is asked again.
          where p.ctid = due.at and p.id = due.id and p.billing_account_id = due.billing_account_id
          {PutDown}
        """;

    private const string TakeDoubts =
        $"""
        with due as (
          select id, billing_account_id from posting.posting
          where target = $1 and stage = 'in-doubt' and not_before <= $4 and claim is null
          order by id for update skip locked limit $3),
        claimed as (
          update posting.posting p
          set claim = ($2::uuid[])[1], attempts = p.attempts + 1, look_ups = p.look_ups + 1, changed_at = $4
          from due
          where p.id = due.id and p.billing_account_id = due.billing_account_id
          {PutDown}
        """;

    // Answered once the documents are taken: while they are loaded, the next are taken.
    private readonly ConcurrentDictionary<(string Target, int Node), Gathering<Wish, Task<ClaimedBatch?>>> _takers = new();

    private readonly ConcurrentDictionary<string, DateTimeOffset> _sawNoDoubt = new(StringComparer.Ordinal);

    public async Task<ClaimedBatch?> ClaimToSend(DeliveryTarget target, int node, int tries, int limit, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var wish = new Wish(target, node, "send", limit, tries);
        var taker = _takers.GetOrAdd((target.Name, node), _ => new(TakeTogether, async one => (await TakeTogether([one]))[0], ClaimsTogether, Breath));
        return await await taker.Ask(wish);
    }

    public Task<int?> FewestTries(DeliveryTarget target, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return _tries.Ask(target.Name);
    }

    // All workers ask at once, when nothing is left that was never tried: one look for all of them.
    private async Task<IReadOnlyList<int?>> LookForTries(IReadOnlyList<string> targets)
    {
        await using var connection = await _database.OpenConnectionAsync(CancellationToken.None);
        Dictionary<string, int?> fewest = new(StringComparer.Ordinal);
        foreach (var name in targets.Distinct(StringComparer.Ordinal))
            fewest[name] = await connection.QuerySingleAsync<int?>(
                """
                select min(tries) from posting.posting
                where target = @name and stage = 'open' and state = 'ready' and (not_before is null or not_before <= @now)
                  and not (exists (select from posting.restored) and posting.may_be_posted(created_at, sent_at))
                """, new { name, now = Now });
        return [.. targets.Select(name => fewest[name])];
    }

    // Asked before every sending, and mostly there are none: one look for all who ask, without a transaction.
    public async Task<ClaimedBatch?> ClaimToLookUp(DeliveryTarget target, int node, int limit, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (_sawNoDoubt.TryGetValue(target.Name, out var seen) && (Now - seen).Duration() < StillTrue) return null;
        var asked = Now;
        if (!await _looks.Ask(target.Name))
        {
            _sawNoDoubt[target.Name] = asked;
            return null;
        }
        return await (await TakeTogether([new Wish(target, node, "look-up", limit, Tries: 0)]))[0];
    }

    private Task<IReadOnlyList<bool>> LookTogether(IReadOnlyList<string> targets) => _claims.Use(line => Look(line, targets));

    private async Task<IReadOnlyList<bool>> Look(NpgsqlConnection connection, IReadOnlyList<string> targets)
    {
        await using var look = new NpgsqlCommand(
            """
            select name from unnest($1) name where exists (
              select from posting.posting where target = name and stage = 'in-doubt' and not_before <= $2 and claim is null)
            """, connection);
        look.Parameters.Add(new() { Value = targets.Distinct(StringComparer.Ordinal).ToArray() });
        look.Parameters.Add(new() { Value = Now });
        await look.PrepareAsync();
        HashSet<string> due = new(StringComparer.Ordinal);
        await using (var reader = await look.ExecuteReaderAsync())
            while (await reader.ReadAsync()) due.Add(reader.GetString(0));
        return [.. targets.Select(due.Contains)];
    }

    private async Task<IReadOnlyList<Task<ClaimedBatch?>>> TakeTogether(IReadOnlyList<Wish> wishes)
    {
        var answers = new Task<ClaimedBatch?>[wishes.Count];
        try
        {
            foreach (var alike in wishes.Index().GroupBy(pair => pair.Item))
                foreach (var places in alike.Select(pair => pair.Index).Chunk(Math.Max(1, RowsTogether / alike.Key.Limit)))
                {
                    var taken = await Take(alike.Key, places.Length);
                    for (var index = 0; index < places.Length; index++) answers[places[index]] = taken[index];
                }
            return answers;
        }
        catch
        {
            // Each is asked for alone now: what was taken for some of them already is nobody's.
            foreach (var (index, answer) in answers.Index())
                if (answer is not null) await GiveUp(answer, wishes[index].Target);
            throw;
        }
    }

    private async Task GiveUp(Task<ClaimedBatch?> taken, DeliveryTarget target)
    {
        try
        {
            if (await taken is { } batch) await TryRelease(batch.Claim, target);
        }
        catch (NpgsqlException)
        {
            // Whoever loaded it has released it.
        }
    }

    // So many claims of one kind, the first ones full, the last ones null.
    private async Task<IReadOnlyList<Task<ClaimedBatch?>>> Take(Wish wish, int count)
    {
        while (true)
        {
            var (mapping, now) = (_mapping, Now);
            var look = wish.Kind == "send" ? _passed.After(wish.Target.Name, wish.Tries, now) : new ClaimCursor.Look(ClaimCursor.Nothing, 0);
            var claims = Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7(now)).ToArray();
            // What is chosen for them goes on record with the claim. Without published rules nothing is chosen: the claim stands by itself.
            var taken = await _claims.Use(line => wish.Kind == "send" && mapping.AccountsOf(wish.Target.Name).Number == 0
                ? TakeRows(line, wish, claims, mapping, look.After, now) : TakeMapped(line, wish, claims, mapping, look.After, now));
            if (taken.Publication != mapping.Publication)
            {
                // Something was published since: nothing was taken to be sent; it is taken again under what is in force now.
                _mapping = await _claims.Use(line => PublishedMapping.Load(line, transaction: null, mapping));
                continue;
            }
            if (taken.Rows.Count == 0 && look.After != ClaimCursor.Nothing)
            {
                _passed.Clear();
                continue; // from the beginning
            }
            if (wish.Kind == "send") _passed.Took(wish.Target.Name, wish.Tries, taken.Rows.ConvertAll(row => (row.Place, row.Posting.Id)), look, now);
            var loading = taken.Batches is { } batches ? Task.FromResult(batches) : LoadOrRelease(wish, mapping, taken.Rows);
            return [.. claims.Select(claim => Of(loading, claim))];
        }

        static async Task<ClaimedBatch?> Of(Task<Dictionary<Guid, ClaimedBatch>> loading, Guid claim) => (await loading).GetValueOrDefault(claim);
    }

    private async Task<TakenRows> TakeMapped(
        NpgsqlConnection connection, Wish wish, Guid[] claims, PublishedMapping mapping, (long Place, Guid Id) passed, DateTimeOffset now)
    {
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        var taken = await TakeRows(connection, wish, claims, mapping, passed, now);
        if (taken.Publication != mapping.Publication || taken.Rows.Count == 0)
        {
            await transaction.RollbackAsync(CancellationToken.None);
            return taken with { Rows = [] };
        }
        var batches = await Load(connection, transaction, wish, mapping, taken.Rows);
        // Not cancelled: a claim that nobody knows of would lie in sending until somebody looks after it.
        await transaction.CommitAsync(CancellationToken.None);
        return taken with { Batches = batches };
    }

    // The disk is not waited for: nothing leaves before a request is on record, and that commit brings this one to the disk with it.
    // Should the server crash in between, nothing was claimed and nothing was sent.
    private static async Task<TakenRows> TakeRows(
        NpgsqlConnection connection, Wish wish, Guid[] claims, PublishedMapping mapping, (long Place, Guid Id) passed, DateTimeOffset now)
    {
        var target = wish.Target;
        object?[] values = [target.Name, claims, (long)wish.Limit * claims.Length, now, now + Posting.Claims.Lease(target), wish.Kind, wish.Node];
        var take = wish.Kind == "send"
            ? HotBatch.Statement(TakeReady, [
                .. values, wish.Tries, target.Settings.Version, mapping.VersionsOf(target.Name), wish.Limit, mapping.Publication, passed.Place, passed.Id])
            : HotBatch.Statement(TakeDoubts, values);
        await using var batch = HotBatch.Of(
            connection, HotBatch.Statement(HotBatch.Hasty), HotBatch.Statement("select coalesce(max(publication), 0) from mapping.version"), take);
        await using var reader = await HotBatch.Read(batch, CancellationToken.None);
        await reader.NextResultAsync();
        await reader.ReadAsync();
        var publication = reader.GetInt64(0);
        await reader.NextResultAsync();
        List<ClaimRow> rows = [];
        while (await reader.ReadAsync()) rows.Add(Row(reader));
        return new TakenRows(publication, rows, Batches: null);
    }

    private static ClaimRow Row(NpgsqlDataReader reader) => new(
        reader.GetGuid(15),
        new ClaimedPosting(
            reader.GetGuid(0), reader.GetString(1), reader.GetInt32(2), reader.GetInt32(3), reader.GetInt32(4),
            reader.IsDBNull(5) ? default : reader.GetFieldValue<DateTimeOffset>(5), reader.GetGuid(6), reader.GetGuid(7),
            reader.GetFieldValue<DateOnly>(8), reader.GetString(9), reader.GetDecimal(10), reader.GetGuid(11), reader.GetGuid(12), reader.GetString(13),
            reader.IsDBNull(14) ? null : reader.GetInt32(14)),
        reader.GetInt64(16));

    private async Task<Dictionary<Guid, ClaimedBatch>> LoadOrRelease(Wish wish, PublishedMapping mapping, List<ClaimRow> rows)
    {
        if (rows.Count == 0) return [];
        try
        {
            return await _claims.Use(line => Load(line, transaction: null, wish, mapping, rows));
        }
        catch
        {
            // The claims stand, and nobody would know of them.
            foreach (var claim in rows.Select(row => row.Claim).Distinct()) await TryRelease(claim, wish.Target);
            throw;
        }
    }

    // If the books are away, it goes with the node, or when its lease ends.
    private async Task TryRelease(Guid claim, DeliveryTarget target)
    {
        try
        {
            await Release(claim, target.Name);
        }
        catch (NpgsqlException)
        {
            // What went wrong first is told.
        }
    }

    // All of them at once, then each claim its own.
    private static async Task<Dictionary<Guid, ClaimedBatch>> Load(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, Wish wish, PublishedMapping mapping, List<ClaimRow> rows)
    {
        var postings = rows.OrderBy(row => row.Posting.Id).Select(row => row.Posting).ToList();
        var documents = await ClaimedDocuments.Load(connection, wish.Target.Name, postings);
        var all = await new ClaimedChoices(connection, transaction, wish.Target, mapping).Apply(postings, documents, wish.Kind == "send");
        var documentOf = postings.Index().ToDictionary(pair => pair.Item.Id, pair => all.Documents[pair.Index]);
        return rows.GroupBy(row => row.Claim).ToDictionary(claim => claim.Key, claim =>
        {
            var own = claim.Select(row => row.Posting).OrderBy(posting => posting.Id).ToList();
            return new ClaimedBatch(claim.Key, own, own.ConvertAll(posting => documentOf[posting.Id]))
            {
                Unmapped = all.Unmapped.Count == 0 ? all.Unmapped : all.Unmapped.Where(pair => own.Exists(posting => posting.Id == pair.Key)).ToDictionary(),
            };
        });
    }

    private sealed record Wish(DeliveryTarget Target, int Node, string Kind, int Limit, int Tries)
    {
        // One lane's workers ask for the same target; what stands in it is not compared.
        public bool Equals(Wish? other) => other is not null
            && ReferenceEquals(Target, other.Target) && (Node, Kind, Limit, Tries) == (other.Node, other.Kind, other.Limit, other.Tries);

        public override int GetHashCode() => HashCode.Combine(Node, Kind, Limit, Tries);
    }

    private readonly record struct ClaimRow(Guid Claim, ClaimedPosting Posting, long Place);

    // The batches only where they were loaded with it.
    private sealed record TakenRows(long Publication, List<ClaimRow> Rows, Dictionary<Guid, ClaimedBatch>? Batches);
}
