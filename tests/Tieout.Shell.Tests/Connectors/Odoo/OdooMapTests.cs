using System.Text.Json;
using System.Text.Json.Nodes;
using Tieout.Connectors.Odoo;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Connectors.Odoo;

/// <summary>Our document as a move.</summary>
public sealed class OdooMapTests
{
    private static readonly Uri Url = new("https://example.odoo.com/");

    private static readonly ErpInvoice Invoice = new(
        "US-2026-0000042", "C-77", "77", Currency.Of("EUR"), new(2026, 11, 1), new(2026, 12, 1), 30,
        [new("revenue", 30m, "Set-up", "STD") { Dimensions = Sorted }, new("deferred-revenue", 120m, "", "STD")], [new("STD", 0.19m, 150m, 28.5m)], 178.5m);

    private static readonly ErpEntry Payment = new(
        EntryKind.Payment, "P-1", Currency.Of("EUR"), new(2026, 11, 2), "Bank transfer 4711",
        [
            new("cash-clearing", 98m, "In"), new("bank-fees", 2m, ""),
            new("receivable", -100m, "Paid") { CustomerCode = "C-77", ErpCustomerId = "77", Settles = "US-2026-0000042", DueDate = new(2026, 11, 9) },
        ]);

    private static IReadOnlyDictionary<string, string> Sorted => new Dictionary<string, string>(StringComparer.Ordinal) { ["cost-center"] = "CC-8" };

    private static readonly Catalogue Catalogue = new(new OdooCompany(1, "EUR"))
    {
        Accounts = new Dictionary<string, long>(StringComparer.Ordinal)
        {
            ["121000"] = 11,
            ["400000"] = 12,
            ["231000"] = 13,
            ["251000"] = 14,
            ["101401"] = 15,
            ["620000"] = 16,
            ["612000"] = 17,
        },
        Taxes = new Dictionary<string, (long, bool)>(StringComparer.Ordinal) { ["19%"] = (21, true), ["0%"] = (22, true) },
        Currencies = new Dictionary<string, long>(StringComparer.Ordinal) { ["EUR"] = 31, ["USD"] = 32 },
        Journals = new Dictionary<string, long>(StringComparer.Ordinal) { ["INV"] = 41, ["MISC"] = 42 },
        Partners = new Dictionary<long, bool> { [77] = true },
        Analytic = new Dictionary<(string, string), long> { [("Cost centers", "CC-8")] = 51 },
        Rates = new Dictionary<(string, DateOnly), decimal> { [("USD", new(2026, 11, 2))] = 1.1m },
    };

    [Fact]
    public void An_invoice_becomes_this_customer_invoice_and_nothing_else() => Written(Invoice).ShouldBe(
        """
        {"move_type":"out_invoice","journal_id":41,"ref":"US-2026-0000042","date":"2026-11-01","currency_id":31,"name":"US-2026-0000042","partner_id":77,"invoice_date":"2026-11-01","invoice_date_due":"2026-12-01","invoice_payment_term_id":false,"payment_reference":"US-2026-0000042","invoice_line_ids":[[0,0,{"name":"Set-up","quantity":1,"price_unit":30,"account_id":12,"tax_ids":[[6,0,[21]]],"analytic_distribution":{"51":100}}],[0,0,{"name":"US-2026-0000042","quantity":1,"price_unit":120,"account_id":13,"tax_ids":[[6,0,[21]]]}]]}
        """);

    [Fact]
    public void A_credit_memo_is_a_refund_of_positive_prices_and_names_what_it_corrects()
    {
        var memo = Invoice with
        {
            Lines = [new("revenue", -10m, "Back", "EXEMPT"), new("revenue", 4m, "Fee", "EXEMPT")],
            Taxes = [new("EXEMPT", 0m, -6m, 0m)],
            Total = -6m,
            Corrects = ["US-1", "US-2"]
        };

        var move = JsonNode.Parse(Written(memo))!;

        (move["move_type"]!.GetValue<string>(), move["invoice_origin"]!.GetValue<string>()).ShouldBe(("out_refund", "US-1 US-2"));
        move["invoice_line_ids"]!.AsArray().Select(line => line![2]!["price_unit"]!.GetValue<decimal>()).ShouldBe([10m, -4m]);
    }

    [Fact]
    public void A_payment_becomes_this_entry_and_names_first_what_it_settles() => Written(Payment).ShouldBe(
        """
        {"move_type":"entry","journal_id":42,"ref":"P-1","date":"2026-11-02","currency_id":31,"name":"P-1","narration":"payment P-1 Bank transfer 4711","line_ids":[[0,0,{"name":"In","account_id":15,"currency_id":31,"amount_currency":98,"debit":98,"credit":0}],[0,0,{"name":"Bank transfer 4711","account_id":16,"currency_id":31,"amount_currency":2,"debit":2,"credit":0}],[0,0,{"name":"US-2026-0000042 Paid","account_id":11,"currency_id":31,"amount_currency":-100,"debit":0,"credit":100,"partner_id":77,"date_maturity":"2026-11-09"}]]}
        """);

    [Fact]
    public void An_entry_in_a_foreign_currency_balances_in_the_companys_too()
    {
        var foreign = Payment with
        {
            Currency = Currency.Of("USD"),
            Lines = [new("cash-clearing", 33.33m, ""), new("bank-fees", 33.33m, ""), new("bad-debt", 33.34m, ""),
                new("receivable", -100m, "") { CustomerCode = "C-77", ErpCustomerId = "77" }],
        };

        var lines = JsonNode.Parse(Written(foreign))!["line_ids"]!.AsArray().Select(line => line![2]!).ToList();

        lines.Select(line => line["amount_currency"]!.GetValue<decimal>()).ShouldBe([33.33m, 33.33m, 33.34m, -100m]);
        // 100 / 1.1 is 90.91; the three others come to 30.30 + 30.30 + 30.31.
        lines.Select(line => line["debit"]!.GetValue<decimal>() - line["credit"]!.GetValue<decimal>()).ShouldBe([30.30m, 30.30m, 30.31m, -90.91m]);
    }

    [Fact]
    public void Numbers_that_Odoo_gives_are_not_sent()
    {
        Written(Invoice, ("number", "theirs")).ShouldNotContain("\"name\":\"US-2026-0000042\",\"partner_id\"");
        Written(Invoice, ("number", "theirs")).ShouldContain("\"ref\":\"US-2026-0000042\"");
    }

    [Fact]
    public void A_draft_is_corrected_by_the_difference_of_its_tax_and_by_its_accounts()
    {
        var draft = new HeldMove(5, "US-2026-0000042", "US-2026-0000042", "out_invoice", Posted: false, new(2026, 11, 1), 77, "EUR")
        {
            Lines =
            [
                new(91, "400000", 77, "EUR", -30m, 0m, 0, "product", ""), new(92, "231000", 77, "EUR", -120m, 0m, 0, "product", ""),
                new(93, "252000", 77, "EUR", -28.49m, 0m, 21, "tax", ""), new(94, "122000", 77, "EUR", 178.49m, 178.49m, 0, "payment_term", ""),
            ],
        };

        Map().Corrections(Invoice, draft, Catalogue).ToJsonString().ShouldBe("""[[1,93,{"amount_currency":-28.50,"account_id":14}],[1,94,{"account_id":11}]]""");
    }

    [Theory]
    [InlineData("no-such-account", "account-rule-missing")]
    [InlineData("revenue", "")]
    public void What_no_rule_names_is_found_before_anything_is_asked(string account, string code) =>
        (Map().Problem(Payment with { Lines = [new(account, 1m, ""), new("cash-clearing", -1m, "")] })?.Code ?? "").ShouldBe(code);

    [Theory]
    [InlineData("A B")]
    [InlineData("A%")]
    [InlineData("/")]
    [InlineData("")]
    public void A_number_that_Odoo_would_read_in_another_way_is_refused(string key) => Map().Problem(Payment with { Key = key })!.Code.ShouldBe("key-not-valid");

    [Theory]
    [InlineData("database", "", "database")]
    [InlineData("number", "mine", "number")]
    [InlineData("page-size", "0", "page-size")]
    [InlineData("entry-journal", "INV", "two journals")]
    [InlineData("dimension:colour", "Colours", "no dimension of ours")]
    [InlineData("error:period", "nonsense", "must be one of")]
    [InlineData("jurnal", "X", "is not known")]
    public void A_setting_that_cannot_be_is_named(string option, string value, string named) =>
        Should.Throw<ArgumentException>(() => OdooSettings.Of(OdooSandbox.TargetAt(Url, (option, value)))).Message.ShouldContain(named);

    [Theory]
    [InlineData("You cannot add/modify entries prior to and inclusive of the lock date 2026-10-31.", "odoo.exceptions.UserError", "period-closed")]
    [InlineData("Posted journal entry must have an unique sequence number per company.", "odoo.exceptions.ValidationError", "number-not-taken")]
    [InlineData("could not serialize access due to concurrent update", "psycopg2.errors.SerializationFailure", "locked")]
    [InlineData("Something new", "odoo.exceptions.UserError", "erp-refused")]
    public void Odoos_words_become_ours(string message, string name, string meaning) =>
        OdooFindings.Meaning(new OdooError(200, name, message), OdooSettings.Of(OdooSandbox.TargetAt(Url))).ShouldBe(meaning);

    [Fact]
    public void A_new_text_can_be_given_a_meaning() => OdooFindings.Meaning(
        new OdooError(200, "odoo.exceptions.UserError", "Something NEW"),
            OdooSettings.Of(OdooSandbox.TargetAt(Url, ("error:something new", "period-closed")))).ShouldBe("period-closed");

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":7,"result":[1,2]}""", typeof(OdooReply.Done))]
    [InlineData("""{"jsonrpc":"2.0","id":7}""", typeof(OdooReply.Done))]
    [InlineData("""{"jsonrpc":"2.0","id":8,"result":[1,2]}""", typeof(OdooReply.Silent))]
    [InlineData("""{"jsonrpc":"2.0","id":7,"res""", typeof(OdooReply.Silent))]
    [InlineData("[]", typeof(OdooReply.Silent))]
    [InlineData("""{"id":7,"error":{"code":100,"message":"Odoo Session Expired","data":{"name":"odoo.http.SessionExpiredException"}}}""", typeof(OdooReply.LoggedOut))]
    [InlineData("""{"id":7,"error":{"code":200,"message":"Odoo Server Error","data":{"name":"odoo.exceptions.AccessError","message":"Not you"}}}""", typeof(OdooReply.NotNow))]
    [InlineData("""{"id":7,"error":{"code":200,"message":"Odoo Server Error","data":{"name":"odoo.exceptions.UserError","message":"No"}}}""", typeof(OdooReply.Refused))]
    public void An_answer_means_what_it_says(string body, Type reply) =>
        OdooAnswer.Read(200, System.Text.Encoding.UTF8.GetBytes(body), null, 7).ShouldBeOfType(reply);

    [Theory]
    [InlineData(500, typeof(OdooReply.Silent))]
    [InlineData(502, typeof(OdooReply.Silent))]
    [InlineData(503, typeof(OdooReply.Silent))] // without Retry-After it may come from a gateway
    [InlineData(408, typeof(OdooReply.Silent))]
    [InlineData(429, typeof(OdooReply.NotNow))]
    [InlineData(404, typeof(OdooReply.NotNow))]
    public void What_stands_before_Odoo_answers_for_itself(int status, Type reply) => OdooAnswer.Read(status, [], null, 7).ShouldBeOfType(reply);

    [Fact]
    public void Amounts_are_read_by_their_digits()
    {
        using var row = JsonDocument.Parse("""{"a":9876543.21,"b":0.1,"c":false,"d":[3,"EUR"],"e":false}""");
        (row.RootElement.Amount("a"), row.RootElement.Amount("b"), row.RootElement.Amount("c")).ShouldBe((9876543.21m, 0.1m, 0m));
        (row.RootElement.Id("d"), row.RootElement.NameOf("d"), row.RootElement.Id("e"), row.RootElement.Text("e")).ShouldBe((3, "EUR", 0, ""));
    }

    private static MoveMap Map(params (string Name, string Value)[] options) => new(OdooSettings.Of(OdooSandbox.TargetAt(Url, options)));

    private static string Written(ErpDocument document, params (string Name, string Value)[] options) => Map(options).Of(document, Catalogue).ToJsonString();
}
