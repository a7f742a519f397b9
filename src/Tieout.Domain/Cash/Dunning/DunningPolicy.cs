using System.Globalization;
using Tieout.Domain.Catalog;

namespace Tieout.Domain.Cash.Dunning;

/// <summary>One step of reminding.</summary>
/// <param name="No">From 1, without gaps.</param>
/// <param name="Name">What people call it; receivers of events choose the letter by the number.</param>
/// <param name="DaysOverdue">Days after the due date from which a debt may reach it; more than the step before.</param>
/// <param name="GraceDays">Days that pass after its notice before the next step; at least until the next day.</param>
/// <param name="Minimums">By currency: less than this in all is not worth the notice. Zero for those not named.</param>
public sealed record DunningStep(int No, string Name, int DaysOverdue, int GraceDays, IReadOnlyDictionary<string, decimal> Minimums)
{
    /// <summary>What debts of this currency must come to together.</summary>
    public decimal Minimum(Currency currency) => Minimums.GetValueOrDefault(currency.Code);
}

/// <summary>How a legal entity reminds those who owe it. A new version counts from its first run on; what was sent before stays sent.</summary>
/// <param name="Version">From 1.</param>
/// <param name="TimeZone">By whose calendar days are counted, such as <c>Europe/Berlin</c>.</param>
public sealed record DunningPolicy(int Version, string TimeZone, IReadOnlyList<DunningStep> Steps)
{
    private const int MostSteps = 10;
    private const int MostDays = 3_650;
    private const int LongestName = 60;

    /// <summary>The day by the policy's calendar.</summary>
    public DateOnly Today(DateTimeOffset now) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, TimeZoneInfo.FindSystemTimeZoneById(TimeZone)).DateTime);

    /// <summary>All that is wrong with it; empty when it may be used.</summary>
    public IReadOnlyList<PriceProblem> Problems()
    {
        List<PriceProblem> problems = [];
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out var _))
            problems.Add(new("time-zone", "unknown-time-zone", "No time zone has this name.", "Give one such as Europe/Berlin."));
        if (Steps.Count is 0 or > MostSteps)
            problems.Add(new("steps", "out-of-range", $"There are {Steps.Count} steps.", $"Give 1 to {MostSteps}."));
        foreach (var (index, step) in Steps.Index()) problems.AddRange(Wrong(index, step));
        return problems;
    }

    private IEnumerable<PriceProblem> Wrong(int index, DunningStep step)
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"steps[{index}]");
        if (step.Name.Length is 0 or > LongestName) yield return new($"{place}.name", "bad-text", $"The name has 1 to {LongestName} letters.", "Correct it.");
        if (Steps.Take(index).Any(other => other.Name == step.Name)) yield return new($"{place}.name", "twice", "Two steps have this name.", "Name them apart.");
        if (step.DaysOverdue is < 1 or > MostDays)
            yield return new($"{place}.days-overdue", "out-of-range", $"The days are from 1 to {MostDays}.", "Correct them.");
        if (index > 0 && step.DaysOverdue <= Steps[index - 1].DaysOverdue)
            yield return new($"{place}.days-overdue", "not-later", "A step comes later than the one before.", "Give more days than the step before.");
        if (step.GraceDays is < 0 or > MostDays)
            yield return new($"{place}.grace-days", "out-of-range", $"The days are from 0 to {MostDays}.", "Correct them.");
        foreach (var (code, amount) in step.Minimums.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            if (!Currency.TryOf(code, out var currency))
                yield return new($"{place}.minimums.{code}", "unknown-currency", "This is no currency.", "Write it as USD.");
            else if (amount < 0 || !new Money(amount, currency).IsWhole || amount >= 1_000_000_000_000_000m)
                yield return new($"{place}.minimums.{code}", "bad-amount", "An amount from zero on in whole minor units is expected.", "Correct it.");
    }
}
