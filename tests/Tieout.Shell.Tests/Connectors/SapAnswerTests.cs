using System.Text;
using Tieout.Connectors.Port;
using Tieout.Connectors.SapS4;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Connectors;

/// <summary>What an answer is taken to mean, where the stand-in cannot be made to say it.</summary>
public sealed class SapAnswerTests
{
    [Theory]
    [InlineData("1800000042", "1", typeof(DeliveryOutcome.Accepted))]
    [InlineData("1800000042", "2", typeof(DeliveryOutcome.Accepted))]   // a warning is no refusal
    [InlineData("1800000042", "3", typeof(DeliveryOutcome.NoAnswer))]   // a number and an error: nobody knows
    [InlineData(" ", "3", typeof(DeliveryOutcome.Refused))]
    [InlineData("0000000000", "3", typeof(DeliveryOutcome.Refused))]
    [InlineData(" ", "1", typeof(DeliveryOutcome.NoAnswer))]            // neither a number nor an error
    [InlineData("", "", typeof(DeliveryOutcome.NoAnswer))]
    public void Booked_takes_a_number_and_no_error(string number, string severity, Type expected) =>
        Assert.IsType(expected, Assert.Single(Outcomes(1, Entry("m-1", number, severity, "507(F5)"))));

    [Fact]
    public void Entries_are_matched_by_the_id_they_refer_to_in_any_order()
    {
        var outcomes = Outcomes(2, Entry("m-2", "1800000002", "1"), Entry("m-1", "1800000001", "1"));

        outcomes.Select(outcome => ((DeliveryOutcome.Accepted)outcome).Document.Number).ShouldBe(["1010/1800000001/2026", "1010/1800000002/2026"]);
    }

    [Fact]
    public void Entries_without_ids_are_matched_by_position_only_when_none_is_missing()
    {
        Assert.All(Outcomes(2, Entry("", "1800000001", "1"), Entry("", "1800000002", "1")), outcome => Assert.IsType<DeliveryOutcome.Accepted>(outcome));
        Assert.All(Outcomes(3, Entry("", "1800000001", "1"), Entry("", "1800000002", "1")), outcome => Assert.IsType<DeliveryOutcome.NoAnswer>(outcome));
    }

    [Fact]
    public void A_document_confirmed_twice_is_in_doubt() =>
        Assert.IsType<DeliveryOutcome.NoAnswer>(Assert.Single(Outcomes(1, Entry("m-1", "1800000001", "1"), Entry("m-1", "1800000002", "1"))));

    [Theory]
    [InlineData("102(F5)", "customer-unknown")]
    [InlineData("507(F5)", "account-unknown")]
    [InlineData("201(F5)", "period-closed")]
    [InlineData("999(ZZ)", "erp-refused")]
    public void A_refusal_is_told_in_our_words_with_theirs_beside(string type, string code)
    {
        var refused = Assert.IsType<DeliveryOutcome.Refused>(Assert.Single(Outcomes(1, Entry("m-1", " ", "3", type))));

        Assert.Equal(code, refused.Finding.Code);
        Assert.Contains($"{type} The note of {type}", refused.Finding.Technical, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_number_means_can_be_set_and_a_lock_is_no_refusal()
    {
        var settings = SapSettings.Of(SapMapTests.Target(("error:999(ZZ)", "period-closed"), ("error:150(F5)", "locked")));
        var answer = (JournalEntryAnswer.Confirmed)Read(Envelope(Entry("m-1", " ", "3", "999(ZZ)") + Entry("m-2", " ", "3", "150(F5)")));

        var outcomes = JournalEntryAnswer.Outcomes(answer, "m", 2, settings.Errors);

        Assert.Equal("period-closed", Assert.IsType<DeliveryOutcome.Refused>(outcomes[0]).Finding.Code);
        Assert.IsType<DeliveryOutcome.NotSent>(outcomes[1]);
    }

    [Theory]
    [InlineData("soap-env:Client", typeof(JournalEntryAnswer.ClientFault))]
    [InlineData("soap:Client.Authentication", typeof(JournalEntryAnswer.ClientFault))]
    [InlineData("soap-env:Server", typeof(JournalEntryAnswer.Unreadable))]
    [InlineData("", typeof(JournalEntryAnswer.Unreadable))]
    public void Only_a_fault_that_blames_us_proves_that_nothing_was_booked(string code, Type expected) =>
        Assert.IsType(expected, Read($"<e:Envelope xmlns:e='x'><e:Body><e:Fault><faultcode>{code}</faultcode><faultstring>Why</faultstring></e:Fault></e:Body></e:Envelope>"));

    [Theory]
    [InlineData("")]
    [InlineData("<html><body>Log on</body></html>")]
    [InlineData("<e:Envelope xmlns:e='x'><e:Body>")]
    [InlineData("<e:Envelope xmlns:e='x'><e:Body/></e:Envelope>")]
    [InlineData("<!DOCTYPE a [<!ENTITY b 'c'>]><e:Envelope xmlns:e='x'><e:Body>&b;</e:Body></e:Envelope>")]
    public void Anything_else_is_unreadable(string answer) => Assert.IsType<JournalEntryAnswer.Unreadable>(Read(answer));

    [Fact]
    public void A_document_somebody_reversed_in_SAP_is_neither_found_nor_absent()
    {
        var held = new HeldEntry([Item("D", "12100000", 119m), Item("S", "41000000", -100m), Item("S", "22000000", -19m)]);
        var reversed = new HeldEntry([.. held.Items.Select(item => item with { Void = true })]);

        Assert.IsType<LookUpOutcome.Found>(Judge(held));
        Assert.Equal("reversed-in-erp", Assert.IsType<LookUpOutcome.Conflict>(Judge(reversed)).Finding.Code);
        Assert.IsType<LookUpOutcome.Found>(Judge(reversed, held));
        Assert.Equal("duplicate-in-erp", Assert.IsType<LookUpOutcome.Conflict>(Judge(held, held)).Finding.Code);
    }

    private static SapSettings Settings { get; } = SapSettings.Of(new TargetSettings(
        "sap", "sap-s4hana", new Uri("http://127.0.0.1/"), "u", "p", "1010", new Dictionary<string, string>(StringComparer.Ordinal) { ["tax"] = "22000000" },
        new Dictionary<string, string>(StringComparer.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal), null, null, TimeSpan.FromSeconds(1), "t"));

    private static LookUpOutcome Judge(params HeldEntry[] held)
    {
        var ours = new ErpInvoice(
            "K-1", "C-1", "1", Currency.Of("EUR"), new(2026, 11, 1), new(2026, 12, 1), 30, [new("revenue", 100m, "", "STD")], [new("STD", 0.19m, 100m, 19m)], 119m);
        return HeldEntry.Judge(ours, held, Settings);
    }

    private static LineItem Item(string type, string account, decimal amount) => new(
        "2026", "1800000001", "K-1", new(2026, 11, 1), type, SapText.Ten(account), type == "D" ? "0000000001" : "", "EUR", amount, 0m, Void: false);

    private static IReadOnlyList<DeliveryOutcome> Outcomes(int sent, params string[] entries) => JournalEntryAnswer.Outcomes(
        (JournalEntryAnswer.Confirmed)Read(Envelope(string.Concat(entries))), "m", sent, SapFindings.DefaultMeanings);

    private static JournalEntryAnswer Read(string text) => JournalEntryAnswer.Read(Encoding.UTF8.GetBytes(text));

    private static string Envelope(string entries) =>
        $"""
        <e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><n0:JournalEntryBulkCreateConfirmation xmlns:n0="http://sap.com/xi/SAPSCORE/SFIN">
        <MessageHeader><CreationDateTime>2026-11-20T08:15:00Z</CreationDateTime></MessageHeader>
        <ConfirmationInterfaceOrignName>JournalEntryCreateRequestConfirmation_In</ConfirmationInterfaceOrignName>{entries}<Log/>
        </n0:JournalEntryBulkCreateConfirmation></e:Body></e:Envelope>
        """;

    private static string Entry(string reference, string number, string severity, string type = "605(RW)") =>
        $"""
        <JournalEntryCreateConfirmation><MessageHeader>{(reference.Length > 0 ? $"<ReferenceID>{reference}</ReferenceID>" : "")}<CreationDateTime>2026-11-20T08:15:00Z</CreationDateTime></MessageHeader>
        <JournalEntryCreateConfirmation><AccountingDocument>{number}</AccountingDocument><CompanyCode>1010</CompanyCode><FiscalYear>2026</FiscalYear></JournalEntryCreateConfirmation>
        <Log><MaximumLogItemSeverityCode>{severity}</MaximumLogItemSeverityCode>
        <Item><TypeID>609(RW)</TypeID><SeverityCode>{severity}</SeverityCode><Note>Error in document: BKPFF</Note></Item>
        <Item><TypeID>{type}</TypeID><SeverityCode>{severity}</SeverityCode><Note>The note of {type}</Note></Item></Log></JournalEntryCreateConfirmation>
        """;
}
