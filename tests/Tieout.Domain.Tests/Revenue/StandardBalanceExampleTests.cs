using System.Globalization;
using Tieout.Domain.Revenue;
using static Tieout.Domain.Tests.Amounts;
using static Tieout.Domain.Tests.Revenue.Contracts;

namespace Tieout.Domain.Tests.Revenue;

/// <summary>
/// Illustrative examples published with IFRS 15 and ASC 606 about what stands in the balance sheet, variable amounts and renewals, told in our own
/// words with dates of our own year. What the standard presents as a refund liability stands with us in the contract liability, before any memo.
/// </summary>
public class StandardBalanceExampleTests
{
    private const string Start = "2026-01-01";
    private const string End = "2027-01-01";

    [Fact]
    public void Example_38_case_A_what_is_paid_before_it_is_due_is_a_contract_liability_from_that_day_on()
    {
        // A contract that may be cancelled until it is paid: 1,000 due on 31 January, paid on 1 March, the product given on 31 March.
        var early = Recognised(Contract("1000", Thing("P", "1000")), Invoice("2026-03-01", "1000"), Delivery("2026-04-30", "P"));
        Balances(early, "2026-04").ShouldBe("2026-01 0 0 0, 2026-02 0 0 0, 2026-03 1000 0 0, 2026-04 0 0 0");
        var together = Recognised(Contract("1000", Thing("P", "1000")), Invoice("2026-03-01", "1000"), Delivery("2026-03-31", "P"));
        Balances(together, "2026-03").ShouldBe("2026-01 0 0 0, 2026-02 0 0 0, 2026-03 0 0 0");
        ByMonth(together).ShouldBe("2026-03 1000.00");
    }

    [Fact]
    public void Example_38_case_B_what_is_due_for_good_is_a_receivable_and_a_contract_liability_before_it_is_paid()
    {
        // Not to be cancelled: on 31 January the 1,000 are owed, whatever is paid when.
        var answer = Recognised(Contract("1000", Thing("P", "1000")), Invoice("2026-01-31", "1000"), Delivery("2026-03-31", "P"));
        Balances(answer, "2026-03").ShouldBe("2026-01 1000 0 0, 2026-02 1000 0 0, 2026-03 0 0 0");
        ByMonth(answer).ShouldBe("2026-03 1000.00");
    }

    [Theory]
    [InlineData(UnbilledKind.ContractAsset, "2026-01 0 400 0, 2026-02 0 400 0, 2026-03 0 0 0")]
    // Were only time to pass, it would be a receivable (IFRS 15.108).
    [InlineData(UnbilledKind.Receivable, "2026-01 0 0 400, 2026-02 0 0 400, 2026-03 0 0 0")]
    public void Example_39_what_is_given_and_not_owed_before_more_is_given_is_a_contract_asset(UnbilledKind kind, string balances)
    {
        // A and B for 1,000, of which 400 are A's; nothing is owed before both are given.
        var answer = Recognised(
            Contract("1000", Thing("A", "400"), Thing("B", "600")) with { Unbilled = kind },
            Delivery("2026-01-20", "A"), Delivery("2026-03-10", "B"), Invoice("2026-03-10", "1000"));
        ByMonth(answer).ShouldBe("2026-01 400.00, 2026-03 600.00");
        Balances(answer, "2026-03").ShouldBe(balances);
    }

    [Fact]
    public void Example_40_what_is_owed_and_will_have_to_be_given_back_is_no_revenue()
    {
        // 150 each, and 125 for all of the year once more than 1,000 were bought, which is expected. 100 are given and owed with 15,000.
        var answer = Recognised(Contract("150000", Units("P", "1200", "125")), Invoice("2026-01-31", "15000"), Use("2026-01-31", "P", "100"));
        // 100 x 125, and 100 x 25 to be given back.
        ByMonth(answer).ShouldStartWith("2026-01 12500.00");
        Balances(answer, "2026-01").ShouldBe("2026-01 2500 0 0");
    }

    [Fact]
    public void Example_22_what_is_expected_to_come_back_is_no_revenue()
    {
        // 100 products at 100 that may be returned; 97 are expected to stay. 300 are owed back, by a memo when three come.
        var answer = Recognised(
            Contract("0", Thing("P", "100")) with
            {
                Price = new TransactionPrice(0m)
                {
                    Variable = [new VariablePart("kept", EstimateMethod.ExpectedValue, [new Outcome(9_700m, 1m)], null, [], "returns of many alike")],
                },
            }, Invoice("2026-01-10", "10000"), Delivery("2026-01-10", "P"), Credit("2026-02-10", "300"));
        ByMonth(answer).ShouldBe("2026-01 9700.00");
        Balances(answer, "2026-02").ShouldBe("2026-01 300 0 0, 2026-02 0 0 0");
    }

    public static TheoryData<string, string?, string> Concessions => new()
    {
        // Case A: products that sell well; a concession of 20 of 100 is expected, and a reversal is not to be feared. 1,000 x 80.
        { "1:80000", null, "2026-01 80000.00" },
        // Case B: products that age; the estimate is 60 of 100, and only 50 are certain enough. 1,000 x 50.
        { "0.5:80000 0.5:40000", "50000", "2026-01 50000.00" },
    };

    [Theory]
    [MemberData(nameof(Concessions))]
    public void Example_23_a_concession_that_is_expected_comes_off_as_far_as_a_reversal_is_to_be_feared(string outcomes, string? constrained, string months)
    {
        var price = new VariablePart(
            "price", EstimateMethod.ExpectedValue, [.. outcomes.Split(' ').Select(one => one.Split(':')).Select(one => new Outcome(D(one[1]), D(one[0])))],
            constrained is null ? null : D(constrained), [], "concessions of the past");
        var answer = Recognised(
            Contract("0", Thing("P", "100000")) with { Price = new TransactionPrice(0m) { Variable = [price] } },
            Invoice("2026-01-15", "100000"), Delivery("2026-01-15", "P"));
        ByMonth(answer).ShouldBe(months);
        answer.Balances[0].ContractLiability.ShouldBe(100_000m - answer.Price);
    }

    [Fact]
    public void Example_24_a_volume_that_is_expected_later_changes_the_price_of_what_was_given_too()
    {
        // 100 each, 90 for all of the year once more than 1,000 are bought. 75 until March, when that is not expected; 500 until June, when it is.
        var answer = Recognised(Contract("100000", Units("A", "1000", "100")), Use("2026-03-31", "A", "75"),
            new RevenueEvent.Expected(Day("2026-06-01"), "A", 1_200m),
            new RevenueEvent.PriceChanged(Day("2026-06-01"), 8_000m, "A", AtOnce: false, "1,200 at 90 in all"), Use("2026-06-30", "A", "500"));
        // 75 x 100; then 500 x 90 less 75 x 10 of what came before: 45,000 - 750.
        ByMonth(answer).ShouldStartWith("2026-03 7500.00, 2026-06 44250.00");
    }

    [Fact]
    public void Example_51_a_right_to_renew_shares_what_is_expected_of_all_years_by_their_costs()
    {
        // A year for 1,000, to be renewed twice for as much. Of 100 customers 90 renew, and 90 % of those again: 1,000 + 900 + 810 = 2,710 each.
        // Costs are 600, 750 and 1,000 a year; of those expected 600, 675 and 810, which is 2,085 in all.
        var answer = Recognised(
            Contract("2710", Year("first", 2026, "600"), Year("second", 2027, "675"), Year("third", 2028, "810")),
            Invoice("2026-01-01", "1000"), Invoice("2027-01-01", "900"), Invoice("2028-01-01", "810"));
        // 2,710 x 600 / 2,085, x 675, x 810: the standard shows 780, 877 and 1,053.
        ByYear(answer).ShouldBe("2026 779.86, 2027 877.34, 2028 1052.80");
        // 22,014 of 100 customers: the standard shows 22,000 at the end of the first year.
        Deferred(answer, "2026-12").ShouldBe(220.14m);
        Deferred(answer, "2028-12").ShouldBe(0m);
    }

    // Months' ends up to one: contract liability, contract asset, unbilled receivable.
    private static string Balances(RevenueAnswer answer, string until) => string.Join(", ", answer.Balances.Where(end => end.Month <= Month(until)).Select(end => string.Create(
        CultureInfo.InvariantCulture, $"{end.Month} {end.ContractLiability:0.##} {end.ContractAsset:0.##} {end.UnbilledReceivable:0.##}")));

    private static Obligation Thing(string code, string ssp) => Promise(code, Satisfaction.PointInTime, Start, End, ssp);

    private static Obligation Units(string code, string quantity, string ssp) => Promise(code, Satisfaction.Usage, Start, End, ssp) with { Quantity = D(quantity) };

    private static Obligation Year(string code, int year, string costs) => Promise(
        code, Satisfaction.RatableMonthly, string.Create(CultureInfo.InvariantCulture, $"{year}-01-01"),
        string.Create(CultureInfo.InvariantCulture, $"{year + 1}-01-01"), costs);
}
