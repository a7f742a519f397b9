using System.Text;
using System.Text.Json;
using Tieout.Domain.Webhooks;

namespace Tieout.Domain.Tests.Webhooks;

public class WebhookEventTests
{
    private static readonly Guid Id = Guid.Parse("0198c2a4-7f3e-7c55-9d0a-3f4f2b6c1e10");
    private static readonly DateTimeOffset At = new(2026, 11, 20, 9, 15, 0, 250, TimeSpan.FromHours(1));

    [Fact]
    public void A_posted_invoice_tells_ids_state_and_amount_as_text()
    {
        var told = new WebhookEvent(
            Id, 42, "posting.posted", At, Id, "US-2026-0000001", "posted", DocumentKind: "invoice", Target: "sap", ErpNumber: "190001",
            Amount: 1234.5000m, Currency: "USD");
        Encoding.UTF8.GetString(told.Body()).ShouldBe(
            """
            {"type":"posting.posted","timestamp":"2026-11-20T08:15:00.250Z","sequence":42,"data":{"id":"0198c2a4-7f3e-7c55-9d0a-3f4f2b6c1e10","key":"US-2026-0000001","state":"posted","documentKind":"invoice","target":"sap","erpNumber":"190001","amount":{"amount":"1234.50","currency":"USD"}}}
            """);
    }

    [Theory]
    [InlineData("1000", "JPY", "1000")]
    [InlineData("-12.3000", "EUR", "-12.30")]
    [InlineData("0.125", "KWD", "0.125")]
    [InlineData("0.12345", "USD", "0.12345")]
    public void Amounts_keep_their_currencys_decimals_and_lose_none(string amount, string currency, string told)
    {
        var body = new WebhookEvent(
            Id, 1, "invoice.finalised", At, Id, "X", "finalised", Amount: decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture), Currency: currency).Body();
        JsonDocument.Parse(body).RootElement.GetProperty("data").GetProperty("amount").GetProperty("amount").GetString().ShouldBe(told);
    }

    [Fact]
    public void The_same_event_has_the_same_id_and_bytes_each_time()
    {
        var told = new WebhookEvent(Id, 7, "exception.opened", At, Id, "US/rate", "open", SubjectKind: "rate", Category: "data", Code: "rate-missing", Currency: "USD");
        (told with { }).Body().ShouldBe(told.Body());
        told.MessageId.ShouldBe("msg_0198c2a47f3e7c559d0a3f4f2b6c1e10");
    }
}
