using System.Globalization;
using Tieout.Domain.Exceptions;

namespace Tieout.Domain.Exchange;

/// <summary>Rates of exchange by pair, type and day.</summary>
public sealed class ExchangeTable
{
    /// <summary>The finding's code when a rate is wanted and there is none.</summary>
    public const string RateMissing = "exchange-rate-missing";

    private readonly Dictionary<(Currency Base, Currency Quote, string Type), ExchangeRate[]> _byPair;
    private readonly ExchangePolicy _policy;

    /// <summary>A table under a policy.</summary>
    /// <exception cref="ArgumentException">Two rates of one key: which of them counts would be a matter of luck.</exception>
    public ExchangeTable(IEnumerable<ExchangeRate> rates, ExchangePolicy policy)
    {
        _policy = policy;
        _byPair = rates.GroupBy(rate => (rate.Base, rate.Quote, rate.Type))
            .ToDictionary(group => group.Key, group => group.OrderBy(rate => rate.Date).ToArray());
        foreach (var series in _byPair.Values)
            for (var index = 1; index < series.Length; index++)
                if (series[index].Date == series[index - 1].Date)
                    throw new ArgumentException($"There are two rates {series[index].Key}.", nameof(rates));
    }

    /// <summary>The rate of the policy's type; see <see cref="On(Currency, Currency, DateOnly, string)"/>.</summary>
    public RateAnswer On(Currency from, Currency to, DateOnly day) => On(from, to, day, _policy.Type);

    /// <summary>
    /// How <paramref name="from"/> becomes <paramref name="to"/> on a day. The pair's own quotation in either direction comes
    /// first, the younger of the two, and the direct one when both are of one day; then the way across the pivot, each leg in
    /// either direction. A rate counts on its day and as many days after it as the policy says.
    /// </summary>
    public RateAnswer On(Currency from, Currency to, DateOnly day, string type)
    {
        if (ReferenceEquals(from, to)) return Found(from, to);
        if (Step(from, to, day, type) is { } step) return Found(from, to, step);
        if (_policy.Pivot is { } pivot && !ReferenceEquals(pivot, from) && !ReferenceEquals(pivot, to)
            && Step(from, pivot, day, type) is { } first && Step(pivot, to, day, type) is { } second)
            return Found(from, to, first, second);
        return new RateAnswer.Missing(Missing(from, to, day, type), new MissingRate(from, to, day, type));
    }

    private static RateAnswer.Found Found(Currency from, Currency to, params IReadOnlyList<RateStep> steps) => new(new AppliedRate(from, to, steps));

    private RateStep? Step(Currency from, Currency to, DateOnly day, string type)
    {
        var (direct, inverse) = (Last(from, to, day, type), Last(to, from, day, type));
        if (direct is not null && (inverse is null || direct.Date >= inverse.Date)) return new RateStep(direct, Inverse: false);
        return inverse is null ? null : new RateStep(inverse, Inverse: true);
    }

    // The last one on or before the day that is not too old.
    private ExchangeRate? Last(Currency @base, Currency quote, DateOnly day, string type)
    {
        if (!_byPair.TryGetValue((@base, quote, type), out var series)) return null;
        var (low, high) = (0, series.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (series[middle].Date <= day) low = middle + 1;
            else high = middle;
        }
        return low > 0 && day.DayNumber - series[low - 1].Date.DayNumber <= _policy.WithinDays ? series[low - 1] : null;
    }

    private Finding Missing(Currency from, Currency to, DateOnly day, string type) => new(
        ExceptionCategory.Business, RateMissing,
        string.Create(CultureInfo.InvariantCulture,
            $"There is no {type} rate from {from} to {to} for {day:yyyy-MM-dd}, nor one of the {_policy.WithinDays} days before{Through(from, to)}."),
        string.Create(CultureInfo.InvariantCulture,
            $"Import or enter the {type} rate of {from} and {to} for {day:yyyy-MM-dd}; what waits for it goes on in the next run."));

    private string Through(Currency from, Currency to) =>
        _policy.Pivot is { } pivot && !ReferenceEquals(pivot, from) && !ReferenceEquals(pivot, to) ? $", neither directly nor through {pivot}" : "";
}
