namespace Tieout.Domain.Intake;

/// <summary>
/// Which numbers the card schemes give: by their first digits, the issuer's, and their length (ISO/IEC 7812, and what each scheme
/// publishes). Store cards and schemes of one country only are not among them.
/// </summary>
public static class CardScheme
{
    // From and through, of as many first digits as they have; and the lengths.
    private static readonly (int From, int Through, int[] Lengths)[] Ranges =
    [
        (4, 4, [13, 16, 19]), // Visa
        (51, 55, [16]), (2221, 2720, [16]), // Mastercard
        (34, 34, [15]), (37, 37, [15]), // American Express
        (36, 36, [14, 15, 16, 17, 18, 19]), (38, 38, [14, 15, 16, 17, 18, 19]), (300, 305, [14, 15, 16, 17, 18, 19]), // Diners Club
        (6011, 6011, [16, 17, 18, 19]), (644, 649, [16, 17, 18, 19]), (65, 65, [16, 17, 18, 19]), // Discover
        (35, 35, [16, 17, 18, 19]), // JCB
        (62, 62, [16, 17, 18, 19]), // UnionPay
    ];

    /// <summary>Whether a scheme gives such numbers; the check digit is not looked at.</summary>
    /// <param name="digits">Each from 0 to 9.</param>
    public static bool Knows(ReadOnlySpan<byte> digits)
    {
        foreach (var (from, through, lengths) in Ranges)
        {
            if (!lengths.AsSpan().Contains(digits.Length)) continue;
            var issuer = 0;
            for (var (place, ten) = (0, from); ten > 0; place++, ten /= 10) issuer = issuer * 10 + digits[place];
            if (issuer >= from && issuer <= through) return true;
        }
        return false;
    }
}
