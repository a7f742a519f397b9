using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tieout.Connectors.AvaTax;
using Tieout.Connectors.Port;
using Tieout.Domain.Posting;
using Tieout.Domain.Tax;

namespace Tieout.Shell.Tests.Connectors.AvaTax;

public sealed class AvaTaxTests : IAsyncLifetime
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);
    private readonly MemoryExchangeLog _log = new();
    private AvaTaxWorld _world = null!;

    public async ValueTask InitializeAsync() => _world = await AvaTaxWorld.Start();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task A_quote_tells_the_tax_by_jurisdiction_and_leaves_nothing_behind()
    {
        await using var engine = _world.Engine();
        var quote = (await engine.Quote(AvaTaxWorld.Document(tax: null), _log, CancellationToken.None)).ShouldBeOfType<QuoteOutcome.Quoted>().Quote;
        quote.Tax.ShouldBe(8.50m);
        quote.Lines.ShouldHaveSingleItem().Parts.Select(part => (part.Jurisdiction, part.Kind, part.Rate, part.Tax)).ShouldBe(
            [("CALIFORNIA", "State", 0.06m, 6.00m), ("LOS ANGELES", "County", 0.0025m, 0.25m), ("LA COUNTY DISTRICT", "Special", 0.0225m, 2.25m)]);
        (await _world.Ledger()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("commit-then-silence")]
    [InlineData("throttle-429")]
    [InlineData("reject-503")]
    [InlineData("token-expired")]
    [InlineData("server-fault")]
    [InlineData("html-answer")]
    [InlineData("malformed-answer")]
    [InlineData("truncated-answer")]
    public async Task Without_a_readable_answer_a_quote_waits_and_no_tax_is_guessed(string fault)
    {
        await using var engine = _world.Engine(Short);
        await _world.Fault(fault, "tax-quote");
        (await engine.Quote(AvaTaxWorld.Document(tax: null), _log, CancellationToken.None)).ShouldBeOfType<QuoteOutcome.NotNow>().Reason.ShouldNotBeEmpty();
        (await engine.Quote(AvaTaxWorld.Document(tax: null), _log, CancellationToken.None)).ShouldBeOfType<QuoteOutcome.Quoted>();
    }

    [Fact]
    public async Task A_document_is_kept_once_with_the_tax_that_was_invoiced()
    {
        await using var engine = _world.Engine();
        var kept = (await engine.Commit(AvaTaxWorld.Document(), _log, CancellationToken.None)).Outcome.ShouldBeOfType<DeliveryOutcome.Accepted>().Document;
        kept.Number.ShouldBe("US-2026-0000001");
        (await engine.Commit(AvaTaxWorld.Document(), _log, CancellationToken.None)).Outcome.ShouldBeOfType<DeliveryOutcome.AlreadyPosted>().Document.ShouldBe(kept);
        (await _world.Ledger()).ShouldBe([("US-2026-0000001", "Committed", 1, 8.50m)]);
        (await engine.LookUp(AvaTaxWorld.Document(), _log, CancellationToken.None)).ShouldBeOfType<LookUpOutcome.Found>().Document.ShouldBe(kept);
    }

    [Fact]
    public async Task A_tax_that_AvaTax_computes_otherwise_is_kept_as_invoiced_and_told()
    {
        await using var engine = _world.Engine();
        var answer = await engine.Commit(AvaTaxWorld.Document(tax: 8.49m), _log, CancellationToken.None);
        answer.Outcome.ShouldBeOfType<DeliveryOutcome.Accepted>();
        answer.Remark!.Code.ShouldBe("tax-computed-otherwise");
        answer.Remark.Cause.ShouldContain("invoiced with 8.49 USD of tax; AvaTax computes 8.50");
        (await _world.Ledger()).ShouldHaveSingleItem().Tax.ShouldBe(8.49m);
    }

    // Whatever was lost on the way: nobody knows, the number is asked for, and the ledger has it once.
    [Theory]
    [InlineData("commit-then-silence", true)]
    [InlineData("server-fault", true)]
    [InlineData("html-answer", true)]
    [InlineData("truncated-answer", true)]
    [InlineData("malformed-answer", true)]
    [InlineData("timeout-before-commit", false)]
    public async Task A_lost_answer_leaves_a_doubt_that_asking_resolves(string fault, bool kept)
    {
        await using var engine = _world.Engine(Short);
        await _world.Fault(fault, "tax-commit");
        (await engine.Commit(AvaTaxWorld.Document(), _log, CancellationToken.None)).Outcome.ShouldBeOfType<DeliveryOutcome.NoAnswer>();
        var asked = await engine.LookUp(AvaTaxWorld.Document(), _log, CancellationToken.None);
        if (kept) asked.ShouldBeOfType<LookUpOutcome.Found>();
        else asked.ShouldBeOfType<LookUpOutcome.Absent>();
        (await _world.Ledger()).Count.ShouldBe(kept ? 1 : 0);
    }

    [Theory]
    [InlineData("throttle-429")]
    [InlineData("reject-503")]
    [InlineData("token-expired")]
    public async Task What_was_certainly_not_taken_may_go_again(string fault)
    {
        await using var engine = _world.Engine();
        await _world.Fault(fault, "tax-commit", seconds: 2);
        var notSent = (await engine.Commit(AvaTaxWorld.Document(), _log, CancellationToken.None)).Outcome.ShouldBeOfType<DeliveryOutcome.NotSent>();
        notSent.RetryAfter.ShouldBe(fault == "token-expired" ? null : TimeSpan.FromSeconds(2));
        (await engine.Commit(AvaTaxWorld.Document(), _log, CancellationToken.None)).Outcome.ShouldBeOfType<DeliveryOutcome.Accepted>();
    }

    [Theory]
    [InlineData("commit-then-silence")]
    [InlineData("server-fault")]
    [InlineData("html-answer")]
    [InlineData("throttle-429")]
    public async Task Nothing_is_sent_while_it_cannot_be_asked_what_stands(string fault)
    {
        await using var engine = _world.Engine(Short);
        await _world.Fault(fault, "tax-read", count: 2);
        (await engine.Commit(AvaTaxWorld.Document(), _log, CancellationToken.None)).Outcome.ShouldBeOfType<DeliveryOutcome.NotSent>();
        (await engine.LookUp(AvaTaxWorld.Document(), _log, CancellationToken.None)).ShouldBeOfType<LookUpOutcome.NoAnswer>();
        (await _world.Ledger()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_host_that_is_not_there_has_nothing()
    {
        await using var engine = _world.Engine(url: new Uri("http://127.0.0.1:1/"));
        (await engine.Commit(AvaTaxWorld.Document(), _log, CancellationToken.None)).Outcome.ShouldBeOfType<DeliveryOutcome.NotSent>().Reason.ShouldContain("cannot be reached");
    }

    [Fact]
    public async Task A_wrong_license_key_is_told_as_such_and_appears_nowhere()
    {
        await using var engine = _world.Engine(password: "no-such-license-key");
        (await engine.Quote(AvaTaxWorld.Document(tax: null), _log, CancellationToken.None)).ShouldBeOfType<QuoteOutcome.NotNow>().Reason.ShouldContain("license key");
        _log.AllText.ShouldNotContain("no-such-license-key");
        _world.Settings(password: "no-such-license-key").ToString().ShouldNotContain("no-such-license-key");
    }

    [Fact]
    public async Task Other_content_under_our_number_is_never_overwritten()
    {
        await using var engine = _world.Engine();
        await engine.Commit(AvaTaxWorld.Document(), _log, CancellationToken.None);
        (await engine.Commit(AvaTaxWorld.Document(amount: 200m, tax: 17m), _log, CancellationToken.None)).Outcome
            .ShouldBeOfType<DeliveryOutcome.Refused>().Finding.Code.ShouldBe("key-taken");
        await _world.Tell("avatax/alter", new { company = "DEFAULT", code = "US-2026-0000001" });
        (await engine.LookUp(AvaTaxWorld.Document(), _log, CancellationToken.None)).ShouldBeOfType<LookUpOutcome.Conflict>().Finding.Code.ShouldBe("key-taken");
        (await _world.Ledger()).ShouldHaveSingleItem().Version.ShouldBe(1);
    }

    [Fact]
    public async Task A_document_is_voided_once_and_not_committed_anew_by_itself()
    {
        await using var engine = _world.Engine();
        await engine.Commit(AvaTaxWorld.Document(), _log, CancellationToken.None);
        (await engine.LookUpVoid(AvaTaxWorld.Document(), _log, CancellationToken.None)).ShouldBeOfType<LookUpOutcome.Absent>();
        (await engine.Void(AvaTaxWorld.Document(), _log, CancellationToken.None)).ShouldBeOfType<DeliveryOutcome.Accepted>();
        (await engine.LookUpVoid(AvaTaxWorld.Document(), _log, CancellationToken.None)).ShouldBeOfType<LookUpOutcome.Found>();
        (await engine.Void(AvaTaxWorld.Document(), _log, CancellationToken.None)).ShouldBeOfType<DeliveryOutcome.AlreadyPosted>();
        (await engine.Commit(AvaTaxWorld.Document(), _log, CancellationToken.None)).Outcome
            .ShouldBeOfType<DeliveryOutcome.Refused>().Finding.Code.ShouldBe("tax-document-voided");
        (await engine.LookUp(AvaTaxWorld.Document(), _log, CancellationToken.None)).ShouldBeOfType<LookUpOutcome.Conflict>();
    }

    [Fact]
    public async Task What_AvaTax_does_not_have_cannot_be_voided_and_is_told()
    {
        await using var engine = _world.Engine();
        (await engine.Void(AvaTaxWorld.Document(), _log, CancellationToken.None)).ShouldBeOfType<DeliveryOutcome.Refused>().Finding.Code.ShouldBe("tax-document-missing");
        (await engine.LookUpVoid(AvaTaxWorld.Document(), _log, CancellationToken.None)).ShouldBeOfType<LookUpOutcome.Conflict>();
    }

    [Fact]
    public async Task A_filed_document_is_not_voided()
    {
        await using var engine = _world.Engine();
        await engine.Commit(AvaTaxWorld.Document(), _log, CancellationToken.None);
        await _world.Tell("avatax/lock", new { company = "DEFAULT", code = "US-2026-0000001" });
        (await engine.Void(AvaTaxWorld.Document(), _log, CancellationToken.None)).ShouldBeOfType<DeliveryOutcome.Refused>().Finding.Code.ShouldBe("tax-period-filed");
    }

    [Fact]
    public async Task A_credit_memo_is_a_return_with_negative_amounts_under_a_code_of_its_own()
    {
        await using var engine = _world.Engine();
        var credit = AvaTaxWorld.Document(tax: -8.50m, amount: -100m) with { TaxDate = new DateOnly(2026, 10, 1) };
        await engine.Commit(AvaTaxWorld.Document(), _log, CancellationToken.None);
        (await engine.Commit(credit, _log, CancellationToken.None)).Outcome.ShouldBeOfType<DeliveryOutcome.Accepted>();
        (await engine.LookUp(credit, _log, CancellationToken.None)).ShouldBeOfType<LookUpOutcome.Found>();
        (await _world.All()).Select(row => (row.Type, row.Tax, row.TaxDate)).Order().ShouldBe([("ReturnInvoice", -8.50m, "2026-10-01"), ("SalesInvoice", 8.50m, "2026-11-01")]);
    }

    [Fact]
    public async Task A_refusal_carries_the_vendor_s_own_code()
    {
        await using var engine = _world.Engine();
        await _world.Fault("client-fault", "tax-commit");
        var finding = (await engine.Commit(AvaTaxWorld.Document(), _log, CancellationToken.None)).Outcome.ShouldBeOfType<DeliveryOutcome.Refused>().Finding;
        finding.Code.ShouldBe("tax-engine-refused");
        finding.Technical.ShouldContain("GetTaxError");
        var nowhere = AvaTaxWorld.Document(tax: null, buyer: new TaxProfile("US", "00000"));
        (await engine.Quote(nowhere, _log, CancellationToken.None)).ShouldBeOfType<QuoteOutcome.Refused>().Finding.Code.ShouldBe("tax-address-invalid");
    }

    public static TheoryData<string, TaxDocument> Unfit() => new()
    {
        { "number", AvaTaxWorld.Document(number: "") },
        { "number", AvaTaxWorld.Document(number: new string('9', AvaTaxMap.LongestCode + 1)) },
        { "customer's code", AvaTaxWorld.Document() with { CustomerCode = new string('C', AvaTaxMap.LongestCustomer + 1) } },
        { "no lines", AvaTaxWorld.Document() with { Lines = [] } },
        { "same number", AvaTaxWorld.Document() with { Lines = [.. AvaTaxWorld.Document().Lines, .. AvaTaxWorld.Document().Lines] } },
        { "country", AvaTaxWorld.Document(buyer: new TaxProfile("")) },
        { "postcode and region", AvaTaxWorld.Document(buyer: new TaxProfile("US")) },
        { "certificate", AvaTaxWorld.Document(buyer: new TaxProfile("DE", exemption: new(new string('E', AvaTaxMap.LongestExemption + 1), new(2026, 1, 1), null))) },
    };

    [Theory]
    [MemberData(nameof(Unfit))]
    public async Task What_does_not_fit_is_refused_before_anything_is_sent(string cause, TaxDocument document)
    {
        await using var engine = _world.Engine();
        var finding = (await engine.Commit(document, _log, CancellationToken.None)).Outcome.ShouldBeOfType<DeliveryOutcome.Refused>().Finding;
        finding.Code.ShouldBe("tax-document-invalid");
        finding.Cause.ShouldContain(cause);
        _log.Exchanges.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("A/B+C?D%E#F G", "A_-ava2f-_B_-ava2b-_C_-ava3f-_D_-ava25-_E_-ava23-_F%20G")]
    [InlineData("US-2026-0000001", "US-2026-0000001")]
    public void A_number_in_a_path_is_spelled_as_the_vendor_wants_it(string code, string path) => AvaTaxMap.InPath(code).ShouldBe(path);

    [Fact]
    public async Task The_request_holds_what_the_vendor_needs_and_no_more()
    {
        await using var engine = _world.Engine();
        var buyer = new TaxProfile("DE", "10115", business: true, vat: new VatEvidence(VatNumber.Read("DE983020541").Number!), exemption: new("E-1", new(2026, 1, 1), null));
        await engine.Commit(AvaTaxWorld.Document(tax: 0m, buyer: buyer), _log, CancellationToken.None);
        var sent = JsonDocument.Parse(_log.Exchanges[1].Request).RootElement.GetProperty("createTransactionModel");
        sent.GetProperty("type").GetString().ShouldBe("SalesInvoice");
        sent.GetProperty("commit").GetBoolean().ShouldBeTrue();
        sent.GetProperty("businessIdentificationNo").GetString().ShouldBe("DE983020541");
        sent.GetProperty("exemptionNo").GetString().ShouldBe("E-1");
        sent.GetProperty("taxOverride").GetProperty("type").GetString().ShouldBe("TaxAmount");
        sent.GetProperty("addresses").GetProperty("shipTo").GetProperty("postalCode").GetString().ShouldBe("10115");
        sent.GetProperty("lines")[0].GetProperty("amount").GetRawText().ShouldBe("100");
        _log.Exchanges.Select(exchange => exchange.Operation).ShouldBe(["tax-look-up", "tax-commit"]);
    }

    [Theory]
    [InlineData("""{"code": "A"}""", "ValueRequiredError")]
    [InlineData("""{"code": "A", "companyCode": "DEFAULT", "date": "2026-11-01", "customerCode": "C", "lines": []}""", "MissingLine")]
    [InlineData("""{"code": "A", "companyCode": "DEFAULT", "date": "1.11.2026", "customerCode": "C", "lines": [{"amount": 1}]}""", "InvalidInputDate")]
    [InlineData("""{"code": "A", "companyCode": "nobody", "date": "2026-11-01", "customerCode": "C", "lines": [{"amount": 1}]}""", "CompanyInvalidException")]
    [InlineData("""{"code": "A", "companyCode": "DEFAULT", "date": "2026-11-01", "customerCode": "C", "lines": [{"amount": 1}]}""", "MissingAddress")]
    [InlineData("""{"code": "A", "companyCode": "DEFAULT", "date": "2026-11-01", "customerCode": "C", "lines": [{"amount": 1}], "taxOverride": {"type": "TaxAmount", "taxAmount": 1}}""", "TaxOverrideError")]
    [InlineData("""{"code": "A", "companyCode": "DEFAULT", "date": "2026-11-01", "customerCode": "C", "lines": [{"amount": 1}], "taxOverride": {"type": "TaxAmount", "taxAmount": 1, "taxDate": "soon", "reason": "x"}}""", "TaxOverrideError")]
    [InlineData("""{"code": "A", "colour": "red"}""", "ModelStateInvalid")]
    [InlineData("[1", "ModelStateInvalid")]
    public async Task The_stand_in_is_as_strict_as_the_real_one(string json, string code)
    {
        _world.Http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String("TIEOUT:sandbox"u8));
        using var answer = await _world.Http.PostAsync("/api/v2/transactions/create", new StringContent(json));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("code").GetString().ShouldBe(code);
    }
}
