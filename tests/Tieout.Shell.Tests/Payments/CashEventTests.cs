using Tieout.Application.Webhooks;
using Tieout.Domain.Cash;
using Tieout.Domain.Webhooks;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Payments;

/// <summary>What billing and CRM are told of money, on two invoices of 10.74 dollars.</summary>
public sealed class CashEventTests(PostgresFixture postgres)
{
    private const string First = "US-2026-0000001";

    private int _read;

    [Fact]
    public async Task A_payment_its_application_a_refund_and_what_takes_them_back_are_each_told_once_with_what_becomes_of_the_invoice()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new CashDesk(books.Source);
        await Subscribe(books, [.. WebhookEvent.Kinds]);

        var payment = CashDesk.Done(await desk.Pay("20.00", Named(First, "4.74"))).Number;
        (await Told(books)).ShouldBe([$"payment.received {payment} 20.00"]);
        var applied = CashDesk.Done(await desk.Apply(payment, Named(First, "6.00"))).Number;
        (await Told(books)).ShouldBe([$"payment.applied {applied} 6.00", $"invoice.settled {First} 0.00"]);
        var released = CashDesk.Done(await desk.Unapply(payment, Named(First, "1.00"))).Number;
        (await Told(books)).ShouldBe([$"payment.released {released} 1.00", $"invoice.reopened {First} 1.00"]);
        var refund = CashDesk.Done(await desk.Refund($"\"payment\":\"{payment}\"", "2.00")).Number;
        (await Told(books)).ShouldBe([$"refund.paid {refund} 2.00"]);
        var back = CashDesk.Done(await desk.Reverse(refund)).Number;
        (await Told(books)).ShouldBe([$"entry.reversed {back} 2.00 refund"]);
    }

    [Fact]
    public async Task An_open_dispute_settles_no_invoice_and_a_charge_back_that_is_lost_opens_it()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new CashDesk(books.Source);
        await Subscribe(books, [.. WebhookEvent.Kinds]);

        var dispute = CashDesk.Done(await desk.Dispute($"\"invoice\":\"{First}\"")).Number;
        (await Told(books)).ShouldBe([$"dispute.opened {dispute} 10.74"]);
        var won = CashDesk.Done(await desk.Settle(dispute, DisputeState.Won)).Number;
        (await Told(books)).ShouldBe([$"dispute.won {won} 10.74"]);

        var payment = CashDesk.Done(await desk.Pay("10.74", Named(First, "10.74"))).Number;
        (await Told(books)).ShouldBe([$"payment.received {payment} 10.74", $"invoice.settled {First} 0.00"]);
        var chargeBack = CashDesk.Done(await desk.Dispute($"\"payment\":\"{payment}\"")).Number;
        (await Told(books)).ShouldBe([$"dispute.opened {chargeBack} 10.74"]);
        var lost = CashDesk.Done(await desk.Settle(chargeBack, DisputeState.Lost, "\"to\":\"owed-again\"")).Number;
        (await Told(books)).ShouldBe([$"dispute.lost {lost} 10.74", $"invoice.reopened {First} 10.74"]);
    }

    [Fact]
    public async Task Only_what_is_asked_for_is_written()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new CashDesk(books.Source);
        CashDesk.Done(await desk.Pay("1.00", Named(First, "1.00")));
        await Subscribe(books, "invoice.settled");
        CashDesk.Done(await desk.Pay("1.00", Named(First, "1.00"), reference: "B-2"));
        (await Told(books)).ShouldBeEmpty();
        CashDesk.Done(await desk.Pay("8.74", Named(First, "8.74"), reference: "B-3"));
        (await Told(books)).ShouldBe([$"invoice.settled {First} 0.00"]);
        (await desk.Scalar<long>("select count(*) from webhooks.delivery")).ShouldBe(1);
    }

    // Since it was asked last.
    private async Task<IReadOnlyList<string>> Told(TestDatabase books)
    {
        var told = await new CashDesk(books.Source).Scalar<string[]>(
            """
            select coalesce(array_agg(kind || ' ' || subject_key || ' ' || round(abs(amount), 2) || coalesce(' ' || code, '') order by sequence), '{}')
            from webhooks.event
            """);
        var news = told[_read..];
        _read = told.Length;
        return news;
    }

    private static string Named(string invoice, string amount) => $"\"invoices\":[{{\"invoice\":\"{invoice}\",\"amount\":\"{amount}\"}}]";

    private static async Task Subscribe(TestDatabase books, params string[] events) => (await new WebhookEndpoints(books.Source, TimeProvider.System).Create(
        new EndpointRequest
        {
            Url = "http://127.0.0.1:9/hook",
            Events = events,
            Secret = new SecretPlace { Env = "NOBODY_DELIVERS" },
            Actor = "mara",
        }, CancellationToken.None)).ShouldBeOfType<WebhookDone<WebhookEndpoint>>();
}
