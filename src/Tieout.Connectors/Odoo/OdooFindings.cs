using Tieout.Domain.Exceptions;

namespace Tieout.Connectors.Odoo;

/// <summary>
/// Odoo's refusals in the words of a finance person. It gives no codes, only classes and texts. Every call asks for English, so pieces of
/// text tell them apart; an option <c>error:some words</c> = <c>period-closed</c> adds to the table.
/// </summary>
internal static class OdooFindings
{
    /// <summary>Somebody else works on it: nothing was done and the same document may be sent again after a pause.</summary>
    public const string Locked = "locked";

    /// <summary>Odoo's words tell nothing we know.</summary>
    public const string Unknown = "erp-refused";

    private static readonly Dictionary<string, (string Cause, string Remedy)> Words = new(StringComparer.Ordinal)
    {
        ["customer-unknown"] = (
            "Odoo does not know the customer, or not in this company.",
            "Somebody deleted or merged it: have it created again with our code as its reference, and replay."),
        ["customer-blocked"] = ("The customer is archived in Odoo.", "Have it unarchived in Odoo, or cancel the document here, and replay."),
        ["account-unknown"] = (
            "An account of the account rule does not exist in the chart of accounts of this company, or is deprecated.",
            "Correct the account rule, or have the account created, and replay."),
        ["tax-code-unknown"] = ("No sales tax of this name exists in this company, or more than one.", "Correct the taxes of the target and replay."),
        ["tax-expired"] = ("The tax is archived in Odoo.", "Have it unarchived, or name its successor in the taxes of the target, and replay."),
        ["dimension-unknown"] = (
            "An analytic account does not exist in its plan, or is archived.",
            "Correct the value in the account rule, or have it created in Odoo, and replay."),
        ["journal-unknown"] = (
            "The journal does not exist in this company.", "Correct the option journal or entry-journal of the target and replay."),
        ["company-unknown"] = (
            "Odoo does not know the company, or our user may not work in it.", "Correct the company of the target, or allow our user into it, and replay."),
        ["currency-unknown"] = ("The currency is not active in Odoo.", "Have it activated in Odoo and replay."),
        ["exchange-rate-missing"] = (
            "Odoo has no exchange rate of the document's currency on or before its date, and would book it one to one.",
            "Have the rate entered in Odoo and replay."),
        ["period-closed"] = (
            "The day lies before a lock date of the company in Odoo; Odoo would move the document to a later month.",
            "Have the lock date set back, or move the document to an open month, and replay."),
        ["number-not-taken"] = (
            "Odoo would not keep our number: its year or month does not fit the document's date, or the number is taken in the journal.",
            "Give our documents a journal of their own, or set option number to theirs, and replay."),
        ["not-as-sent"] = (
            "What Odoo made of the document is not what we sent, and it could not be set to our figures.",
            "Look at what differs below: a tax, a fiscal position, a rounding or an automation of Odoo's may change it. Correct that and replay."),
        ["negative-total"] = ("Odoo takes no invoice below zero.", "This should not happen and wants an engineer."),
        ["out-of-balance"] = ("Odoo finds that the entry does not balance.", "This should not happen and wants an engineer."),
        [Unknown] = (
            "Odoo refused the document for a reason we do not know by name.", "Read Odoo's own message below, remove the cause there, and replay."),
    };

    /// <summary>Pieces of Odoo's English texts, looked for whatever their case. The longest that stands in a text decides.</summary>
    public static IReadOnlyDictionary<string, string> DefaultMeanings { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["lock date"] = "period-closed",
        ["locked period"] = "period-closed",
        ["prior to and inclusive of"] = "period-closed",
        ["unbalanced"] = "out-of-balance",
        ["not balanced"] = "out-of-balance",
        ["negative total"] = "negative-total",
        ["unique sequence number"] = "number-not-taken",
        ["same name already exists"] = "number-not-taken",
        ["doesn't match the sequence"] = "number-not-taken",
        ["deprecated account"] = "account-unknown",
        ["account is deprecated"] = "account-unknown",
        ["could not serialize"] = Locked,
        ["concurrent update"] = Locked,
    };

    /// <summary>What an <c>error:</c> option may say.</summary>
    public static IEnumerable<string> Meanings => Words.Keys.Append(Locked);

    /// <summary>Whether an <c>error:</c> option may say this.</summary>
    public static bool IsMeaning(string value) => value == Locked || Words.ContainsKey(value);

    /// <summary>What a refusal means.</summary>
    public static string Meaning(OdooError error, OdooSettings settings)
    {
        if (error.IsBusy) return Locked;
        foreach (var (piece, meaning) in settings.Errors.OrderByDescending(pair => pair.Key.Length).ThenBy(pair => pair.Key, StringComparer.Ordinal))
            if (error.Message.Contains(piece, StringComparison.OrdinalIgnoreCase)) return meaning;
        return Unknown;
    }

    /// <summary>The finding for a meaning, with Odoo's text verbatim.</summary>
    /// <param name="meaning">One of <see cref="Meanings"/>, not <see cref="Locked"/>.</param>
    /// <param name="technical">Odoo's words, or what we looked for.</param>
    /// <param name="leftBehind">Id of the draft that stands there; 0 when nothing is left.</param>
    public static Finding Of(string meaning, string technical, long leftBehind = 0)
    {
        var (cause, remedy) = Words[meaning];
        var left = leftBehind == 0
            ? ""
            : FormattableString.Invariant($" A draft (id {leftBehind}) stands in Odoo and could not be deleted: delete it there if you cancel the document here.");
        return new Finding(ExceptionCategory.Business, meaning, cause + left, remedy + " Until then the document is in our books only.", technical);
    }

    /// <summary>Something else stands under our number.</summary>
    public static Finding KeyTaken(string key, string number, string differences) => new(
        ExceptionCategory.Business, "key-taken", $"Under {key} Odoo holds something else ({number}): {differences}.",
        "Look at it in Odoo. Delete or renumber it there if it is wrong, then replay; or cancel the document here.");

    /// <summary>Our number stands there more than once.</summary>
    public static Finding Duplicate(string key, IEnumerable<string> numbers) => new(
        ExceptionCategory.Business, "duplicate-in-erp", $"Odoo holds {key} more than once: {string.Join(", ", numbers)}.",
        "Decide in Odoo which one is right, reverse or cancel the others there, then look it up again.");
}
