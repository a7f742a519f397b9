using System.Buffers;

namespace Tieout.Domain.Cash.Matching;

/// <summary>Invoices a text names.</summary>
/// <param name="Exact">Written as they are, but for spaces and dashes.</param>
/// <param name="Doubtful">Named only if a letter was misread (O for 0), or run together with what stands beside it.</param>
/// <param name="Ambiguous">One writing stands for several invoices.</param>
internal sealed record NamedItems(IReadOnlyList<OpenItem> Exact, IReadOnlyList<OpenItem> Doubtful, bool Ambiguous);

/// <summary>
/// Finds invoice numbers in what payers write: with or without dashes, with spaces anywhere, cut by the bank's line breaks, inside an RF
/// reference, several in one text. Never a part of a longer row of digits.
/// </summary>
internal sealed class NumberIndex
{
    private const int ShortestInText = 5;
    private const int LongestNumber = 32;
    private const int WidestGap = 3;
    private const int LongestText = 4_000;
    private static readonly SearchValues<char> Gaps = SearchValues.Create(" -_/.:#");

    private readonly Dictionary<string, OpenItem[]> _byFolded;
    private readonly Dictionary<string, OpenItem[]>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly int[] _lengths;

    public NumberIndex(IEnumerable<OpenItem> items)
    {
        _byFolded = items.Select(item => (Bare: Bare(item.Number), Item: item)).Where(pair => pair.Bare.Length is > 0 and <= LongestNumber)
            .GroupBy(pair => Fold(pair.Bare), pair => pair.Item, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.OrderBy(item => item.Invoice).ToArray(), StringComparer.Ordinal);
        _lookup = _byFolded.GetAlternateLookup<ReadOnlySpan<char>>();
        _lengths = [.. _byFolded.Keys.Select(key => key.Length).Where(length => length >= ShortestInText).Distinct().OrderDescending()];
    }

    /// <summary>Letters and digits of a number, in capitals.</summary>
    public static string Bare(string number) => string.Concat(number.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();

    /// <summary>All that a payment names, in its text, its references and its structured documents.</summary>
    public NamedItems Named(BankLine line)
    {
        Found found = new();
        foreach (var text in new[] { line.Text }.Concat(line.Ids)) InText(text, found);
        foreach (var reference in line.References)
            if (CreditorReference.TryRead(reference, out var body)) Whole(body, found);
            else InText(reference, found);
        foreach (var document in line.Documents) Whole(Bare(document.Number), found);
        return found.Answer();
    }

    /// <summary>The invoices of a structured document number.</summary>
    public IEnumerable<OpenItem> Of(string number)
    {
        var bare = Bare(number);
        return _byFolded.TryGetValue(Fold(bare), out var items) ? items.Where(item => Bare(item.Number) == bare) : [];
    }

    private void Whole(string bare, Found found)
    {
        if (_byFolded.TryGetValue(Fold(bare), out var items)) found.Add(items, bare, clean: true);
    }

    private void InText(string text, Found found)
    {
        if (text.Length > LongestText) text = text[..LongestText];
        Span<char> bare = stackalloc char[text.Length];
        Span<char> folded = stackalloc char[text.Length];
        Span<int> places = stackalloc int[text.Length];
        var count = 0;
        for (var place = 0; place < text.Length; place++)
        {
            if (!char.IsAsciiLetterOrDigit(text[place])) continue;
            bare[count] = char.ToUpperInvariant(text[place]);
            folded[count] = Fold(bare[count]);
            places[count++] = place;
        }
        var taken = 0;
        for (var start = 0; start < count; start++)
            foreach (var length in _lengths)
            {
                var end = start + length;
                // A shorter number within one that was found already is not named.
                if (end > count || end <= taken || !_lookup.TryGetValue(folded[start..end], out var items)) continue;
                if (Judge(text, bare[..count], places[..count], start, end) is not { } clean) continue;
                found.Add(items, bare[start..end].ToString(), clean);
                taken = end;
                break;
            }
    }

    // Null when it is no number there: a digit goes on beside a digit, or other words stand in between.
    private static bool? Judge(string text, ReadOnlySpan<char> bare, ReadOnlySpan<int> places, int start, int end)
    {
        var digitsOnly = !bare[start..end].ContainsAnyExceptInRange('0', '9');
        for (var at = start + 1; at < end; at++)
        {
            var gap = text.AsSpan(places[at - 1] + 1, places[at] - places[at - 1] - 1);
            if (gap.IsEmpty) continue;
            // Plain figures stand apart for many reasons; only those written in one piece are a number.
            if (digitsOnly || gap.Length > WidestGap || gap.ContainsAnyExcept(Gaps)) return null;
        }
        var (before, after) = (places[start] - 1, places[end - 1] + 1);
        var joinedBefore = before >= 0 && char.IsLetterOrDigit(text[before]);
        var joinedAfter = after < text.Length && char.IsLetterOrDigit(text[after]);
        if ((joinedBefore && char.IsDigit(text[before]) && char.IsDigit(bare[start]))
            || (joinedAfter && char.IsDigit(text[after]) && char.IsDigit(bare[end - 1])))
            return null;
        if (joinedBefore && start >= 4 && CreditorReference.TryRead(bare[(start - 4)..end].ToString(), out _)) joinedBefore = false;
        return !joinedBefore && !joinedAfter;
    }

    internal static string Fold(string bare) => string.Create(bare.Length, bare, (span, text) =>
    {
        for (var place = 0; place < span.Length; place++) span[place] = Fold(text[place]);
    });

    // What scanners and tired eyes take for each other.
    private static char Fold(char letter) => letter switch
    {
        'O' or 'Q' or 'D' => '0',
        'I' or 'L' => '1',
        'Z' => '2',
        'S' => '5',
        'G' => '6',
        'B' => '8',
        _ => letter,
    };

    private sealed class Found
    {
        private readonly Dictionary<Guid, OpenItem> _exact = [];
        private readonly Dictionary<Guid, OpenItem> _doubtful = [];
        private bool _ambiguous;

        public void Add(OpenItem[] items, string written, bool clean)
        {
            var same = items.Where(item => Bare(item.Number) == written).ToList();
            if (same.Count > 1) _ambiguous = true;
            if (same.Count > 0 && clean) foreach (var item in same) _exact[item.Invoice] = item;
            else foreach (var item in same.Count > 0 ? same : [.. items]) _doubtful[item.Invoice] = item;
        }

        public NamedItems Answer() => new(
            Sorted(_exact.Values), Sorted(_doubtful.Values.Where(item => !_exact.ContainsKey(item.Invoice))), _ambiguous);

        private static List<OpenItem> Sorted(IEnumerable<OpenItem> items) =>
            [.. items.OrderBy(item => item.Date).ThenBy(item => item.Number, StringComparer.Ordinal).ThenBy(item => item.Invoice)];
    }
}
