using System.Text;
using System.Xml.Linq;
using Tieout.Connectors.Port;
using Tieout.Connectors.SapS4;
using Tieout.Domain;

namespace Tieout.Shell.Tests.Connectors;

/// <summary>Our invoice as a journal entry message.</summary>
public sealed class SapMapTests
{
    private static readonly DateTimeOffset Made = new(2026, 11, 20, 9, 15, 0, TimeSpan.FromHours(1));

    private static readonly ErpInvoice Invoice = new(
        "DE-2026-0000042", "C-77", "10000001", Currency.Of("EUR"), new(2026, 11, 1), new(2026, 12, 1), 30,
        [new("revenue", 30m, "Set-up", "STD"), new("deferred-revenue", 120m, "Annual plan & support", "STD")],
        [new("STD", 0.19m, 150m, 28.5m)], 178.5m);

    // 50 charged at 20 %, 100 taken back at 19 %.
    private static readonly ErpInvoice Memo = Invoice with
    {
        Key = "DEC-2026-0000001",
        Lines = [new("revenue", 50m, "Plan", "NEW"), new("revenue", -100m, "Corrected: plan", "STD")],
        Taxes = [new("NEW", 0.20m, 50m, 10m), new("STD", 0.19m, -100m, -19m)],
        Total = -59m,
    };

    [Fact]
    public void An_invoice_becomes_this_message_and_nothing_else()
    {
        var message = Map().Write([Invoice], "0123456789abcdef0123456789ab", Made);

        const string expected = """
            <sfin:JournalEntryBulkCreateRequest xmlns:sfin="http://sap.com/xi/SAPSCORE/SFIN">
              <MessageHeader><ID>0123456789abcdef0123456789ab</ID><CreationDateTime>2026-11-20T08:15:00Z</CreationDateTime></MessageHeader>
              <JournalEntryCreateRequest>
                <MessageHeader><ID>0123456789abcdef0123456789ab-1</ID><CreationDateTime>2026-11-20T08:15:00Z</CreationDateTime></MessageHeader>
                <JournalEntry>
                  <OriginalReferenceDocumentType>BKPFF</OriginalReferenceDocumentType>
                  <OriginalReferenceDocumentLogicalSystem>TIEOUT</OriginalReferenceDocumentLogicalSystem>
                  <BusinessTransactionType>RFBU</BusinessTransactionType>
                  <AccountingDocumentType>DR</AccountingDocumentType>
                  <DocumentReferenceID>DE-2026-0000042</DocumentReferenceID>
                  <DocumentHeaderText>Subscription invoice</DocumentHeaderText>
                  <CreatedByUser>TIEOUT</CreatedByUser>
                  <CompanyCode>1010</CompanyCode>
                  <DocumentDate>2026-11-01</DocumentDate>
                  <PostingDate>2026-11-01</PostingDate>
                  <TaxDeterminationDate>2026-11-01</TaxDeterminationDate>
                  <Reference1InDocumentHeader>FINGERPRINT</Reference1InDocumentHeader>
                  <Item>
                    <ReferenceDocumentItem>2</ReferenceDocumentItem>
                    <GLAccount>0041000000</GLAccount>
                    <AmountInTransactionCurrency currencyCode="EUR">-30.00</AmountInTransactionCurrency>
                    <DocumentItemText>Set-up</DocumentItemText>
                    <AssignmentReference>DE-2026-0000042</AssignmentReference>
                    <Tax><TaxCode>A1</TaxCode></Tax>
                  </Item>
                  <Item>
                    <ReferenceDocumentItem>3</ReferenceDocumentItem>
                    <GLAccount>0024900000</GLAccount>
                    <AmountInTransactionCurrency currencyCode="EUR">-120.00</AmountInTransactionCurrency>
                    <DocumentItemText>Annual plan &amp; support</DocumentItemText>
                    <AssignmentReference>DE-2026-0000042</AssignmentReference>
                    <Tax><TaxCode>A1</TaxCode></Tax>
                  </Item>
                  <DebtorItem>
                    <ReferenceDocumentItem>1</ReferenceDocumentItem>
                    <Debtor>0010000001</Debtor>
                    <AmountInTransactionCurrency currencyCode="EUR">178.50</AmountInTransactionCurrency>
                    <AssignmentReference>DE-2026-0000042</AssignmentReference>
                    <CashDiscountTerms><DueCalculationBaseDate>2026-11-01</DueCalculationBaseDate><NetPaymentDays>P30D</NetPaymentDays></CashDiscountTerms>
                  </DebtorItem>
                  <ProductTaxItem>
                    <ReferenceDocumentItem>4</ReferenceDocumentItem>
                    <TaxCode>A1</TaxCode>
                    <TaxItemClassification>MWS</TaxItemClassification>
                    <ConditionType>MWAS</ConditionType>
                    <AmountInTransactionCurrency currencyCode="EUR">-28.50</AmountInTransactionCurrency>
                    <TaxBaseAmountInTransCrcy currencyCode="EUR">-150.00</TaxBaseAmountInTransCrcy>
                  </ProductTaxItem>
                </JournalEntry>
              </JournalEntryCreateRequest>
            </sfin:JournalEntryBulkCreateRequest>
            """;
        var golden = XDocument.Parse(expected.Replace("FINGERPRINT", JournalEntryMap.Fingerprint(Invoice), StringComparison.Ordinal));
        XDocument.Parse(Encoding.UTF8.GetString(message)).ToString().ShouldBe(golden.ToString());
        Assert.Empty(JournalEntrySchema.Check(message));
    }

    [Theory]
    [InlineData("", "Reference2InDocumentHeader")]
    [InlineData("predecessor", "OriginalPredecessorRefDocument")]
    [InlineData("none", null)]
    public void A_credit_memo_has_its_own_type_the_other_sign_and_the_number_of_its_invoice(string option, string? field)
    {
        var memo = Memo with { Corrects = ["DE-2026-0000042"] };
        var map = option.Length == 0 ? Map() : new JournalEntryMap(SapSettings.Of(Target(("invoice-reference", option))));

        var message = map.Write([memo], "m", Made);

        Assert.Empty(JournalEntrySchema.Check(message));
        var entry = XDocument.Parse(Encoding.UTF8.GetString(message)).Descendants("JournalEntry").Single();
        entry.Element("AccountingDocumentType")!.Value.ShouldBe("DG");
        entry.Element("DocumentHeaderText")!.Value.ShouldBe("Subscription credit memo");
        entry.Element("DebtorItem")!.Element("AmountInTransactionCurrency")!.Value.ShouldBe("-59.00");
        entry.Elements("Item").Select(item => item.Element("AmountInTransactionCurrency")!.Value).ShouldBe(["-50.00", "100.00"]);
        entry.Elements("ProductTaxItem").Select(tax => (tax.Element("TaxCode")!.Value, tax.Element("AmountInTransactionCurrency")!.Value, tax.Element("TaxBaseAmountInTransCrcy")!.Value))
            .ShouldBe([("A1", "9.00", "50.00")]); // the same code of SAP's for two rates of ours
        entry.Elements().Where(element => element.Value == "DE-2026-0000042").Select(element => element.Name.LocalName).ShouldBe(field is null ? [] : [field]);
        JournalEntryMap.Fingerprint(memo).ShouldNotBe(JournalEntryMap.Fingerprint(memo with { Corrects = [] }));
    }

    [Fact]
    public void Several_corrected_invoices_fit_the_field()
    {
        var memo = Memo with { Corrects = [.. Enumerable.Range(1, 120).Select(number => FormattableString.Invariant($"DE1-2026-{number:0000000}"))] };

        var message = Map().Write([memo], "m", Made);

        Assert.Empty(JournalEntrySchema.Check(message));
        Encoding.UTF8.GetString(message).ShouldContain("<Reference2InDocumentHeader>DE1-2026-0000001 +99</Reference2InDocumentHeader>");
    }

    [Fact]
    public void Every_kind_of_invoice_is_valid_against_the_schema()
    {
        ErpInvoice[] documents =
        [
            Invoice,
            Invoice with { Lines = [new("revenue", 150m, "", "EXEMPT")], Taxes = [new("EXEMPT", 0m, 150m, 0m)], Total = 150m },
            Invoice with { Currency = Currency.Of("JPY"), Lines = [new("revenue", 1500m, "", "STD")], Taxes = [new("STD", 0.1m, 1500m, 150m)], Total = 1650m },
            Invoice with { Lines = [new("revenue", 150m, new string('x', 500), "STD")], TermDays = 0 },
            Invoice with { Lines = [new("revenue", 150m, "\u0000\ud800 " + string.Concat(Enumerable.Repeat("🚀", 60)), "STD")] },
        ];

        Assert.All(documents, document => Assert.Null(Map().Problem(document)));
        Assert.Empty(JournalEntrySchema.Check(Map().Write(documents, "m", Made)));
    }

    [Fact]
    public void A_schema_violation_names_the_document_it_is_in()
    {
        var broken = Invoice with { ErpCustomerId = "01234567890123" };

        var violations = JournalEntrySchema.Check(Map().Write([Invoice, broken, Invoice], "m", Made));

        Assert.NotEmpty(violations);
        Assert.All(violations, violation => Assert.Equal(1, violation.Entry));
    }

    [Theory]
    [InlineData("DE-2026-000000042", "key-too-long")]   // 17
    [InlineData("de-2026-0000042", "key-not-valid")]    // SAP may turn it into capitals
    [InlineData("DE 2026", "key-not-valid")]
    [InlineData("", "key-not-valid")]
    public void A_key_SAP_cannot_hold_is_refused_as_data(string key, string code) =>
        Assert.Equal(code, Map().Problem(Invoice with { Key = key })?.Code);

    [Fact]
    public void An_amount_with_more_decimals_than_its_currency_is_refused_and_not_rounded() =>
        Assert.Equal("amount-not-whole", Map().Problem(Invoice with { Lines = [new("revenue", 150.005m, "", "STD")] })?.Code);

    [Fact]
    public void More_lines_than_a_document_holds_are_refused() =>
        Assert.Equal("too-many-lines", Map().Problem(Invoice with { Lines = [.. Enumerable.Repeat(new ErpLine("revenue", 1m, "", "STD"), 998)] })?.Code);

    [Fact]
    public void The_fingerprint_changes_with_the_content_and_not_with_the_form_of_a_number()
    {
        var same = Invoice with { Total = 178.500m, Taxes = [Invoice.Taxes[0] with { Amount = 28.50m }] };
        var other = Invoice with { Lines = [new("revenue", 31m, "Set-up", "STD"), Invoice.Lines[1]] };

        Assert.Equal(20, JournalEntryMap.Fingerprint(Invoice).Length);
        JournalEntryMap.Fingerprint(same).ShouldBe(JournalEntryMap.Fingerprint(Invoice));
        (JournalEntryMap.Fingerprint(other) == JournalEntryMap.Fingerprint(Invoice)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("plain", 10, "plain")]
    [InlineData("  two   blanks\tand\r\nlines ", 50, "two blanks and lines")]
    [InlineData("cut here", 4, "cut")]
    [InlineData("abc🚀", 4, "abc")]
    [InlineData("abc🚀", 5, "abc🚀")]
    [InlineData("a\u0001b\ud83dc", 10, "abc")]
    [InlineData("", 5, "")]
    public void Text_is_cut_between_characters_and_cleaned(string text, int length, string expected) => Assert.Equal(expected, SapText.Cut(text, length));

    [Theory]
    [InlineData("41000000", "0041000000")]
    [InlineData("0041000000", "0041000000")]
    [InlineData("AR-100", "AR-100")]
    public void Codes_of_digits_get_leading_zeros(string code, string expected) => Assert.Equal(expected, SapText.Ten(code));

    [Fact]
    public void A_setting_that_is_not_known_is_refused_by_name()
    {
        var wrong = Assert.Throws<ArgumentException>(() => SapSettings.Of(Target(("documant-type", "DR"))));

        Assert.Contains("documant-type", wrong.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => SapSettings.Of(Target(("error:201(F5)", "no-such-meaning"))));
        Assert.Throws<ArgumentException>(() => SapSettings.Of(Target(("look-before-send", "maybe"))));
    }

    private static JournalEntryMap Map() => new(SapSettings.Of(Target()));

    internal static TargetSettings Target(params (string Name, string Value)[] options) => new(
        "sap-de", "sap-s4hana", new Uri("http://127.0.0.1:1/"), "TIEOUT", "sandbox", "1010",
        new Dictionary<string, string>(StringComparer.Ordinal) { ["revenue"] = "41000000", ["deferred-revenue"] = "24900000" },
        new Dictionary<string, string>(StringComparer.Ordinal) { ["STD"] = "A1", ["EXEMPT"] = "A0", ["NEW"] = "A1" },
        options.ToDictionary(option => option.Name, option => option.Value, StringComparer.Ordinal),
        null, null, TimeSpan.FromSeconds(5), "test");
}
