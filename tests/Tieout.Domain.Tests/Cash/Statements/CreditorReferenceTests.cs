using Tieout.Domain.Cash;

namespace Tieout.Domain.Tests.Cash.Statements;

/// <summary>ISO 11649 references.</summary>
public class CreditorReferenceTests
{
    [Theory]
    [InlineData("RF18539007547034", "539007547034")] // a widely printed example of the standard
    [InlineData("rf18 5390 0754 7034", "539007547034")]
    [InlineData("RF19539007547034", null)]
    [InlineData("RF18539007547043", null)]
    [InlineData("RF18", null)]
    [InlineData("", null)]
    public void Is_read_only_with_check_digits_that_fit(string text, string? body)
    {
        CreditorReference.TryRead(text, out var read).ShouldBe(body is not null);
        read.ShouldBe(body);
    }

    [Theory]
    [InlineData("US-2026-0000042")]
    [InlineData("X-1")]
    public void That_of_a_document_can_be_read_back(string number)
    {
        CreditorReference.TryRead(CreditorReference.Of(number), out var body).ShouldBeTrue();
        body.ShouldBe(number.Replace("-", "", StringComparison.Ordinal));
    }
}
