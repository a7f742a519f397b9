using System.Collections.Frozen;
using Tieout.Domain.Exceptions;

namespace Tieout.Connectors.AvaTax;

/// <summary>AvaTax's errors in the words of a finance person.</summary>
internal static class AvaTaxFindings
{
    private const string AddressRemedy = "Complete or correct country, region and postcode in the customer's tax profile.";

    /// <summary>Errors that say nothing about the document: it may go again after a pause.</summary>
    private static readonly FrozenSet<string> Passing = new[]
    {
        "RateLimitExceededError", "ConcurrentRequestLimitExceeded", "RequestLimitExceeded", "ServiceNotReady",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, (string Code, string Cause, string Remedy)> Known =
        new Dictionary<string, (string Code, string Cause, string Remedy)>(StringComparer.Ordinal)
        {
            ["InvalidAddress"] = ("tax-address-invalid", "AvaTax does not accept the address.", AddressRemedy),
            ["AddressLocationNotFound"] = ("tax-address-invalid", "AvaTax cannot find the address.", AddressRemedy),
            ["MissingAddress"] = ("tax-address-invalid", "AvaTax needs more of the address.", AddressRemedy),
            ["NotEnoughAddressesInfo"] = ("tax-address-invalid", "AvaTax needs more of the address.", AddressRemedy),
            ["InvalidPostalCode"] = ("tax-address-invalid", "AvaTax does not know the postcode.", "Correct the postcode in the customer's tax profile."),
            ["EntityNotFoundError"] = ("tax-company-unknown", "AvaTax does not know the company.", "Correct 'company' of the tax engine's settings."),
            ["CompanyInvalidException"] = ("tax-company-unknown", "AvaTax does not accept the company.", "Correct 'company' of the tax engine's settings."),
            ["DocumentCodeConflict"] = (KeyTaken, "AvaTax keeps another document under this number.", "Compare the two; one of the numbers must be wrong."),
            ["TransactionAlreadyExists"] = (KeyTaken, "AvaTax keeps another document under this number.", "Compare the two; one of the numbers must be wrong."),
            ["CannotModifyLockedTransaction"] = ("tax-period-filed", "The tax return with this document was filed: AvaTax has locked it.",
                "Correct it by a document of its own in an open period."),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Another document stands under the number.</summary>
    public const string KeyTaken = "key-taken";

    /// <summary>Whether an error passes by itself.</summary>
    public static bool Passes(AvaTaxError? error) => error is not null && Passing.Contains(error.Code);

    /// <summary>Whether the error says that the outcome is unknown.</summary>
    public static bool LeavesDoubt(AvaTaxError? error) => error?.Code is "TimeoutRequested";

    /// <summary>What a refusal means, with AvaTax's own words.</summary>
    public static Finding Of(int status, AvaTaxError? error) => Of(status, error, " Until then the document is not in the tax engine.");

    /// <summary>What the refusal of a mere question means.</summary>
    public static Finding OfQuote(int status, AvaTaxError? error) => Of(status, error, " Until then nothing is billed; the next run asks again.");

    private static Finding Of(int status, AvaTaxError? error, string follows)
    {
        var (code, cause, remedy) = error is not null && Known.TryGetValue(error.Code, out var known) ? known : (
            "tax-engine-refused", "AvaTax refused the document for a reason we do not know by name.", "Read AvaTax's own words below and remove the cause there.");
        return new Finding(
            ExceptionCategory.Business, code, cause, remedy + follows,
            error?.Text ?? FormattableString.Invariant($"HTTP {status} without an error that can be read."));
    }

    /// <summary>Another content under our number.</summary>
    public static Finding Taken(string number, string held) => new(
        ExceptionCategory.Business, KeyTaken, $"AvaTax keeps {number} with other content than our invoice has.",
        "Compare the two and correct AvaTax; nothing is overwritten there by itself.", held);

    /// <summary>Somebody took the document back in AvaTax.</summary>
    public static Finding Voided(string number) => new(
        ExceptionCategory.Business, "tax-document-voided", $"{number} was voided in AvaTax, and our invoice stands.",
        "Find out who voided it and why. Un-void it there, or void the invoice here; it is not committed anew by itself.");

    /// <summary>What is to be taken back is not there.</summary>
    public static Finding Missing(string number) => new(
        ExceptionCategory.Business, "tax-document-missing", $"{number} is to be voided in AvaTax, and AvaTax does not have it.",
        "Find out who deleted it there. Nothing more is told of it by itself.");

    /// <summary>AvaTax keeps what was invoiced and would have computed something else.</summary>
    public static Finding ComputedOtherwise(string number, decimal invoiced, decimal computed, string currency) => new(
        ExceptionCategory.Business, "tax-computed-otherwise",
        FormattableString.Invariant($"{number} was invoiced with {invoiced} {currency} of tax; AvaTax computes {computed} and keeps what was invoiced."),
        "Compare rates and addresses; the tax return shows the difference until it is explained.");
}
