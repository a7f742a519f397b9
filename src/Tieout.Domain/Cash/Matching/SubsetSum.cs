namespace Tieout.Domain.Cash.Matching;

/// <summary>What a search for invoices that come to a sum found.</summary>
/// <param name="Only">The one set; null for none and for more than one.</param>
/// <param name="Several">There is more than one set, or the search was given up.</param>
public sealed record SubsetAnswer(IReadOnlyList<OpenItem>? Only, bool Several);

/// <summary>
/// Looks for the set of invoices that comes to a sum exactly, and whether it is the only one: two invoices of the same amount make two
/// sets. Bounded, for the number of sets doubles with each invoice; a search that is given up answers like one with several.
/// </summary>
public static class SubsetSum
{
    private const int MostSteps = 50_000;

    /// <summary>Searches among invoices that ask for more than nothing, all in one currency. Their order does not matter.</summary>
    public static SubsetAnswer Find(IEnumerable<OpenItem> items, decimal sum)
    {
        List<OpenItem> falling = [.. items.Where(item => item.Open > 0 && item.Open <= sum)
            .OrderByDescending(item => item.Open).ThenBy(item => item.Number, StringComparer.Ordinal)];
        var rest = new decimal[falling.Count + 1];
        for (var index = falling.Count - 1; index >= 0; index--) rest[index] = rest[index + 1] + falling[index].Open;
        var search = new Search(falling, rest);
        search.From(0, sum);
        return new SubsetAnswer(search.Found is { Count: 1 } only ? only[0] : null, search.Found.Count > 1 || search.GivenUp);
    }

    private sealed class Search(List<OpenItem> falling, decimal[] rest)
    {
        private readonly List<OpenItem> _taken = [];
        private int _steps;

        public List<List<OpenItem>> Found { get; } = [];

        public bool GivenUp { get; private set; }

        public void From(int index, decimal left)
        {
            if (left == 0)
            {
                Found.Add([.. _taken]);
                return;
            }
            for (; index < falling.Count && Found.Count < 2 && !GivenUp; index++)
            {
                if (rest[index] < left) return;
                GivenUp |= ++_steps > MostSteps;
                if (falling[index].Open > left) continue;
                _taken.Add(falling[index]);
                From(index + 1, left - falling[index].Open);
                _taken.RemoveAt(_taken.Count - 1);
            }
        }
    }
}
