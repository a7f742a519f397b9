namespace Tieout.Application.Views;

/// <summary>The four ages an open exception can have, in full days since it opened.</summary>
public static class Ages
{
    /// <summary>Their names, youngest first.</summary>
    public static IReadOnlyList<string> Names { get; } = ["0-1", "2-7", "8-30", ">30"];

    // A case is two days old once 48 hours have passed.
    private static readonly int[] Starts = [0, 2, 8, 31];

    /// <summary>Opened after the first instant and not after the second; null where the age has no such end.</summary>
    internal static (DateTimeOffset? From, DateTimeOffset? Until) Window(string? name, DateTimeOffset now)
    {
        for (var index = 0; index < Names.Count; index++)
        {
            if (!string.Equals(Names[index], name, StringComparison.Ordinal)) continue;
            return (index + 1 < Starts.Length ? now.AddDays(-Starts[index + 1]) : null, index > 0 ? now.AddDays(-Starts[index]) : null);
        }
        return (null, null);
    }
}
