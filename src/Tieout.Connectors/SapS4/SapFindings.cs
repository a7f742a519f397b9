using Tieout.Domain.Exceptions;

namespace Tieout.Connectors.SapS4;

/// <summary>
/// SAP's messages in the words of a finance person. A message is named <c>number(class)</c>, as in <c>102(F5)</c>. Which
/// number a tenant uses for a cause depends on release and configuration, so the table is a default: an option
/// <c>error:201(F5)</c> = <c>period-closed</c> adds to it or changes it.
/// </summary>
internal static class SapFindings
{
    /// <summary>Somebody else holds a lock: nothing was booked and the same document may be sent again after a pause.</summary>
    public const string Locked = "locked";

    /// <summary>The first message of every refusal says only "error in document"; the cause stands in the next ones.</summary>
    private const string Wrapper = "609(RW)";

    private const string Unknown = "erp-refused";

    private static readonly Dictionary<string, (string Cause, string Remedy)> Words = new(StringComparer.Ordinal)
    {
        ["customer-unknown"] = (
            "SAP does not know the customer in this company code.",
            "Have the customer created for the company code, or correct its SAP number, and replay."),
        ["customer-blocked"] = (
            "The customer is blocked for posting in SAP.",
            "Have the block lifted in SAP, or cancel the posting here, and replay."),
        ["account-unknown"] = (
            "An account of the account rule does not exist in this company code of SAP.",
            "Correct the account rule, or have the account created, and replay."),
        ["tax-code-unknown"] = (
            "The tax code is not valid in SAP.",
            "Correct the tax codes of the account rule and replay."),
        ["tax-expired"] = (
            "The tax code is not in force on the day of the document.",
            "Point our tax code to the one in force, or have its dates corrected in SAP, and replay."),
        ["account-not-allowed"] = (
            "SAP takes no posting of this kind on an account of the account rule: some accounts are moved by customers only, and some by none.",
            "Point the account rule to an account of the right kind and replay."),
        ["dimension-unknown"] = (
            "SAP does not know a cost centre, profit centre or other assignment of a line.",
            "Correct the dimension in the account rules, or have it created in SAP, and replay."),
        ["period-closed"] = (
            "The accounting period is closed in SAP.",
            "Have the period opened, or move the document to an open one, and replay."),
        ["out-of-balance"] = (
            "SAP finds that the document does not balance.",
            "Compare the lines with ours; this should not happen and wants an engineer."),
        ["company-unknown"] = (
            "SAP does not know the company code.",
            "Correct the company code of the target and replay."),
        [Unknown] = (
            "SAP refused the document for a reason we do not know by number.",
            "Read SAP's own message below, remove the cause there, and replay."),
    };

    /// <summary>
    /// 102(F5) and 507(F5) were seen in real answers; the others are written from general knowledge of the message classes
    /// and may differ, which is why they can be set.
    /// </summary>
    public static IReadOnlyDictionary<string, string> DefaultMeanings { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["102(F5)"] = "customer-unknown",
        ["104(F5)"] = "customer-blocked",
        ["507(F5)"] = "account-unknown",
        ["713(FF)"] = "tax-code-unknown",
        ["752(FF)"] = "tax-expired",
        ["352(F5)"] = "account-not-allowed",
        ["235(KI)"] = "dimension-unknown",
        ["201(F5)"] = "period-closed",
        ["702(F5)"] = "out-of-balance",
        ["165(F5)"] = "company-unknown",
    };

    /// <summary>What an <c>error:</c> option may say.</summary>
    public static IEnumerable<string> Meanings => Words.Keys.Append(Locked);

    /// <summary>Whether an <c>error:</c> option may say this.</summary>
    public static bool IsMeaning(string value) => value == Locked || Words.ContainsKey(value);

    /// <summary>What the messages of a refusal mean: the first one known, else <c>erp-refused</c>.</summary>
    public static string Meaning(IReadOnlyList<SapMessage> messages, IReadOnlyDictionary<string, string> meanings) =>
        messages.Where(message => message.IsError && message.Type != Wrapper)
            .Select(message => meanings.GetValueOrDefault(message.Type))
            .FirstOrDefault(meaning => meaning is not null) ?? Unknown;

    /// <summary>The document breaks the form SAP prescribes.</summary>
    public static Finding NotValid(string technical) => new(
        ExceptionCategory.Data, "not-valid-for-erp",
        "The document does not fit the form SAP prescribes: a value is missing, too long or of the wrong kind.",
        "Read the technical text for the field; correct it in the account rule, the customer or the invoice, and replay. " +
        "Until then the document is in our books only.",
        technical);

    /// <summary>The finding for a meaning, with SAP's messages verbatim.</summary>
    public static Finding Of(string meaning, IReadOnlyList<SapMessage> messages)
    {
        var (cause, remedy) = Words[meaning];
        return new Finding(
            ExceptionCategory.Business, meaning, cause, remedy + " Until then the document is in our books only.",
            string.Join("\n", messages.Select(message => $"{message.Type} {message.Note}")));
    }
}

/// <summary>One message of an answer.</summary>
/// <param name="Type">Number and class, such as <c>507(F5)</c>; empty when SAP gave none.</param>
/// <param name="Severity">1 information, 2 warning, 3 error, 4 abort.</param>
/// <param name="Note">SAP's text.</param>
internal sealed record SapMessage(string Type, int Severity, string Note)
{
    /// <summary>From this severity on nothing was booked.</summary>
    public const int ErrorSeverity = 3;

    public bool IsError => Severity >= ErrorSeverity;
}
