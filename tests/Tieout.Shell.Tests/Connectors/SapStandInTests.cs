using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Tieout.Connectors.Port;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Connectors;

/// <summary>The stand-in is as strict, and as careless, as the real one.</summary>
public sealed class SapStandInTests : IAsyncLifetime
{
    private const string Post = "/sap/bc/srt/scs_ext/sap/journalentrycreaterequestconfi";
    private const string Partners = "/sap/opu/odata/sap/API_BUSINESS_PARTNER/A_BusinessPartner";
    private const string Cube = "/sap/opu/odata/sap/API_OPLACCTGDOCITEMCUBE_SRV/A_OperationalAcctgDocItemCube";

    private readonly MemoryExchangeLog _log = new();
    private SapSandbox _sap = null!;

    public async ValueTask InitializeAsync()
    {
        _sap = await SapSandbox.Start();
        _sap.Http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String("TIEOUT:sandbox"u8));
    }

    public ValueTask DisposeAsync() => _sap.DisposeAsync();

    [Theory]
    [InlineData("<JournalEntry><NoSuchElement/></JournalEntry>")]
    [InlineData("<JournalEntry><OriginalReferenceDocumentType>TOO-LONG</OriginalReferenceDocumentType></JournalEntry>")]
    [InlineData("<JournalEntry>")]
    public async Task A_message_against_the_schema_is_a_fault(string entry)
    {
        using var answer = await _sap.Http.PostAsync(Post, Soap(entry));

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Contains("faultcode>soap-env:Client", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_document_out_of_balance_is_refused_with_the_vendors_number_and_a_blank_document()
    {
        using var answer = await _sap.Http.PostAsync(Post, Soap(
            """
            <JournalEntry><OriginalReferenceDocumentType>BKPFF</OriginalReferenceDocumentType><BusinessTransactionType>RFBU</BusinessTransactionType>
            <AccountingDocumentType>SA</AccountingDocumentType><CreatedByUser>X</CreatedByUser><CompanyCode>1710</CompanyCode>
            <DocumentDate>2026-11-01</DocumentDate><PostingDate>2026-11-01</PostingDate>
            <Item><GLAccount>0041000000</GLAccount><AmountInTransactionCurrency currencyCode="USD">-1.00</AmountInTransactionCurrency></Item>
            <Item><GLAccount>0024900000</GLAccount><AmountInTransactionCurrency currencyCode="USD">1.01</AmountInTransactionCurrency></Item></JournalEntry>
            """));
        var text = await answer.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("702(F5)", text, StringComparison.Ordinal);
        Assert.Contains("<AccountingDocument> </AccountingDocument>", text, StringComparison.Ordinal);
        Assert.Contains("ConfirmationInterfaceOrignName", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Post, "POST")]
    [InlineData(Cube, "GET")]
    [InlineData(Partners, "GET")]
    public async Task A_wrong_password_is_401_everywhere(string path, string method)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("TIEOUT:wrong"u8));

        using var answer = await _sap.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains(answer.Headers.WwwAuthenticate, challenge => challenge.Scheme == "Basic");
    }

    [Fact]
    public async Task A_write_without_token_is_403_and_asks_for_one()
    {
        using var answer = await _sap.Http.PostAsync(Partners, new StringContent("{}", Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("Required", Assert.Single(answer.Headers.GetValues("x-csrf-token")));
    }

    [Fact]
    public async Task The_connector_fetches_a_new_token_when_the_session_has_ended()
    {
        await using var connector = ErpConnectors.Create(_sap.Target(), TimeProvider.System);
        async Task<CustomerOutcome> Ensure(string code) =>
            (await connector.EnsureCustomers([new ErpCustomer(code, "Example Works Ltd", "DE", "EUR")], new MemoryExchangeLog(), CancellationToken.None))[0];

        Assert.IsType<CustomerOutcome.Present>(await Ensure("C-1"));
        await _sap.Tell("sessions/end", new { });
        Assert.IsType<CustomerOutcome.Present>(await Ensure("C-2"));
    }

    [Fact]
    public async Task One_customer_serves_two_company_codes()
    {
        ErpCustomer[] customer = [new("C-1", "Example Works Ltd", "DE", "EUR")];
        await using var german = ErpConnectors.Create(_sap.Target(), TimeProvider.System);
        await using var american = ErpConnectors.Create(_sap.Target() with { Company = "1710" }, TimeProvider.System);

        var first = await german.EnsureCustomers(customer, new MemoryExchangeLog(), CancellationToken.None);
        var second = await american.EnsureCustomers(customer, new MemoryExchangeLog(), CancellationToken.None);

        Assert.IsType<CustomerOutcome.Present>(first[0]);
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task The_same_message_twice_is_booked_twice_and_the_ledger_says_so()
    {
        await using var connector = ErpConnectors.Create(_sap.Target(("look-before-send", "false"), ("confirm", "false")), TimeProvider.System);
        var document = (await Documents(connector, 1))[0];
        for (var time = 0; time < 2; time++)
            Assert.IsType<DeliveryOutcome.Accepted>((await connector.Send([document], _log, CancellationToken.None))[0]);

        var ledger = await _sap.Ask("ledger");

        Assert.Equal(2, ledger.GetProperty("documents").GetInt32());
        Assert.Equal(1, ledger.GetProperty("references").GetInt32());
        Assert.Equal(2, ledger.GetProperty("duplicates")[0].GetProperty("count").GetInt32());
        Assert.Equal("238.00", ledger.GetProperty("totals")[0].GetProperty("amount").GetString());

        await _sap.Tell("reset", new { });
        Assert.Equal(0, (await _sap.Ask("ledger")).GetProperty("documents").GetInt32());
    }

    [Fact]
    public async Task A_message_refused_as_ours_to_correct_is_taken_apart_until_the_bad_document_stands_alone()
    {
        await using var connector = ErpConnectors.Create(_sap.Target(), TimeProvider.System);
        var documents = await Documents(connector, 4);
        // The whole, its first half, and that half's first document.
        await _sap.Tell("faults", new { kind = "client-fault", count = 3 });

        var outcomes = await connector.Send(documents, _log, CancellationToken.None);

        Assert.Equal("not-valid-for-erp", Assert.IsType<DeliveryOutcome.Refused>(outcomes[0]).Finding.Code);
        Assert.All(outcomes.Skip(1), outcome => Assert.IsType<DeliveryOutcome.Accepted>(outcome));
        Assert.Equal(3, (await _sap.Ask("ledger")).GetProperty("documents").GetInt32());
    }

    [Fact]
    public async Task A_fault_that_blames_the_server_proves_nothing()
    {
        await using var connector = ErpConnectors.Create(_sap.Target(), TimeProvider.System);
        var documents = await Documents(connector, 2);
        await _sap.Tell("faults", new { kind = "server-fault" });

        var outcomes = await connector.Send(documents, _log, CancellationToken.None);

        Assert.All(outcomes, outcome => Assert.IsType<DeliveryOutcome.NoAnswer>(outcome));
        Assert.Equal(2, (await _sap.Ask("ledger")).GetProperty("documents").GetInt32());
    }

    [Fact]
    public async Task Two_partners_under_one_code_are_never_chosen_between()
    {
        await using var connector = ErpConnectors.Create(_sap.Target(), TimeProvider.System);
        ErpCustomer[] customer = [new("C-1", "Example Works Ltd", "DE", "EUR")];
        using var fetch = new HttpRequestMessage(HttpMethod.Get, Partners[..^"A_BusinessPartner".Length]);
        fetch.Headers.Add("X-CSRF-Token", "Fetch");
        using var token = await _sap.Http.SendAsync(fetch);
        for (var time = 0; time < 2; time++)
        {
            using var create = new HttpRequestMessage(HttpMethod.Post, Partners)
            {
                Content = new StringContent(
                    """
                    {"BusinessPartnerCategory":"2","OrganizationBPName1":"Example","BusinessPartnerIDByExtSystem":"C-1",
                     "to_BusinessPartnerRole":{"results":[{"BusinessPartnerRole":"FLCU00"}]}}
                    """,
                    Encoding.UTF8, "application/json"),
            };
            create.Headers.Add("X-CSRF-Token", token.Headers.GetValues("x-csrf-token"));
            using var created = await _sap.Http.SendAsync(create);
            Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        }

        var outcome = (await connector.EnsureCustomers(customer, _log, CancellationToken.None))[0];

        Assert.Equal("customer-ambiguous", Assert.IsType<CustomerOutcome.Refused>(outcome).Finding.Code);
    }

    [Theory]
    [InlineData("NoSuchField eq 'x'")]
    [InlineData("CompanyCode eq")]
    [InlineData("length(CompanyCode) eq 4")]
    [InlineData("CompanyCode eq '1010' nonsense")]
    public async Task A_filter_it_does_not_understand_is_400(string filter)
    {
        using var answer = await _sap.Http.GetAsync($"{Cube}?$filter={Uri.EscapeDataString(filter)}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private async Task<ErpInvoice[]> Documents(IErpConnector connector, int count)
    {
        var outcomes = await connector.EnsureCustomers([new ErpCustomer("C-1", "Example Works Ltd", "DE", "EUR")], _log, CancellationToken.None);
        var customer = Assert.IsType<CustomerOutcome.Present>(outcomes[0]).ErpId;
        ErpInvoice Document(int number) => new(
            FormattableString.Invariant($"DE-{number}"), "C-1", customer, Domain.Currency.Of("EUR"), new(2026, 11, 1), new(2026, 12, 1), 30,
            [new("revenue", 100m, "Text", "STD")], [new("STD", 0.19m, 100m, 19m)], 119m);
        return [.. Enumerable.Range(1, count).Select(Document)];
    }

    private static StringContent Soap(string entry) => new(
        $"""
        <s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><f:JournalEntryBulkCreateRequest xmlns:f="http://sap.com/xi/SAPSCORE/SFIN">
        <MessageHeader><CreationDateTime>2026-11-20T08:15:00Z</CreationDateTime></MessageHeader><JournalEntryCreateRequest>
        <MessageHeader><ID>m-1</ID><CreationDateTime>2026-11-20T08:15:00Z</CreationDateTime></MessageHeader>{entry}</JournalEntryCreateRequest>
        </f:JournalEntryBulkCreateRequest></s:Body></s:Envelope>
        """,
        Encoding.UTF8, "text/xml");
}
