using Dapper;
using Npgsql;
using Tieout.Application.Ledger;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Domain.Revenue;

namespace Tieout.Application.Revenue;

/// <summary>
/// Books the paid share of prepaid credit that was drawn or lapsed, out of prepaid credit, inside the caller's transaction, who holds the lock of
/// the legal entity's revenue: what should have become revenue less what did, month by month; and what rates left of grants of which nothing is
/// left. Run again it books nothing.
/// </summary>
internal sealed class ReleasePrepaid(NpgsqlConnection connection, RevenueRequest request, Guid run, DateTimeOffset now, RevenueTargets targets)
{
    private readonly SortedDictionary<(AccountingMonth Month, string Currency), Release> _releases = [];
    private readonly ExchangePrepaid _differences = new(connection, request, run, now);

    /// <summary>What rates left, once it ran.</summary>
    public IReadOnlyList<ExchangedPrepaid> Exchanged { get; private set; } = [];

    /// <summary>Through the month asked for, and through later ones that were booked before.</summary>
    /// <param name="closed">The last closed day; null while none is.</param>
    public async Task<IReadOnlyList<ReleasedPrepaid>> Run(LedgerEntity entity, DateOnly? closed, CancellationToken cancel)
    {
        var booked = await connection.QuerySingleAsync<DateOnly?>(new CommandDefinition(
            """
            select greatest((select max(month) from revenue.prepaid where legal_entity_id = @Id),
                            (select max(month) from revenue.prepaid_exchange where legal_entity_id = @Id))
            """, new { entity.Id }, cancellationToken: cancel));
        var first = AccountingMonth.Of(closed?.AddDays(1) ?? DateOnly.MinValue);
        var last = booked > request.Month.FirstDay ? AccountingMonth.Of(booked.Value) : request.Month;
        await foreach (var page in new PrepaidBooks(connection, DateOnly.FromDateTime(now.UtcDateTime)).Pages(entity.Id, cancel))
            await Keep(page, first, last, cancel);
        List<ReleasedPrepaid> released = [];
        foreach (var ((month, currency), release) in _releases)
            if (release.No is { } no) released.Add(await Save(entity, month, Currency.Of(currency), no, release, cancel));
        Exchanged = await _differences.Save(entity, cancel);
        return released;
    }

    // A line of nothing but what rates left goes with others: an entry of nothing is nothing to post.
    private async Task Keep(IReadOnlyList<SoldGrant> page, AccountingMonth first, AccountingMonth last, CancellationToken cancel)
    {
        var changes = page.Select(sold => (Sold: sold, Changes: PrepaidPlan.Of(sold.Grant, first, last, sold.Books))).ToList();
        foreach (var (sold, change) in changes) _differences.Keep(sold, change.Differences);
        foreach (var group in changes
            .SelectMany(change => change.Changes.Releases, (change, release) => new Line(change.Sold, release))
            .GroupBy(line => (line.Release.Month, line.Sold.Grant.Currency.Code)))
        {
            if (!_releases.TryGetValue(group.Key, out var release)) _releases.Add(group.Key, release = new Release());
            foreach (var line in group) (line.Release.Amount == 0m && release.No is null ? release.Rest : release.Waiting).Add(line);
            if (release.Waiting.Count == 0) continue;
            release.No ??= await connection.QuerySingleAsync<int>(new CommandDefinition(
                "select nextval('revenue.prepaid_id')::int", cancellationToken: cancel));
            release.Waiting.AddRange(release.Rest);
            release.Rest.Clear();
            await Insert(release, cancel);
        }
    }

    private async Task Insert(Release release, CancellationToken cancel)
    {
        var lines = release.Waiting;
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into revenue.prepaid_line
              (prepaid, no, billing_account_id, grant_id, use, used_in, subscription_id, component, amount, functional)
            select @no, @Lines + place, account, "grant", use, used_in, subscription, component, amount, functional
            from unnest(@accounts, @grants, @uses, @months, @subscriptions, @components, @amounts, @functional) with ordinality
              as line (account, "grant", use, used_in, subscription, component, amount, functional, place)
            """,
            new
            {
                no = release.No,
                release.Lines,
                accounts = lines.Select(line => line.Sold.Grant.Account).ToArray(),
                grants = lines.Select(line => line.Sold.Grant.Grant).ToArray(),
                uses = lines.Select(line => Words.Of(line.Release.Key.Use)).ToArray(),
                months = lines.Select(line => line.Release.Key.Month.FirstDay).ToArray(),
                subscriptions = lines.Select(line => line.Release.Key.Subscription).ToArray(),
                components = lines.Select(line => line.Release.Key.Component).ToArray(),
                amounts = lines.Select(line => line.Release.Amount).ToArray(),
                functional = lines.Select(line =>
                    ReferenceEquals(line.Sold.Books, line.Sold.Grant.Currency) ? (decimal?)null : line.Release.Functional).ToArray(),
            }, commandTimeout: 600, cancellationToken: cancel));
        release.Lines += lines.Count;
        foreach (var line in lines)
            if (line.Release.Key.Use == PrepaidUse.Drawn) release.Drawn += line.Release.Amount;
            else release.Lapsed += line.Release.Amount;
        lines.Clear();
    }

    private async Task<ReleasedPrepaid> Save(
        LedgerEntity entity, AccountingMonth month, Currency currency, int no, Release release, CancellationToken cancel)
    {
        var parts = new PrepaidParts(connection, no);
        var entries = await parts.Keep(targets.Of(entity.Code, currency, month, Recognition.Prepaid), cancel);
        var (save, inBooks) = (new RunEntry(connection, request, run, now), targets.InBooks(entity, currency, month));
        List<(Guid Id, string Number)> saved = [];
        for (var entry = 1; entry <= entries; entry++)
        {
            var text = entries == 1 ? $"Prepaid credit of {month}" : FormattableString.Invariant($"Prepaid credit of {month}, part {entry} of {entries}");
            saved.Add(await save.Save(entity.Id, month, text, await parts.Lines(entry, currency, Currency.Of(entity.Currency), cancel), inBooks, cancel));
        }
        // Two statements: the release seals what it finds under its number.
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into revenue.prepaid_entry (prepaid, no, entry_id) select @no, place, entry from unnest(@entries) with ordinality as booked (entry, place);
            insert into revenue.prepaid (id, legal_entity_id, currency, month, lines, drawn, lapsed, run_id, created_at)
            values (@no, @Entity, @Code, @month, @Lines, @Drawn, @Lapsed, @run, @now);
            """,
            new
            {
                no,
                entries = saved.ConvertAll(one => one.Id).ToArray(),
                Entity = entity.Id,
                currency.Code,
                month = month.FirstDay,
                release.Lines,
                release.Drawn,
                release.Lapsed,
                run,
                now,
            }, commandTimeout: 600, cancellationToken: cancel));
        return new ReleasedPrepaid(
            entity.Code, month, saved[0].Number, saved.Count, new Money(release.Drawn, currency), new Money(release.Lapsed, currency), release.Lines);
    }

    private sealed record Line(SoldGrant Sold, PrepaidRelease Release);

    // What goes into one month of the books in one currency. It has a number once it has a line that comes to something.
    private sealed class Release
    {
        public int? No { get; set; }

        public long Lines { get; set; }

        public decimal Drawn { get; set; }

        public decimal Lapsed { get; set; }

        public List<Line> Waiting { get; } = [];

        public List<Line> Rest { get; } = [];
    }
}
