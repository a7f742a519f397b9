using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tieout.Application.Invoicing;
using Tieout.Domain;
using Tieout.Shell.Tests.Api;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Invoicing;

/// <summary>Charges, discounts, settings, previews and drafts as programs ask for them.</summary>
public sealed class BillingAccountApiTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Charges = "/v1/billing-accounts/C-1/charges";
    private const string Discounts = "/v1/billing-accounts/C-1/discounts";

    private TestDatabase books = null!;
    private ApiHost host = null!;
    private HttpClient client = null!;

    public async ValueTask InitializeAsync()
    {
        books = await postgres.CreateDatabase();
        await SampleData.Subscriptions(books.Source, 2);
        await Bill(new AccountingMonth(2026, 11));
        host = await ApiHost.Over(books, TimeProvider.System);
        client = host.Client;
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task A_backdated_charge_is_billed_by_the_next_run_and_credited_when_it_is_withdrawn()
    {
        var body = new { on = "2026-11-03", quantity = "2", unitPrice = "25.005", description = "Training", actor = "mara" };
        var (status, charge) = await Send(HttpMethod.Post, Charges, body, "k-1");
        (status, charge.GetProperty("amount").GetProperty("amount").GetString()).ShouldBe((HttpStatusCode.Created, "50.01"));
        (await Send(HttpMethod.Post, Charges, body, "k-1")).Status.ShouldBe(HttpStatusCode.OK);
        await Refused(HttpMethod.Post, Charges, body with { quantity = "3" }, 409, "key-reused", "k-1");

        (await Bill(new AccountingMonth(2026, 12))).ShouldBe(("US", 60.02m));
        (await Bill(new AccountingMonth(2026, 12))).ShouldBeNull();
        var row = (await client.GetFromJsonAsync<JsonElement>(Charges)).GetProperty("rows").EnumerateArray().ShouldHaveSingleItem();
        row.GetProperty("invoice").GetString().ShouldBe("US-2026-0000002");

        var path = $"{Charges}/{charge.GetProperty("id").GetGuid()}?actor=mara&reason=mistake";
        (await Send(HttpMethod.Delete, path, null)).Status.ShouldBe(HttpStatusCode.OK);
        (await Bill(new AccountingMonth(2026, 12))).ShouldBe(("US", -50.01m));
        (await Send(HttpMethod.Delete, path, null)).Status.ShouldBe(HttpStatusCode.OK);
        (await Should.ThrowAsync<Npgsql.PostgresException>(() => books.Execute("update invoicing.one_off_charge set unit_price = 1")))
            .ConstraintName.ShouldBe("one_off_charge_only_withdrawn");
    }

    [Theory]
    [InlineData("""{"on":"2026-02-30","quantity":"0","unitPrice":"-1","recognition":"later","taxCategory":"4111111111111111"}""", 400, "bad-request")]
    [InlineData("""{"unitPrice":"1e5","description":"x","actor":"m"}""", 400, "bad-request")]
    [InlineData("""{"unitPrice":"9999999999999999","quantity":"9999999999999999","description":"x","actor":"m"}""", 400, "bad-request")]
    [InlineData("""{"unitPrice":"0.001","description":"x","actor":"m"}""", 409, "nothing-charged")]
    [InlineData("""{"unitPrice":"1","on":"2026-10-31","description":"x","actor":"m"}""", 409, "before-billing")]
    [InlineData("""{"unitPrice":"1","subscription":"C-2","description":"x","actor":"m"}""", 409, "unknown-subscription")]
    public async Task What_cannot_be_charged_is_refused(string body, int status, string code)
    {
        await Refused(HttpMethod.Post, Charges, JsonSerializer.Deserialize<JsonElement>(body), status, code, "k-1");
        (await books.Scalar<long>("select count(*) from invoicing.one_off_charge")).ShouldBe(0);
    }

    [Fact]
    public async Task Every_wrong_field_is_named_at_once()
    {
        var (_, problem) = await Send(HttpMethod.Post, Charges, new { on = "soon", quantity = "NaN" });
        problem.GetProperty("errors").EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal)
            .ShouldBe(["actor", "description", "idempotency-key", "on", "quantity", "unitPrice"]);
        await Refused(HttpMethod.Post, "/v1/billing-accounts/C-99/charges", new { unitPrice = "1", description = "x", actor = "m" }, 404, "not-found", "k-1");
    }

    [Fact]
    public async Task A_backdated_discount_is_credited_and_its_end_billed_again()
    {
        await books.Execute("insert into catalog.discount (id, code, kind, value, scope, levels) values (gen_random_uuid(), 'TEN', 'percent', 0.1, 'subscription', '[]')");
        var body = new { discount = "TEN", subscription = "C-1", from = "2026-11-01", actor = "mara", reason = "promised" };
        var (status, given) = await Send(HttpMethod.Post, Discounts, body, "k-1");
        status.ShouldBe(HttpStatusCode.Created);
        (await Send(HttpMethod.Post, Discounts, body, "k-1")).Status.ShouldBe(HttpStatusCode.OK);
        await Refused(HttpMethod.Post, Discounts, body, 409, "discount-given-already", "k-2");
        await Refused(HttpMethod.Post, Discounts, body with { discount = "NONE" }, 409, "unknown-discount", "k-3");
        // 10.01 less 10 % is 9.009, rounded 9.01; December the same.
        (await Bill(new AccountingMonth(2026, 12))).ShouldBe(("US", 8.01m));

        (await Send(HttpMethod.Post, $"{Discounts}/{given.GetProperty("id").GetGuid()}/end", new { until = "2026-12-01", actor = "mara", reason = "over" })).Status.ShouldBe(HttpStatusCode.OK);
        (await Bill(new AccountingMonth(2026, 12))).ShouldBe(("US", 1.00m));
        (await books.Scalar<long>("select count(*) from customers.account_change")).ShouldBe(2);
    }

    [Fact]
    public async Task A_minimum_is_wanted_of_every_month_and_credited_when_it_is_taken_away()
    {
        var (status, changed) = await Send(HttpMethod.Patch, "/v1/billing-accounts/C-1", new { monthlyMinimum = "15.00", purchaseOrder = "PO-9", termDays = 14, actor = "mara", reason = "agreed" });
        status.ShouldBe(HttpStatusCode.OK);
        changed.GetProperty("changes").GetArrayLength().ShouldBe(3);
        // December's 10.01, and 4.99 that November lacks.
        (await Bill(new AccountingMonth(2026, 12), through: new DateOnly(2026, 12, 1))).ShouldBe(("US", 15.00m));
        (await books.Scalar<string>("select concat_ws('/', purchase_order, due_date - issue_date) from invoicing.invoice where number = 'US-2026-0000002'")).ShouldBe("PO-9/14");

        await Send(HttpMethod.Patch, "/v1/billing-accounts/C-1", new { monthlyMinimum = "0", actor = "mara", reason = "dropped" });
        (await Bill(new AccountingMonth(2026, 12), through: new DateOnly(2026, 12, 2))).ShouldBe(("US", -4.99m));
        var (_, bad) = await Send(HttpMethod.Patch, "/v1/billing-accounts/C-1", new { monthlyMinimum = "-1", invoiceGrouping = "none", termDays = 400, purchaseOrder = "4111 1111 1111 1111" });
        bad.GetProperty("errors").EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal)
            .ShouldBe(["actor", "invoiceGrouping", "monthlyMinimum", "purchaseOrder", "reason", "termDays"]);
    }

    [Fact]
    public async Task A_discount_that_is_withdrawn_was_never_given()
    {
        await books.Execute("insert into catalog.discount (id, code, kind, value, scope, levels) values (gen_random_uuid(), 'TEN', 'percent', 0.1, 'subscription', '[]')");
        var body = new { discount = "TEN", subscription = "C-1", from = "2026-11-01", actor = "mara", reason = "promised" };
        var (_, given) = await Send(HttpMethod.Post, Discounts, body, "k-1");
        (await Bill(new AccountingMonth(2026, 12))).ShouldBe(("US", 8.01m));
        var path = $"{Discounts}/{given.GetProperty("id").GetGuid()}";
        (await Send(HttpMethod.Post, path + "/withdraw", new { actor = "mara", reason = "mistake" })).Answer.GetProperty("withdrawn").ValueKind.ShouldBe(JsonValueKind.String);
        (await Bill(new AccountingMonth(2026, 12))).ShouldBe(("US", 2.00m), "a cent-rounded tenth of two months");
        (await Send(HttpMethod.Post, path + "/withdraw", new { actor = "mara", reason = "mistake" })).Status.ShouldBe(HttpStatusCode.OK);
        await Refused(HttpMethod.Post, path + "/end", new { until = "2026-12-01", actor = "mara", reason = "over" }, 409, "withdrawn-already");
        (await Send(HttpMethod.Post, Discounts, body, "k-2")).Status.ShouldBe(HttpStatusCode.Created, "its days are free again");
        (await Should.ThrowAsync<Npgsql.PostgresException>(() => books.Execute("update subscriptions.applied_discount set until_date = '2027-01-01' where withdrawn_at is not null")))
            .ConstraintName.ShouldBe("applied_discount_only_withdrawn");
    }

    [Fact]
    public async Task A_minimum_with_months_counts_for_those_alone()
    {
        const string Account = "/v1/billing-accounts/C-1";
        var body = new { monthlyMinimum = "15.00", monthlyMinimumFrom = "2026-12", monthlyMinimumUntil = "2027-02", actor = "mara", reason = "agreed" };
        var (_, changed) = await Send(HttpMethod.Patch, Account, body);
        changed.GetProperty("minimumSteps").EnumerateArray().Select(step => step.GetProperty("from").GetString()).ShouldBe(["2026-12", "2027-02"]);
        changed.GetProperty("changes")[0].GetProperty("newValue").GetString().ShouldBe("0; 15 from 2026-12; 0 from 2027-02");
        (await Send(HttpMethod.Patch, Account, body)).Answer.GetProperty("changes").GetArrayLength().ShouldBe(1, "the same again changes nothing");
        // November is left alone; December and January lack 4.99 each, and of January there is a later invoice.
        (await Bill(new AccountingMonth(2026, 12), through: new DateOnly(2026, 12, 1))).ShouldBe(("US", 10.01m));
        (await Bill(new AccountingMonth(2027, 3), through: new DateOnly(2027, 3, 1))).ShouldBe(("US", 40.01m), "three months, and twice 4.99");
        await Send(HttpMethod.Patch, Account, new { monthlyMinimum = "0", actor = "mara", reason = "dropped" });
        (await Bill(new AccountingMonth(2027, 3), through: new DateOnly(2027, 3, 2))).ShouldBe(("US", -9.98m));
        (await books.Scalar<long>("select count(*) from customers.account_minimum")).ShouldBe(0);
        var (_, bad) = await Send(HttpMethod.Patch, Account, new { monthlyMinimum = "5", monthlyMinimumFrom = "July", monthlyMinimumUntil = "2026-01", actor = "mara", reason = "x" });
        bad.GetProperty("errors").EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal).ShouldBe(["monthlyMinimumFrom"]);
    }

    [Fact]
    public async Task A_customers_level_counts_from_its_day_and_billed_periods_are_looked_at_again()
    {
        await books.Execute(
            """
            insert into catalog.discount (id, code, kind, value, scope, levels)
            values (gen_random_uuid(), 'TEN', 'percent', 0.1, 'subscription', '[{"level":"gold","value":"0.5"}]')
            """);
        await Send(HttpMethod.Post, Discounts, new { discount = "TEN", subscription = "C-1", from = "2026-11-01", actor = "mara", reason = "promised" }, "k-1");
        (await Bill(new AccountingMonth(2026, 12))).ShouldBe(("US", 8.01m));
        var customer = await books.Scalar<string>("select c.code from customers.customer c join customers.billing_account a on a.customer_id = c.id where a.code = 'C-1'");
        var path = $"/v1/customers/{customer}/level";
        var (status, levels) = await Send(HttpMethod.Put, path, new { level = "gold", from = "2026-12-01", actor = "mara", reason = "loyal" });
        status.ShouldBe(HttpStatusCode.OK);
        levels.GetProperty("steps")[0].GetProperty("level").GetString().ShouldBe("gold");
        // December falls from 9.01 to 5.01 (half of 10.01, half a cent up); November stays.
        (await Bill(new AccountingMonth(2026, 12))).ShouldBe(("US", -4.00m));
        (await Bill(new AccountingMonth(2026, 12))).ShouldBeNull();
        // Whoever changes the master by another way leaves a mark too: it counts for the days before the first step.
        await books.Execute($"update customers.customer set level = 'gold' where code = '{customer}'");
        (await Bill(new AccountingMonth(2026, 12))).ShouldBe(("US", -4.00m));
        (await Send(HttpMethod.Put, path, new { level = "", from = "2026-11-01", actor = "mara", reason = "mistake" })).Status.ShouldBe(HttpStatusCode.OK);
        (await Bill(new AccountingMonth(2026, 12))).ShouldBe(("US", 8.00m));
        await Refused(HttpMethod.Put, path, new { level = "4111 1111 1111 1111" }, 400, "bad-request");
        await Refused(HttpMethod.Put, "/v1/customers/nobody/level", new { level = "gold", actor = "mara", reason = "x" }, 404, "not-found");
    }

    [Fact]
    public async Task Previews_and_drafts_answer_over_http()
    {
        var (status, preview) = await Send(HttpMethod.Post, "/v1/invoices/preview", new { account = "C-1", date = "2026-12-05" });
        status.ShouldBe(HttpStatusCode.OK);
        var line = preview.GetProperty("accounts")[0].GetProperty("documents")[0].GetProperty("lines")[0];
        (line.GetProperty("exact").GetString(), line.GetProperty("steps").GetArrayLength()).ShouldBe(("10.01", 1));
        await Refused(HttpMethod.Post, "/v1/invoices/preview", new { date = "soon" }, 400, "bad-request");
        await Refused(HttpMethod.Post, "/v1/invoices/preview", new { account = "C-99" }, 404, "not-found");

        var (_, made) = await Send(HttpMethod.Post, "/v1/invoice-drafts", new { account = "C-1", date = "2026-12-05", actor = "mara" });
        var draft = "/v1/invoice-drafts/" + made.GetProperty("rows")[0].GetProperty("id").GetString();
        (await Send(HttpMethod.Patch, draft, new { note = "Thanks", actor = "mara" })).Answer.GetProperty("note").GetString().ShouldBe("Thanks");
        await Refused(HttpMethod.Patch, draft, new { note = "4111 1111 1111 1111" }, 400, "bad-request");
        (await client.GetFromJsonAsync<JsonElement>("/v1/invoice-drafts?account=C-1&state=open")).GetProperty("rows").GetArrayLength().ShouldBe(1);
        var (_, final) = await Send(HttpMethod.Post, draft + "/finalise", new { actor = "mara" });
        final.GetProperty("rows")[0].GetProperty("invoice").GetString().ShouldBe("US-2026-0000002");
        await Refused(HttpMethod.Delete, draft + "?actor=mara", null, 409, "draft-settled");
        await Refused(HttpMethod.Post, "/v1/invoice-drafts", new { account = "C-99", actor = "mara" }, 404, "not-found");
    }

    // What a run books for the one account that has anything; null when it books nothing.
    private async Task<(string Entity, decimal Net)?> Bill(AccountingMonth month, DateOnly? through = null)
    {
        var request = through is { } day ? BillingRequest.On(day, "test") : new BillingRequest(month, "test");
        var outcome = await new BillAccounts(books.Source, TimeProvider.System).Run(request, null, CancellationToken.None);
        return outcome.Totals.Count == 0 ? null : outcome.Totals.Where(total => total.LegalEntity == "US").Select(total => ((string, decimal)?)(total.LegalEntity, total.Net)).SingleOrDefault();
    }

    private async Task Refused(HttpMethod method, string path, object? body, int status, string code, string? key = null)
    {
        var (answered, problem) = await Send(method, path, body, key);
        ((int)answered, problem.GetProperty("code").GetString()).ShouldBe((status, code));
    }

    private async Task<(HttpStatusCode Status, JsonElement Answer)> Send(HttpMethod method, string path, object? body, string? key = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = JsonContent.Create(body);
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        using var response = await client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }
}
