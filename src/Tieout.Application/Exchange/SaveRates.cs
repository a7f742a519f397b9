using System.Globalization;
using Dapper;
using Npgsql;
using Tieout.Application.Database;
using Tieout.Domain;
using Tieout.Domain.Exchange;
using Tieout.Domain.Intake;

namespace Tieout.Application.Exchange;

/// <summary>A rate that is right in itself, with the place it came from (the line of a file, the place in a request).</summary>
internal sealed record OfferedRate(long Place, ExchangeRate Rate);

/// <summary>What became of rates offered together.</summary>
internal sealed record SavedRates(long Accepted, long Unchanged, IReadOnlyList<RefusedRate> Refused);

/// <summary>
/// Adds rates to what stands, inside the caller's transaction. The same figure again adds nothing; another figure under the same
/// key is refused, unless the caller gives the reason of a correction: then both are kept, and the later one counts.
/// </summary>
internal static class SaveRates
{
    /// <summary>The code of a refusal for another figure under a key.</summary>
    public const string Differs = "rate-differs";

    // Numbers of advisory locks: see IntakeLock; 737 is this one.
    private const string Lock = "select pg_advisory_xact_lock(737, 1)";

    public static async Task<SavedRates> Run(
        NpgsqlConnection connection, IReadOnlyList<OfferedRate> offered, string correction, string actor, Guid? run, DateTimeOffset now,
        CancellationToken cancel)
    {
        await connection.ExecuteAsync(new CommandDefinition(Lock, cancellationToken: cancel));
        var standing = await Standing(connection, offered, cancel);
        List<(ExchangeRate Rate, int Version)> added = [];
        List<RefusedRate> refused = [];
        var unchanged = 0L;
        foreach (var (place, rate) in offered)
        {
            var (stored, version) = standing.GetValueOrDefault(rate.Key);
            if (version > 0 && stored == rate.Rate) unchanged++;
            else if (version > 0 && correction.Length == 0) refused.Add(Other(place, rate, stored));
            else
            {
                standing[rate.Key] = (rate.Rate, version + 1);
                added.Add((rate, version + 1));
            }
        }
        await Copy(connection, added, correction, actor, run, now, cancel);
        if (added.Count > 0) await LookAgain(connection, now, cancel);
        return new SavedRates(added.Count, unchanged, refused);
    }

    // What gateways told and no rate was there for is looked at again by itself.
    private static Task LookAgain(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            update cash.gateway_object set again_at = @now where tenant = 1 and state = 'parked' and code = @missing;
            update cash.gateway_movement m set state = 'new'
            where m.tenant = 1 and m.state = 'parked' and exists (
              select from exceptions.exception_case c
              where c.tenant = 1 and c.state = 'open' and c.subject_kind = 'gateway' and c.subject_key = m.gateway || '/' || m.id and c.code = @missing);
            update cash.gateway_exchange x set state = 'new'
            where x.tenant = 1 and x.state = 'parked' and exists (
              select from exceptions.exception_case c
              where c.tenant = 1 and c.state = 'open' and c.subject_kind = 'gateway' and c.subject_key = x.gateway || '/' || x.movement || '/exchange'
                and c.code = @missing);
            """, new { now, missing = ExchangeTable.RateMissing }, cancellationToken: cancel));

    private static RefusedRate Other(long place, ExchangeRate rate, decimal stored) => new(
        place, rate.Key, Differs, "rate",
        string.Create(CultureInfo.InvariantCulture, $"The rate {rate.Key} stands as {stored:0.############} and is given as {rate.Rate:0.############}."),
        "Rates that may have been used never change in silence. If the new figure is right, send it as a correction with a reason; both are kept.");

    private static async Task<Dictionary<string, (decimal Rate, int Version)>> Standing(
        NpgsqlConnection connection, IReadOnlyList<OfferedRate> offered, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<(string Base, string Quote, DateOnly Date, string Type, decimal Rate, int Version)>(new CommandDefinition(
            """
            select distinct on (rate.base, rate.quote, rate.date, rate.type) rate.base, rate.quote, rate.date, rate.type, rate.rate, rate.version
            from unnest(@bases, @quotes, @dates, @types) as wanted (base, quote, date, type)
            join exchange.rate on rate.tenant = 1 and rate.base = wanted.base and rate.quote = wanted.quote
              and rate.date = wanted.date and rate.type = wanted.type
            order by rate.base, rate.quote, rate.date, rate.type, rate.version desc
            """,
            new
            {
                bases = offered.Select(item => item.Rate.Base.Code).ToArray(),
                quotes = offered.Select(item => item.Rate.Quote.Code).ToArray(),
                dates = offered.Select(item => item.Rate.Date).ToArray(),
                types = offered.Select(item => item.Rate.Type).ToArray(),
            }, cancellationToken: cancel));
        return rows.ToDictionary(
            row => new ExchangeRate(Currency.Of(row.Base), Currency.Of(row.Quote), row.Date, row.Type, row.Rate).Key,
            row => (row.Rate, row.Version), StringComparer.Ordinal);
    }

    private static async Task Copy(
        NpgsqlConnection connection, List<(ExchangeRate Rate, int Version)> added, string correction, string actor, Guid? run,
        DateTimeOffset now, CancellationToken cancel)
    {
        if (added.Count == 0) return;
        await Bulk.Copy(connection, "exchange.rate (base, quote, date, type, version, rate, source, reason, run_id, actor, created_at)", added,
            (writer, row) =>
                writer
                    .Text(row.Rate.Base.Code).Text(row.Rate.Quote.Code).Date(row.Rate.Date).Text(row.Rate.Type).Int(row.Version)
                    .Number(row.Rate.Rate).Text(row.Rate.Source).Text(row.Version > 1 ? correction : "").Uuid(run).Text(actor).Instant(now),
            cancel);
    }
}

/// <summary>A rate that was not taken.</summary>
/// <param name="Place">The line of the file, or the place in the request from 1.</param>
/// <param name="Key">Names the rate as far as it could be read.</param>
/// <param name="Code">Stable: <c>rate-differs</c>, <c>currency-withdrawn</c>, or one of <see cref="RefusalCode"/>.</param>
/// <param name="Field">The column or field that is wrong.</param>
/// <param name="Reason">What is wrong.</param>
/// <param name="Remedy">What to do.</param>
public sealed record RefusedRate(long Place, string Key, string Code, string Field, string Reason, string Remedy);
