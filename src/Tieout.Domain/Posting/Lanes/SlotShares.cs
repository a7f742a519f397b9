namespace Tieout.Domain.Posting.Lanes;

/// <summary>A program and how many slots it could use.</summary>
/// <param name="Node">Its number.</param>
/// <param name="Wanted">Not below zero.</param>
public readonly record struct SlotWish(int Node, int Wanted);

/// <summary>
/// Divides an ERP's slots among the programs that work for it: equally, but nobody gets more than it can use, and what it leaves goes
/// to the others (max-min fairness). What does not divide goes to the lowest numbers. Everybody who computes it comes to the same.
/// </summary>
public static class SlotShares
{
    /// <summary>Each program's share; together never more than there are.</summary>
    public static IReadOnlyDictionary<int, int> Of(int slots, IReadOnlyList<SlotWish> wishes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slots);
        Dictionary<int, int> shares = [];
        var left = slots;
        // The modest first: what they leave is divided among the rest.
        var modest = wishes.OrderBy(wish => wish.Wanted).ThenByDescending(wish => wish.Node).ToList();
        for (var index = 0; index < modest.Count; index++)
        {
            var share = Math.Min(Math.Max(0, modest[index].Wanted), left / (modest.Count - index));
            shares[modest[index].Node] = share;
            left -= share;
        }
        return shares;
    }
}
