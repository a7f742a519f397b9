using System.Net;
using System.Text;
using System.Xml.Linq;
using Tieout.Connectors.Port;
using Tieout.Connectors.SapS4;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Connectors;

/// <summary>Journal entries as messages to SAP, and the clearing that follows them.</summary>
public sealed class SapEntryTests : IAsyncLifetime
{
    private const string Clearing = "/sap/bc/srt/scs_ext/sap/journalentrybulkclearingreques";

    private readonly MemoryExchangeLog _log = new();
    private SapSandbox _sap = null!;

    public async ValueTask InitializeAsync() => _sap = await SapSandbox.Start();

    public ValueTask DisposeAsync() => _sap.DisposeAsync();

    [Fact]
    public void An_entry_becomes_this_message_and_nothing_else()
    {
        var settings = SapSettings.Of(_sap.Target(("dimension:region", "Segment")));
        var entry = new ErpEntry(
            EntryKind.Dispute, "DSP-2026-0000001", Currency.Of("EUR"), new(2026, 11, 2), "Dispute of an invoice that says too much",
            [
                Owing(40m, "DE-2026-0000042"),
                new("disputed-receivable", 60m, "") { CustomerCode = "C-77", ErpCustomerId = "10000001", DueDate = new(2026, 12, 2) },
                new("bank-fees", -100m, "Fee")
                {
                    Dimensions = new Dictionary<string, string>(StringComparer.Ordinal) { ["project"] = "P-2026-01", ["region"] = "1000_A", ["cost-center"] = "10101101" },
                },
            ])
        { Reverses = "PAY-2026-0000007" };
        var message = new JournalEntryMap(settings).Write([entry], "m", new(2026, 11, 20, 8, 15, 0, TimeSpan.Zero));

        var written = XDocument.Parse(Encoding.UTF8.GetString(message)).Descendants("JournalEntry").Single();
        var golden = XElement.Parse(
            """
            <JournalEntry>
              <OriginalReferenceDocumentType>BKPFF</OriginalReferenceDocumentType>
              <OriginalReferenceDocumentLogicalSystem>TIEOUT</OriginalReferenceDocumentLogicalSystem>
              <BusinessTransactionType>RFBU</BusinessTransactionType>
              <AccountingDocumentType>DA</AccountingDocumentType>
              <DocumentReferenceID>DSP-2026-0000001</DocumentReferenceID>
              <DocumentHeaderText>Dispute of an invoice tha</DocumentHeaderText>
              <CreatedByUser>TIEOUT</CreatedByUser>
              <CompanyCode>1010</CompanyCode>
              <DocumentDate>2026-11-02</DocumentDate>
              <PostingDate>2026-11-02</PostingDate>
              <TaxDeterminationDate>2026-11-02</TaxDeterminationDate>
              <Reference1InDocumentHeader>FINGERPRINT</Reference1InDocumentHeader>
              <Reference2InDocumentHeader>PAY-2026-0000007</Reference2InDocumentHeader>
              <Item>
                <ReferenceDocumentItem>3</ReferenceDocumentItem>
                <GLAccount>0065008000</GLAccount>
                <AmountInTransactionCurrency currencyCode="EUR">-100.00</AmountInTransactionCurrency>
                <DocumentItemText>Fee</DocumentItemText>
                <AssignmentReference>DSP-2026-0000001</AssignmentReference>
                <AccountAssignment><Segment>1000_A</Segment><CostCenter>10101101</CostCenter><WBSElement>P-2026-01</WBSElement></AccountAssignment>
              </Item>
              <DebtorItem>
                <ReferenceDocumentItem>1</ReferenceDocumentItem>
                <Debtor>0010000001</Debtor>
                <AmountInTransactionCurrency currencyCode="EUR">40.00</AmountInTransactionCurrency>
                <AssignmentReference>DE-2026-0000042</AssignmentReference>
              </DebtorItem>
              <DebtorItem>
                <ReferenceDocumentItem>2</ReferenceDocumentItem>
                <Debtor>0010000001</Debtor>
                <AmountInTransactionCurrency currencyCode="EUR">60.00</AmountInTransactionCurrency>
                <AltvRecnclnAccts>0012150000</AltvRecnclnAccts>
                <AssignmentReference>DSP-2026-0000001</AssignmentReference>
                <CashDiscountTerms><DueCalculationBaseDate>2026-11-02</DueCalculationBaseDate><NetPaymentDays>P30D</NetPaymentDays></CashDiscountTerms>
              </DebtorItem>
            </JournalEntry>
            """.Replace("FINGERPRINT", JournalEntryMap.Fingerprint(entry), StringComparison.Ordinal));
        written.ToString().ShouldBe(golden.ToString());
        JournalEntrySchema.Check(message).ShouldBeEmpty();
    }

    [Fact]
    public void Amounts_in_the_books_stand_behind_each_amount_and_are_part_of_what_it_says()
    {
        var entry = Entry(
            EntryKind.RevenueJournal, new("deferred-revenue", 40m, "") { InBooks = 36.5m }, new("revenue", -40m, "") { InBooks = -36.5m }) with
        { Currency = Currency.Of("USD") };
        var map = new JournalEntryMap(SapSettings.Of(_sap.Target()));
        IEnumerable<string> Written(ErpEntry one) =>
            XDocument.Parse(Encoding.UTF8.GetString(map.Write([one], "m", new(2026, 11, 20, 8, 15, 0, TimeSpan.Zero)))).Descendants()
                .Where(element => element.Name.LocalName.StartsWith("AmountIn", StringComparison.Ordinal))
                .Select(element => $"{element.Name.LocalName["AmountIn".Length..]} {element.Attribute("currencyCode")!.Value} {element.Value}");

        Written(entry).ShouldBe(["TransactionCurrency USD 40.00", "TransactionCurrency USD -40.00"]);
        var told = entry with { Books = Currency.Of("EUR") };
        Written(told).ShouldBe(
            ["TransactionCurrency USD 40.00", "CompanyCodeCurrency EUR 36.50", "TransactionCurrency USD -40.00", "CompanyCodeCurrency EUR -36.50"]);
        JournalEntrySchema.Check(map.Write([told], "m", new(2026, 11, 20, 8, 15, 0, TimeSpan.Zero))).ShouldBeEmpty();
        JournalEntryMap.Fingerprint(told).ShouldNotBe(JournalEntryMap.Fingerprint(entry));
    }

    [Theory]
    [InlineData(EntryKind.Payment, true, "DZ")]
    [InlineData(EntryKind.Refund, true, "DZ")]
    [InlineData(EntryKind.WriteOff, true, "DA")]
    [InlineData(EntryKind.ManualJournal, true, "DA")]
    [InlineData(EntryKind.ManualJournal, false, "SA")]
    [InlineData(EntryKind.RevenueJournal, false, "SA")]
    public void The_type_of_an_entry_follows_from_its_kind_and_whether_it_moves_a_customer(EntryKind kind, bool customer, string type)
    {
        var entry = Entry(kind, customer ? Owing(40m, "") : new("revenue", 40m, ""), new("cash-clearing", -40m, ""));

        SapSettings.Of(_sap.Target()).DocumentTypeOf(entry).ShouldBe(type);
    }

    [Theory]
    [InlineData("payment-document-type", "DR")]
    [InlineData("journal-document-type", "DG")]
    [InlineData("clearing", "perhaps")]
    [InlineData("dimension:colour", "Segment")]
    [InlineData("dimension:region", "Colour")]
    [InlineData("dimension:region", "CostCenter")] // the cost centre stands there already
    public void A_setting_that_cannot_be_is_refused(string option, string value) =>
        Should.Throw<ArgumentException>(() => SapSettings.Of(_sap.Target((option, value))));

    [Theory]
    [InlineData("timeout-before-commit")]
    [InlineData("commit-then-silence")]
    [InlineData("reject-503")]
    [InlineData("throttle-429")]
    public async Task An_entry_whose_clearing_got_no_answer_is_in_doubt_and_the_look_up_finishes_it(string fault)
    {
        await using var connector = ErpConnectors.Create(_sap.Target() with { Timeout = TimeSpan.FromSeconds(4) }, TimeProvider.System);
        var (invoice, payment) = await Paid(connector);
        await _sap.Tell("faults", new { kind = fault, on = "clear" });

        Assert.IsType<DeliveryOutcome.NoAnswer>(Assert.Single(await connector.Send([payment], _log, CancellationToken.None)));

        Assert.IsType<LookUpOutcome.Found>(Assert.Single(await connector.LookUp([payment], _log, CancellationToken.None)));
        await AssertOpen(invoice.Key, 0m);
        await AssertOpen(payment.Key, 0m);
        Assert.Equal(1, await _sap.LedgerCount(payment.Key));
    }

    [Fact]
    public async Task Where_nobody_offers_clearing_the_entry_is_booked_and_the_invoice_stays_open()
    {
        await using var connector = ErpConnectors.Create(_sap.Target(("clearing-path", "/sap/not/activated")), TimeProvider.System);
        var (invoice, payment) = await Paid(connector);

        var booked = Assert.IsType<DeliveryOutcome.Accepted>(Assert.Single(await connector.Send([payment], _log, CancellationToken.None)));
        Assert.Equal("not-settled-in-erp", booked.Beside?.Code);
        Assert.Contains(invoice.Key, booked.Beside!.Cause, StringComparison.Ordinal);

        Assert.NotNull(Assert.IsType<LookUpOutcome.Found>(Assert.Single(await connector.LookUp([payment], _log, CancellationToken.None))).Beside);
        await AssertOpen(invoice.Key, 119m);
        // Activated meanwhile: a later attempt settles it.
        await using var able = ErpConnectors.Create(_sap.Target(), TimeProvider.System);
        Assert.Null(Assert.IsType<LookUpOutcome.Found>(Assert.Single(await able.LookUp([payment], _log, CancellationToken.None))).Beside);
        await AssertOpen(invoice.Key, 0m);
    }

    [Fact]
    public async Task Clearing_is_asked_for_once_however_often_the_entry_is_looked_up()
    {
        await using var connector = ErpConnectors.Create(_sap.Target(), TimeProvider.System);
        var (invoice, payment) = await Paid(connector, 50m);
        await connector.Send([payment], _log, CancellationToken.None);

        for (var time = 0; time < 3; time++)
            Assert.IsType<LookUpOutcome.Found>(Assert.Single(await connector.LookUp([payment], _log, CancellationToken.None)));

        await AssertOpen(invoice.Key, 69m);
        Assert.Single(_log.Exchanges, exchange => exchange.Operation == "clearing-request");
        var result = Assert.Single((await _sap.Ask("clearings")).EnumerateObject());
        Assert.Equal((payment.Key + "-2", ""), (result.Name, result.Value.GetString()));
    }

    [Theory]
    [InlineData("<APARItems/>", "Client")]
    [InlineData("<GLItems><ReferenceDocumentItem>1</ReferenceDocumentItem></GLItems>", "Client")]
    public async Task A_clearing_against_the_schema_is_a_fault(string items, string fault)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Clearing)
        {
            Content = new StringContent(
                $"""
                <s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><n:JournalEntryBulkClearingRequest xmlns:n="http://sap.com/xi/SAPSCORE/SFIN">
                <MessageHeader><ID>1</ID><CreationDateTime>2026-11-20T08:15:00Z</CreationDateTime></MessageHeader>
                <JournalEntryClearingRequest><MessageHeader><ID>1-1</ID><CreationDateTime>2026-11-20T08:15:00Z</CreationDateTime></MessageHeader>
                <JournalEntry><CompanyCode>1010</CompanyCode><AccountingDocumentType>AB</AccountingDocumentType><DocumentDate>2026-11-20</DocumentDate>
                <PostingDate>2026-11-20</PostingDate><CurrencyCode>EUR</CurrencyCode>{items}</JournalEntry></JournalEntryClearingRequest>
                </n:JournalEntryBulkClearingRequest></s:Body></s:Envelope>
                """,
                Encoding.UTF8, "text/xml"),
        };
        request.Headers.Authorization = new("Basic", Convert.ToBase64String("TIEOUT:sandbox"u8));

        using var answer = await _sap.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Contains("soap-env:" + fault, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <summary>A booked invoice of 119.00 and a payment of it that is not sent yet.</summary>
    private async Task<(ErpInvoice Invoice, ErpEntry Payment)> Paid(IErpConnector connector, decimal amount = 119m)
    {
        var customers = await connector.EnsureCustomers([new ErpCustomer("C-77", "Example Works Ltd", "DE", "EUR")], _log, CancellationToken.None);
        var id = Assert.IsType<CustomerOutcome.Present>(Assert.Single(customers)).ErpId;
        var invoice = new ErpInvoice(
            "DE-1", "C-77", id, Currency.Of("EUR"), new(2026, 11, 1), new(2026, 12, 1), 30, [new("revenue", 100m, "Plan", "STD")], [new("STD", 0.19m, 100m, 19m)], 119m);
        Assert.IsType<DeliveryOutcome.Accepted>(Assert.Single(await connector.Send([invoice], _log, CancellationToken.None)));
        return (invoice, Entry(EntryKind.Payment, new("cash-clearing", amount, ""), Owing(-amount, invoice.Key) with { ErpCustomerId = id }));
    }

    private async Task AssertOpen(string key, decimal open) =>
        Assert.Equal(open, (await _sap.Items(key, ofCustomers: true)).Sum(item => item.GetProperty("open").GetDecimal()));

    private static ErpEntryLine Owing(decimal amount, string settles) =>
        new("receivable", amount, "") { CustomerCode = "C-77", ErpCustomerId = "10000001", Settles = settles };

    private static ErpEntry Entry(EntryKind kind, params ErpEntryLine[] lines) => new(kind, "PAY-1", Currency.Of("EUR"), new(2026, 11, 5), "", lines);
}
