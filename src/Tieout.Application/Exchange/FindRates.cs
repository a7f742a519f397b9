using Npgsql;
using Tieout.Application.Database;
using Tieout.Domain;
using Tieout.Domain.Exchange;

namespace Tieout.Application.Exchange;

/// <summary>What to list; null for all.</summary>
public sealed record RateFilter(string? Base, string? Quote, string? Type, DateOnly? From, DateOnly? Until);

/// <summary>A stored rate; <paramref name="Version"/> above 1 says that it was corrected, and <paramref name="Reason"/> why.</summary>
public sealed record RateRow(string Base, string Quote, DateOnly Date, string Type, int Version, decimal Rate, string Source, string Reason);

/// <summary>How one currency becomes another on a day.</summary>
/// <param name="Rate">Units of <paramref name="To"/> for one of <paramref name="From"/>, to 12 decimals, for showing.</param>
/// <param name="Path">Every stored rate used, as quoted.</param>
public sealed record FoundRate(string From, string To, DateOnly Day, decimal Rate, string Path);

/// <summary>Looks rates up.</summary>
public sealed class FindRates(NpgsqlDataSource database)
{
    /// <summary>The rates that count, youngest first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<IReadOnlyList<RateRow>> List(RateFilter filter, int limit, CancellationToken cancel) => database.Rows<RateRow>(
        """
        select base, quote, date, type, version, rate, source, reason
        from exchange.current_rate
        where tenant = 1 and (@Base::text is null or base = @Base) and (@Quote::text is null or quote = @Quote) and (@Type::text is null or type = @Type)
          and (@From::date is null or date >= @From) and (@Until::date is null or date < @Until)
        order by date desc, base, quote, type
        limit @limit
        """, new { filter.Base, filter.Quote, filter.Type, filter.From, filter.Until, limit }, cancel);

    /// <summary>How one currency becomes another on a day, or what is missing; <paramref name="type"/> null for the policy's.</summary>
    public async Task<RateAnswer> On(Currency from, Currency to, DateOnly day, string? type, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var policy = await StoredRates.Policy(connection, cancel);
        var wanted = type is null || type == policy.Type ? policy : new ExchangePolicy(type, ExchangePolicy.UsualDays(type), policy.Pivot);
        var rates = await StoredRates.Rates(connection, wanted.Type, day.AddDays(-wanted.WithinDays), day, cancel);
        return new ExchangeTable(rates, wanted).On(from, to, day);
    }
}
