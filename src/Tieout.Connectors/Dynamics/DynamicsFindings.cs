using Tieout.Domain.Exceptions;

namespace Tieout.Connectors.Dynamics;

/// <summary>
/// Dynamics' refusals in the words of a finance person. It gives no codes (<c>code</c> is empty), only texts in the language of the
/// service user. So two things are looked at: pieces of text (a table for English; an option <c>error:some words</c> =
/// <c>period-closed</c> adds to it), and which of the values we sent the text quotes, which holds in any language.
/// </summary>
internal static class DynamicsFindings
{
    /// <summary>Somebody else works on it, or was faster: nothing was done and the same document may be sent again after a pause.</summary>
    public const string Locked = "locked";

    public const string CustomerUnknown = "customer-unknown";

    /// <summary>Dynamics' words tell nothing we know.</summary>
    public const string Unknown = "erp-refused";

    private static readonly Dictionary<string, (string Cause, string Remedy)> Words = new(StringComparer.Ordinal)
    {
        [CustomerUnknown] = (
            "Dynamics 365 does not know the customer in this company.",
            "Somebody deleted or renamed it: have it created again, or correct the customer's account, and replay."),
        ["customer-blocked"] = (
            "The customer is on hold in Dynamics 365.",
            "Have it released in Dynamics 365 (Invoicing and delivery on hold), or cancel the document here, and replay."),
        ["account-unknown"] = (
            "An account of the account rule does not exist in the chart of accounts of this company, or is suspended.",
            "Correct the account rule, or have the account created, and replay."),
        ["tax-code-unknown"] = (
            "The sales tax code does not exist in this company.",
            "Correct the taxes of the target and replay."),
        ["dimension-unknown"] = (
            "A dimension value does not exist, is suspended, or may not be used with its account.",
            "Correct the value in the account rule, or have it created in Dynamics 365, and replay."),
        ["dimension-format"] = (
            "Dynamics 365 reads accounts and dimensions in another format than the target is set to.",
            "Copy both formats from 'Financial dimension configuration for integrating applications' to the options ledger-dimensions and "
            + "default-dimensions, and replay."),
        ["posting-profile-unknown"] = (
            "The posting profile of the customer's line does not exist in this company.",
            "Correct the option posting-profile of the target and replay."),
        ["journal-unknown"] = (
            "The journal name does not exist in this company, or is of another type.",
            "Correct the option journal-name or payment-journal-name of the target and replay."),
        ["settled-invoice-not-open"] = (
            "What the entry settles is not open on this customer's account in Dynamics 365.",
            "Look up the invoice there: it may be settled by hand or not be posted. Settle by hand and cancel the entry here, or have it opened, and replay."),
        ["period-closed"] = (
            "The fiscal period is not open in Dynamics 365.",
            "Have the period opened, or move the document to an open one, and replay."),
        ["out-of-balance"] = (
            "Dynamics 365 finds that the voucher does not balance.",
            "Compare net, tax and total with the document; this should not happen and wants an engineer."),
        ["currency-unknown"] = (
            "Dynamics 365 does not know the currency.",
            "Have the currency set up in Dynamics 365 and replay."),
        ["exchange-rate-missing"] = (
            "Dynamics 365 has no exchange rate of the document's currency for its date.",
            "Have the rate entered in Dynamics 365 and replay."),
        ["company-unknown"] = (
            "Dynamics 365 does not know the company, or our application's user may not work in it.",
            "Correct the company of the target and replay."),
        ["posting-not-set-up"] = (
            "The environment has no way to post a journal that fits the target's settings.",
            "Have the posting action or service installed (docs/targets.md), or set option posting to batch, and replay."),
        [Unknown] = (
            "Dynamics 365 refused the document for a reason we do not know by name.",
            "Read Dynamics' own message below, remove the cause there, and replay."),
    };

    /// <summary>Pieces of Dynamics' English texts, looked for whatever their case. The first that stands in a text decides.</summary>
    public static IReadOnlyDictionary<string, string> DefaultMeanings { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["already exists"] = Locked,
        ["being posted"] = Locked,
        ["update conflict"] = Locked,
        ["deadlock"] = Locked,
        ["fiscal period"] = "period-closed",
        ["ledger period"] = "period-closed",
        ["period is closed"] = "period-closed",
        ["closed period"] = "period-closed",
        ["do not balance"] = "out-of-balance",
        ["on hold"] = "customer-blocked",
        ["exchange rate"] = "exchange-rate-missing",
        ["number of segments"] = "dimension-format",
        ["No HTTP resource was found"] = "posting-not-set-up",
    };

    /// <summary>What an <c>error:</c> option may say.</summary>
    public static IEnumerable<string> Meanings => Words.Keys.Append(Locked);

    /// <summary>Whether an <c>error:</c> option may say this.</summary>
    public static bool IsMeaning(string value) => value == Locked || Words.ContainsKey(value);

    /// <summary>What a refusal means: by its words, else by what it quotes of ours; else <see cref="Unknown"/>.</summary>
    /// <param name="text">Dynamics' words.</param>
    /// <param name="journal">What we sent.</param>
    /// <param name="settings">For meanings of pieces of text, of which longer ones go first, company and dimensions.</param>
    public static string Meaning(string text, Journal journal, DynamicsSettings settings)
    {
        foreach (var (piece, meaning) in settings.Errors.OrderByDescending(pair => pair.Key.Length).ThenBy(pair => pair.Key, StringComparer.Ordinal))
            if (text.Contains(piece, StringComparison.OrdinalIgnoreCase)) return meaning;
        foreach (var (value, meaning) in Sent(journal, settings))
            if (value.Length > 0 && Quotes(text, value)) return meaning;
        return Unknown;
    }

    /// <summary>The finding for a meaning, with Dynamics' text verbatim.</summary>
    /// <param name="meaning">One of <see cref="Meanings"/>, not <see cref="Locked"/>.</param>
    /// <param name="technical">Dynamics' words.</param>
    /// <param name="leftBehind">Number of the journal that stands there created and not posted; empty when nothing is left.</param>
    public static Finding Of(string meaning, string technical, string leftBehind = "")
    {
        var (cause, remedy) = Words[meaning];
        var left = leftBehind.Length == 0
            ? ""
            : $" Journal {leftBehind} stands in Dynamics 365 created and not posted: delete it there if you cancel the document here.";
        return new Finding(ExceptionCategory.Business, meaning, cause + left, remedy + " Until then the document is in our books only.", technical);
    }

    private static IEnumerable<(string Value, string Meaning)> Sent(Journal journal, DynamicsSettings settings)
    {
        foreach (var line in journal.Lines)
        {
            yield return (line.Settles, "settled-invoice-not-open");
            yield return (line.TaxCode, "tax-code-unknown");
            yield return (line.Profile, "posting-profile-unknown");
            yield return (line.Account, line.IsCustomer ? CustomerUnknown : "account-unknown");
            if (line.Display != line.Account) yield return (line.Display, "account-unknown");
            foreach (var part in settings.Dimensions.Parts(line.IsCustomer ? line.Dimensions : line.Display).Skip(line.IsCustomer ? 0 : 1))
                yield return (part, "dimension-unknown");
        }
        yield return (journal.Name, "journal-unknown");
        yield return (journal.Currency.Code, "currency-unknown");
        yield return (settings.Company, "company-unknown");
    }

    private static bool Quotes(string text, string value) => text.Contains($"'{value}'", StringComparison.OrdinalIgnoreCase);
}
