using Tieout.Domain;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Mapping;

namespace Tieout.Application.Mapping;

/// <summary>What a person reads where no rule chooses. Nothing was sent.</summary>
internal static class MappingFindings
{
    private const string Until = "Until then the document is in our books only.";

    /// <summary>Neither a rule nor the target's settings name an account.</summary>
    public static Finding NoAccount(string target, string ledgerAccount, Facts facts) => new(
        ExceptionCategory.Business, "account-unmapped",
        $"No account rule of {target} names an account for '{ledgerAccount}'{Plan(facts)}, nor do its settings.",
        $"Publish an account rule for it (tieout mapping coverage tells all that is missing) and replay. {Until}");

    /// <summary>Neither a rule nor the target's settings name a tax code.</summary>
    public static Finding NoTax(string target, string code) => new(
        ExceptionCategory.Business, "tax-unmapped", $"No account rule of {target} names a tax code for our '{code}', nor do its settings.",
        $"Publish an account rule with this tax code and replay. {Until}");

    /// <summary>A rule would take the value from a field, and cannot.</summary>
    public static Finding NotInMap(string target, string code, string what, RuleAnswer.Unmapped unmapped)
    {
        var field = Words.Of(unmapped.Source.Field);
        return unmapped.Ours.Length == 0
            ? new Finding(
                ExceptionCategory.Business, code, $"Rule '{unmapped.Rule.Name}' of {target} takes the {what} from the {field}, and the line has none, or several.",
                $"Publish a rule for such lines that takes it from elsewhere, and replay. {Until}")
            : new Finding(
                ExceptionCategory.Business, code,
                $"Value map '{unmapped.Source.Map}' of {target} has nothing for our {field} '{unmapped.Ours}', "
                    + $"from which rule '{unmapped.Rule.Name}' takes the {what}.",
                $"Publish the value map with this code and replay. {Until}");
    }

    /// <summary>A line says its dimension itself, and the value map of that has nothing for it.</summary>
    public static Finding NotInMapOf(string target, string dimension, string ours) => new(
        ExceptionCategory.Business, "dimension-unmapped",
        $"Value map '{dimension}' of {target} has nothing for '{ours}', which the line itself says as its {dimension}.",
        $"Publish the value map with this code and replay. {Until}");

    /// <summary>What a document is about went to several targets.</summary>
    public static Finding Apart(string key, IReadOnlyList<string> targets) => new(
        ExceptionCategory.Business, "originals-apart",
        $"{key} is about documents that went to different targets ({string.Join(", ", targets)}): none of them can book it whole.",
        $"Take it back and make one document for each target. {Until}");

    /// <summary>No published route matches, and no targets file names the legal entity.</summary>
    public static Finding NoRoute(string entity, Facts facts) => new(
        ExceptionCategory.Business, "route-missing",
        $"No route matches {facts.OnlyOf(MappingField.DocumentKind)}s of legal entity {entity}{Plan(facts)} in {facts.OnlyOf(MappingField.Currency)}"
            + (facts.OnlyOf(MappingField.Country) is { Length: > 0 } country ? $" for customers in {country}{Region(facts)}." : "."),
        $"Publish a route for them, or name the legal entity in the targets file. {Until}");

    /// <summary>The rules lead to a target that nobody delivers to.</summary>
    public static Finding UnknownTarget(string target) => new(
        ExceptionCategory.Technical, "target-missing", $"Nothing is known of target '{target}': no targets file that was used so far names it.",
        $"Put it into the targets file. {Until}");

    private static string Region(Facts facts) => facts.OnlyOf(MappingField.Region) is { Length: > 0 } region ? $", {region}" : "";

    private static string Plan(Facts facts) => facts.OnlyOf(MappingField.Plan) is { Length: > 0 } plan ? $" of plan '{plan}'" : "";
}
