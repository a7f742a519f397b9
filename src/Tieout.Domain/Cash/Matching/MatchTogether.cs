using System.Globalization;

namespace Tieout.Domain.Cash.Matching;

/// <summary>
/// What payments that are decided in one run mean for each other. Gathered one by one, in any order, and small: of a payment that nothing
/// else can concern nothing is kept.
/// </summary>
public sealed class MatchTogether
{
    private const int Points = 20;

    private readonly Dictionary<Guid, int> _claims = [];
    private readonly Dictionary<(Guid Account, Guid Invoice), Parts> _parts = [];

    /// <summary>Takes note of what one payment was decided to be.</summary>
    /// <param name="book">The one it was decided with.</param>
    public void Add(MatchedLine one, MatchBook book)
    {
        if (one.Decision is MatchDecision.Certain(var match))
            foreach (var claim in Claims(match)) _claims[claim] = _claims.GetValueOrDefault(claim) + 1;
        else if (one.Decision is MatchDecision.Proposed([{ Settles: [var only], Unapplied: 0, Fee: 0, Discount: 0 } first, ..])
            && book.OpenOf(first.Account).FirstOrDefault(item => item.Invoice == only.Invoice) is { } item)
        {
            var parts = _parts.TryGetValue((first.Account, item.Invoice), out var begun) ? begun : _parts[(first.Account, item.Invoice)] = new Parts(item);
            parts.Lines.Add((one.Line.Key, first.Score));
            parts.Sum += one.Line.Amount.Amount;
        }
    }

    /// <summary>Another payment is certain for the same invoice, takes the same payment back, or confirms the same payout or refund.</summary>
    public bool IsContested(Proposal match) => Claims(match).Any(claim => _claims.GetValueOrDefault(claim) > 1);

    /// <summary>What becomes of a certain answer that is contested.</summary>
    public static Proposal Contested(Proposal match) =>
        match with { Score = 90, Reasons = [.. match.Reasons, "Another payment is as good an answer for the same."] };

    /// <summary>Payments that name one invoice alone, are less, and together are what it asks for: their best proposal's new score, and why.</summary>
    public IEnumerable<(string Line, int Score, string Reason)> Joint() => _parts.Values
        .Where(parts => parts.Lines.Count > 1 && parts.Sum == parts.Item.Open)
        .SelectMany(parts => parts.Lines.Select(line => (line.Key, Math.Min(99, line.Score + Points), string.Create(
            CultureInfo.InvariantCulture,
            $"Together with {parts.Lines.Count - 1} other payment{(parts.Lines.Count > 2 ? "s" : "")} it is what {parts.Item.Number} asks for."))));

    private static IEnumerable<Guid> Claims(Proposal match) =>
        match.Settles.Select(part => part.Invoice).Concat(match.TakesBack is { } payment ? [payment] : []).Concat(match.Payout is { } entry ? [entry] : [])
            .Concat(match.Refund is { } refund ? [refund] : []);

    private sealed class Parts(OpenItem item)
    {
        public OpenItem Item { get; } = item;

        public List<(string Key, int Score)> Lines { get; } = [];

        public decimal Sum { get; set; }
    }
}
