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
    public void Every_kind_has_a_word() => string.Join(" ", Enum.GetValues<EntryKind>().Select(Words.Of))
        .ShouldBe("payment refund dispute write-off revenue-journal manual-journal reversal");

    private static ErpEntry Entry(params ErpEntryLine[] lines) => new(EntryKind.Payment, "K-1", Currency.Of("EUR"), new(2026, 11, 1), "", lines);
}
