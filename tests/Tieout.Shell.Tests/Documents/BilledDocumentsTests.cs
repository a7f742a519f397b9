using Tieout.Application.Invoicing;
using Tieout.Domain;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Invoicing.Documents;
using Tieout.Domain.Tax;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Documents;

/// <summary>Documents of invoices that were really billed, corrected and credited; <see cref="BilledWorld.Print"/> proves totals and rules of each.</summary>
public sealed class BilledDocumentsTests(PostgresFixture postgres)
{
    [Fact]
    public async Task An_invoice_with_two_rates_says_each_and_carries_order_and_note_of_its_day()
    {
        await using var world = await BilledWorld.Start(postgres);
        await world.Database.Execute("update customers.billing_account set purchase_order = 'PO-99', invoice_note = 'New.', term_days = 60 where code = 'C-2'");
        var (document, html, _) = await world.Print(await world.Number("C-2", 10));
        document.Taxes.Select(tax => (tax.Code, tax.Rate, tax.Base.Amount, tax.Tax.Amount, tax.Reason))
            .ShouldBe([("DE-standard", 0.19m, 130.02m, 24.70m, ""), ("DE-reduced", 0.07m, 20m, 1.40m, "")], ignoreOrder: true);
        (document.Mark, document.PurchaseOrder, document.Terms!.Days).ShouldBe((DocumentMark.None, "PO-88", 30));
        document.Notes.ShouldBe(["Thank you."]);
        foreach (var text in (string[])["PO-88", "Thank you.", "VAT 7\u00a0% on 20.00", "VAT 19\u00a0% on 130.02", "Subscription T-2 (Team)"]) html.ShouldContain(text);
    }

    [Fact]
    public async Task What_may_be_kept_for_paying_early_is_printed_as_it_was_on_the_day_and_told_in_the_e_invoice()
    {
        await using var world = await BilledWorld.Start(postgres);
        await world.Database.Execute("update customers.billing_account set discount_percent = 2, discount_days = 10 where code = 'C-8'");
        await world.Bill(11);
        await world.Database.Execute("update customers.billing_account set discount_percent = 3, discount_days = 5 where code = 'C-8'");
        var printed = await world.Print(await world.Number("C-8", 11));
        // 10.08 and 1.92 of tax: 0.24 of 12.00.
        (printed.Document.Total.Amount, printed.Document.Terms!.Early).ShouldBe((12m, new EarlyPayment(2m, new DateOnly(2026, 11, 11), new Money(11.76m, Currency.Of("EUR")))));
        printed.Html.ShouldContain("2.00 % if paid by 2026-11-11: 11.76");
        printed.Texts("PaymentTerms").ShouldBe(["Net 30 days; 2.00 % off if paid by 2026-11-11: 11.76 EUR"]);
        (await world.Print(await world.Number("C-8", 10))).Html.ShouldNotContain("if paid by");
    }

    [Fact]
    public async Task A_mixed_invoice_names_what_it_corrects_and_shows_the_steps_of_what_it_bills()
    {
        await using var world = await BilledWorld.Start(postgres);
        // Two of the twelve seats were never there, and the guide costs less; the plan of C-2 stays.
        await world.Change(
            "update subscriptions.component set quantity = 10 where component = 'seats'; update subscriptions.component set agreed_price = 15.50 where component = 'guide'",
            2, "team");
        await world.Bill(11);
        var october = await world.Number("C-2", 10);
        var printed = await world.Print(await world.Number("C-2", 11));
        var (document, html, _) = printed;
        document.Kind.ShouldBe(DocumentKind.Invoice);

        var seats = document.Lines.Single(line => line.Corrects is not null && line.Description == "Corrected: Seats");
        printed.Line(seats.Number).ShouldBe("Corrected: Seats | -1 × 20 = -20");
        seats.Arithmetic.ShouldBe("Billed before 120.00, now 100.00: 10 × 10.00");
        seats.Corrects!.InvoiceNumber.ShouldBe(october);
        html.ShouldContain($"Corrects invoice {october}, line {seats.Corrects.LineNumber}");
        document.Preceding.ShouldBe([new ReferredDocument(october, new DateOnly(2026, 10, 1))]);
        document.Period.ShouldBe(new ServicePeriod(new(2026, 10, 1), new(2026, 12, 1)), "calls of October and seats of November");

        var calls = document.Lines.Single(line => line.Description == "Calls");
        calls.Arithmetic.ShouldBe("100 units at 0.10 in tier 1 of 2 = 10.00; 50 units at 0.08 in tier 2 of 2 = 4.00");
        html.ShouldContain("50 units at 0.08 in tier 2 of 2");

        // 10.02 + 100 + 14 - 20, and 15.50 - 4.50; one entry for each rate, though the books keep two: 1.09 anew, and 0.31 of the 1.40 back.
        document.Taxes.Select(tax => (tax.Rate, tax.Base.Amount, tax.Tax.Amount)).ShouldBe([(0.19m, 104.02m, 19.76m), (0.07m, 11m, 0.78m)], ignoreOrder: true);
        printed.Texts("InvoiceDocumentReference").Single().ShouldStartWith(october);
        printed.Texts("InvoicedQuantity").Count(text => text.StartsWith('-')).ShouldBe(2);
        printed.Texts("PriceAmount").ShouldAllBe(text => !text.StartsWith('-'));
    }

    [Fact]
    public async Task A_credit_memo_by_amount_is_positive_on_paper_and_takes_each_rate_with_it()
    {
        await using var world = await BilledWorld.Start(postgres);
        var october = await world.Number("C-2", 10);
        var printed = await world.Print(await world.Credit(october, new CreditWish.ByAmount(25)));
        var (document, html, xml) = printed;
        (document.Kind, document.Net.Amount, document.DueDate, document.Terms, document.PayTo).ShouldBe((DocumentKind.CreditMemo, 25m, null, null, null));
        document.Lines.ShouldAllBe(line => line.Net.Amount > 0 && line.Corrects!.InvoiceNumber == october);
        document.Taxes.Select(tax => tax.Rate).ShouldBe([0.19m, 0.07m], ignoreOrder: true);
        document.Taxes.Sum(tax => tax.Base.Amount).ShouldBe(25m);
        document.Preceding.ShouldBe([new ReferredDocument(october, new DateOnly(2026, 10, 1))]);
        document.Lines[0].Arithmetic.ShouldMatch("^Billed before [0-9.]+, now [0-9.]+$");
        foreach (var text in (string[])["Credit memo", "Credits invoice", october, "Outage: Seats", "Reason: Outage"]) html.ShouldContain(text);
        xml.Root!.Name.LocalName.ShouldBe("CreditNote");
        (await world.Print(october)).Document.Mark.ShouldBe(DocumentMark.None);
    }

    [Fact]
    public async Task A_voided_invoice_says_so_and_its_memo_names_it()
    {
        await using var world = await BilledWorld.Start(postgres);
        var number = await world.Number("C-8", 10);
        var memo = await world.Credit(number, new CreditWish.Void());
        var (invoice, html, _) = await world.Print(number);
        (invoice.Mark, invoice.TakenBackBy).ShouldBe((DocumentMark.Void, new ReferredDocument(memo, new DateOnly(2026, 10, 20))));
        html.ShouldContain($"This invoice is void: credit memo {memo} took it back.");
        var (credit, page, _) = await world.Print(memo);
        (credit.Mark, credit.Total).ShouldBe((DocumentMark.None, invoice.Total));
        page.ShouldContain($"This credit memo takes back the whole of invoice {number}.");
        credit.Lines.ShouldHaveSingleItem().Quantity.ShouldBe(1);
    }

    [Fact]
    public async Task A_credit_memo_that_a_run_drew_says_what_is_left()
    {
        await using var world = await BilledWorld.Start(postgres);
        await world.Change("update subscriptions.component set agreed_price = 4 where billing_account_id = md5('account8')::uuid", 8, "subscription8");
        await world.Database.Execute("update subscriptions.subscription set end_date = '2026-11-01' where id = md5('subscription8')::uuid");
        await world.Bill(11);
        var printed = await world.Print(await world.Number("C-8", 11));
        printed.Document.Kind.ShouldBe(DocumentKind.CreditMemo);
        printed.Line(1).ShouldBe("Corrected: Basic plan | 1 × 6.08 = 6.08");
        printed.Document.Lines[0].Arithmetic.ShouldBe("Billed before 10.08, now 4.00");
    }

    [Fact]
    public async Task An_invoice_in_another_currency_says_its_tax_in_the_books_by_the_rate_that_was_kept()
    {
        await using var world = await BilledWorld.Start(postgres);
        // A later rate plays no part in what is booked.
        await world.Database.Execute("insert into exchange.rate (base, quote, date, type, rate, source, actor, created_at) values ('EUR', 'USD', '2026-10-01', 'spot', 1.5, 'ECB', 'test', now())");
        var printed = await world.Print(await world.Number("C-4", 10));
        var tax = printed.Document.TaxInSellersCurrency.ShouldNotBeNull();
        // 19 % of 10.04 is 1.91, at 0.8 euros a dollar.
        (tax.Tax, tax.Rate, tax.RateDate).ShouldBe((new Money(1.53m, Currency.Of("EUR")), 0.8m, new DateOnly(2026, 9, 30)));
        tax.Source.ShouldContain("ECB");
        printed.Html.ShouldContain("VAT in EUR: 1.53, at 0.8000 EUR for 1 USD");
        printed.Texts("TaxCurrencyCode").ShouldBe(["EUR"]);

        // The credit is converted at the rate of its own day.
        await world.Database.Execute("insert into exchange.rate (base, quote, date, type, rate, source, actor, created_at) values ('EUR', 'USD', '2026-10-20', 'spot', 1.6, 'ECB', 'test', now())");
        var credit = await world.Print(await world.Credit(printed.Document.Number, new CreditWish.Whole()));
        credit.Document.Total.ShouldBe(printed.Document.Total);
        var back = credit.Document.TaxInSellersCurrency.ShouldNotBeNull();
        (back.Tax, back.Rate, back.RateDate).ShouldBe((new Money(1.19m, Currency.Of("EUR")), 0.625m, new DateOnly(2026, 10, 20)));
    }

    [Fact]
    public async Task Reverse_charge_states_its_ground_once()
    {
        await using var world = await BilledWorld.Start(postgres);
        var printed = await world.Print(await world.Number("C-6", 10));
        var tax = printed.Document.Taxes.ShouldHaveSingleItem();
        (tax.Category, tax.Rate, tax.Tax.Amount, tax.Reason).ShouldBe((TaxCategory.ReverseCharge, 0m, 0m, TaxRules.ReverseChargeGround));
        printed.Html.ShouldContain("Reverse charge: the customer is liable for the VAT");
        printed.Texts("TaxExemptionReasonCode").ShouldBe(["VATEX-EU-AE"]);
    }
}
