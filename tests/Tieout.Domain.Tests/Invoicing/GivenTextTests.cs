using Tieout.Domain.Invoicing;

namespace Tieout.Domain.Tests.Invoicing;

public class GivenTextTests
{
    [Theory]
    [InlineData("Goodwill for the outage of 3 November", true)]
    [InlineData("Grüße, 東京 🚀", true)]
    [InlineData(" ", false)]
    [InlineData("two\nlines", false)]
    [InlineData("nul\0", false)]
    [InlineData("card 4111 1111 1111 1111", false)]
    [InlineData("ticket 4111 1111 1111 1112", true)] // no card: the check digit is wrong
    public void A_reason_is_one_line_of_text_without_card_numbers(string text, bool taken) =>
        (GivenText.Problem(text, GivenText.ReasonMost) is null).ShouldBe(taken);

    // Not as data of a theory: an attribute cannot hold half a character.
    [Fact]
    public void Half_a_character_cannot_be_kept()
    {
        GivenText.Problem("a" + '\ud83d' + "b", GivenText.ReasonMost).ShouldNotBeNull();
        GivenText.Problem("a" + '\ude80', GivenText.ReasonMost).ShouldNotBeNull();
        GivenText.Problem("a\ud83d\ude80", GivenText.ReasonMost).ShouldBeNull();
    }

    [Fact]
    public void A_reason_has_a_length_and_no_problem_repeats_it()
    {
        GivenText.Problem(new string('x', 200), 200).ShouldBeNull();
        GivenText.Problem(new string('x', 201), 200).ShouldBe("At most 200 characters.");
        GivenText.Problem("4111111111111111", 200)!.ShouldNotContain("4111");
    }

    [Theory]
    [InlineData("order-77/credit", true)]
    [InlineData("11111111-1111-4111-8111-111111111111", true)] // an id, though its digits may pass the check
    [InlineData("4111111111111111", false)]
    [InlineData("with blank", false)]
    [InlineData("ü", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_key_is_visible_and_no_card_number(string? key, bool taken) => (GivenText.KeyProblem(key) is null).ShouldBe(taken);
}
