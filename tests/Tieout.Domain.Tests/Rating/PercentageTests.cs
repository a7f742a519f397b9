using Tieout.Domain.Catalog;
using Tieout.Domain.Rating;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Rating;

public class PercentageTests
{
    private static readonly ChargeModel.Percentage Plain = new(0.029m, 0, 0m, 0m, null, null);

    [Theory]
    [InlineData("0", "0")]
    [InlineData("100", "2.9")]
    [InlineData("1000000000000000", "29000000000000")]
    public void A_share_of_the_money_moved(string money, string expected) => Rate.Of(Plain, money).ShouldBe(D(expected));

    [Theory]
    [InlineData("50", "0")]
    [InlineData("100", "0")]                              // exactly the free money
    [InlineData("150", "1.45")]
    public void The_first_money_may_be_free(string money, string expected) =>
        Rate.Of(Plain with { FreeAmount = 100m }, money).ShouldBe(D(expected));

    [Theory]
    [InlineData("", "")]
    [InlineData("100", "3.2")]                            // 2.90 and the fee of 0.30
    [InlineData("100 0", "3.2 0.5")]                      // a transaction of nothing has its fee, raised to the minimum
    [InlineData("5", "0.5")]                              // 0.445 raised to the minimum
    [InlineData("6.896551724137", "0.5")]                 // just below the minimum
    [InlineData("2000", "20")]                            // 58.30 cut to the maximum
    public void Each_transaction_pays_share_and_fee_within_its_limits(string transactions, string amounts) =>
        Charges(Plain with { FixedFee = 0.3m, MinimumPerTransaction = 0.5m, MaximumPerTransaction = 20m }, transactions).ShouldBe(List(amounts));

    [Theory]
    [InlineData("10 20", "0 0")]
    [InlineData("10 20 100", "0 0 3.2")]
    [InlineData("1000 20 100 100", "0 0 3.2 3.2")]        // the order given decides, not the size
    public void The_first_transactions_are_free_of_share_fee_and_minimum(string transactions, string amounts) =>
        Charges(Plain with { FixedFee = 0.3m, MinimumPerTransaction = 1m, FreeCount = 2 }, transactions).ShouldBe(List(amounts));

    [Theory]
    [InlineData("30 70", "0 0")]                          // exactly used up: both lie in it
    [InlineData("30 70 100", "0 0 3.2")]
    [InlineData("30 100 100", "0 1.17 3.2")]              // 30 above the free 100 pay the share, and the whole fee
    [InlineData("200", "3.2")]
    [InlineData("0 100 0", "0 0 0.3")]                    // once it is used up a transaction of nothing pays its fee
    public void A_transaction_that_lies_in_the_free_money_is_free_and_one_that_crosses_it_pays_for_the_rest(string transactions, string amounts) =>
        Charges(Plain with { FixedFee = 0.3m, FreeAmount = 100m }, transactions).ShouldBe(List(amounts));

    [Fact]
    public void Free_transactions_do_not_use_up_free_money() =>
        Charges(Plain with { FreeCount = 1, FreeAmount = 100m }, "500 100 100").ShouldBe(List("0 0 2.9"));

    [Fact]
    public void The_maximum_is_cut_after_the_minimum() =>
        Charges(Plain with { MinimumPerTransaction = 5m, MaximumPerTransaction = 3m }, "1").ShouldBe(List("3"));

    [Fact]
    public void A_price_that_looks_at_transactions_refuses_their_sum()
    {
        Rate.Refusal(Plain with { FixedFee = 0.3m }, "100").ShouldBe("transactions-missing");
        Rate.Refusal(Plain with { FreeCount = 1 }, "100").ShouldBe("transactions-missing");
        Rate.Refusal(Plain with { MinimumPerTransaction = 1m }, "100").ShouldBe("transactions-missing");
        Rate.Refusal(Plain with { MaximumPerTransaction = 1m }, "100").ShouldBe("transactions-missing");
    }

    [Fact]
    public void Steps_say_what_was_clamped()
    {
        var model = Plain with { FixedFee = 0.3m, MinimumPerTransaction = 0.5m, MaximumPerTransaction = 20m, FreeCount = 1 };
        var steps = Rate.Of(model, new Measured(0m) { Transactions = [9m, 5m, 100m, 2000m] }).Steps;
        steps.Select(step => step.Words).ShouldBe(
        [
            "transaction 1 of 9.00 free",
            "transaction 2: 5.00 at 2.9 % plus 0.30, raised to the minimum 0.50",
            "transaction 3: 100.00 at 2.9 % plus 0.30",
            "transaction 4: 2,000.00 at 2.9 % plus 0.30, cut to the maximum 20.00",
        ]);
        steps.Select(step => (step.Tier, step.Quantity, step.UnitPrice)).ShouldBe([(null, 9m, null), (null, 5m, 0.029m), (null, 100m, 0.029m), (null, 2000m, 0.029m)]);
        Rate.Words(Plain with { FreeAmount = 100m }, "150").ShouldBe(["100.00 free", "50.00 at 2.9 %"]);
        Rate.Words(Plain, "150").ShouldBe(["150.00 at 2.9 %"]);
        Rate.Of(Plain, new Measured(0m) { Transactions = [10m] }).Steps[0].Words.ShouldBe("transaction 1: 10.00 at 2.9 %");
        var inFreeMoney = Rate.Of(Plain with { FreeAmount = 100m }, new Measured(0m) { Transactions = [10m, 90m, 1m] }).Steps;
        inFreeMoney.Select(step => step.Words).ShouldBe(["transaction 1 of 10.00 free", "transaction 2 of 90.00 free", "transaction 3: 1.00 at 2.9 %"]);
    }

    private static IEnumerable<decimal> Charges(ChargeModel model, string transactions)
    {
        var rated = Rate.Of(model, new Measured(0m) { Transactions = [.. List(transactions)] });
        return transactions.Length == 0 ? [] : rated.Steps.Select(step => step.Amount);
    }

    private static IEnumerable<decimal> List(string texts) => texts.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(D);
}
