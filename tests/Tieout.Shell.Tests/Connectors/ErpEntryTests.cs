using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Connectors;

/// <summary>A journal entry balances, or there is none; what rules chose goes before settings.</summary>
public sealed class ErpEntryTests
{
    private static readonly ErpEntryLine Cash = new("cash-clearing", 40m, "Cash");
    private static readonly ErpEntryLine Owing = new("receivable", -40m, "") { CustomerCode = "C-1", ErpCustomerId = "1001" };

    [Fact]
    public void An_entry_of_one_line_of_nothing_or_out_of_balance_cannot_be_made()
    {
        ErpEntryLine[][] wrong = [[Cash], [], [Cash, Owing, new("revenue", 0m, "")], [Cash, Owing with { Amount = -39.99m }]];

        foreach (var lines in wrong) Should.Throw<ArgumentException>(() => Entry(lines)).Message.ShouldStartWith("Lines: ");
        Should.Throw<ArgumentException>(() => Entry(Cash, Owing) with { Lines = [Cash] });
    }

    [Fact]
    public void What_it_does_to_what_customers_owe_is_the_sum_of_their_lines()
    {
        Entry(Cash, Owing).Owed.ShouldBe(-40m);
        Entry(Cash, Owing with { CustomerCode = "" }).Owed.ShouldBe(0m);
        Entry(Owing, Owing with { Amount = 40m, LedgerAccount = "disputed-receivable" }).Owed.ShouldBe(0m);
    }

    [Fact]
    public void The_date_of_an_invoice_is_the_day_its_entry_is_dated()
    {
        var invoice = new ErpInvoice("K-1", "C-1", "1", Currency.Of("EUR"), new(2026, 11, 1), new(2026, 12, 1), 30, [new("revenue", 1m, "", "STD")], [], 1m);

        (invoice with { IssueDate = new(2026, 11, 30) }).Date.ShouldBe(new DateOnly(2026, 11, 30));
    }

    [Fact]
    public void What_a_rule_chose_goes_before_the_settings_and_nothing_is_found_where_neither_names_one()
    {
        var target = SapMapTests.Target();

        target.AccountOf("revenue", "").ShouldBe("41000000");
        target.AccountOf("revenue", "41100000").ShouldBe("41100000");
        target.AccountOf("nowhere", "").ShouldBe("");
        target.TaxCodeOf(new ErpTax("STD", 0.19m, 1m, 0.19m)).ShouldBe("A1");
        target.TaxCodeOf(new ErpTax("STD", 0.19m, 1m, 0.19m) { TheirCode = "A2" }).ShouldBe("A2");
        target.TaxCodeOf(new ErpTax("NONE", 0m, 1m, 0m)).ShouldBe("");
    }

    [Fact]
    public void Lines_that_stand_alike_in_the_erp_go_as_one_where_the_entry_asks_for_it()
    {
        ErpEntryLine[] lines =
        [
            Line("deferred-revenue", 10m), Line("revenue", -10m, center: "A"), Line("deferred-revenue", 5m), Line("revenue", -5m, center: "B"),
            Line("deferred-revenue", 2m), Line("revenue", -2m, center: "A"), Line("deferred-revenue", 1m, "Catch-up"), Line("revenue", -1m, "Catch-up", "B"),
            Line("revenue", 7m, center: "C"), Line("revenue", -7m, center: "C"),
        ];
        Entry(lines).Summed().Lines.Count.ShouldBe(10);
        var summed = (Entry(lines) with { SumsAlike = true }).Summed();
        summed.Lines.Select(line => (line.LedgerAccount, line.Amount, line.Text, line.Dimensions.GetValueOrDefault("cost-center", ""))).ShouldBe([
            ("deferred-revenue", 17m, "Earned", ""), ("revenue", -12m, "Earned", "A"), ("revenue", -5m, "Earned", "B"),
            ("deferred-revenue", 1m, "Catch-up", ""), ("revenue", -1m, "Catch-up", "B")]);
        summed.Summed().Lines.ShouldBe(summed.Lines);
    }

    [Fact]
    public void What_lines_come_to_in_the_books_is_summed_with_them_and_comes_to_nothing()
    {
        ErpEntryLine[] lines =
        [
            Line("deferred-revenue", 10m) with { InBooks = 9m }, Line("revenue", -10m) with { InBooks = -9m }, Line("deferred-revenue", 5m) with { InBooks = 4.51m },
            Line("revenue", -5m) with { InBooks = -4.51m },
        ];
        (Entry(lines) with { SumsAlike = true }).Summed().Lines.Select(line => (line.Amount, line.InBooks)).ShouldBe([(15m, 13.51m), (-15m, -13.51m)]);
        // What comes to nothing in its own currency and to something in the books stays as it is.
        ErpEntryLine[] turned = [.. lines, Line("deferred-revenue", -15m) with { InBooks = -13m }, Line("revenue", 15m) with { InBooks = 13m }];
        (Entry(turned) with { SumsAlike = true }).Summed().Lines.Count.ShouldBe(6);
        Should.Throw<ArgumentException>(() => Entry(lines[0], lines[1] with { InBooks = -8.99m })).Message.ShouldStartWith("Lines: ");
    }

    [Fact]
    public void What_sums_to_nothing_goes_as_it_is()
    {
        ErpEntryLine[] lines = [Line("revenue", 7m), Line("revenue", -7m)];
        (Entry(lines) with { SumsAlike = true }).Summed().Lines.ShouldBe(lines);
    }

    private static ErpEntryLine Line(string account, decimal amount, string text = "Earned", string center = "") => new(account, amount, text)
    {
        Dimensions = center.Length == 0 ? ErpDimension.None : new Dictionary<string, string> { ["cost-center"] = center },
    };

    [Fact]
    public void Every_kind_has_a_word() => string.Join(" ", Enum.GetValues<EntryKind>().Select(Words.Of))
        .ShouldBe("payment refund dispute write-off revenue-journal manual-journal reversal");

    private static ErpEntry Entry(params ErpEntryLine[] lines) => new(EntryKind.Payment, "K-1", Currency.Of("EUR"), new(2026, 11, 1), "", lines);
}
