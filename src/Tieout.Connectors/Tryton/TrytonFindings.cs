using Tieout.Connectors.Port;
using Tieout.Domain.Exceptions;

namespace Tieout.Connectors.Tryton;

/// <summary>Tryton's refusals in the words of a finance person. The ERP gives no codes: causes are told apart by their English words.</summary>
internal static class TrytonFindings
{
    // The first text found decides; taken from answers of Tryton 6.0.
    private static readonly (string Text, string Code, string Cause)[] Known =
    [
        ("you must create a period for the date", "period-closed", "The accounting period of the document is closed in Tryton, or was never opened."),
        ("in closed period", "period-closed", "The accounting period of the document is closed in Tryton."),
        // Closing a period closes its journals; opening it again does not open them.
        ("on closed journal-period", "period-closed", "The accounting period is open in Tryton, and the journal of the documents is still closed in it."),
        ("you must set an accounting date after", "date-order", "A later invoice has its number already, and Tryton numbers invoices by rising date."),
        ("for field \"Party\"", "customer-unknown", "Tryton does not know the customer."),
        ("for field \"Invoice Address\"", "customer-address-missing", "The customer's address in Tryton is gone or belongs to another customer."),
        ("for field \"Tax", "tax-code-unknown", "Tryton does not take the tax for this company."),
        (
            "for field \"Account\"", "account-not-allowed",
            "Tryton does not take an account of the account rule on an invoice: it must be open and of a revenue or deposit type."
        ),
        ("for field \"Payment Term\"", "payment-term-unknown", "Tryton does not take the payment term."),
        ("does not have the tax", "tax-code-unknown", "Tryton does not take the tax for this company."),
    ];

    private static readonly Dictionary<string, string> Remedies = new(StringComparer.Ordinal)
    {
        ["company-unknown"] = "Correct the company of the target, or give its user access to the company.",
        ["dimension-unmapped"] =
            "Take the dimension out of the account rules for this target: we carry none into Tryton, whose analytic accounts are another module.",
        ["rate-missing"] = "Have the rate entered in Tryton.",
        ["currency-unknown"] = "Have the currency added in Tryton.",
        ["journal-unknown"] = "Correct option 'journal' or 'entry-journal' of the target, or have the journal created.",
        ["payment-term-unknown"] = "Have the payment term created in Tryton, or name it with option 'payment-term:<days>'.",
        ["account-rule-missing"] = "Add the account to the account rule.",
        ["account-unknown"] = "Correct the account rule, or have the account created in Tryton.",
        ["account-closed"] = "Point the account rule to an open account, or have this one opened in Tryton.",
        ["account-not-allowed"] = "Point the account rule to an account of the right type.",
        ["tax-code-missing"] = "Add the tax code to the taxes of the target.",
        ["tax-code-unknown"] = "Correct the taxes of the target, or have the tax created in Tryton.",
        ["tax-expired"] =
            "Point the tax code to the tax in force, or have its dates corrected in Tryton. It was not sent: Tryton would have booked it without a word.",
        ["customer-unknown"] = "Find out who removed the customer in Tryton; correct the cross-reference.",
        ["customer-blocked"] = "Have the customer activated in Tryton, or cancel the posting here.",
        ["customer-address-missing"] = "Give the customer an address in Tryton; an invoice needs one.",
        ["customer-refused"] = "Read Tryton's own message below and correct the customer.",
        ["period-closed"] = "Have the period and its journals opened in Tryton, or move the document to an open one.",
        ["date-order"] = "Set option 'accounting-date' to latest-allowed, or give the invoice a later date.",
        ["erp-computed-otherwise"] = "Compare the invoice with the draft's figures below; this should not happen and wants an engineer.",
        ["erp-asks"] = "Tryton asks a question before it books this. Answer it there, or remove its cause.",
        ["erp-refused"] = "Read Tryton's own message below and remove the cause there.",
        ["erp-error"] = "An error inside Tryton that nobody foresaw; its log tells more. An engineer has to look.",
        ["not-valid-for-erp"] = "Correct the document where it comes from.",
    };

    /// <summary>A finding of our own check, before anything was sent.</summary>
    public static Finding Of(string code, string cause, string technical = "") => new(
        code switch
        {
            "not-valid-for-erp" => ExceptionCategory.Data,
            "erp-error" or "erp-computed-otherwise" => ExceptionCategory.Technical,
            _ => ExceptionCategory.Business,
        },
        code, cause, Remedies[code] + " Then replay; until then the document is in our books only.", technical);

    /// <summary>A line carries a dimension: there is no field for it. Null when it carries none.</summary>
    public static Finding? Dimension(TargetSettings target, IReadOnlyDictionary<string, string> dimensions) => dimensions.Keys.FirstOrDefault() is { } dimension
        ? Of("dimension-unmapped", $"No field of {target.Name} is named for the dimension '{dimension}'.")
        : null;

    /// <summary>What the ERP said, with its text verbatim.</summary>
    public static Finding Of(TrytonError error)
    {
        var (_, code, cause) = Known.FirstOrDefault(known => error.Text.Contains(known.Text, StringComparison.Ordinal));
        return (error.Kind, code) switch
        {
            (TrytonErrorKind.Unforeseen, _) => Of("erp-error", "Tryton failed on the document with an error of its own.", error.Text),
            (TrytonErrorKind.Warning, _) => Of("erp-asks", "Tryton wants an answer from a person before it books the document.", error.Text),
            (_, null) => Of("erp-refused", "Tryton refused the document.", error.Text),
            _ => Of(code, cause, error.Text),
        };
    }
}
