using System.Xml.Linq;
using Tieout.Application.Documents;
using Tieout.Application.Invoicing;
using Tieout.Application.Usage;
using Tieout.Domain;
using Tieout.Domain.Invoicing.Documents;
using Tieout.Domain.Invoicing.Documents.Ubl;
using Tieout.Domain.Usage;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Documents;

/// <summary>
/// Books of a German company that bills from October on. C-2 has twelve seats, a guide at the reduced rate and metered calls beside
/// its plan; C-4 pays in US dollars; C-6 is a French business; C-8 has its plan and nothing else.
/// </summary>
internal sealed class BilledWorld : IAsyncDisposable
{
    private const string Books =
        """
        update customers.legal_entity set street = 'Speicherstraße 11', city = 'Hamburg', postcode = '20457', vat_number = 'DE136695976',
          registration = 'HRB 90211 Hamburg', iban = 'DE89370400440532013000', bic = 'COBADEFFXXX', bank_name = 'Musterbank', credit_series = 'DEC'
          where code = 'DE';
        update customers.customer set street = 'Buchgasse 4', city = 'Leipzig', postcode = '04109', vat_number = 'DE811569869';
        update customers.customer set country = 'FR', street = '12, rue des Tanneurs', city = 'Lille', postcode = '59800', vat_number = 'FR40303265045'
          where code = 'C-6';
        insert into tax.profile (customer_id, country, business, vat_number, vat_check, changed_by, changed_at)
          select id, country, true, vat_number, 'format', 'test', now() from customers.customer where code in ('C-2', 'C-6');
        insert into tax.rate (code, rate, from_date) values ('DE-standard', 0.19, '2020-01-01'), ('DE-reduced', 0.07, '2020-01-01');
        update customers.billing_account set tax_code = 'auto' where code in ('C-2', 'C-6');
        update customers.billing_account set purchase_order = 'PO-88', invoice_note = 'Thank you.' where code = 'C-2';
        update customers.billing_account set currency = 'USD' where code = 'C-4';
        update subscriptions.component set price_id = md5('priceUSD')::uuid where billing_account_id = md5('account4')::uuid;
        insert into exchange.rate (base, quote, date, type, rate, source, actor, created_at)
          values ('EUR', 'USD', '2026-09-30', 'spot', 1.25, 'ECB', 'test', now()), ('EUR', 'USD', '2026-10-31', 'spot', 1.20, 'ECB', 'test', now());
        """;

    private const string Plan =
        """
        insert into catalog.plan (id, code, name) values (md5('mix')::uuid, 'mix', 'Team');
        insert into catalog.price (id, plan_id, component, model, currency, unit_price, recognition, description, charge_model, terms) values
          (md5('seats')::uuid, md5('mix')::uuid, 'seats', 'per-unit', 'EUR', 10, 'immediate', 'Seats', null, '{}'),
          (md5('guide')::uuid, md5('mix')::uuid, 'guide', 'flat', 'EUR', 20, 'immediate', 'Printed guide', null, '{"tax-category": "reduced"}'),
          (md5('calls')::uuid, md5('mix')::uuid, 'calls', 'graduated', 'EUR', null, 'immediate', 'Calls',
           '{"type": "graduated", "tiers": [{"up-to": "100", "unit-price": "0.10"}, {"unit-price": "0.08"}]}',
           '{"kind": "usage", "timing": "arrears", "meter": "calls"}');
        update catalog.plan_version v set status = 'published', published_at = now(), published_by = 'test',
          prices = (select count(*) from catalog.price p where p.plan_id = v.plan_id and p.version = v.version) where status = 'draft';
        insert into subscriptions.subscription (id, billing_account_id, code, plan_id, start_date, correlation_id)
          values (md5('team')::uuid, md5('account2')::uuid, 'T-2', md5('mix')::uuid, '2026-01-01', md5('team')::uuid);
        insert into subscriptions.component (billing_account_id, subscription_id, component, from_date, price_id, quantity)
          select md5('account2')::uuid, md5('team')::uuid, component, '2026-01-01', id, case component when 'seats' then 12 else 1 end
          from catalog.price where plan_id = md5('mix')::uuid;
        insert into usage.summary (billing_account_id, subscription_id, meter_no, group_key, day, events, total, changed_at)
          select md5('account2')::uuid, md5('team')::uuid, no, '', '2026-10-10', 150, 150, now() from usage.meter where code = 'calls';
        """;

    private BilledWorld(TestDatabase database) => Database = database;

    public TestDatabase Database { get; }

    /// <summary>With October billed.</summary>
    public static async Task<BilledWorld> Start(PostgresFixture postgres)
    {
        var world = new BilledWorld(await postgres.CreateDatabase());
        await SampleData.Subscriptions(world.Database.Source, 8);
        (await new Meters(world.Database.Source).Declare(
            MeterRules.Judge(new MeterDraft("calls", "Calls", Aggregation.Count, ["call"])).Meter!, CancellationToken.None)).ShouldBeOfType<MeterOutcome.Declared>();
        await world.Database.Execute(Books + Plan);
        await world.Bill(10);
        return world;
    }

    /// <summary>Bills a month of 2026.</summary>
    public async Task Bill(int month)
    {
        await new BillAccounts(Database.Source, TimeProvider.System).Run(new BillingRequest(new AccountingMonth(2026, month), "test"), null, CancellationToken.None);
        (await Database.Scalar<long>("select count(*) from exceptions.exception_case where state = 'open'")).ShouldBe(0);
    }

    /// <summary>Has the subscription looked at whole by the next run.</summary>
    public Task Change(string sql, int account, string subscription) => Database.Execute(
        $"""
        {sql};
        insert into subscriptions.touched select gen_random_uuid(), 1, md5('account{account}')::uuid, md5('{subscription}')::uuid, '2026-01-01', 'test', now();
        """);

    /// <summary>The number of an account's document in a month.</summary>
    public Task<string> Number(string account, int month) => Database.Scalar<string>(
        $"""
        select i.number from invoicing.invoice i join customers.billing_account a on a.id = i.billing_account_id
        where a.code = '{account}' and i.month = '2026-{month:00}-01'
        """);

    /// <summary>Gives a credit memo on 20 October and says its number.</summary>
    public async Task<string> Credit(string number, CreditWish wish) =>
        (await new CreditInvoice(Database.Source, TimeProvider.System).Run(
            new CreditRequest(number, wish, new DateOnly(2026, 10, 20), "Outage", "test", Guid.CreateVersion7().ToString()), CancellationToken.None))
        .ShouldBeOfType<CreditOutcome.Given>().Number;

    /// <summary>
    /// The document with its page and its XML. The XML keeps every rule, and all totals are the booked ones.
    /// </summary>
    public async Task<Printed> Print(string number)
    {
        var document = (await new LoadInvoiceDocument(Database.Source).Run(number, CancellationToken.None)).ShouldNotBeNull();
        var xml = UblInvoice.Write(document, UblProfile.En16931);
        En16931.Check(xml, UblProfile.En16931).ShouldBeEmpty(number);
        var booked = await Database.Scalar<string>(
            $"select concat_ws(' ', trim_scale(abs(net)), trim_scale(abs(tax)), trim_scale(abs(total))) from invoicing.invoice where number = '{number}'");
        var sums = xml.Root!.Descendants().Where(element => element.Name.LocalName is "TaxExclusiveAmount" or "TaxInclusiveAmount").ToList();
        string.Join(' ', Plain(document.Net), Plain(document.Tax), Plain(document.Total)).ShouldBe(booked);
        sums.Select(element => decimal.Parse(element.Value, System.Globalization.CultureInfo.InvariantCulture)).ShouldBe([document.Net.Amount, document.Total.Amount]);
        return new Printed(document, InvoiceHtml.Render(document), xml);
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    private static string Plain(Money money) => money.Amount.ToString("0.####", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A document in its three forms.</summary>
    internal sealed record Printed(InvoiceDocument Document, string Html, XDocument Xml)
    {
        /// <summary>Texts of all elements of a name, in their order.</summary>
        public string[] Texts(string name) => [.. Xml.Descendants().Where(element => element.Name.LocalName == name).Select(element => element.Value)];

        /// <summary>A line as <c>Seats | -4 × 10 = -40</c>.</summary>
        public string Line(int number)
        {
            var line = Document.Lines.Single(line => line.Number == number);
            return FormattableString.Invariant($"{line.Description} | {line.Quantity:0.##} × {line.UnitPrice:0.##} = {line.Net.Amount:0.##}");
        }
    }
}
