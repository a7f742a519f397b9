namespace Tieout.Domain.Intake;

/// <summary>Why a row was not taken, for the person who sent it.</summary>
/// <param name="Code">Stable and machine-readable; one of <see cref="RefusalCode"/>.</param>
/// <param name="Field">The file's column, or the field of the mapping when no column is involved.</param>
/// <param name="Reason">What is wrong. Never repeats free text of the row: it may be personal data or a card number.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record Refusal(string Code, string Field, string Reason, string Remedy);

/// <summary>The codes a row can be refused with.</summary>
public static class RefusalCode
{
    /// <summary>Quotes that do not close, or text behind a closing quote.</summary>
    public const string Malformed = "malformed";

    /// <summary>More or fewer columns than the header.</summary>
    public const string Ragged = "ragged";

    /// <summary>Nothing where something is needed.</summary>
    public const string Missing = "missing";

    /// <summary>A text longer than the field holds.</summary>
    public const string TooLong = "too-long";

    /// <summary>A line break, a tab or another character nobody sees.</summary>
    public const string ControlCharacter = "control-character";

    /// <summary>Text that looks like the number of a payment card.</summary>
    public const string CardNumber = "card-number";

    /// <summary>Not a number, below zero, too large, or with too many decimals.</summary>
    public const string BadNumber = "bad-number";

    /// <summary>Not a date, or one no contract can have.</summary>
    public const string BadDate = "bad-date";

    /// <summary>An end on or before the start.</summary>
    public const string EndBeforeStart = "end-before-start";

    /// <summary>Not a country code of two letters.</summary>
    public const string BadCountry = "bad-country";

    /// <summary>Not an email address.</summary>
    public const string BadEmail = "bad-email";

    /// <summary>Not written as a VAT number.</summary>
    public const string BadVatNumber = "bad-vat-number";

    /// <summary>Not an IBAN, or its check digits do not fit.</summary>
    public const string BadIban = "bad-iban";

    /// <summary>Not a BIC.</summary>
    public const string BadBic = "bad-bic";

    /// <summary>An electronic address or its scheme cannot be meant, or one comes without the other.</summary>
    public const string BadElectronicAddress = "bad-electronic-address";

    /// <summary>Not a currency of ISO 4217.</summary>
    public const string UnknownCurrency = "unknown-currency";

    /// <summary>A value that the mapping's map does not list.</summary>
    public const string NotMapped = "not-mapped";

    /// <summary>A legal entity the books do not have.</summary>
    public const string UnknownLegalEntity = "unknown-legal-entity";

    /// <summary>A time zone the tz database does not have.</summary>
    public const string UnknownTimeZone = "unknown-time-zone";

    /// <summary>Neither yes nor no.</summary>
    public const string BadFlag = "bad-flag";

    /// <summary>A tax code the books have no rate of.</summary>
    public const string UnknownTaxCode = "unknown-tax-code";

    /// <summary>A plan the catalogue does not have.</summary>
    public const string UnknownPlan = "unknown-plan";

    /// <summary>The plan has no price of the component in the account's currency.</summary>
    public const string NoPrice = "no-price";

    /// <summary>None of the mapping's components applies to the row.</summary>
    public const string NoComponent = "no-component";

    /// <summary>The same id stands earlier in the file.</summary>
    public const string Duplicate = "duplicate";

    /// <summary>The same code is stored already, with other content.</summary>
    public const string KeyTaken = "key-taken";
}
