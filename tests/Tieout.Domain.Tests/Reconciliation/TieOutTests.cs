using Tieout.Domain.Reconciliation;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Reconciliation;

public class TieOutTests
{
    private static readonly BookDocument Ours = new("US-2026-0000001", "US-INV-1", "C1", "USD", 100m, 7.25m, 107.25m, Month("2026-11"));

    [Fact]
    public void Books_that_agree_have_no_breaks() => TieOut.Compare(Ours, [Ours]).ShouldBeEmpty();

    [Fact]
    public void What_the_erp_lacks_is_missing_with_its_whole_amount()
    {
        var found = TieOut.Compare(Ours, []).ShouldHaveSingleItem();
        found.Category.ShouldBe(BreakCategory.Missing);
        found.Money.ShouldBe(new Money(107.25m, Usd));
    }

    [Fact]
    public void What_only_the_erp_has_is_unexpected() =>
        TieOut.Compare(null, [Ours]).ShouldHaveSingleItem().Category.ShouldBe(BreakCategory.Unexpected);

    [Fact]
    public void What_was_posted_into_another_erp_is_a_duplicate_here_with_its_whole_amount_and_names_the_other()
    {
        var found = TieOut.Elsewhere(Ours with { Number = "77" }, "sap-us");
        (found.Category, found.Key, found.ErpNumber, found.Money).ShouldBe((BreakCategory.Duplicate, Ours.Key, "77", new Money(107.25m, Usd)));
        found.Cause.ShouldContain("sap-us");
    }

    [Fact]
    public void Each_extra_copy_is_a_duplicate()
    {
        var found = TieOut.Compare(Ours, [Ours, Ours with { Number = "US-INV-2" }, Ours with { Number = "US-INV-3" }]);
        found.Select(item => (item.Category, item.ErpNumber)).ShouldBe([(BreakCategory.Duplicate, "US-INV-2"), (BreakCategory.Duplicate, "US-INV-3")]);
    }

    [Theory]
    [InlineData("C2", "USD", "100", "7.25", "2026-11", "Customer", "107.25")]
    [InlineData("C1", "EUR", "100", "7.25", "2026-11", "Currency", "107.25")]
    [InlineData("C1", "USD", "99", "7.25", "2026-11", "Amount", "1")]
    [InlineData("C1", "USD", "100", "7.24", "2026-11", "Tax", "0.01")]
    [InlineData("C1", "USD", "100", "0", "2026-11", "Tax", "7.25")]
    [InlineData("C1", "USD", "100", "7.25", "2026-12", "Period", "107.25")]
    public void Each_difference_has_its_category_and_its_money(
        string customer, string currency, string net, string tax, string month, string category, string money)
    {
        var theirs = new BookDocument(Ours.Key, "X", customer, currency, D(net), D(tax), D(net) + D(tax), Month(month));
        var found = TieOut.Compare(Ours, [theirs]).ShouldHaveSingleItem();
        found.Category.ToString().ShouldBe(category);
        found.Money.Amount.ShouldBe(D(money));
    }

    [Fact]
    public void A_cent_of_tax_says_why() =>
        TieOut.Compare(Ours, [Ours with { Tax = 7.24m, Total = 107.24m }]).ShouldHaveSingleItem().Cause.ShouldContain("rounds halves to even");

    [Fact]
    public void A_total_that_is_not_the_sum_of_its_parts_is_a_break() =>
        TieOut.Compare(Ours, [Ours with { Total = 107.26m }]).ShouldHaveSingleItem().Category.ShouldBe(BreakCategory.Amount);

    [Theory]
    [InlineData(0, true, "", "Reconciled")]
    [InlineData(1, true, "", "Incomplete")]
    [InlineData(0, false, "", "Incomplete")]
    [InlineData(1, false, "Missing", "Incomplete")]
    [InlineData(0, true, "Missing", "Breaks")]
    [InlineData(0, true, "Account", "Breaks")]
    [InlineData(0, true, "Balance", "ReconciledWithWarnings")]
    public void Incomplete_is_never_green(int unproven, bool readBack, string category, string verdict)
    {
        Break[] breaks = category.Length == 0 ? [] : [new Break(Enum.Parse<BreakCategory>(category), "k", "", "c", new Money(1, Usd))];
        Verdicts.Of(unproven, readBack, breaks).ToString().ShouldBe(verdict);
    }

    [Fact]
    public void Nothing_to_judge_by_is_incomplete() => Verdicts.Worst([]).ShouldBe(Verdict.Incomplete);
}
