using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Exchange;

namespace Tieout.Application.Exchange;

/// <summary>Loads rates of exchange for whoever converts.</summary>
public static class StoredRates
{
    /// <summary>
    /// The rates that can count on the days from <paramref name="first"/> to <paramref name="last"/> under the stored policy, as a
    /// table. Corrected rates come with their latest figure.
    /// </summary>
    public static async Task<ExchangeTable> Load(NpgsqlConnection connection, DateOnly first, DateOnly last, CancellationToken cancel)
    {
        var policy = await Policy(connection, cancel);
        return new ExchangeTable(await Rates(connection, policy.Type, first.AddDays(-policy.WithinDays), last, cancel), policy);
    }

    /// <summary>The policy in force; the default when none was set.</summary>
    public static async Task<ExchangePolicy> Policy(NpgsqlConnection connection, CancellationToken cancel)
    {
        var row = await connection.QuerySingleOrDefaultAsync<PolicyRow>(new CommandDefinition(
            "select type, within_days, pivot from exchange.policy where tenant = 1", cancellationToken: cancel));
        return row is null ? ExchangePolicy.Default : new ExchangePolicy(row.Type, row.WithinDays, row.Pivot is { } pivot ? Currency.Of(pivot) : null);
    }

    internal static async Task<IReadOnlyList<ExchangeRate>> Rates(
        NpgsqlConnection connection, string type, DateOnly first, DateOnly last, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<(string Base, string Quote, DateOnly Date, string Type, decimal Rate, string Source)>(new CommandDefinition(
            """
            select distinct on (base, quote, date) base, quote, date, type, rate, source
            from exchange.rate
            where tenant = 1 and type = @type and date between @first and @last
            order by base, quote, date, version desc
            """, new { type, first, last }, cancellationToken: cancel));
        return [.. rows.Select(row => new ExchangeRate(Currency.Of(row.Base), Currency.Of(row.Quote), row.Date, row.Type, row.Rate, row.Source))];
    }

    private sealed record PolicyRow(string Type, int WithinDays, string? Pivot);
}
