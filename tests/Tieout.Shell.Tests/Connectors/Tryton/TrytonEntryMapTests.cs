using Tieout.Connectors.Port;
using Tieout.Connectors.Tryton;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Connectors.Tryton;

/// <summary>A journal entry as a move.</summary>
public sealed class TrytonEntryMapTests
{
    private static readonly TargetSettings Target = new(
        "tryton-de", "tryton", new Uri("http://127.0.0.1:1/erp/"), "hub", "word", "Example GmbH",
        new Dictionary<string, string>(StringComparer.Ordinal) { ["receivable"] = "1100", ["cash-clearing"] = "1050", ["deferred-revenue"] = "2200" },
        new Dictionary<string, string>(StringComparer.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal), null, null, TimeSpan.FromMinutes(2), "test");

    private static readonly Catalogue Known = new(
        1, "EUR", new Dictionary<string, long> { ["EUR"] = 3, ["USD"] = 4 },
        new Dictionary<string, CatalogueAccount>
        {
            ["1100"] = new(11, "1100", Closed: false, null, null, PartyRequired: true),
            ["1050"] = new(10, "1050", Closed: false, null, null),
            ["2200"] = new(22, "2200", Closed: false, null, null, PartyRequired: true),
        },
        new Dictionary<string, CatalogueTax>(), new Dictionary<string, long>(), new Dictionary<string, long>(), 5, 6, 99, []);

    private static readonly ErpEntry Payment = new(
        EntryKind.Payment, "PAY-1", Currency.Of("EUR"), new(2026, 11, 5), "Transfer",
        [new("cash-clearing", 40m, ""), new("receivable", -40m, "Paid") { CustomerCode = "C-1", ErpCustomerId = "77", Settles = "DE-1" }]);

    [Fact]
    public void An_entry_becomes_this_move_and_nothing_else() => Map().Values(Payment, period: 12, rate: null).ToJsonString().ShouldBe(
        """
        {"company":1,"journal":6,"period":12,"date":{"__class__":"date","year":2026,"month":11,"day":5},"description":"PAY-1","lines":[["create",[
        {"account":10,"debit":{"__class__":"Decimal","decimal":"40"},"credit":{"__class__":"Decimal","decimal":"0"},"description":"Transfer"},
        {"account":11,"debit":{"__class__":"Decimal","decimal":"0"},"credit":{"__class__":"Decimal","decimal":"40"},"description":"DE-1: Paid","party":77}]]]}
        """.ReplaceLineEndings(""));

    [Fact]
    public void An_account_that_demands_a_party_takes_the_company_where_no_customer_is_named()
    {
        var journal = Payment with { Lines = [new("deferred-revenue", 40m, ""), new("cash-clearing", -40m, "")] };

        Map().Values(journal, 12, null).ToJsonString().ShouldContain("\"party\":99");
    }

    [Fact]
    public void What_our_books_say_a_foreign_line_comes_to_goes_before_every_rate()
    {
        var entry = Payment with
        {
            Currency = Currency.Of("USD"),
            Books = Currency.Of("EUR"),
            Lines = [Payment.Lines[0] with { InBooks = 36.51m }, Payment.Lines[1] with { InBooks = -36.51m }],
        };

        var lines = Map().Values(entry, 12, rate: null)["lines"]![0]![1]!.AsArray();

        lines.Select(line => line!["debit"]!["decimal"]!.GetValue<string>()).ShouldBe(["36.51", "0"]);
        lines.Select(line => line!["amount_second_currency"]!["decimal"]!.GetValue<string>()).ShouldBe(["40", "-40"]);
        // Books in another currency than the company's say nothing about it.
        Should.Throw<ArgumentNullException>(() => Map().Values(entry with { Books = Currency.Of("GBP") }, 12, rate: null));
    }

    [Fact]
    public void A_foreign_entry_balances_in_both_currencies()
    {
        // 0.8 for 33.33, 33.33 and 33.35: 26.664, 26.664 and 26.68 round to 80.00 in all, the cash alone to 80.01.
        var entry = Payment with
        {
            Currency = Currency.Of("USD"),
            Lines = [new("cash-clearing", 100.01m, ""), .. new[] { 33.33m, 33.33m, 33.35m }.Select(part => Payment.Lines[1] with { Amount = -part })],
        };

        var lines = Map().Values(entry, 12, 0.8m)["lines"]![0]![1]!.AsArray();

        decimal Of(string field) => lines.Sum(line => decimal.Parse(line![field]!["decimal"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture));
        Of("debit").ShouldBe(80.00m);
        Of("credit").ShouldBe(Of("debit"));
        Of("amount_second_currency").ShouldBe(0m);
    }

    [Fact]
    public void What_Tryton_would_not_take_is_refused_before_it_is_sent()
    {
        string? Code(ErpEntry entry, Catalogue? by = null) => new EntryMap(TrytonSettings.Of(Target), by ?? Known).Problem(entry)?.Code;

        Code(Payment).ShouldBeNull();
        Code(Payment, Known with { EntryJournal = null }).ShouldBe("journal-unknown");
        Code(Payment, Known with { Company = null }).ShouldBe("company-unknown");
        Code(Payment with { Currency = Currency.Of("GBP") }).ShouldBe("currency-unknown");
        Code(Payment with { Lines = [Payment.Lines[0] with { CustomerCode = "C-1", ErpCustomerId = "77" }, Payment.Lines[1]] }).ShouldBe("account-not-allowed");
        Code(Payment with { Lines = [Payment.Lines[0] with { LedgerAccount = "nowhere" }, Payment.Lines[1]] }).ShouldBe("account-rule-missing");
        Code(Payment with { Lines = [Payment.Lines[0] with { Account = "4711" }, Payment.Lines[1]] }).ShouldBe("account-unknown");
        Code(Payment with { Lines = [Payment.Lines[0] with { Amount = 40.001m }, Payment.Lines[1] with { Amount = -40.001m }] }).ShouldBe("amount-not-whole");
    }

    private static EntryMap Map() => new(TrytonSettings.Of(Target), Known);
}
