using System.Text.RegularExpressions;
using Tieout.Domain.Exceptions;

namespace Tieout.Connectors.NetSuite;

/// <summary>
/// NetSuite's refusals in the words of a finance person. Most come as <c>INVALID_CONTENT</c> or <c>USER_ERROR</c>, which say nothing;
/// the field they name says more. The table of codes is a default: an option <c>error:SOME_CODE</c> = <c>period-closed</c> adds to it
/// or changes it.
/// </summary>
internal static partial class NetSuiteFindings
{
    /// <summary>Somebody else works on the record: nothing was booked and the same document may be sent again after a pause.</summary>
    public const string Locked = "locked";

    /// <summary>The field named is the customer's; whether he is unknown or inactive has to be asked.</summary>
    public const string CustomerUnknown = "customer-unknown";

    /// <summary>NetSuite's words tell nothing we know.</summary>
    public const string Unknown = "erp-refused";

    private static readonly Dictionary<string, (string Cause, string Remedy)> Words = new(StringComparer.Ordinal)
    {
        [CustomerUnknown] = (
            "NetSuite does not know the customer.",
            "Somebody deleted or merged it: correct the customer's NetSuite id, and replay."),
        ["customer-blocked"] = (
            "The customer is inactive in NetSuite.",
            "Have it made active in NetSuite, or cancel the posting here, and replay."),
        ["customer-not-in-subsidiary"] = (
            "NetSuite knows the customer and does not take it on this document: it belongs to another subsidiary, or not to this currency.",
            "Add the subsidiary or the currency to the customer in NetSuite, and replay."),
        ["account-unknown"] = (
            "An account of the account rule does not exist in this subsidiary of NetSuite, or is inactive.",
            "Correct the account rule, or have the account created, and replay."),
        ["tax-code-unknown"] = (
            "The account that a tax is booked on does not exist in this subsidiary of NetSuite, or is inactive.",
            "Correct the taxes of the target and replay."),
        ["period-closed"] = (
            "The accounting period is closed or locked in NetSuite, or there is none for the date.",
            "Have the period opened, or move the document to an open one, and replay."),
        ["dimension-unknown"] = (
            "NetSuite does not know a department, class, location or other segment of a line, or does not take it in this subsidiary.",
            "Correct the dimension in the account rules, or have it set up in NetSuite, and replay."),
        ["out-of-balance"] = (
            "NetSuite finds that the document does not balance.",
            "Compare the lines with ours; this should not happen and wants an engineer."),
        ["company-unknown"] = (
            "NetSuite does not know the subsidiary.",
            "Correct the company of the target and replay."),
        ["currency-unknown"] = (
            "NetSuite does not know the currency, or the subsidiary does not use it.",
            "Have the currency set up in NetSuite and replay."),
        [Unknown] = (
            "NetSuite refused the document for a reason we do not know by name.",
            "Read NetSuite's own message below, remove the cause there, and replay."),
    };

    /// <summary>Codes of the vendor's list that name one cause. Which of them REST gives is not published, so they can be set.</summary>
    public static IReadOnlyDictionary<string, string> DefaultMeanings { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["TRAN_PRD_CLOSED"] = "period-closed",
        ["TRAN_PERIOD_CLOSED"] = "period-closed",
        ["RCRD_HAS_BEEN_CHANGED"] = Locked,
        // Two upserts of one new key at once: the other one created it. The next look says what stands.
        ["DUP_RCRD"] = Locked,
    };

    /// <summary>What an <c>error:</c> option may say.</summary>
    public static IEnumerable<string> Meanings => Words.Keys.Append(Locked);

    /// <summary>Whether an <c>error:</c> option may say this.</summary>
    public static bool IsMeaning(string value) => value == Locked || Words.ContainsKey(value);

    /// <summary>What a refusal means: by code where the code names the cause, else by the field it names; else <see cref="Unknown"/>.</summary>
    /// <param name="error">The answer.</param>
    /// <param name="codes">Meanings of codes.</param>
    /// <param name="isTaxLine">Which line of the journal, counted from zero, is a tax.</param>
    public static string Meaning(NetSuiteError error, IReadOnlyDictionary<string, string> codes, Func<int, bool> isTaxLine)
    {
        foreach (var detail in error.Details)
            if (codes.TryGetValue(detail.Code, out var known)) return known;
        foreach (var detail in error.Details)
            if (OfField(detail.Path, isTaxLine) is { } known) return known;
        return Unknown;
    }

    /// <summary>The finding for a meaning, with NetSuite's text verbatim.</summary>
    public static Finding Of(string meaning, string technical)
    {
        var (cause, remedy) = Words[meaning];
        return new Finding(ExceptionCategory.Business, meaning, cause, remedy + " Until then the document is in our books only.", technical);
    }

    private static string? OfField(string path, Func<int, bool> isTaxLine)
    {
        var line = LineField().Match(path);
        if (!line.Success)
            return path switch
            {
                "subsidiary" or "subsidiary.id" => "company-unknown",
                "currency" or "currency.id" => "currency-unknown",
                "entity" or "entity.id" => CustomerUnknown,
                _ => null,
            };
        var index = int.Parse(line.Groups["index"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
        return line.Groups["field"].Value switch
        {
            "entity" => CustomerUnknown,
            "account" => isTaxLine(index) ? "tax-code-unknown" : "account-unknown",
            "department" or "class" or "location" => "dimension-unknown",
            _ => null,
        };
    }

    [GeneratedRegex(@"^line\.items\[(?<index>\d{1,6})\]\.(?<field>[a-zA-Z]+)(?:\.id)?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LineField();
}
