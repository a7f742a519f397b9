namespace Tieout.Domain.Invoicing;

/// <summary>What a billing run has to do for one account: wanted minus booked.</summary>
/// <param name="ToBill">Wanted and not on any invoice yet.</param>
/// <param name="Changed">
/// On an invoice at another amount than is wanted now. Booked lines never change; a credit memo will carry the difference.
/// Until credit memos exist, a person is told.
/// </param>
public sealed record Difference(IReadOnlyList<ChargeLine> ToBill, IReadOnlyList<ChangedLine> Changed)
{
    private static readonly Difference Nothing = new([], []);

    /// <summary>
    /// Compares by <see cref="LineKey"/>. Running it again after its result was booked gives nothing to bill.
    /// </summary>
    public static Difference Between(IEnumerable<ChargeLine> wanted, IReadOnlyCollection<BookedLine> booked)
    {
        if (booked.Count == 0) return new Difference([.. wanted], []);

        var unmatched = booked.ToDictionary(line => line.Key, line => line.Amount);
        List<ChargeLine> toBill = [];
        List<ChangedLine> changed = [];
        foreach (var line in wanted)
        {
            if (!unmatched.Remove(line.Key, out var amount)) toBill.Add(line);
            else if (amount != line.Amount.Amount) changed.Add(new ChangedLine(line.Key, amount, line.Amount.Amount));
        }
        changed.AddRange(unmatched.Select(line => new ChangedLine(line.Key, line.Value, 0m)));
        return toBill.Count + changed.Count == 0 ? Nothing : new Difference(toBill, changed);
    }
}

/// <summary>A booked line whose amount should be another by now; <paramref name="Wanted"/> is 0 when it should not stand at all.</summary>
public sealed record ChangedLine(LineKey Key, decimal Booked, decimal Wanted);
