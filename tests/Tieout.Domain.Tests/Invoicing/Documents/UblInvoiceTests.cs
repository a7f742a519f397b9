using System.Globalization;
using System.Xml.Linq;
using Tieout.Domain.Invoicing.Documents;
using Tieout.Domain.Invoicing.Documents.Ubl;
using Tieout.Domain.Tax;
using static Tieout.Domain.Tests.Invoicing.Documents.Samples;

namespace Tieout.Domain.Tests.Invoicing.Documents;

public class UblInvoiceTests
{
    private static readonly XNamespace Cac = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2";
    private static readonly XNamespace Cbc = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";

    public static TheoryData<string, InvoiceDocument> Kinds =>
        [.. UblKinds.All.Select(kind => new TheoryDataRow<string, InvoiceDocument>(kind.Name, kind.Document))];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Elements_stand_in_the_order_of_the_schema(string name, InvoiceDocument document)
    {
        foreach (var profile in UblProfile.All) UblOrder.Problems(UblInvoice.Write(document, profile).Root!).ShouldBeEmpty(name);
    }

    [Theory]
    [InlineData("Price x2", "InvoiceLine has Price twice")]
    [InlineData("InvoiceLine/ID -", "InvoiceLine lacks ID!")]
    [InlineData("Item + <Keyword>x</Keyword>", "Item has Keyword")]
    [InlineData("Invoice/ID - ; . + <ID>1</ID>", "Invoice has its parts in another order")]
    [InlineData("TaxScheme/ID -", "TaxScheme is empty")]
    [InlineData("Item/Name + <Name>x</Name>", "Name holds something")]
    public void Another_order_is_seen(string changes, string problem) =>
        UblOrder.Problems(BrokenUbl.Of("full", changes).Root!).ShouldContain(found => found.StartsWith(problem, StringComparison.Ordinal));

    [Fact]
    public void Every_element_of_the_order_is_written_by_some_kind()
    {
        var written = UblKinds.All.SelectMany(kind => UblInvoice.Write(kind.Document, UblProfile.Peppol).Descendants())
            .Where(element => element.Parent is not null).Select(element => $"{element.Parent!.Name.LocalName} {element.Name.LocalName}")
            .ToHashSet(StringComparer.Ordinal);
        UblOrder.Children.SelectMany(row => row.Value.Split(' ').Select(word => $"{row.Key} {word.TrimEnd('!', '*')}"))
            .Except(written, StringComparer.Ordinal).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(InvoiceDocumentTests.Good), MemberType = typeof(InvoiceDocumentTests))]
    public void The_written_totals_are_the_documents(string name, InvoiceDocument document)
    {
        var root = UblInvoice.Write(document, UblProfile.En16931).Root!;
        var totals = root.Element(Cac + "LegalMonetaryTotal")!;
        (Number(totals, "LineExtensionAmount"), Number(totals, "TaxExclusiveAmount"), Number(totals, "TaxInclusiveAmount"), Number(totals, "PayableAmount"))
            .ShouldBe((document.LineNet.Amount, document.Net.Amount, document.Total.Amount, document.Due.Amount), name);
        root.Elements().Where(element => element.Name.LocalName.EndsWith("Line", StringComparison.Ordinal))
            .Sum(line => Number(line, "LineExtensionAmount")).ShouldBe(document.LineNet.Amount);
        Number(root.Element(Cac + "TaxTotal")!, "TaxAmount").ShouldBe(document.Tax.Amount);
    }

    [Fact]
    public void Kosovo_has_the_code_that_the_standard_knows()
    {
        var document = Normal with { Buyer = Buyer with { Country = "XK" } };
        En16931.Check(document, UblProfile.En16931).ShouldBeEmpty();
        UblInvoice.Write(document, UblProfile.En16931).Root!.Element(Cac + "AccountingCustomerParty")!
            .Descendants(Cac + "Country").Single().Element(Cbc + "IdentificationCode")!.Value.ShouldBe("1A");
    }

    // quantity, agreed price, net -> quantity, price, base as written
    [Theory]
    [InlineData("24", "11.75", "282.00", "24", "11.75", "1")] // says itself
    [InlineData("1250", "0.0395", "49.38", "1250", "0.0395", "1")] // 49.375 rounded
    [InlineData("6", "11.75", "47.00", "6", "47", "6")] // prorated: the whole is the price of the whole
    [InlineData("-3", "9.10", "-27.30", "-3", "9.1", "1")] // a correction
    [InlineData("3", "9.10", "-27.30", "-3", "27.3", "3")] // whatever the quantity's sign was (BR-27)
    [InlineData("1", "-10", "-10.00", "-1", "10", "1")] // a price is never negative
    [InlineData("0", "5", "25.00", "1", "25", "1")] // a minimum without units
    [InlineData("7", "3", "0.00", "7", "0", "7")]
    public void Quantity_times_price_through_base_gives_the_amount_and_no_price_is_negative(
        string quantity, string price, string net, string writtenQuantity, string writtenPrice, string basis)
    {
        var line = Line(1, "x", Amounts.D(quantity), Amounts.D(price), Amounts.D(net), "");
        var written = UblInvoice.Write(Of(line), UblProfile.En16931).Root!.Element(Cac + "InvoiceLine")!;
        var priced = written.Element(Cac + "Price")!;
        (written.Element(Cbc + "InvoicedQuantity")!.Value, priced.Element(Cbc + "PriceAmount")!.Value, priced.Element(Cbc + "BaseQuantity")!.Value)
            .ShouldBe((writtenQuantity, writtenPrice, basis));
    }

    [Theory]
    [InlineData("EUR", "12.5", "50.00")]
    [InlineData("JPY", "1200", "4800")] // no decimals: EN 16931 allows up to two, and yen have none
    [InlineData("KWD", "12.500", "50.00")] // three decimals where the third says nothing
    [InlineData("KWD", "12.501", "50.004")] // written as it is, and refused by the rules
    public void Amounts_have_the_currencys_decimals_and_two_at_most(string currency, string price, string written) =>
        UblInvoice.Write(In(currency, Amounts.D(price)), UblProfile.En16931).Root!.Element(Cac + "LegalMonetaryTotal")!
            .Element(Cbc + "TaxExclusiveAmount")!.Value.ShouldBe(written);

    [Fact]
    public void A_half_open_period_is_written_with_its_last_day_and_covers_every_line()
    {
        var period = UblInvoice.Write(Rich, UblProfile.En16931).Root!.Element(Cac + "InvoicePeriod")!;
        (period.Element(Cbc + "StartDate")!.Value, period.Element(Cbc + "EndDate")!.Value).ShouldBe(("2026-10-01", "2026-11-30"));
    }

    [Fact]
    public void Two_tax_codes_of_one_rate_are_one_there()
    {
        var document = Normal with
        {
            Taxes =
            [
                new(TaxCategory.Standard, 0.19m, "DE-19", M(421.00m), M(79.99m)),
                new(TaxCategory.Standard, 0.19m, "DE-19-DIGITAL", M(49.38m), M(9.38m)),
            ],
        };
        var subtotal = UblInvoice.Write(document, UblProfile.En16931).Root!.Element(Cac + "TaxTotal")!.Elements(Cac + "TaxSubtotal").ShouldHaveSingleItem();
        (Number(subtotal, "TaxableAmount"), Number(subtotal, "TaxAmount")).ShouldBe((470.38m, 89.37m));
        En16931.Check(document, UblProfile.Peppol).ShouldBeEmpty();
    }

    [Fact]
    public void A_credit_memo_is_a_credit_note_with_positive_amounts_that_names_its_invoice()
    {
        var root = UblInvoice.Write(CreditMemo, UblProfile.En16931).Root!;
        root.Name.LocalName.ShouldBe("CreditNote");
        root.Element(Cbc + "CreditNoteTypeCode")!.Value.ShouldBe("381");
        Number(root.Element(Cac + "LegalMonetaryTotal")!, "PayableAmount").ShouldBe(37.28m);
        root.Element(Cac + "BillingReference")!.Element(Cac + "InvoiceDocumentReference")!.Element(Cbc + "ID")!.Value.ShouldBe("DE-2026-0000042");
        root.Elements(Cac + "PaymentMeans").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Ticket #4711 is paid", "Ticket #4711 is paid")]
    [InlineData("#AAI#Closed in August", "#AAI#Closed in August")]
    [InlineData("Part #12x# of two", "#AAI#Part #12x# of two")] // 12x would be read as a subject, and is none (BR-CL-08)
    public void A_note_is_never_taken_for_a_subject_it_does_not_have(string note, string written) =>
        UblInvoice.Write(Normal with { Notes = [note] }, UblProfile.En16931).Root!.Element(Cbc + "Note")!.Value.ShouldBe(written);

    [Fact]
    public void What_is_not_subject_names_no_vat_number_and_no_rate()
    {
        var root = UblInvoice.Write(Zero(Normal, TaxCategory.NotSubject), UblProfile.En16931).Root!;
        root.Descendants(Cac + "PartyTaxScheme").ShouldBeEmpty();
        root.Descendants(Cbc + "Percent").ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_is_written_empty_and_the_file_is_utf8_without_a_mark()
    {
        var bare = Normal with { Buyer = new("Nobody", "", Domain.Customers.PartyDetails.None), PayTo = null, Terms = null, PurchaseOrder = "", Period = null };
        var document = UblInvoice.Write(bare, UblProfile.Peppol);
        document.Descendants().Where(element => !element.HasElements && element.Value.Length == 0).ShouldBeEmpty();
        var bytes = UblInvoice.Bytes(document);
        bytes[0].ShouldBe((byte)'<');
        XDocument.Load(new MemoryStream(bytes)).Root!.Name.ShouldBe(document.Root!.Name);
    }

    private static decimal Number(XElement parent, string name) => decimal.Parse(parent.Element(Cbc + name)!.Value, CultureInfo.InvariantCulture);
}
