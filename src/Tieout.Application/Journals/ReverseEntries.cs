using System.Globalization;
using Dapper;
using Npgsql;
using Tieout.Application.Gateways;
using Tieout.Application.Invoicing;
using Tieout.Application.Payments;
using Tieout.Application.Statements;
using Tieout.Domain;
using Tieout.Domain.Cash;
using Tieout.Domain.Closing;
using Tieout.Domain.Ledger;
using Tieout.Domain.Posting;

namespace Tieout.Application.Journals;

/// <summary>What came of one of several reversals.</summary>
internal abstract record ReversalAnswer
{
    private ReversalAnswer() { }

    /// <summary>It stands in the books.</summary>
    /// <param name="Number">Of its entry.</param>
    /// <param name="Again">It stood there before.</param>
    public sealed record Booked(Guid Entry, string Number, bool Again) : ReversalAnswer;

    /// <summary>It does not, and why.</summary>
    public sealed record Refused(JournalOutcome Why) : ReversalAnswer;
}

/// <summary>
/// Takes entries back, one or a thousand: locks and loads what all of them need, decides each, and saves all of them in a few statements. Inside the
/// caller's transaction, who commits whatever it answers.
/// </summary>
internal sealed class ReverseEntries(TimeProvider clock)
{
    /// <summary>Answers in the order of the requests. What one is refused for keeps no other from being booked.</summary>
    /// <param name="requests">None of several stands on another one. Of several the caller keeps others from giving under their keys.</param>
    public async Task<IReadOnlyList<ReversalAnswer>> Run(NpgsqlConnection connection, IReadOnlyList<ReversalRequest> requests, CancellationToken cancel)
    {
        var numbers = requests.Select(request => request.Number).Distinct(StringComparer.Ordinal).ToArray();
        await Lock(connection, [.. (await Originals(connection, numbers, cancel)).Values], cancel);
        if (requests is [var single]) await GivenOnce.Lock(connection, single.Key, cancel);
        var originals = await Originals(connection, numbers, cancel);
        var earlier = await Earlier(connection, requests, cancel);
        var standing = await StandingEntries.Load(connection, [.. originals.Values.Select(one => one.Id)], cancel);
        var moves = await FreeLines.Moves(connection, [.. requests.Where(one => !one.WentBack).Select(one => one.Number)], cancel);
        var answers = new ReversalAnswer?[requests.Count];
        List<(int Place, Reversal Reversal)> booked = [];
        HashSet<Guid> taken = [];
        foreach (var (place, request) in requests.Index())
        {
            if (!originals.TryGetValue(request.Number, out var original)) answers[place] = new ReversalAnswer.Refused(new JournalOutcome.NotFound(request.Number));
            else if (earlier.TryGetValue(request.Key, out var known)) answers[place] = known;
            else
            {
                var told = request.On ?? GivenBy.Day(clock, original.EntryDate);
                var on = Day(original, request, told);
                if ((Refusal(original, on) ?? standing.Refusal(original.Id, on) ?? Moved(moves.GetValueOrDefault(original.Number))) is { } refused)
                    answers[place] = new ReversalAnswer.Refused(
                        await LateReversal.Held(connection, original.LegalEntityId, request, (told, refused), clock, cancel));
                else if (!taken.Add(original.Id)) answers[place] = new ReversalAnswer.Refused(Twice(request));
                else booked.Add((place, new Reversal(original, request, (on, told), standing.TakenOff(original.Id), clock.GetUtcNow())));
            }
        }
        var saved = booked.Count == 0 ? [] : await Save(connection, [.. booked.Select(one => one.Reversal)], cancel);
        foreach (var ((place, reversal), number) in booked.Zip(saved)) answers[place] = new ReversalAnswer.Booked(reversal.Entry, number, Again: false);
        return answers!;
    }

    /// <summary>One canonical text of what is asked.</summary>
    private static string Content(ReversalRequest request) => $"reverse|{request.Number}|{GivenBy.Words(request.On)}|{request.Reason}";

    // What concerns one account keeps no other from its money.
    private static async Task Lock(NpgsqlConnection connection, IReadOnlyList<OriginalRow> originals, CancellationToken cancel)
    {
        foreach (var entity in originals.Where(one => one.Owner == one.LegalEntityId).Select(one => one.Owner).Distinct().Order())
            await BillingLock.Alone(connection, entity, cancel);
        var owned = originals.Where(one => one.Owner != one.LegalEntityId).ToList();
        if (owned.Count > 0)
            await BillingLock.OfAccounts(
                connection, [.. owned.Select(one => one.LegalEntityId).Distinct()], [.. owned.Select(one => one.Owner).Distinct()], cancel);
    }

    private static async Task<Dictionary<string, ReversalAnswer>> Earlier(
        NpgsqlConnection connection, IReadOnlyList<ReversalRequest> requests, CancellationToken cancel)
    {
        var found = await GivenOnce.Find(connection, [.. requests.Select(one => (one.Key, Content(one))).DistinctBy(one => one.Key)], cancel);
        var sources = found.Values.OfType<GivenOnce.Earlier.Same>().Select(same => same.Document).ToArray();
        var stand = sources.Length == 0 ? [] : (await connection.QueryAsync<(Guid Source, Guid Entry, string Number)>(new CommandDefinition(
            """
            select e.source_id, e.id, p.business_key from ledger.journal_entry e join posting.posting p on p.document_id = e.id
            where e.source_id = any(@sources) and e.source_kind = 'reversal'
            """, new { sources }, cancellationToken: cancel))).ToDictionary(row => row.Source);
        return found.ToDictionary(one => one.Key, ReversalAnswer (one) => one.Value is GivenOnce.Earlier.Same(var source)
            ? new ReversalAnswer.Booked(stand[source].Entry, stand[source].Number, Again: true)
            : new ReversalAnswer.Refused(new JournalOutcome.Refused(
                GivenOnce.Refused.Field, GivenOnce.Refused.Code, GivenOnce.Refused.Reason, GivenOnce.Refused.Remedy)));
    }

    private static JournalOutcome.Refused? Refusal(OriginalRow original, DateOnly on) =>
        original.Kind == Words.Of(EntryKind.Reversal)
            ? new JournalOutcome.Refused("number", "not-a-journal", "a reversal is not taken back", "Book again what it took back.")
        : original.ReversedBy.Length > 0
            ? new JournalOutcome.Refused("number", "already-reversed", $"{original.ReversedBy} takes it back already", "Look at that one.")
        : on < original.EntryDate
            ? new JournalOutcome.Refused("on", "before-journal", $"the entry is dated {original.EntryDate:yyyy-MM-dd}", "Take that day or a later one.")
        : CashBooks.Closed("on", on, original.ClosedThrough);

    // What a bank tells for a closed month goes where the policy says; a person names the day himself.
    private static DateOnly Day(OriginalRow original, ReversalRequest request, DateOnly told) =>
        request.WentBack && LateArrival.Of(told, original.ClosedThrough, Words.Parse<LateArrivals>(original.LateArrivals)) is LateArrival.Booked day ? day.On : told;

    private static JournalOutcome.Refused? Moved(string? transfer) => transfer is null ? null
        : new JournalOutcome.Refused("number", "stood-upon", $"{transfer} moved its money to another bank account", $"Correct that first: reverse {transfer}.");

    private static JournalOutcome.Refused Twice(ReversalRequest request) =>
        new("number", "already-reversed", $"{request.Number} is taken back already", "Look at what takes it back.");

    private async Task<IReadOnlyList<string>> Save(NpgsqlConnection connection, IReadOnlyList<Reversal> all, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await OneDocumentRun.Add(
            connection, "journal", [.. all.Select(one => ($"Reversal of {one.Request.Number}: {one.Request.Reason}", one.Request.Actor))], now, cancel);
        await Add(connection, all, now, cancel);
        var payments = await AddMovements(connection, all, now, cancel);
        await SaveMovement.AddFollows(connection, [.. all.SelectMany(one => one.Before.Select(before => (one.Entry, before.Entry)))], cancel);
        await GivenOnce.Add(connection, [.. all.Select(one => (one.Request.Key, Content(one.Request), one.Id))], now, cancel);
        var lines = await Opposite(connection, all, cancel);
        var values = new ValueEntry(connection);
        var foreign = lines.Where(one => one.Any(line => line.Line.Functional is not null)).SelectMany(one => one).ToList();
        if (foreign.Count > 0)
            await values.Know([.. foreign.Select(line => line.Settles).OfType<Guid>()], [.. payments.Values.OfType<Guid>()], [], cancel);
        List<EntryToBook> entries = [];
        foreach (var one in all)
            entries.Add(await values.Run(
                new EntryToBook(
                    EntryKind.Reversal, one.Id, one.Original.LegalEntityId, one.On, one.Text, [.. lines[one.Original.Id]],
                    one.Original.CorrelationId, one.Original.Id, one.Entry)
                { Payment = payments.GetValueOrDefault(one.Id) },
                cancel));
        var numbers = await SaveEntry.Run(connection, entries, now, cancel);
        await FreeLines.Run(
            connection,
            [.. all.Zip(numbers).Where(one => !one.First.Request.WentBack).Select(one => new TakenBackEntry(
                one.First.Request.Number, one.Second, one.First.Request.Reason, one.First.Request.Actor))], now, cancel);
        await TakenBackReceipts.Run(connection, [.. all.Select(one => one.Original.Id)], now, cancel);
        return numbers;
    }

    private static Task Add(NpgsqlConnection connection, IReadOnlyList<Reversal> all, DateTimeOffset now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into ledger.manual_journal (id, legal_entity_id, reason, actor, created_at)
            select id, entity, reason, actor, @now from unnest(@ids, @entities, @reasons, @actors) as journal (id, entity, reason, actor)
            """,
            new
            {
                now,
                ids = all.Select(one => one.Id).ToArray(),
                entities = all.Select(one => one.Original.LegalEntityId).ToArray(),
                reasons = all.Select(one => one.Request.Reason).ToArray(),
                actors = all.Select(one => one.Request.Actor).ToArray(),
            }, cancellationToken: cancel));

    // Answers the payment whose money each of them moves; nothing of one that moves no payment's.
    private static async Task<Dictionary<Guid, Guid?>> AddMovements(
        NpgsqlConnection connection, IReadOnlyList<Reversal> all, DateTimeOffset now, CancellationToken cancel)
    {
        var moved = (await connection.QueryAsync<(Guid Id, Guid Reverses, Guid? Payment, Guid Account)>(new CommandDefinition(
            """
            insert into cash.movement (id, billing_account_id, legal_entity_id, entry_id, kind, payment_id, reverses, amount, reason, actor, created_at)
            select said.id, m.billing_account_id, m.legal_entity_id, said.entry, 'reversal', m.payment_id, m.id, m.amount, said.reason, said.actor, @now
            from unnest(@ids, @entries, @originals, @reasons, @actors) as said (id, entry, original, reason, actor)
            join cash.movement m on m.entry_id = said.original
            returning id, reverses, payment_id, billing_account_id
            """,
            new
            {
                now,
                ids = all.Select(one => one.Id).ToArray(),
                entries = all.Select(one => one.Entry).ToArray(),
                originals = all.Select(one => one.Original.Id).ToArray(),
                reasons = all.Select(one => one.Request.Reason).ToArray(),
                actors = all.Select(one => one.Request.Actor).ToArray(),
            }, cancellationToken: cancel))).ToList();
        var shares = await CashBooks.SharesOf(connection, [.. moved.Where(one => one.Payment is not null).Select(one => one.Reverses)], cancel);
        await SaveMovement.AddShares(
            connection,
            [.. moved.Where(one => one.Payment is not null).SelectMany(one => CashPools.Opposite(shares[one.Reverses]).Select((share, index) =>
                new ShareOf(one.Id, index + 1, one.Payment!.Value, one.Account, share)))], cancel);
        return moved.ToDictionary(one => one.Id, one => one.Payment);
    }

    private static async Task<ILookup<Guid, EntryLineToBook>> Opposite(NpgsqlConnection connection, IReadOnlyList<Reversal> all, CancellationToken cancel)
    {
        var entities = all.ToDictionary(one => one.Original.Id, one => one.Original.LegalEntityId);
        var lines = await connection.QueryAsync<LineRow>(new CommandDefinition(
            """
            select l.entry_id as entry, l.account, l.currency, l.amount, l.functional, e.currency as books, l.billing_account_id, l.settles, l.text,
                   d.dimensions::text as dimensions
            from ledger.journal_line l
            join customers.legal_entity e on e.id = l.legal_entity_id
            left join ledger.dimension_set d on d.id = l.dimension_set
            where l.entry_id = any(@ids) order by l.entry_id, l.line_no
            """, new { ids = entities.Keys.ToArray() }, cancellationToken: cancel));
        return lines.ToLookup(line => line.Entry, line => new EntryLineToBook(
            new JournalLine(
                line.Account, new Money(-line.Amount, Currency.Of(line.Currency)),
                line.Functional is { } functional ? new Money(-functional, Currency.Of(line.Books)) : null)
            { Dimensions = DimensionSets.Read(line.Dimensions) },
            line.BillingAccountId == entities[line.Entry] ? null : line.BillingAccountId, line.Settles, line.Text));
    }

    private static async Task<Dictionary<string, OriginalRow>> Originals(NpgsqlConnection connection, string[] numbers, CancellationToken cancel) =>
        (await connection.QueryAsync<OriginalRow>(new CommandDefinition(
            """
            select e.id, p.business_key as number, p.document_kind as kind, e.billing_account_id as owner, e.legal_entity_id, e.entry_date, e.correlation_id,
                   entity.closed_through, entity.late_arrivals, coalesce(after.business_key, '') as reversed_by
            from posting.posting p
            join ledger.journal_entry e on e.id = p.document_id and e.billing_account_id = p.billing_account_id
            join customers.legal_entity entity on entity.id = e.legal_entity_id
            left join ledger.journal_entry taking on taking.reverses = e.id
            left join posting.posting after on after.document_id = taking.id
            where p.tenant = 1 and p.business_key = any(@numbers) and p.document_kind not in ('invoice', 'credit-memo')
            """, new { numbers }, cancellationToken: cancel))).ToDictionary(row => row.Number, StringComparer.Ordinal);

    private sealed record OriginalRow(
        Guid Id, string Number, string Kind, Guid Owner, Guid LegalEntityId, DateOnly EntryDate, Guid CorrelationId, DateOnly? ClosedThrough,
        string LateArrivals, string ReversedBy);

    private sealed record LineRow(
        Guid Entry, string Account, string Currency, decimal Amount, decimal? Functional, string Books, Guid BillingAccountId, Guid? Settles, string Text,
        string? Dimensions);

    private sealed record Reversal(
        OriginalRow Original, ReversalRequest Request, (DateOnly On, DateOnly Told) Day, IReadOnlyList<CashFollowed> Before, DateTimeOffset Now)
    {
        public DateOnly On => Day.On;

        // Of what came late also on which day it was told.
        public string Text => Day.On == Day.Told ? $"Reversal of {Request.Number}"
            : string.Create(CultureInfo.InvariantCulture, $"Reversal of {Request.Number}, of {Day.Told:yyyy-MM-dd}");

        public Guid Id { get; } = Guid.CreateVersion7(Now);

        public Guid Entry { get; } = Guid.CreateVersion7(Now);
    }
}
