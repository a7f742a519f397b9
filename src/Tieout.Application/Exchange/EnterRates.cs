using Npgsql;

namespace Tieout.Application.Exchange;

/// <summary>A rate as somebody enters it; figures and days as text, so that nothing is lost on the way.</summary>
/// <param name="Base">The currency one unit of which is quoted.</param>
/// <param name="Quote">The currency it is quoted in.</param>
/// <param name="Date">Such as 2026-11-02.</param>
/// <param name="Rate">Units of quote for one unit of base, such as 1.0842.</param>
/// <param name="Type">Null for <c>spot</c>.</param>
/// <param name="Source">Who quoted it.</param>
public sealed record EnteredRate(string Base, string Quote, string Date, string Rate, string? Type = null, string? Source = null);

/// <summary>What became of them: received = accepted + unchanged + refused.</summary>
/// <param name="Rows">The refused ones.</param>
public sealed record EnteredRates(long Received, long Accepted, long Unchanged, long Refused, IReadOnlyList<RefusedRate> Rows);

/// <summary>Takes in rates from the API. A bad one never stops the others; the same again adds nothing.</summary>
public sealed class EnterRates(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Adds what is new, all in one transaction.</summary>
    /// <param name="rates">As entered.</param>
    /// <param name="correction">Why other figures than those that stand are right; empty to refuse them.</param>
    /// <param name="actor">Who does it.</param>
    /// <param name="cancel">Gives up; nothing was written then.</param>
    public async Task<EnteredRates> Run(IReadOnlyList<EnteredRate> rates, string correction, string actor, CancellationToken cancel)
    {
        List<OfferedRate> good = [];
        List<RefusedRate> refused = [];
        foreach (var (index, entered) in rates.Index())
        {
            var (rate, bad) = RateCells.Read(
                index + 1, entered.Base, entered.Quote, entered.Date, entered.Rate, entered.Type ?? Domain.Exchange.ExchangeRate.Spot, entered.Source ?? "");
            if (rate is null) refused.Add(bad!);
            else good.Add(new OfferedRate(index + 1, rate));
        }
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var saved = await SaveRates.Run(connection, good, correction, actor, run: null, clock.GetUtcNow(), cancel);
        await transaction.CommitAsync(cancel);
        refused.AddRange(saved.Refused);
        return new EnteredRates(rates.Count, saved.Accepted, saved.Unchanged, refused.Count, [.. refused.OrderBy(row => row.Place)]);
    }
}
