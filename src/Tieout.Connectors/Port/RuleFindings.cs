using Tieout.Domain;
using Tieout.Domain.Exceptions;

namespace Tieout.Connectors.Port;

/// <summary>What every connector finds missing in the rules of its target, or wrong in a document, before it sends anything.</summary>
internal static class RuleFindings
{
    private const string Until = "Until then the document is in our books only.";

    /// <summary>No account of theirs is named for one of ours.</summary>
    public static Finding AccountMissing(TargetSettings target, string ledgerAccount) => new(
        ExceptionCategory.Business, "account-rule-missing",
        $"No account of {target.Name} is named for '{ledgerAccount}'.", $"Add the account to the account rule and replay. {Until}");

    /// <summary>No tax code of theirs is named for one of ours.</summary>
    public static Finding TaxMissing(TargetSettings target, string code) => new(
        ExceptionCategory.Business, "tax-code-missing",
        $"No tax code of {target.Name} is named for our '{code}'.", $"Add the tax code to the account rule and replay. {Until}");

    /// <summary>A line carries a dimension that the target has no field for: left out in silence, it would be missed at the close.</summary>
    public static Finding DimensionUnmapped(TargetSettings target, string dimension) => new(
        ExceptionCategory.Business, "dimension-unmapped",
        $"No field of {target.Name} is named for the dimension '{dimension}'.",
        $"Name the field with option 'dimension:{dimension}' of the target, or take the dimension out of the account rule, and replay. {Until}");

    /// <summary>An amount with more decimals than its currency keeps; null when there is none.</summary>
    public static Finding? NotWhole(IEnumerable<decimal> amounts, Currency currency) =>
        amounts.Cast<decimal?>().FirstOrDefault(amount => !new Money(amount!.Value, currency).IsWhole) is { } broken
            ? new Finding(
                ExceptionCategory.Data, "amount-not-whole",
                FormattableString.Invariant($"The amount {broken} has more decimals than {currency} keeps ({currency.MinorUnits})."),
                $"Correct the amount where it comes from; nothing is rounded on the way. {Until}")
            : null;

    /// <summary>The connector cannot book this kind of document.</summary>
    public static Finding KindUnsupported(TargetSettings target, ErpDocument document) => new(
        ExceptionCategory.Business, "kind-unsupported",
        $"{target.Name} takes no {(document is ErpEntry entry ? Words.Of(entry.Kind) : "invoice")} by this connector.",
        $"Book it by hand and cancel the posting here, or route this kind of document elsewhere. {Until}");
}
