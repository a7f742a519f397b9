namespace Tieout.Domain.Cash.Statements;

/// <summary>A statement of an account, as far as it tells what was before it and what comes after.</summary>
/// <param name="Id">The bank's name of it.</param>
/// <param name="On">The day of its closing balance.</param>
/// <param name="Sequence">The bank's electronic number; null where it gives none.</param>
public sealed record ChainLink(string Id, DateOnly On, long? Sequence, decimal Opening, decimal Closing);

/// <summary>What is missing between two statements that follow each other as far as they are known.</summary>
/// <param name="Amount">What the missing ones moved: the later one's opening less the earlier one's closing. Zero where only numbers skip.</param>
/// <param name="Count">How many are missing by their numbers; null where the numbers do not tell.</param>
public sealed record StatementGap(ChainLink Before, ChainLink After, decimal Amount, long? Count);

/// <summary>
/// Whether the statements of an account follow each other: each opens with what the one before closed with, and no number is left out. Only
/// whole statements count: one that ends within a day overlaps that of the day.
/// </summary>
public static class StatementChain
{
    /// <summary>In the order of their days. Of one day, the numbers say the order; else the balances, as far as they fit.</summary>
    public static IReadOnlyList<StatementGap> Gaps(IEnumerable<ChainLink> statements)
    {
        List<StatementGap> gaps = [];
        ChainLink? before = null;
        foreach (var day in statements.GroupBy(link => link.On).OrderBy(day => day.Key))
        {
            List<ChainLink> left = [.. day.OrderBy(link => link.Sequence ?? long.MaxValue).ThenBy(link => link.Id, StringComparer.Ordinal)];
            while (left.Count > 0)
            {
                var next = left[0].Sequence is not null ? left[0] : left.Find(link => link.Opening == before?.Closing) ?? First(left);
                left.Remove(next);
                if (before is not null && Between(before, next) is { } gap) gaps.Add(gap);
                before = next;
            }
        }
        return gaps;
    }

    // The one that follows no other of its day.
    private static ChainLink First(List<ChainLink> left) =>
        left.Find(link => !left.Exists(other => !ReferenceEquals(other, link) && other.Closing == link.Opening)) ?? left[0];

    private static StatementGap? Between(ChainLink before, ChainLink after)
    {
        // Banks begin to count anew with a year, or whenever they like: a number that is not higher tells nothing.
        var missing = after.Sequence > before.Sequence && after.On.Year == before.On.Year ? after.Sequence - before.Sequence - 1 : null;
        var amount = after.Opening - before.Closing;
        return amount != 0 || missing > 0 ? new StatementGap(before, after, amount, missing > 0 ? missing : null) : null;
    }
}
