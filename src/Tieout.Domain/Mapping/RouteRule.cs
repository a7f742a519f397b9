namespace Tieout.Domain.Mapping;

/// <summary>Documents that meet the conditions go to the target.</summary>
/// <param name="Name">Names the rule in its version, for people.</param>
/// <param name="When">Its conditions, over fields of <see cref="MappingFields.OfRoutes"/>.</param>
/// <param name="Target">Name of the target.</param>
public sealed record RouteRule(string Name, Conditions When, string Target);

/// <summary>The routes of one version, ready to choose.</summary>
public sealed class RouteBook
{
    private readonly RouteRule[] _ranked;

    /// <summary>Takes the rules; their order says nothing.</summary>
    /// <exception cref="ArgumentException">
    /// Two rules cannot stand beside each other; <see cref="Ambiguity.Between(IReadOnlyList{RouteRule})"/> names them.
    /// </exception>
    public RouteBook(IReadOnlyList<RouteRule> rules)
    {
        if (Ambiguity.Between(rules).FirstOrDefault() is { } two) throw new ArgumentException(two.Reason, nameof(rules));
        Rules = rules;
        _ranked = [.. rules.Order(Comparer<RouteRule>.Create((one, other) => one.When.Rank(other.When)))];
    }

    /// <summary>As given.</summary>
    public IReadOnlyList<RouteRule> Rules { get; }

    /// <summary>The rule that wins; null when none matches.</summary>
    public RouteRule? Choose(Facts facts) => Array.Find(_ranked, rule => rule.When.Match(facts));
}
