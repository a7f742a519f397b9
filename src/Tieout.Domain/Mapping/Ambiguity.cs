namespace Tieout.Domain.Mapping;

/// <summary>
/// Two rules that ask the same fields, could both match one thing, and choose differently: neither is more specific, so none could
/// win but by chance. They are refused before they are published.
/// </summary>
/// <param name="One">Name of the one that stands first.</param>
/// <param name="Other">Name of the other.</param>
/// <param name="OtherPlace">Place of the other among the rules, from zero.</param>
/// <param name="Reason">What they disagree about, in words.</param>
public sealed record Ambiguity(string One, string Other, int OtherPlace, string Reason)
{
    /// <summary>All such pairs of routes.</summary>
    public static IEnumerable<Ambiguity> Between(IReadOnlyList<RouteRule> rules) => Pairs(
        rules, rule => rule.When, (one, other) => one.Target == other.Target ? null : $"one leads to '{one.Target}', the other to '{other.Target}'",
        rule => rule.Name);

    /// <summary>All such pairs of account rules.</summary>
    public static IEnumerable<Ambiguity> Between(IReadOnlyList<AccountRule> rules) => Pairs(
        rules, rule => rule.When,
        (one, other) => one.Choices.Keys.FirstOrDefault(what => other.Choices.TryGetValue(what, out var choice) && choice != one.Choices[what]) is { } what
            ? $"they choose '{what}' differently"
            : null,
        rule => rule.Name);

    private static IEnumerable<Ambiguity> Pairs<T>(
        IReadOnlyList<T> rules, Func<T, Conditions> when, Func<T, T, string?> difference, Func<T, string> name)
    {
        // Rules that ask different fields never stand on one rank.
        var groups = rules.Index().GroupBy(pair => (string.Join(' ', when(pair.Item).AnyOf.Keys), when(pair.Item).Dated));
        foreach (var group in groups)
        {
            var alike = group.ToList();
            for (var first = 0; first < alike.Count; first++)
                for (var second = first + 1; second < alike.Count; second++)
                {
                    var ((_, one), (place, other)) = (alike[first], alike[second]);
                    if (when(one).Meet(when(other)) && difference(one, other) is { } words)
                        yield return new Ambiguity(
                            name(one), name(other), place,
                            $"Rules '{name(one)}' and '{name(other)}' ask the same fields and can both match one thing, and {words}.");
                }
        }
    }
}
