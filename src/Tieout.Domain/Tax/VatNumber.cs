namespace Tieout.Domain.Tax;

/// <summary>
/// A VAT identification number whose format and check digits are right. Whether it is registered, only VIES (or the state)
/// can say; see <c>TaxProfile</c>.
/// </summary>
public sealed record VatNumber
{
    private const int LongestInput = 40;

    private VatNumber(string prefix, string number) => (Prefix, Number) = (prefix, number);

    /// <summary>The letters in front: the country code, but <c>EL</c> for Greece and <c>XI</c> for Northern Ireland.</summary>
    public string Prefix { get; }

    /// <summary>What follows the prefix, without blanks and dots.</summary>
    public string Number { get; }

    /// <summary>The country in ISO 3166: <c>GR</c> for EL, <c>GB</c> for XI.</summary>
    public string Country => VatFormat.CountryOf(Prefix);

    /// <summary>
    /// Reads a number as people write it: blanks, dots and dashes are left out, small letters are raised. <c>GR</c> in front is
    /// refused with the hint to write <c>EL</c>. Exactly one of the two is null.
    /// </summary>
    public static (VatNumber? Number, VatRefusal? Refusal) Read(string text)
    {
        if (text.Length > LongestInput) return (null, Unreadable("is too long to be a VAT number"));
        var compact = Compact(text);
        if (compact.Length < 3 || !char.IsAsciiLetterUpper(compact[0]) || !char.IsAsciiLetterUpper(compact[1]))
            return (null, Unreadable("does not begin with two letters of a country and digits behind them"));
        var prefix = compact[..2];
        if (VatFormat.Find(prefix) is not { } format) return (null, UnknownCountry(prefix));

        var number = format.Strip(compact[2..]);
        if (!format.Fits(number))
            return (null, new VatRefusal(
                VatRefusal.Format, $"does not have the shape of a VAT number of {prefix}", $"Behind {prefix} there are {format.Shape}."));
        return format.Checks(number)
            ? (new VatNumber(prefix, number), null)
            : (null, new VatRefusal(
                VatRefusal.CheckDigit, $"has the shape of a VAT number of {prefix}, and its check digits are wrong",
                "A digit is mistyped or two are swapped: compare it with the customer's own paper."));
    }

    /// <summary>The number in one piece: <c>DE136695976</c>.</summary>
    public override string ToString() => Prefix + Number;

    private static string Compact(string text) =>
        string.Concat(text.Where(letter => letter is not (' ' or '.' or '-' or '/' or '\u00a0'))).ToUpperInvariant();

    private static VatRefusal Unreadable(string reason) =>
        new(VatRefusal.Format, reason, "Write it with its country in front, such as DE136695976.");

    private static VatRefusal UnknownCountry(string prefix) => prefix switch
    {
        "GR" => new(VatRefusal.UnknownCountry, "begins with GR", "Greek VAT numbers begin with EL; write EL instead of GR."),
        "MC" => new(VatRefusal.UnknownCountry, "begins with MC", "Businesses in Monaco have French numbers; write FR in front."),
        _ => new(
            VatRefusal.UnknownCountry, $"begins with {prefix}, whose VAT numbers are not known here",
            $"Known are {string.Join(", ", VatFormat.Prefixes)}. A tax number of another country is no VAT number: leave the field empty."),
    };
}

/// <summary>Why a text is no VAT number, without repeating it: a sole trader's number is personal data.</summary>
/// <param name="Code">One of the constants here.</param>
/// <param name="Reason">Continues "this VAT number …".</param>
/// <param name="Remedy">What to do.</param>
public sealed record VatRefusal(string Code, string Reason, string Remedy)
{
    /// <summary>The shape is wrong: length, letters, digits.</summary>
    public const string Format = "vat-format";

    /// <summary>The shape is right and the check digits are not.</summary>
    public const string CheckDigit = "vat-check-digit";

    /// <summary>No format is known for these two letters.</summary>
    public const string UnknownCountry = "vat-unknown-country";
}
