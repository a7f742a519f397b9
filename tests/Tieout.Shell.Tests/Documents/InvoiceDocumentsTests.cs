using System.Net;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Tieout.Application.Documents;
using Tieout.Application.Invoicing;
using Tieout.Domain;
using Tieout.Domain.Tax;
using Tieout.Shell.Tests.Api;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Documents;

/// <summary>Documents drawn from booked invoices, and handed out by the API.</summary>
public sealed class InvoiceDocumentsTests(PostgresFixture postgres)
{
    private const string Details =
        """
        update customers.legal_entity set street = 'Speicherstraße 11', city = 'Hamburg', postcode = '20457', vat_number = 'DE136695976',
          iban = 'DE89370400440532013000', bic = 'COBADEFFXXX', bank_name = 'Musterbank' where code = 'DE';
        update customers.customer set street = 'Buchgasse 4', city = 'Leipzig', postcode = '04109', vat_number = 'DE811569869';
        update customers.billing_account set purchase_order = 'PO-88', invoice_note = 'Thank you.';
        """;

    [Fact]
    public async Task A_document_shows_what_is_booked()
    {
        await using var database = await postgres.CreateDatabase();
        await SampleData.Subscriptions(database.Source, 4);
        // Number 4 is German and leaves on the 11th: ten days of thirty.
        await database.Execute("update subscriptions.subscription set end_date = '2026-11-11' where code = 'C-4';" + Details);
        await new BillAccounts(database.Source, TimeProvider.System).Run(new BillingRequest(new(2026, 11), "test", 1), null, CancellationToken.None);
        var number = await database.Scalar<string>(
            "select i.number from invoicing.invoice i join customers.billing_account a on a.id = i.billing_account_id where a.code = 'C-4'");
        var id = await database.Scalar<Guid>($"select id from invoicing.invoice where number = '{number}'");

        var load = new LoadInvoiceDocument(database.Source);
        var document = (await load.Run(number.ToLowerInvariant(), CancellationToken.None)).ShouldNotBeNull();
        (await load.Run(id.ToString(), CancellationToken.None))!.Number.ShouldBe(number);
        (await load.Run("DE-2026-9999999", CancellationToken.None)).ShouldBeNull();

        (document.Net, document.Tax, document.Total).ShouldBe((Eur(3.35m), Eur(0.64m), Eur(3.99m)));
        (document.Seller.Name, document.Buyer.Details.City, document.PurchaseOrder, document.TaxName).ShouldBe(("Sample GmbH", "Leipzig", "PO-88", "VAT"));
        document.PayTo!.Bank.Iban.ShouldBe("DE89370400440532013000");
        document.Notes.ShouldBe(["Thank you."]);
        var line = document.Lines.ShouldHaveSingleItem();
        (line.Group, line.Arithmetic).ShouldBe(("Subscription C-4 (Basic)", "10.04 × 10 of 30 days, actual days"));
        line.Period.ShouldBe(new ServicePeriod(new(2026, 11, 1), new(2026, 11, 11)));
        (line.Category, line.Rate).ShouldBe((TaxCategory.Standard, 0.19m));
    }

    [Fact]
    public async Task The_page_may_be_shown_and_can_do_nothing()
    {
        await using var host = await SeededHost.Start(postgres);
        using var response = await host.Client.GetAsync($"/v1/invoices/{Seed.Proved}/html");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.ToString().ShouldBe("text/html; charset=utf-8");
        response.Headers.GetValues("Content-Security-Policy").Single().ShouldBe("default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox allow-modals");
        (await response.Content.ReadAsStringAsync()).ShouldContain(Seed.Proved);
    }

    [Fact]
    public async Task Ubl_is_handed_out_once_it_keeps_the_rules_and_until_then_each_field_says_what_it_lacks()
    {
        await using var host = await SeededHost.Start(postgres);
        using var refused = await host.Client.GetAsync($"/v1/invoices/{Seed.Proved}/ubl");
        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync()).RootElement;
        problem.GetProperty("code").GetString().ShouldBe("ubl-rules-broken");
        problem.GetProperty("errors").GetProperty("seller.vat-number")[0].GetString()!.ShouldContain("BR-S-02");

        await host.Database.Execute(Details);
        using var response = await host.Client.GetAsync($"/v1/invoices/{Seed.Proved}/ubl");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentDisposition!.FileName.ShouldBe(Seed.Proved + ".xml");
        XDocument.Load(await response.Content.ReadAsStreamAsync()).Root!.Name.LocalName.ShouldBe("Invoice");
        (await host.Client.GetAsync($"/v1/invoices/{Seed.Proved}/ubl?profile=peppol")).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Theory]
    [InlineData("/v1/invoices/XX-2026-0000001/html", 404, "not-found")]
    [InlineData("/v1/invoices/00000000-0000-0000-0000-000000000009/pdf", 404, "not-found")]
    [InlineData("/v1/invoices/DE-2026-0000001/html?format=klingon", 400, "bad-filter")]
    [InlineData("/v1/invoices/DE-2026-0000001/pdf?paper=a5", 400, "bad-filter")]
    [InlineData("/v1/invoices/DE-2026-0000001/ubl?profile=x", 400, "bad-filter")]
    [InlineData("/v1/invoices/%01/html", 400, "bad-id")]
    public async Task What_cannot_be_drawn_has_a_stable_code(string path, int status, string code)
    {
        await using var host = await SeededHost.Start(postgres);
        using var response = await host.Client.GetAsync(path);
        ((int)response.StatusCode).ShouldBe(status);
        JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("code").GetString().ShouldBe(code);
    }

    [Fact]
    public async Task Pdf_comes_from_the_api()
    {
        Printing.DemandBrowser();
        await using var host = await SeededHost.Start(postgres);
        using var response = await host.Client.GetAsync($"/v1/invoices/{Seed.Proved}/pdf");
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/pdf");
        Encoding.ASCII.GetString((await response.Content.ReadAsByteArrayAsync())[..5]).ShouldBe("%PDF-");
    }

    private static Money Eur(decimal amount) => new(amount, Currency.Of("EUR"));
}
