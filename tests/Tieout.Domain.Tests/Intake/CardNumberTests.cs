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

    [Fact]
    public void Looks_through_a_long_text_in_reasonable_time() =>
        CardNumber.IsIn(string.Concat(Enumerable.Repeat("12 ", 20_000))).ShouldBeFalse();
}
