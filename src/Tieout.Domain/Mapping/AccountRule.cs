namespace Tieout.Domain.Mapping;

/// <summary>Where a rule takes a value of theirs from.</summary>
public abstract record RuleValue
{
    private RuleValue() { }

    /// <summary>Always this text.</summary>
    public sealed record Constant(string Text) : RuleValue;

    /// <summary>What a field of the line says.</summary>
    /// <param name="Field">One of <see cref="MappingFields.OfValues"/>.</param>
    /// <param name="Map">The value map that turns our code into theirs; empty to take it as it is.</param>
    public sealed record FromField(MappingField Field, string Map) : RuleValue;
}

/// <summary>
/// Chooses accounts, tax codes and dimensions for what meets its conditions. It need not choose all of them: each is chosen by the most
/// specific rule that says something about it.
/// </summary>
/// <param name="Name">Names the rule in its version, for people.</param>
/// <param name="When">Its conditions, over fields of <see cref="MappingFields.OfAccountRules"/>.</param>
/// <param name="Account">Their account; null when the rule says nothing about it.</param>
/// <param name="TaxCode">Their tax code; null when the rule says nothing about it.</param>
/// <param name="Dimensions">Our word of a dimension to where its value comes from.</param>
public sealed record AccountRule(
    string Name, Conditions When, RuleValue? Account, RuleValue? TaxCode, IReadOnlyDictionary<string, RuleValue> Dimensions)
{
    /// <summary>What is chosen as the account.</summary>
    public const string OfAccount = "account";

    /// <summary>What is chosen as the tax code.</summary>
    public const string OfTaxCode = "tax-code";

    /// <summary>All it chooses, by what it is: <see cref="OfAccount"/>, <see cref="OfTaxCode"/>, or the word of a dimension.</summary>
    public IReadOnlyDictionary<string, RuleValue> Choices { get; } = All(Account, TaxCode, Dimensions);

    private static Dictionary<string, RuleValue> All(RuleValue? account, RuleValue? taxCode, IReadOnlyDictionary<string, RuleValue> dimensions)
    {
        var all = new Dictionary<string, RuleValue>(dimensions, StringComparer.Ordinal);
        if (account is not null) all[OfAccount] = account;
        if (taxCode is not null) all[OfTaxCode] = taxCode;
        return all;
    }
}

/// <summary>Our code to theirs.</summary>
/// <param name="Name">How rules name it.</param>
/// <param name="Number">Of its version.</param>
/// <param name="Values">Ours to theirs; what is not in it is a finding.</param>
public sealed record ValueMap(string Name, int Number, IReadOnlyDictionary<string, string> Values);
