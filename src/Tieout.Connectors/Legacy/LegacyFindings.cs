using Tieout.Domain.Exceptions;

namespace Tieout.Connectors.Legacy;

/// <summary>The refusals of docs/legacy.md in the words of a finance person; option <c>error:CODE</c> adds an ERP's own codes.</summary>
internal static class LegacyFindings
{
    /// <summary>A code nobody has told us the meaning of.</summary>
    public const string Unknown = "erp-refused";

    private const string Until = " Until then the document is in our books only.";

    private static readonly Dictionary<string, (string Cause, string Remedy)> Words = new(StringComparer.Ordinal)
    {
        ["period-closed"] = ("The period of the document's date is closed in the ERP.", "Have it opened, or move the document to an open month, and replay."),
        ["account-unknown"] = ("The ERP does not know an account of the document.", "Correct the account rule, or have the account created, and replay."),
        ["customer-unknown"] = ("The ERP does not know the customer.", "Have it created there under our code, and replay."),
        ["customer-blocked"] = ("The customer is blocked in the ERP.", "Have it unblocked, or cancel the document here, and replay."),
        ["tax-code-unknown"] = ("The ERP does not know the tax code.", "Correct the taxes of the target and replay."),
        ["tax-expired"] = ("The tax code is no longer in force on the document's date.", "Name its successor in the taxes of the target and replay."),
        ["dimension-unknown"] = ("The ERP does not know the value of a dimension.", "Correct it in the account rule, or have it created, and replay."),
        ["currency-unknown"] = ("The ERP does not keep this currency.", "Have it set up and replay."),
        ["out-of-balance"] = ("The ERP finds that the document does not balance.", "This should not happen and wants an engineer."),
        [Unknown] = ("The ERP refused the document for a reason we do not know by name.", "Read its own message below, remove the cause there, and replay."),
    };

    /// <summary>What the codes of docs/legacy.md mean.</summary>
    public static IReadOnlyDictionary<string, string> DefaultMeanings { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["PERIOD"] = "period-closed",
        ["ACCOUNT"] = "account-unknown",
        ["CUSTOMER"] = "customer-unknown",
        ["BLOCKED"] = "customer-blocked",
        ["TAXCODE"] = "tax-code-unknown",
        ["TAXENDED"] = "tax-expired",
        ["DIMENSION"] = "dimension-unknown",
        ["CURRENCY"] = "currency-unknown",
        ["BALANCE"] = "out-of-balance",
    };

    /// <summary>What an <c>error:</c> option may say.</summary>
    public static IEnumerable<string> Meanings => Words.Keys;

    /// <summary>The finding for a code, with the ERP's text verbatim.</summary>
    public static Finding Of(LegacySettings settings, string code, string text) =>
        ByMeaning(settings.Errors.GetValueOrDefault(code, Unknown), $"{code} {text}".Trim());

    /// <summary>The finding for a meaning.</summary>
    public static Finding ByMeaning(string meaning, string technical) =>
        new(ExceptionCategory.Business, meaning, Words[meaning].Cause, Words[meaning].Remedy + Until, technical);

    /// <summary>A value the format has no room for. Codes are never cut.</summary>
    public static Finding Unfit(string what, string value) => new(
        ExceptionCategory.Data, "not-valid-for-erp", $"The {what} '{value}' does not fit its field: too long, or with a character codes may not have.",
        $"Correct it where it comes from and replay.{Until}");

    /// <summary>Something else stands under our key.</summary>
    public static Finding KeyTaken(string key, string number, string differences) => new(
        ExceptionCategory.Business, "key-taken", $"Under {key} the ERP holds something else ({number}): {differences}.",
        "Look at it in the ERP. Reverse or renumber it there if it is wrong, then replay; or cancel the document here.");

    /// <summary>Our key stands there more than once.</summary>
    public static Finding Duplicate(string key, IEnumerable<string> numbers) => new(
        ExceptionCategory.Business, "duplicate-in-erp", $"The ERP holds {key} more than once: {string.Join(", ", numbers)}.",
        "Decide in the ERP which one is right, reverse the others there, then look it up again.");
}
