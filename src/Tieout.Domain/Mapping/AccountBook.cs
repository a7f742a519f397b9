namespace Tieout.Domain.Mapping;

/// <summary>What the rules say about one account, tax code or dimension.</summary>
public abstract record RuleAnswer
{
    private RuleAnswer() { }

    /// <summary>A rule chose.</summary>
    /// <param name="Value">Theirs.</param>
    /// <param name="Rule">The rule that won.</param>
    /// <param name="Map">The value map it went through; null without one.</param>
    public sealed record Chosen(string Value, AccountRule Rule, ValueMap? Map) : RuleAnswer;

    /// <summary>A rule won, and our code is not in its value map, or the line has no such code, or several.</summary>
    /// <param name="Rule">The rule that won.</param>
    /// <param name="Source">Where it would have taken the value from.</param>
    /// <param name="Ours">Our code; empty when there is none, or more than one.</param>
    public sealed record Unmapped(AccountRule Rule, RuleValue.FromField Source, string Ours) : RuleAnswer;

    /// <summary>No rule says anything about it.</summary>
    public sealed record NoRule : RuleAnswer;
}

/// <summary>The account rules of one version with the value maps they name, ready to choose.</summary>
public sealed class AccountBook
{
    private static readonly RuleAnswer None = new RuleAnswer.NoRule();

    private readonly Dictionary<string, AccountRule[]> _ranked;
    private readonly IReadOnlyDictionary<string, ValueMap> _maps;

    /// <summary>Takes the rules; their order says nothing.</summary>
    /// <param name="number">Of the version.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="maps">Value maps by name.</param>
    /// <exception cref="ArgumentException">
    /// Two rules cannot stand beside each other; <see cref="Ambiguity.Between(IReadOnlyList{AccountRule})"/> names them.
    /// </exception>
    public AccountBook(int number, IReadOnlyList<AccountRule> rules, IReadOnlyDictionary<string, ValueMap> maps)
    {
        if (Ambiguity.Between(rules).FirstOrDefault() is { } two) throw new ArgumentException(two.Reason, nameof(rules));
        (Number, Rules, _maps) = (number, rules, maps);
        var byRank = Comparer<AccountRule>.Create((one, other) => one.When.Rank(other.When));
        _ranked = rules.SelectMany(rule => rule.Choices.Keys.Select(what => (what, rule))).GroupBy(pair => pair.what, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Select(pair => pair.rule).Order(byRank).ToArray(), StringComparer.Ordinal);
        Dimensions = [.. MappingFields.Dimensions.Where(_ranked.ContainsKey)];
    }

    /// <summary>Of the version; 0 when nothing was published.</summary>
    public int Number { get; }

    /// <summary>As given.</summary>
    public IReadOnlyList<AccountRule> Rules { get; }

    /// <summary>The dimensions that any of the rules speaks about.</summary>
    public IReadOnlyList<string> Dimensions { get; }

    /// <summary>The value map for codes that lines say themselves of a dimension, which is called as the dimension is; null where there is none.</summary>
    public ValueMap? MapOf(string dimension) => _maps.GetValueOrDefault(dimension);

    /// <summary>What the most specific rule that speaks about it chooses.</summary>
    /// <param name="what"><see cref="AccountRule.OfAccount"/>, <see cref="AccountRule.OfTaxCode"/> or the word of a dimension.</param>
    /// <param name="facts">Of the line.</param>
    public RuleAnswer Choose(string what, Facts facts)
    {
        if (!_ranked.TryGetValue(what, out var ranked) || Array.Find(ranked, rule => rule.When.Match(facts)) is not { } rule) return None;
        if (rule.Choices[what] is RuleValue.Constant constant) return new RuleAnswer.Chosen(constant.Text, rule, Map: null);
        var source = (RuleValue.FromField)rule.Choices[what];
        var ours = facts.OnlyOf(source.Field);
        if (ours.Length == 0) return new RuleAnswer.Unmapped(rule, source, ours);
        if (source.Map.Length == 0) return new RuleAnswer.Chosen(ours, rule, Map: null);
        return _maps.TryGetValue(source.Map, out var map) && map.Values.TryGetValue(ours, out var theirs)
            ? new RuleAnswer.Chosen(theirs, rule, map)
            : new RuleAnswer.Unmapped(rule, source, ours);
    }
}
