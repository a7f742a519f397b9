using Tieout.Domain.Customers;

namespace Tieout.Domain.Tests.Customers;

public class IbanTests
{
    // Check digits of made-up numbers were computed with the rule of ISO 7064; the first three are the register's own examples.
    [Theory]
    [InlineData("DE89370400440532013000", "DE89 3704 0044 0532 0130 00")]
    [InlineData("gb82 west 1234 5698 7654 32", "GB82 WEST 1234 5698 7654 32")]
    [InlineData("BE68 5390 0754 7034", "BE68 5390 0754 7034")]
    [InlineData("NO9386011117947", "NO93 8601 1117 947")]
    public void A_number_whose_check_digits_fit_is_read_with_or_without_spaces(string text, string grouped)
    {
        Iban.TryParse(text, out var iban, out var reason).ShouldBeTrue(reason);
        iban!.Grouped.ShouldBe(grouped);
    }

    [Theory]
    [InlineData("DE88370400440532013000", "check digits")] // one off
    [InlineData("DE89730400440532013000", "check digits")] // two digits swapped
    [InlineData("DE8937040044053201300", "length")] // one short
    [InlineData("NO93860111179471", "length")]
    [InlineData("XX891", "length")] // an unknown country still has 15 to 34 characters
    [InlineData("4111111111111111", "not an IBAN")] // a card number begins with no country
    [InlineData("DE89-3704-0044-0532-0130-00", "not an IBAN")]
    [InlineData("DEX9370400440532013000", "not an IBAN")]
    [InlineData("", "not an IBAN")]
    public void Anything_else_is_refused_with_the_reason_and_without_repeating_it(string text, string reason)
    {
        Iban.TryParse(text, out _, out var told).ShouldBeFalse();
        told.ShouldContain(reason);
        if (text.Length > 5) told.ShouldNotContain(text);
    }

    [Fact]
    public void Every_single_wrong_digit_is_found()
    {
        const string Right = "DE89370400440532013000";
        for (var place = 2; place < Right.Length; place++)
            foreach (var digit in "0123456789".Where(digit => digit != Right[place]))
                Iban.TryParse(Right[..place] + digit + Right[(place + 1)..], out _, out _).ShouldBeFalse();
    }
}
