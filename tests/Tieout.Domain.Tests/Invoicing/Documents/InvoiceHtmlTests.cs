using System.Text.RegularExpressions;
using System.Xml.Linq;
using Tieout.Domain.Invoicing.Documents;
using static Tieout.Domain.Tests.Invoicing.Documents.Samples;

namespace Tieout.Domain.Tests.Invoicing.Documents;

public partial class InvoiceHtmlTests
{
    [Theory]
    [MemberData(nameof(InvoiceDocumentTests.Good), MemberType = typeof(InvoiceDocumentTests))]
    public void A_page_asks_nothing_of_anybody_and_runs_nothing(string name, InvoiceDocument document)
    {
        var html = InvoiceHtml.Render(document);
        Reaching().Matches(html).Select(match => match.Value).ShouldBeEmpty(name);
        html.ShouldContain("default-src 'none'");
    }

    [Fact]
    public void Whatever_a_text_holds_it_stays_text()
    {
        var html = InvoiceHtml.Render(Scripts with { Seller = Gmbh with { Name = "</style><img src=x onerror=alert(1)>\" & Co" } });
        Body(html).Descendants().Select(element => element.Name.LocalName).ShouldNotContain("script");
        Body(html).Descendants("b").ShouldBeEmpty();
        html.ShouldContain("&lt;script&gt;alert(1)&lt;/script&gt;");
        html.IndexOf("</style>", StringComparison.Ordinal).ShouldBe(html.LastIndexOf("</style>", StringComparison.Ordinal), "the style is ended by us alone");
    }

    [Theory]
    [InlineData("a\0b\u0007c", "a\ufffdb\ufffdc")]
    [InlineData("whole \ud83d\ude00", "whole \ud83d\ude00")]
    [InlineData("\0\ud83d\ude00", "\ufffd\ud83d\ude00")]
    [InlineData("line\nbreak\ttab", "line\nbreak\ttab")]
    public void Characters_no_document_may_hold_are_replaced(string text, string printed) =>
        Body(InvoiceHtml.Render(Normal with { Notes = [text] })).Descendants("section")
            .Single(section => (string?)section.Attribute("class") == "notes").Element("p")!.Value.ShouldBe(printed);

    // An attribute cannot hold half a character, so this case stands alone.
    [Fact]
    public void Half_a_character_is_replaced() =>
        InvoiceHtml.Render(Normal with { Notes = ["half " + '\ud83d' + " of one"] }).ShouldContain("half \ufffd of one");

    [Fact]
    public void Every_line_stands_in_the_table_under_a_head_that_repeats()
    {
        var table = Table(Long(2_000));
        table.Element("thead").ShouldNotBeNull();
        table.Descendants("tr").Count(row => row.Elements("td").Any(cell => (string?)cell.Attribute("class") == "what")).ShouldBe(2_000);
        table.Descendants("tr").Count(row => (string?)row.Attribute("class") == "group").ShouldBe(80);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(60)]
    public void The_totals_share_a_part_that_is_not_broken_with_lines_before_them(int lines)
    {
        var last = Table(Long(lines)).Elements("tbody").Last();
        last.Elements("tr").First(row => ((string?)row.Attribute("class") ?? "") is not "group").Elements("td").ShouldContain(cell => (string?)cell.Attribute("class") == "what");
        ((string?)last.Elements("tr").Last().Attribute("class")).ShouldBe("total grand");
        if (lines > 2) ((string?)last.Attribute("class")).ShouldBe("end");
    }

    [Theory]
    [InlineData("JPY", "1234567", "4,938,268", "938,271")]
    [InlineData("KWD", "1234.505", "4,938.020", "938.224")]
    [InlineData("EUR", "1234.5", "4,938.00", "938.22")]
    public void Amounts_have_their_currencys_decimals(string currency, string price, string net, string tax)
    {
        var text = Table(In(currency, Amounts.D(price))).Elements("tbody").Last().Value;
        text.ShouldContain(net);
        text.ShouldContain(tax);
    }

    [Theory]
    [InlineData("plain", "1,234.50", "2026-12-01")]
    [InlineData("de", "1.234,50", "01.12.2026")]
    [InlineData("fr", "1\u202f234,50", "01/12/2026")]
    [InlineData("us", "1,234.50", "12/01/2026")]
    [InlineData("ch", "1\u2019234.50", "01.12.2026")]
    public void Figures_and_days_look_as_the_format_says(string format, string amount, string day)
    {
        var text = Body(InvoiceHtml.Render(In("EUR", 1234.5m), DocumentFormat.Of(format))).Value;
        text.ShouldContain(amount);
        text.ShouldContain(day);
    }

    [Theory]
    [InlineData("0.0395", 2, "0.0395")]
    [InlineData("12.500000000000", 2, "12.50")]
    [InlineData("1250", 0, "1,250")]
    [InlineData("-27.3", 2, "-27.30")]
    [InlineData("0.000000000001", 2, "0.000000000001")]
    [InlineData("1000000000000000", 0, "1,000,000,000,000,000")]
    public void Numbers_keep_every_digit_that_says_something(string value, int leastDecimals, string shown) =>
        DocumentFormat.Plain.Number(Amounts.D(value), leastDecimals).ShouldBe(shown);

    [Fact]
    public void A_credit_memo_speaks_of_credit_and_asks_for_no_money()
    {
        var text = Body(InvoiceHtml.Render(CreditMemo)).Value;
        foreach (var words in new[] { "Credit memo", "Credited to you", "Total credit EUR", "Credits invoice", "DE-2026-0000042 of 2026-11-01", "Corrects invoice DE-2026-0000042, line 2", "Nothing is to be paid" })
            text.ShouldContain(words);
        text.ShouldNotContain("Please pay");
        text.ShouldNotContain("IBAN");
        text.ShouldNotContain("-37.28");
    }

    [Theory]
    [InlineData(DocumentMark.Draft, "DRAFT", "This is a draft.")]
    [InlineData(DocumentMark.Void, "VOID", "This invoice is void.")]
    public void A_document_that_does_not_stand_says_so_across_the_page_and_in_words(DocumentMark mark, string across, string sentence)
    {
        var text = Body(InvoiceHtml.Render(Normal with { Mark = mark, Number = mark == DocumentMark.Draft ? "" : Normal.Number })).Value;
        text.ShouldContain(across);
        text.ShouldContain(sentence);
        text.ShouldNotContain("Please pay by");
    }

    [Fact]
    public void The_ground_of_no_tax_is_printed() =>
        Body(InvoiceHtml.Render(ReverseCharge)).Value.ShouldContain("Article 196 of Directive 2006/112/EC");

    [Fact]
    public void Another_currencys_tax_is_printed_with_rate_date_and_source()
    {
        var document = In("USD", 100m) with { TaxInSellersCurrency = new ConvertedTax(M(70.16m), 0.9231m, new(2026, 10, 30), "ECB") };
        Body(InvoiceHtml.Render(document)).Value.ShouldContain("VAT in EUR: 70.16, at 0.9231 EUR for 1 USD (ECB, 2026-10-30).");
    }

    [Fact]
    public void Each_text_from_outside_finds_its_own_direction() =>
        Body(InvoiceHtml.Render(Scripts)).Descendants("p").Single(line => line.Value.StartsWith("شركة", StringComparison.Ordinal))
            .Attribute("dir")!.Value.ShouldBe("auto");

    [Theory]
    [InlineData("US", "CA", "94105", "San Francisco, CA 94105")]
    [InlineData("DE", "", "20457", "20457 San Francisco")]
    [InlineData("GB", "", "EC1A 1BB", "San Francisco EC1A 1BB")]
    public void An_address_is_written_in_the_order_of_its_country(string country, string region, string postcode, string line)
    {
        var buyer = new DocumentParty("X", country, new("Street 1", "San Francisco", postcode, region));
        Body(InvoiceHtml.Render(Normal with { Buyer = buyer })).Descendants("address").Single().Elements("p").Select(part => part.Value).ShouldContain(line);
    }

    private static XElement Table(InvoiceDocument document) =>
        Body(InvoiceHtml.Render(document)).Descendants("table").Single(table => (string?)table.Attribute("class") == "lines");

    // The body is well-formed, so that reading it as XML shows what is markup and what is text.
    private static XElement Body(string html) =>
        XElement.Parse(html[html.IndexOf("<body>", StringComparison.Ordinal)..html.IndexOf("</html>", StringComparison.Ordinal)], LoadOptions.PreserveWhitespace);

    [GeneratedRegex(@"<script|<link|<img|<iframe|@import|url\(|\s(?:src|href|on\w+)=[""']?https?:", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Reaching();
}
