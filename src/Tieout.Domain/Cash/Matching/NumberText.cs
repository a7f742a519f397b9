namespace Tieout.Domain.Cash.Matching;

/// <summary>
/// What in a payment's words may be a number of our invoices (series, year, counter of seven), written as the index of invoices has it: no
/// dashes, letters and digits that are taken for each other made the same. Wide on purpose: what is loaded by it is judged by the book.
/// </summary>
public static class NumberText
{
    private const int Digits = 11;
    private const int LongestSeries = 3;
    private const int LongestText = 4_000;

    /// <summary>Each once, in no order that means anything.</summary>
    public static IReadOnlyCollection<string> Candidates(BankLine line)
    {
        HashSet<string> found = new(StringComparer.Ordinal);
        foreach (var text in line.Ids.Concat(line.References).Concat(line.Documents.Select(document => document.Number)).Prepend(line.Text))
            Add(NumberIndex.Fold(NumberIndex.Bare(text.Length > LongestText ? text[..LongestText] : text)), found);
        return found;
    }

    private static void Add(string folded, HashSet<string> found)
    {
        var digits = 0;
        for (var end = 1; end <= folded.Length; end++)
        {
            digits = char.IsAsciiDigit(folded[end - 1]) ? digits + 1 : 0;
            if (digits < Digits) continue;
            for (var series = 1; series <= LongestSeries && end - Digits - series >= 0; series++) found.Add(folded[(end - Digits - series)..end]);
        }
    }
}
