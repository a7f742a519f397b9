using System.Text;
using System.Text.Json.Nodes;
using Tieout.Connectors.Port;
using Tieout.Connectors.Tryton;
using Tieout.Domain;
using Tieout.Domain.Exceptions;

namespace Tieout.Shell.Tests.Connectors.Tryton;

/// <summary>Our document in Tryton's fields, and Tryton's answers in our words. No ERP needed.</summary>
public sealed class TrytonMapTests
{
    private static readonly DateOnly Day = new(2026, 11, 1);

    private static readonly TargetSettings Target = new(
        "tryton-us", "tryton", new Uri("http://127.0.0.1:1/erp/"), "hub", "word", "Example Inc.",
        Accounts: new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["receivable"] = "1100",
            ["revenue"] = "4000",
            ["tax"] = "2100",
            ["deferred-revenue"] = "4090",
            ["lost"] = "4711",
        },
        Taxes: new Dictionary<string, string>(StringComparer.Ordinal) { ["STD"] = "US-CA", ["OLD"] = "GONE", ["LOST"] = "NOWHERE" },
        Options: new Dictionary<string, string>(StringComparer.Ordinal), BatchSize: null, Slots: null, Timeout: TimeSpan.FromMinutes(2), Version: "test");

    private static readonly Catalogue Known = new(
        1, "USD", new Dictionary<string, long> { ["USD"] = 3 },
        new Dictionary<string, CatalogueAccount>
        {
            ["1100"] = new(11, "1100", Closed: false, null, null),
            ["4000"] = new(40, "4000", Closed: false, null, null),
            ["2100"] = new(21, "2100", Closed: false, null, null),
            ["4090"] = new(49, "4090", Closed: true, null, null),
        },
        new Dictionary<string, CatalogueTax>
        {
            ["US-CA"] = new(7, "US-CA", null, null),
            ["GONE"] = new(8, "GONE", new DateOnly(2020, 7, 1), new DateOnly(2020, 12, 31)),
        },
        new Dictionary<string, long> { ["Net 30"] = 2, ["Due on receipt"] = 1 }, new Dictionary<string, long> { ["US"] = 1 }, 5, 6, 99,
        [new NumberSeries(9, 10, new DateOnly(2026, 1, 1), new DateOnly(2026, 12, 31))]);

    [Fact]
    public void An_invoice_has_a_line_of_quantity_one_for_each_of_ours_and_our_tax_as_a_row_of_its_own()
    {
        var document = Document(new ErpLine("revenue", 1234.50m, "Pro plan", "STD"), new ErpLine("revenue", 0.10m, "Usage", "STD"));

        var values = Map().Values(document, address: 77, accounting: Day);

        values["reference"]!.GetValue<string>().ShouldBe(document.Key);
        values["party"]!.GetValue<long>().ShouldBe(42);
        values["invoice_address"]!.GetValue<long>().ShouldBe(77);
        values.ContainsKey("accounting_date").ShouldBeFalse();
        var lines = values["lines"]![0]![1]!.AsArray();
        lines.Select(line => Amount(line!["unit_price"])).ShouldBe(["1234.50", "0.10"]);
        lines.Select(line => line!["quantity"]!.ToJsonString()).ShouldBe(["1.0", "1.0"]);
        lines.ShouldAllBe(line => !line!.AsObject().ContainsKey("taxes"));
        var tax = values["taxes"]![0]![1]!.AsArray().ShouldHaveSingleItem()!;
        (Amount(tax["base"]), Amount(tax["amount"]), tax["manual"]!.GetValue<bool>()).ShouldBe(("1234.60", "89.51", true));
    }

    [Fact]
    public void No_amount_is_ever_a_json_number()
    {
        var text = Map().Values(Document(new ErpLine("revenue", 9.99m, "Plan", "STD")), 77, null).ToJsonString();

        text.ShouldContain("""{"__class__":"Decimal","decimal":"9.99"}""");
        text.Replace("\"decimal\":\"9.99\"", "", StringComparison.Ordinal).ShouldNotContain("9.99");
    }

    [Fact]
    public void A_tax_of_zero_needs_no_row()
    {
        var document = Document(new ErpLine("revenue", 10m, "Plan", "STD"));

        Map().Values(document with { Taxes = [document.Taxes[0] with { Amount = 0m }] }, 77, null).ContainsKey("taxes").ShouldBeFalse();
    }

    [Fact]
    public void With_computed_taxes_the_lines_carry_the_tax_and_the_invoice_no_row()
    {
        var values = Map(("tax-amounts", "computed")).Values(Document(new ErpLine("revenue", 10m, "Plan", "STD")), 77, null);

        values.ContainsKey("taxes").ShouldBeFalse();
        values["lines"]![0]![1]![0]!["taxes"]!.ToJsonString().ShouldBe("""[["add",[7]]]""");
    }

    [Fact]
    public void A_later_accounting_date_stands_beside_the_invoice_date()
    {
        var values = Map().Values(Document(new ErpLine("revenue", 10m, "Plan", "STD")), 77, new DateOnly(2026, 11, 19));

        values["invoice_date"]!["day"]!.GetValue<int>().ShouldBe(1);
        values["accounting_date"]!["day"]!.GetValue<int>().ShouldBe(19);
    }

    [Theory]
    [InlineData("nowhere", "STD", "account-rule-missing")]
    [InlineData("lost", "STD", "account-unknown")]
    [InlineData("deferred-revenue", "STD", "account-closed")]
    [InlineData("revenue", "NONE", "tax-code-missing")]
    [InlineData("revenue", "LOST", "tax-code-unknown")]
    [InlineData("revenue", "OLD", "tax-expired")]
    [InlineData("revenue", "STD", null)]
    public void What_the_books_cannot_take_is_refused_before_it_is_sent(string ledger, string tax, string? code)
    {
        var document = Document(new ErpLine(ledger, 10m, "Plan", "STD"));

        Map().Problem(document with { Taxes = [document.Taxes[0] with { Code = tax }] })?.Code.ShouldBe(code);
        if (code is null) Map().Problem(document).ShouldBeNull();
    }

    [Fact]
    public void A_tax_is_in_force_on_its_first_and_on_its_last_day()
    {
        var tax = new CatalogueTax(1, "T", new DateOnly(2020, 7, 1), new DateOnly(2020, 12, 31));

        new DateOnly[] { new(2020, 6, 30), new(2020, 7, 1), new(2020, 12, 31), new(2021, 1, 1) }.Select(tax.InForce).ShouldBe([false, true, true, false]);
    }

    [Fact]
    public void A_company_that_is_not_there_or_a_payment_term_nobody_named_is_refused()
    {
        var document = Document(new ErpLine("revenue", 10m, "Plan", "STD"));

        new InvoiceMap(Settings(), Known with { Company = null }).Problem(document)!.Code.ShouldBe("company-unknown");
        Map().Problem(document with { TermDays = 45 })!.Code.ShouldBe("payment-term-unknown");
        Map(("payment-term:45", "Net 30")).Problem(document with { TermDays = 45 }).ShouldBeNull();
    }

    [Theory]
    [InlineData("plan\r\n\tfor  two\u0000\u0008", "plan for two")]
    [InlineData("a lone \ud83d surrogate", "a lone surrogate")]
    [InlineData("東京 🚀", "東京 🚀")]
    public void A_text_keeps_what_can_be_stored_and_printed(string text, string kept) => TrytonValues.Clean(text).ShouldBe(kept);

    [Theory]
    [InlineData("colour", "red")]
    [InlineData("tax-amounts", "rounded")]
    [InlineData("accounting-date", "tomorrow")]
    [InlineData("page-size", "0")]
    [InlineData("payment-term:soon", "Net 30")]
    public void A_setting_nobody_understands_is_refused_by_name(string name, string value) =>
        Should.Throw<ArgumentException>(() => Settings((name, value))).Message.ShouldContain(name);

    [Theory]
    [InlineData(200, """{"id":1,"result":null}""", "Done")]
    [InlineData(200, """{"id":1,"error":["UserError",["no","",null]]}""", "Refused")]
    [InlineData(200, """{"id":1,"error":["'colour'",""]}""", "Refused")]
    [InlineData(200, """{"id":1,"error":["ConcurrencyException","Records were modified in the meanwhile"]}""", "NotDone")]
    [InlineData(200, """{"id":1,"error":["could not obtain lock on row in relation \"ir_sequence_strict\"\n",""]}""", "NotDone")]
    [InlineData(200, """{"id":1,"error":["could not serialize access due to concurrent update\n",""]}""", "NotDone")]
    [InlineData(200, """{"id":1,"error":["server closed the connection unexpectedly",""]}""", "Silent")]
    [InlineData(200, """{"id":1,"resu""", "Silent")]
    [InlineData(200, "<html></html>", "Silent")]
    [InlineData(200, "", "Silent")]
    [InlineData(200, "[]", "Silent")]
    [InlineData(200, "{}", "Silent")]
    [InlineData(200, """{"id":1,"error":[]}""", "Silent")]
    [InlineData(200, """{"id":1,"error":["UserError"]}""", "Silent")]
    [InlineData(401, "", "NotDone")]
    [InlineData(403, "<html>", "NotDone")]
    [InlineData(404, "<html>", "NotDone")]
    [InlineData(429, "", "NotDone")]
    [InlineData(408, "", "Silent")]
    [InlineData(500, "<html>", "Silent")]
    [InlineData(502, "<html>", "Silent")]
    [InlineData(503, "", "Silent")] // from a gateway that gave up waiting, perhaps
    [InlineData(504, "", "Silent")]
    public void What_an_answer_means_for_the_books(int status, string body, string meaning) =>
        TrytonReply.Of(status, Encoding.UTF8.GetBytes(body), null).GetType().Name.ShouldBe(meaning);

    [Theory]
    [InlineData("To continue, you must create a period for the date \"01/01/2025\".", "period-closed")]
    [InlineData("You cannot add/modify/delete lines on closed journal-period \"Revenue - 2026-11\".", "period-closed")]
    [InlineData("To number the invoice \"[K]\", you must set an accounting date after \"11/19/2026\" because …", "date-order")]
    [InlineData("The value for field \"Account\" in \"Invoice Line\" is not valid according to its domain.", "account-not-allowed")]
    [InlineData("The value for field \"Taxes\" in \"Invoice Line\" is not valid according to its domain.", "tax-code-unknown")]
    [InlineData("The value \"9999\" for field \"Party\" in \"Invoice\" does not exist.", "customer-unknown")]
    [InlineData("Something new.", "erp-refused")]
    public void A_refusal_is_told_in_plain_words_with_the_ERPs_own_beside_them(string text, string code)
    {
        var finding = TrytonFindings.Of(new TrytonError(TrytonErrorKind.User, text));

        (finding.Code, finding.Technical, finding.Category).ShouldBe((code, text, ExceptionCategory.Business));
        finding.Cause.ShouldNotContain("domain");
    }

    private static ErpInvoice Document(params IReadOnlyList<ErpLine> lines)
    {
        var net = lines.Sum(line => line.Amount);
        var tax = Rounding.HalfAwayFromZero(net * 0.0725m, 2);
        return new ErpInvoice("US-2026-000001", "C-1", "42", Currency.Of("USD"), Day, Day.AddDays(30), 30, lines, [new ErpTax("STD", 0.0725m, net, tax)], net + tax);
    }

    private static InvoiceMap Map(params (string Name, string Value)[] options) => new(Settings(options), Known);

    private static TrytonSettings Settings(params (string Name, string Value)[] options) => TrytonSettings.Of(
        Target with { Options = options.ToDictionary(option => option.Name, option => option.Value, StringComparer.Ordinal) });

    private static string Amount(JsonNode? node) => node!["decimal"]!.GetValue<string>();
}
