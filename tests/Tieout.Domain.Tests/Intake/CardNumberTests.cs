using Tieout.Domain.Intake;

namespace Tieout.Domain.Tests.Intake;

public class CardNumberTests
{
    // The published test numbers of the card schemes; no real account has them.
    [Theory]
    [InlineData("4111111111111111")]
    [InlineData("4111 1111 1111 1111")]
    [InlineData("4111-1111-1111-1111")]
    [InlineData("4111.1111.1111.1111")]
    [InlineData("4111\u00a01111\u20131111\u20141111")]      // no-break space, en dash, em dash
    [InlineData("4111  1111  1111  1111")]
    [InlineData("378282246310005")]                          // 15 digits
    [InlineData("3782 822463 10005")]
    [InlineData("4222222222222")]                            // 13 digits
    [InlineData("6304000000000000000")]                      // 19 digits
    [InlineData("please charge 5555555555554444, thanks")]
    [InlineData("X4111111111111111Y")]
    [InlineData("No 12 4111 1111 1111 1111")]                // behind another group of digits
    [InlineData("4111 1111 1111 1111 12/27")]
    [InlineData("４１１１１１１１１１１１１１１１")]              // full-width digits
    [InlineData("٤١١١١١١١١١١١١١١١")]                          // Arabic-Indic digits
    public void Finds_a_card_number(string text) => CardNumber.IsIn(text).ShouldBeTrue();

    [Theory]
    [InlineData("")]
    [InlineData("Acme Inc.")]
    [InlineData("4111111111111112")]                         // the check digit is wrong
    [InlineData("411111111111")]                             // too short
    [InlineData("0000000000000000")]                         // an id padded with zeros
    [InlineData("0000000000000042")]
    [InlineData("41111111111111114111111111111111")]         // 32 digits in one group are an id
    [InlineData("4111x1111x1111x1111")]
    [InlineData("7590-VHVEG")]
    [InlineData("2026-01-01")]
    [InlineData("0198b6a0-7e1c-7cc3-98c4-dc0c0c07398f")]
    public void Leaves_other_text_alone(string text) => CardNumber.IsIn(text).ShouldBeFalse();

    // In a reference that others chose. Those of the schemes are their published test numbers.
    [Theory]
    [InlineData("4111111111111111", true)]                   // Visa
    [InlineData("4222222222222", true)]
    [InlineData("4000000000000000006", true)]
    [InlineData("REF 4111 1111 1111 1111", true)]
    [InlineData("5555555555554444", true)]                   // Mastercard
    [InlineData("2223003122003222", true)]
    [InlineData("378282246310005", true)]                    // American Express
    [InlineData("341111111111111", true)]
    [InlineData("36259600000004", true)]                     // Diners Club
    [InlineData("30569309025904", true)]
    [InlineData("38520000023237", true)]
    [InlineData("6011111111111117", true)]                   // Discover
    [InlineData("6500000000000002", true)]
    [InlineData("6445644564456445", true)]
    [InlineData("3530111333300000", true)]                   // JCB
    [InlineData("6200000000000005", true)]                   // UnionPay
    [InlineData("6205500000000000004", true)]
    [InlineData("1000000000000008", false)]                  // passes the check, and no scheme gives it
    [InlineData("2026112100000000006", false)]
    [InlineData("9000000000000001", false)]
    [InlineData("7000000000000000003", false)]
    [InlineData("41111111111114", false)]                    // no Visa has 14 digits
    [InlineData("55555555555555552", false)]                 // no Mastercard 17
    [InlineData("2220000000000000", false)]                  // one before Mastercard's
    [InlineData("2721000000000004", false)]                  // one behind
    [InlineData("6440000000000000", false)]                  // the check digit is wrong
    [InlineData("", false)]
    public void Finds_in_a_reference_only_what_a_card_scheme_gives(string text, bool found)
    {
        CardNumber.IsOfASchemeIn(text).ShouldBe(found);
        if (found) CardNumber.IsIn(text).ShouldBeTrue(); // nothing is let through elsewhere
    }

    [Fact]
    public void Looks_through_a_long_text_in_reasonable_time() =>
        CardNumber.IsIn(string.Concat(Enumerable.Repeat("12 ", 20_000))).ShouldBeFalse();
}
