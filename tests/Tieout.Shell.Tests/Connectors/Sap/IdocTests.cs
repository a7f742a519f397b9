using System.Net;
using System.Text;
using System.Xml.Linq;
using Tieout.Connectors.Port;
using Tieout.Connectors.SapS4;
using Tieout.Connectors.SapS4.Idoc;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Connectors.Sap;

/// <summary>IDocs as they leave, status messages as they come, and a stand-in as careless as the real one.</summary>
public sealed class IdocTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Stamp = new(2026, 11, 20, 8, 15, 0, TimeSpan.Zero);

    private SapSandbox _sap = null!;

    public async ValueTask InitializeAsync() => _sap = await SapSandbox.Start();

    public ValueTask DisposeAsync() => _sap.DisposeAsync();

    [Fact]
    public void An_invoice_stands_in_segments_whose_amounts_follow_under_the_items_numbers()
    {
        var idoc = Written(Invoice(100m, 19m)).Element("IDOC")!;

        Assert.Equal(
            ["EDI_DC40", "E1BPACHE09", "E1BPACGL09", "E1BPACAR09", "E1BPACTX09", "E1BPACCR09", "E1BPACCR09", "E1BPACCR09"],
            idoc.Elements().Select(segment => segment.Name.LocalName));
        Assert.Equal(
            "BKPFF $ TIEOUT RFBU TIEOUT Subscription invoice 1010 20261101 20261101 DR DE-2026-0000001", Told(idoc.Element("E1BPACHE09")!));
        Assert.Equal("0000000002 0041000000 Plan 1010 DE-2026-0000001 A1", Told(idoc.Element("E1BPACGL09")!));
        Assert.Equal("0000000001 0000000017 1010 20261101 30 DE-2026-0000001", Told(idoc.Element("E1BPACAR09")!));
        Assert.Equal("0000000003 MWAS MWS A1", Told(idoc.Element("E1BPACTX09")!));
        Assert.Equal(
            ["0000000001 00 EUR EUR 119.00", "0000000002 00 EUR EUR -100.00", "0000000003 00 EUR EUR -19.00 -100.00"],
            idoc.Elements("E1BPACCR09").Select(Told));
        Assert.Equal("DE-2026-0000001-ABC", idoc.Element("EDI_DC40")!.Element("ARCKEY")!.Value);
    }

    [Fact]
    public void Amounts_in_the_books_follow_as_amounts_of_the_company_code_s_currency()
    {
        var plain = Invoice(100m, 19m);
        var told = plain with
        {
            Currency = Currency.Of("USD"),
            Books = Currency.Of("EUR"),
            TotalInBooks = 107.11m,
            Lines = [plain.Lines[0] with { InBooks = 90.01m }],
            Taxes = [plain.Taxes[0] with { InBooks = 17.10m }],
        };

        Assert.Equal(
            [
                "0000000001 00 USD USD 119.00", "0000000001 10 EUR EUR 107.11", "0000000002 00 USD USD -100.00", "0000000002 10 EUR EUR -90.01",
                "0000000003 00 USD USD -19.00 -100.00", "0000000003 10 EUR EUR -17.10",
            ],
            Written(told).Element("IDOC")!.Elements("E1BPACCR09").Select(Told));
    }

    [Theory]
    [InlineData("JPY", "1000", "1000")]
    [InlineData("EUR", "1000", "1000.00")]
    [InlineData("BHD", "0.001", "0.001")]
    [InlineData("USD", "-12.5", "-12.50")]
    public void Amounts_have_the_decimals_of_their_currency(string currency, string amount, string written)
    {
        var entry = Entry(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture), "t") with { Currency = Currency.Of(currency) };

        Assert.Equal(written, Written(entry).Descendants("AMT_DOCCUR").First().Value);
    }

    [Theory]
    [InlineData("Any text of no great length at all, and yet longer than fifty letters", "Any text of no great length at all, and yet longer")]
    [InlineData("1234567890123456789012345678901234567890123456789🚀", "1234567890123456789012345678901234567890123456789")]
    [InlineData("a\u0001b\r\n  c", "ab c")]
    [InlineData("<&>\"'", "<&>\"'")]
    public void Texts_are_cleaned_and_cut_between_letters(string text, string written) =>
        Assert.Equal(written, Written(Entry(1m, text)).Descendants("ITEM_TEXT").First().Value);

    [Theory]
    [InlineData(EntryKind.Payment, "DZ")]
    [InlineData(EntryKind.Refund, "DZ")]
    [InlineData(EntryKind.WriteOff, "DA")]
    [InlineData(EntryKind.Reversal, "DA")]
    public void Each_kind_of_entry_has_its_type_and_names_what_it_is_about(EntryKind kind, string type)
    {
        var entry = Entry(1m, "t") with { Kind = kind, Reverses = kind == EntryKind.Reversal ? "DE-2026-0000001" : "" };
        var idoc = Written(entry);

        Assert.Equal(type, idoc.Descendants("DOC_TYPE").Single().Value);
        Assert.Equal(entry.Reverses, idoc.Descendants("REF_KEY_3").SingleOrDefault()?.Value ?? "");
        Assert.Equal("DE-2026-0000009", idoc.Descendants("E1BPACAR09").Single().Element("ALLOC_NMBR")!.Value);
    }

    [Fact]
    public void A_credit_memo_turns_every_sign_and_names_the_invoices_it_corrects()
    {
        var idoc = Written(Invoice(-100m, -19m) with { Corrects = ["DE-2026-0000007", "DE-2026-0000008"] });

        Assert.Equal("DG", idoc.Descendants("DOC_TYPE").Single().Value);
        Assert.Equal(["-119.00", "100.00", "19.00"], idoc.Descendants("AMT_DOCCUR").Select(amount => amount.Value));
        Assert.Equal("DE-2026-0000007 +1", idoc.Descendants("REF_KEY_3").Single().Value);
    }

    [Fact]
    public void What_the_schema_does_not_allow_is_found_by_document()
    {
        var map = new IdocMap(Settings());
        var bad = Entry(1m, "t") with { Lines = [.. Entry(1m, "t").Lines.Select(line => line with { Account = "99999999999" })] };

        var violations = IdocSchemas.Check(map.Write([Entry(1m, "t"), bad], ["A-1", "A-2"], Stamp));

        Assert.NotEmpty(violations);
        Assert.All(violations, violation => Assert.Equal(1, violation.Entry));
    }

    [Theory]
    [InlineData("53", "180000000110102026", "Booked", "1010/1800000001/2026")]
    [InlineData("53", "", "OnItsWay", null)]
    [InlineData("53", "000000000010102026", "OnItsWay", null)]
    [InlineData("51", "", "Refused", null)]
    [InlineData("56", "", "Refused", null)]
    [InlineData("68", "", "Refused", null)]
    [InlineData("64", "", "OnItsWay", null)]
    [InlineData("62", "", "OnItsWay", null)]
    public void A_status_says_what_became_of_an_IDoc(string status, string document, string says, string? number)
    {
        var read = SapConfirmations.Read(Settings(), Encoding.UTF8.GetBytes(Status(status, document)));

        var one = Assert.Single(Assert.IsType<ConfirmationReading.Told>(read).Confirmations);
        Assert.Equal(("0000000000000042", says, number), (one.Reference, one.As.ToString(), one.Document?.Number));
        Assert.Equal("201(F5)", Assert.Single(one.Notes).Type);
    }

    [Theory]
    [InlineData("<ALEAUD01/>")]
    [InlineData("<STATUS/>")]
    [InlineData("<!DOCTYPE x><ALEAUD01/>")]
    [InlineData("words")]
    public void What_is_no_status_message_is_malformed(string message) =>
        Assert.IsType<ConfirmationReading.Malformed>(SapConfirmations.Read(Settings(), Encoding.UTF8.GetBytes(message)));

    [Fact]
    public async Task The_same_file_twice_is_booked_twice_and_the_same_message_is_not()
    {
        await using var connector = ErpConnectors.Create(_sap.Target(), TimeProvider.System);
        var outcomes = await connector.EnsureCustomers([new ErpCustomer("C-1", "Example Works Ltd", "DE", "EUR")], new MemoryExchangeLog(), CancellationToken.None);
        var invoice = Invoice(100m, 19m) with { ErpCustomerId = Assert.IsType<CustomerOutcome.Present>(outcomes[0]).ErpId };
        _sap.Http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String("TIEOUT:sandbox"u8));
        var file = new IdocMap(Settings()).Write([invoice], ["r"], Stamp);

        for (var times = 0; times < 2; times++) Assert.Equal(HttpStatusCode.OK, (await Post("/sap/bc/idoc_xml", file)).Status);

        await Until(2, invoice.Key);
        var other = invoice with { Key = "DE-2026-0000002" };
        byte[] message =
        [
            .. "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>"u8,
            .. new JournalEntryMap(Settings()).Write([other], "message", Stamp), .. "</s:Body></s:Envelope>"u8,
        ];
        const string bulk = "/sap/bc/srt/scs_ext/sap/journalentrybulkcreationreques";
        Assert.Equal((HttpStatusCode.Accepted, ""), await Post(bulk, message));
        var again = await Post(bulk, message);
        Assert.Equal(HttpStatusCode.InternalServerError, again.Status);
        Assert.Contains("Duplicate message", again.Text, StringComparison.Ordinal);
        await Until(1, other.Key);
    }

    [Fact]
    public async Task The_services_that_book_later_check_log_in_and_schema_as_the_others_do()
    {
        foreach (var path in new[] { "/sap/bc/idoc_xml", "/sap/bc/srt/scs_ext/sap/journalentrybulkcreationreques" })
        {
            _sap.Http.DefaultRequestHeaders.Authorization = null;
            Assert.Equal(HttpStatusCode.Unauthorized, (await Post(path, [.. "<x/>"u8])).Status);
            _sap.Http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String("TIEOUT:sandbox"u8));
            Assert.True((int)(await Post(path, [.. "<x/>"u8])).Status is 400 or 500);
        }
        Assert.Equal(0, (await _sap.Ask("ledger")).GetProperty("documents").GetInt32());
    }

    private async Task Until(int documents, string key)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await _sap.LedgerCount(key) != documents) await Task.Delay(20, patience.Token);
    }

    private async Task<(HttpStatusCode Status, string Text)> Post(string path, byte[] body)
    {
        using var content = new ByteArrayContent(body) { Headers = { { "Content-Type", "text/xml" } } };
        using var answer = await _sap.Http.PostAsync(path, content);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private SapSettings Settings() => SapSettings.Of(_sap.Target(("delivery", "idoc"), ("idoc-receiver", "SBXCLNT100")));

    private XElement Written(ErpDocument document)
    {
        var file = new IdocMap(Settings()).Write([document], ["DE-2026-0000001-ABC"], Stamp);
        Assert.Empty(IdocSchemas.Check(file));
        return XElement.Load(new MemoryStream(file));
    }

    private static string Told(XElement segment) => string.Join(' ', segment.Elements().Select(field => field.Value));

    private static ErpInvoice Invoice(decimal net, decimal tax) => new(
        "DE-2026-0000001", "C-1", "17", Currency.Of("EUR"), new(2026, 11, 1), new(2026, 12, 1), 30,
        [new("revenue", net, "Plan", "STD")], [new("STD", 0.19m, net, tax)], net + tax);

    private static ErpEntry Entry(decimal amount, string text) => new(
        EntryKind.Payment, "DE-2026-0000005", Currency.Of("EUR"), new(2026, 11, 1), text,
        [
            new("cash-clearing", amount, text),
            new("receivable", -amount, text) { CustomerCode = "C-1", ErpCustomerId = "17", Settles = "DE-2026-0000009" },
        ]);

    private static string Status(string status, string document) =>
        $"""
        <ALEAUD01><IDOC BEGIN="1"><EDI_DC40 SEGMENT="1"><DOCNUM>0000000000000001</DOCNUM><IDOCTYP>ALEAUD01</IDOCTYP><MESTYP>STATUS</MESTYP></EDI_DC40>
        <E1ADHDR SEGMENT="1"><MESTYP>ACC_DOCUMENT</MESTYP><E1STATE SEGMENT="1"><DOCNUM>0000000000000042</DOCNUM><STATUS>{status}</STATUS><STATXT>text</STATXT>
        <STAPA1>BKPFF</STAPA1><STAPA2>{document}</STAPA2><STAPA3>SBX</STAPA3><STATYP>S</STATYP><STAMID>F5</STAMID><STAMNO>201</STAMNO></E1STATE></E1ADHDR></IDOC></ALEAUD01>
        """;
}
