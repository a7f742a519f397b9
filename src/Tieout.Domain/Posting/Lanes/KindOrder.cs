namespace Tieout.Domain.Posting.Lanes;

/// <summary>Which kinds of documents go first within an accounting month. Kinds that are not named come after those that are, all alike.</summary>
public sealed class KindOrder
{
    private static readonly string[] All = ["invoice", "credit-memo", .. Enum.GetValues<EntryKind>().Select(Domain.Words.Of)];

    /// <summary>An order.</summary>
    /// <param name="words">Kinds such as <c>payment</c>, the first first.</param>
    /// <exception cref="ArgumentException">No such kind, or one twice.</exception>
    public KindOrder(IReadOnlyList<string> words)
    {
        if (words.FirstOrDefault(word => !All.Contains(word)) is { } unknown)
            throw new ArgumentException($"'{unknown}' is no kind of document; there are {string.Join(", ", All)}.", nameof(words));
        if (words.Distinct(StringComparer.Ordinal).Count() < words.Count) throw new ArgumentException("A kind stands twice.", nameof(words));
        Kinds = words;
    }

    /// <summary>All alike.</summary>
    public static KindOrder None { get; } = new([]);

    /// <summary>As named.</summary>
    public IReadOnlyList<string> Kinds { get; }

    /// <summary>The lower, the sooner.</summary>
    public int RankOf(string kind)
    {
        for (var rank = 0; rank < Kinds.Count; rank++)
            if (Kinds[rank] == kind) return rank;
        return Kinds.Count;
    }
}
