using System.Globalization;

namespace Tieout.Domain.Invoicing;

/// <summary>What an account comes to at least, month by month: an amount for all months, and steps from some month on.</summary>
public static class MinimumSteps
{
    /// <summary>
    /// The steps with another amount for the months from <paramref name="from"/> on, before <paramref name="until"/>; all other months
    /// keep what they had. Steps that change nothing are left out.
    /// </summary>
    /// <param name="least">Of months before the first step.</param>
    /// <param name="steps">In order.</param>
    /// <param name="from">First day of the first month.</param>
    /// <param name="until">First day of the first month it no longer counts for; null for ever.</param>
    /// <param name="amount">0 for none.</param>
    public static List<MinimumStep> With(decimal least, IReadOnlyList<MinimumStep> steps, DateOnly from, DateOnly? until, decimal amount)
    {
        List<MinimumStep> all = [.. steps.Where(step => step.From < from), new MinimumStep(from, amount)];
        if (until is { } end)
        {
            all.Add(new MinimumStep(end, On(least, steps, end)));
            all.AddRange(steps.Where(step => step.From > end));
        }
        var before = least;
        List<MinimumStep> kept = [];
        foreach (var step in all)
        {
            if (step.Amount != before) kept.Add(step);
            before = step.Amount;
        }
        return kept;
    }

    /// <summary>The minimum of the month that begins on a day.</summary>
    public static decimal On(decimal least, IReadOnlyList<MinimumStep> steps, DateOnly month)
    {
        foreach (var step in steps)
            if (step.From <= month) least = step.Amount;
        return least;
    }

    /// <summary>All of it in words: <c>0; 500 from 2026-07</c>.</summary>
    public static string Words(decimal least, IReadOnlyList<MinimumStep> steps) => string.Join("; ", steps
        .Select(step => string.Create(CultureInfo.InvariantCulture, $"{step.Amount:0.####} from {step.From:yyyy-MM}"))
        .Prepend(least.ToString("0.####", CultureInfo.InvariantCulture)));
}
