using Tieout.Domain.Customers;
using Tieout.Domain.Intake;

namespace Tieout.Domain.Tests.Customers;

public class PartyRulesTests
{
    [Theory]
    [InlineData("billing@example.com", null)]
    [InlineData("o'neill+x@sub.example.co", null)]
    [InlineData("billing", RefusalCode.BadEmail)]
    [InlineData("a@b", RefusalCode.BadEmail)]
    [InlineData("a@@b.c", RefusalCode.BadEmail)]
    [InlineData("a b@c.d", RefusalCode.BadEmail)]
    [InlineData("4111111111111111@example.com", RefusalCode.CardNumber)]
    public void An_email_has_one_at_and_a_domain(string text, string? code) => (PartyRules.OfEmail(text)?.Code).ShouldBe(code);

    [Theory]
    [InlineData("DE136695976", null)]
    [InlineData("EL094259216", null)]
    [InlineData("ATU12345675", null)]
    [InlineData("US123456", null)] // not known: nothing to check it by
    [InlineData("DE136695975", RefusalCode.BadVatNumber)] // check digit
    [InlineData("DE13669597", RefusalCode.BadVatNumber)] // shape
    [InlineData("136695976", RefusalCode.BadVatNumber)]
    [InlineData("DE 136695976", RefusalCode.BadVatNumber)]
    [InlineData("de136695976", RefusalCode.BadVatNumber)]
    public void A_vat_number_begins_with_its_country(string text, string? code) => (PartyRules.OfVatNumber(text)?.Code).ShouldBe(code);

    [Theory]
    [InlineData("COBADEFF", null)]
    [InlineData("COBADEFFXXX", null)]
    [InlineData("COBADEFFXX", RefusalCode.BadBic)]
    [InlineData("cobadeff", RefusalCode.BadBic)]
    public void A_bic_has_8_or_11_characters(string text, string? code) => (PartyRules.OfBic(text)?.Code).ShouldBe(code);

    [Theory]
    [InlineData("DE136695976", "9930", null)]
    [InlineData("4012345500004", "0088", null)] // a GLN whose digits pass for a card as well
    [InlineData("4012345500004", "9930", RefusalCode.CardNumber)]
    [InlineData("4111111111111111", "0088", RefusalCode.CardNumber)] // too long for a GLN
    [InlineData("73282932000074", "0009", null)] // every SIRET passes the Luhn check
    [InlineData("a b", "EM", RefusalCode.BadElectronicAddress)]
    public void An_address_is_judged_under_its_scheme(string address, string scheme, string? code) =>
        (PartyRules.OfElectronicAddress(address, scheme)?.Code).ShouldBe(code);

    [Theory]
    [InlineData("9930", true)]
    [InlineData("EM", true)]
    [InlineData("993", false)]
    [InlineData("em", false)]
    [InlineData("DE:VAT", false)]
    public void A_scheme_is_four_digits_or_two_letters(string scheme, bool good) => (PartyRules.OfElectronicScheme(scheme) is null).ShouldBe(good);
}
