using Tieout.Domain.Cash.Gateway;

namespace Tieout.Domain.Tests.Cash.Gateway;

/// <summary>Rows of Stripe's itemised reports.</summary>
public class StripeReportTests
{
    private const string Header =
        "automatic_payout_id,balance_transaction_id,created_utc,available_on_utc,currency,gross,fee,net,reporting_category,source_id,description";

    private const string Row = "po_1,txn_1,2026-11-20 08:00:00,2026-11-22 00:00:00,usd,20.00,0.88,19.12,charge,ch_1,Thanks";

    [Fact]
    public void A_row_is_a_movement_of_its_payout()
    {
        var row = Read(Row);
        (row.Payout, row.Problem).ShouldBe(("po_1", ""));
        row.Movement.ShouldBe(new GatewayFact.Movement(
            "txn_1", MovementKind.Charge, "ch_1", new Money(20.00m, Amounts.Usd), new Money(0.88m, Amounts.Usd), null, new DateOnly(2026, 11, 22),
            new DateTimeOffset(2026, 11, 20, 8, 0, 0, TimeSpan.Zero)));
    }

    [Theory]
    [InlineData("txn_1", "", "balance_transaction_id")]
    [InlineData("usd", "zzz", "currency")]
    [InlineData("20.00", "20.001", "gross")]
    [InlineData("20.00", "NaN", "gross")]
    [InlineData("20.00", "1e1", "gross")]
    [InlineData("0.88", "", "fee")]
    [InlineData("19.12", "19.13", "net")]
    [InlineData("2026-11-20 08:00:00", "20.11.2026", "created_utc")]
    [InlineData("2026-11-22 00:00:00", "soon", "available_on_utc")]
    [InlineData(",charge,", ",novelty,", "reporting_category")]
    public void What_cannot_be_read_is_named(string good, string bad, string column) =>
        Read(Row.Replace(good, bad, StringComparison.Ordinal)).ShouldBe(new StripeReportRow(null, "", column));

    [Theory]
    [InlineData("gross")]
    [InlineData("created_utc")]
    [InlineData("source_id")]
    public void A_report_without_a_column_is_none(string column)
    {
        var (report, missing) = StripeReport.Of(Header.Replace(column, "other", StringComparison.Ordinal).Split(','));
        (report, missing).ShouldBe((null, column));
    }

    private static StripeReportRow Read(string row) => StripeReport.Of(Header.Split(',')).Report!.Row(row.Split(','));
}
