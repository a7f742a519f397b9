using System.Text;
using System.Text.Json;
using Tieout.Connectors.NetSuite;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Connectors.NetSuite;

/// <summary>Our document as a journal entry.</summary>
public sealed class NetSuiteMapTests
{
    private static readonly ErpInvoice Invoice = new(
        "US-2026-0000042", "C-77", "1001", Currency.Of("EUR"), new(2026, 11, 1), new(2026, 12, 1), 30,
        [new("revenue", 30m, "Set-up", "STD"), new("deferred-revenue", 120m, "Annual plan & support", "STD")],
        [new("STD", 0.19m, 150m, 28.5m)], 178.5m);

    // 50 charged at 20 %, 100 taken back at 19 %.
    private static readonly ErpInvoice Memo = Invoice with
    {
        Key = "USC-2026-0000001",
        Lines = [new("revenue", 50m, "Plan", "NEW"), new("revenue", -100m, "Corrected: plan", "STD")],
        Taxes = [new("NEW", 0.20m, 50m, 10m), new("STD", 0.19m, -100m, -19m)],
        Total = -59m,
        Corrects = ["US-2026-0000042", "US-2026-0000043"],
    };

    [Fact]
    public void An_invoice_becomes_this_journal_and_nothing_else() => Written(Invoice).ShouldBe(
        """
        {"subsidiary":{"id":"1"},"currency":{"id":"4"},"tranDate":"2026-11-01","memo":"US-2026-0000042, due 2026-12-01, C-77","approved":true,"line":{"items":[
        {"account":{"id":"119"},"debit":178.50,"entity":{"id":"1001"},"memo":"US-2026-0000042, due 2026-12-01"},
        {"account":{"id":"54"},"credit":30.00,"entity":{"id":"1001"},"memo":"Set-up"},
        {"account":{"id":"58"},"credit":120.00,"entity":{"id":"1001"},"memo":"Annual plan \u0026 support"},
        {"account":{"id":"108"},"credit":28.50,"entity":{"id":"1001"},"memo":"STD 19 % on 150"}]}}
        """.ReplaceLineEndings(""));

    [Fact]
    public void A_credit_memo_is_a_journal_with_the_sides_turned_and_names_what_it_corrects() => Written(Memo).ShouldBe(
        """
        {"subsidiary":{"id":"1"},"currency":{"id":"4"},"tranDate":"2026-11-01","memo":"USC-2026-0000001, due 2026-12-01, C-77, corrects US-2026-0000042 US-2026-0000043","approved":true,"line":{"items":[
        {"account":{"id":"119"},"credit":59.00,"entity":{"id":"1001"},"memo":"USC-2026-0000001, due 2026-12-01"},
        {"account":{"id":"54"},"credit":50.00,"entity":{"id":"1001"},"memo":"Plan"},
        {"account":{"id":"54"},"debit":100.00,"entity":{"id":"1001"},"memo":"Corrected: plan"},
        {"account":{"id":"109"},"credit":10.00,"entity":{"id":"1001"},"memo":"NEW 20 % on 50"},
        {"account":{"id":"108"},"debit":19.00,"entity":{"id":"1001"},"memo":"STD 19 % on -100"}]}}
        """.ReplaceLineEndings(""));

    [Fact]
    public void An_entry_names_customers_on_their_lines_only_and_what_a_line_settles_first()
    {
        var settings = NetSuiteSettings.Of(Target(("dimension:region", "cseg_region")));
        var entry = new ErpEntry(
            EntryKind.Payment, "PAY-1", Currency.Of("EUR"), new(2026, 11, 5), "Transfer",
            [
                new("cash-clearing", 117.50m, "Bank"),
                new("bank-fees", 1.50m, "") { Dimensions = new Dictionary<string, string>(StringComparer.Ordinal) { ["department"] = "2", ["region"] = "7" } },
                new("receivable", -119m, "Paid") { CustomerCode = "C-77", ErpCustomerId = "1001", Settles = "US-2026-0000042" },
            ])
        { Reverses = "PAY-0" };

        Encoding.UTF8.GetString(new JournalMap(settings).Write(entry, "4")).ShouldBe(
            """
            {"subsidiary":{"id":"1"},"currency":{"id":"4"},"tranDate":"2026-11-05","memo":"PAY-1 payment: Transfer, reverses PAY-0","approved":true,"line":{"items":[
            {"account":{"id":"10"},"debit":117.50,"memo":"Bank"},
            {"account":{"id":"61"},"debit":1.50,"department":{"id":"2"},"cseg_region":{"id":"7"},"memo":"Transfer"},
            {"account":{"id":"119"},"credit":119.00,"entity":{"id":"1001"},"memo":"US-2026-0000042: Paid"}]}}
            """.ReplaceLineEndings(""));
        var map = new JournalMap(settings);
        ErpEntry With(string dimension, string value) => entry with
        {
            Lines = [entry.Lines[0] with { Dimensions = new Dictionary<string, string>(StringComparer.Ordinal) { [dimension] = value } }, .. entry.Lines.Skip(1)],
        };
        map.Problem(entry).ShouldBeNull();
        map.Problem(With("cost-center", "2"))!.Code.ShouldBe("dimension-unmapped");
        map.Problem(With("class", "Sales"))!.Code.ShouldBe("dimension-unknown");
    }

    [Theory]
    [InlineData("JPY", "1190", "190", "1000")]
    [InlineData("EUR", "1190.00", "190.00", "1000.00")]
    [InlineData("KWD", "1190.000", "190.000", "1000.000")]
    public void Amounts_have_the_decimals_of_their_currency(string currency, string total, string tax, string net)
    {
        var document = Invoice with
        {
            Currency = Currency.Of(currency),
            Lines = [new("revenue", 1000m, "Plan", "STD")],
            Taxes = [new("STD", 0.19m, 1000m, 190m)],
            Total = 1190m,
        };

        Amounts(Written(document)).ShouldBe([total, net, tax]);
    }

    [Fact]
    public void What_comes_to_nothing_has_no_line()
    {
        var exempt = Invoice with { Lines = [new("revenue", 100m, "Plan", "EXEMPT")], Taxes = [new("EXEMPT", 0m, 100m, 0m)], Total = 100m };
        Amounts(Written(exempt)).ShouldBe(["100.00", "100.00"]);

        var turnedRound = Invoice with
        {
            Lines = [new("revenue", 100m, "Plan", "EXEMPT"), new("deferred-revenue", -100m, "Corrected", "EXEMPT")],
            Taxes = [new("EXEMPT", 0m, 0m, 0m)],
            Total = 0m,
        };
        Amounts(Written(turnedRound)).ShouldBe(["100.00", "100.00"]);
        Written(turnedRound).ShouldContain("\"entity\":{\"id\":\"1001\"}");
    }

    [Fact]
    public void Every_journal_balances_whatever_it_holds()
    {
        foreach (var document in (ErpInvoice[])[Invoice, Memo])
            Map().Lines(document).Sum(line => line.Amount).ShouldBe(0m);
    }

    [Theory]
    [InlineData("INV/1", "key-not-valid")]      // a slash ends the address
    [InlineData("INV|1", "key-not-valid")]      // a pipe divides values
    [InlineData("INV 1", "key-not-valid")]
    [InlineData("Ä-1", "key-not-valid")]
    [InlineData("", "key-not-valid")]
    [InlineData("inv_2026-1", null)]
    public void A_key_holds_what_an_external_id_may(string key, string? code) => Map().Problem(Invoice with { Key = key })?.Code.ShouldBe(code);

    [Fact]
    public void What_does_not_fit_is_refused_before_it_is_sent()
    {
        Map().Problem(Invoice).ShouldBeNull();
        Code(Invoice with { Lines = [new("nothing", 30m, "x", "STD")] }).ShouldBe("account-rule-missing");
        Code(Invoice with { Taxes = [new("OTHER", 0.19m, 150m, 28.5m)] }).ShouldBe("tax-code-missing");
        Code(Invoice with { Lines = [new("revenue", 30m, "x", "OTHER")] }).ShouldBe("tax-code-missing");
        Code(Invoice with { ErpCustomerId = "1 OR 1=1" }).ShouldBe("customer-unknown");
        Code(Invoice with { Total = 178.501m }).ShouldBe("amount-not-whole");
        Code(Invoice with { Lines = [.. Enumerable.Repeat(Invoice.Lines[0], NetSuiteLimits.Lines)] }).ShouldBe("too-many-lines");
    }

    [Theory]
    [InlineData("plain", 10, "plain")]
    [InlineData("  two   blanks\r\nand a line ", 30, "two blanks and a line")]
    [InlineData("bell\u0007 and half a \ud83d pair", 40, "bell and half a pair")]
    [InlineData("rocket 🚀", 8, "rocket")]       // a character of two units is not cut in half
    [InlineData("rocket 🚀", 9, "rocket 🚀")]
    public void Text_is_cut_between_characters(string text, int length, string expected) => NetSuiteLimits.Cut(text, length).ShouldBe(expected);

    [Fact]
    public void An_account_without_subsidiaries_is_told_none()
    {
        var map = new JournalMap(NetSuiteSettings.Of(Target(("one-world", "false")) with { Company = "none" }));

        Encoding.UTF8.GetString(map.Write(Invoice, "4")).ShouldNotContain("subsidiary");
    }

    [Theory]
    [InlineData("no-such-option", "1", "no-such-option")]
    [InlineData("one-world", "yes", "one-world")]
    [InlineData("page-size", "1001", "page-size")]
    [InlineData("page-size", "0", "page-size")]
    [InlineData("accounting-book", "1 OR 1=1", "accounting-book")]
    [InlineData("customer-entity-id", "name", "customer-entity-id")]
    [InlineData("error:USER_ERROR", "no-such-cause", "error:USER_ERROR")]
    [InlineData("certificate-id", "", "certificate-id")]
    public void A_wrong_option_is_named(string name, string value, string named) =>
        Should.Throw<ArgumentException>(() => NetSuiteSettings.Of(Target((name, value)))).Message.ShouldContain(named);

    [Fact]
    public void Ids_are_digits_and_a_tax_shares_its_account_with_nothing_else()
    {
        var target = Target();
        TargetSettings With(string name, string account) => target with
        {
            Accounts = new Dictionary<string, string>(target.Accounts, StringComparer.Ordinal) { [name] = account },
        };

        Should.Throw<ArgumentException>(() => NetSuiteSettings.Of(With("revenue", "4000-10"))).Message.ShouldContain("revenue");
        Should.Throw<ArgumentException>(() => NetSuiteSettings.Of(With("revenue", "108"))).Message.ShouldContain("revenue");
        Should.Throw<ArgumentException>(() => NetSuiteSettings.Of(target with { Company = "Example Inc." })).Message.ShouldContain("subsidiary");
    }

    /// <summary>A target that nobody calls, with two tax accounts.</summary>
    internal static TargetSettings Target(params (string Name, string Value)[] options) =>
        NetSuiteSandbox.TargetAt(new Uri("https://1234567.suitetalk.api.netsuite.example/"), options) with
        {
            Taxes = new Dictionary<string, string>(StringComparer.Ordinal) { ["STD"] = "tax", ["NEW"] = "109", ["EXEMPT"] = "tax" },
        };

    private static JournalMap Map() => new(NetSuiteSettings.Of(Target()));

    private static string Written(ErpInvoice document) => Encoding.UTF8.GetString(Map().Write(document, "4"));

    private static string? Code(ErpInvoice document) => Map().Problem(document)?.Code;

    private static List<string> Amounts(string json)
    {
        using var parsed = JsonDocument.Parse(json);
        return [.. parsed.RootElement.GetProperty("line").GetProperty("items").EnumerateArray()
            .Select(line => (line.TryGetProperty("debit", out var debit) ? debit : line.GetProperty("credit")).GetRawText())];
    }
}
