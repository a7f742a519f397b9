using Tieout.Domain;

namespace Tieout.Application.Mapping;

/// <summary>What a version is about.</summary>
public enum MappingKind
{
    /// <summary>Which documents go to which target; one for all.</summary>
    Routes,

    /// <summary>Accounts, tax codes and dimensions of one target.</summary>
    AccountRules,

    /// <summary>Our codes to those of one target; several per target, by name.</summary>
    ValueMap,
}

/// <summary>What versions are numbered by.</summary>
/// <param name="Kind">Routes, account rules or a value map.</param>
/// <param name="Target">Name of the target; empty for routes.</param>
/// <param name="Name">Name of the value map; empty for all others.</param>
public sealed record MappingSubject(MappingKind Kind, string Target, string Name)
{
    private const int LongestName = 40;

    /// <summary>The routes.</summary>
    public static MappingSubject Routes { get; } = new(MappingKind.Routes, "", "");

    /// <summary>The account rules of a target.</summary>
    public static MappingSubject AccountRules(string target) => new(MappingKind.AccountRules, target, "");

    /// <summary>A value map of a target.</summary>
    public static MappingSubject ValueMap(string target, string name) => new(MappingKind.ValueMap, target, name);

    /// <summary>Whether a text can name a target or a value map: small letters, digits and dashes, 1 to 40.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= LongestName && text.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-');

    /// <summary>From <c>routes</c>, <c>account-rules/sap-de</c> or <c>value-map/sap-de/regions</c>; null when it is none of them.</summary>
    public static MappingSubject? Parse(string text) => text.Split('/') switch
    {
        ["routes"] => Routes,
        ["account-rules", var target] when IsName(target) => AccountRules(target),
        ["value-map", var target, var name] when IsName(target) && IsName(name) => ValueMap(target, name),
        _ => null,
    };

    /// <summary><c>routes</c>, <c>account-rules of sap-de</c>, <c>value map regions of sap-de</c>.</summary>
    public override string ToString() => Kind switch
    {
        MappingKind.Routes => "routes",
        MappingKind.AccountRules => $"account rules of {Target}",
        _ => $"value map {Name} of {Target}",
    };

    /// <summary>The word of the kind, as in the database.</summary>
    internal string KindWord => Words.Of(Kind);
}
