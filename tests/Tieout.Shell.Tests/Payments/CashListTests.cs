using Tieout.Application.Payments;
using Tieout.Application.Views;
using Tieout.Domain.Cash;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Payments;

/// <summary>Lists of payments and disputes, and what an invoice and any id of a payment tell; on two invoices of 10.74 dollars.</summary>
public sealed class CashListTests(PostgresFixture postgres)
{
    private const string First = "US-2026-0000001";
    private const string Second = "US-2026-0000002";

    [Fact]
    public async Task Payments_are_listed_page_by_page_and_those_with_something_unapplied_as_long_as_there_is_some()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var (desk, find) = (new CashDesk(books.Source), new FindPayments(books.Source));
        List<string> numbers = [];
        for (var number = 0; number < 5; number++) numbers.Insert(0, CashDesk.Done(await desk.Pay("2.00")).Number);
        Task<IReadOnlyList<Payment>> List(string? account = null, bool unapplied = false, string? after = null, int limit = 2) =>
            find.List(account, unapplied, after, limit, CancellationToken.None);

        (await List()).Select(one => one.Number).ShouldBe(numbers[..2]);
        (await List(after: numbers[1])).Select(one => one.Number).ShouldBe(numbers[2..4]);
        (await List("C-1", after: numbers[3])).Select(one => one.Number).ShouldBe(numbers[4..]);
        (await List("C-2")).ShouldBeEmpty();
        (await List(after: "USJ-2026-0000099")).ShouldBeEmpty();

        (await List(unapplied: true, limit: 9)).Select(one => one.Number).ShouldBe(numbers);
        var applied = CashDesk.Done(await desk.Apply(numbers[2], Named(First, "2.00"))).Number;
        CashDesk.Done(await desk.Apply(numbers[3], Named(First, "1.00")));
        CashDesk.Done(await desk.Refund($"\"payment\":\"{numbers[4]}\"", "2.00"));
        (await List("C-1", unapplied: true, limit: 9)).Select(one => (one.Number, one.Unapplied.Amount))
            .ShouldBe([(numbers[0], 2m), (numbers[1], 2m), (numbers[3], 1m)]);
        (await List(unapplied: true, after: numbers[1])).Select(one => one.Number).ShouldBe([numbers[3]]);
        CashDesk.Done(await desk.Reverse(applied));
        (await List(unapplied: true, limit: 9)).Select(one => one.Number).ShouldBe([numbers[0], numbers[1], numbers[2], numbers[3]]);
    }

    [Fact]
    public async Task Disputes_are_listed_page_by_page()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var (desk, find) = (new CashDesk(books.Source), new FindPayments(books.Source));
        var first = CashDesk.Done(await desk.Dispute($"\"invoice\":\"{First}\",\"amount\":\"1\"")).Number;
        var second = CashDesk.Done(await desk.Dispute($"\"invoice\":\"{Second}\",\"amount\":\"2\"")).Number;
        CashDesk.Done(await desk.Settle(first, DisputeState.Won));
        var third = CashDesk.Done(await desk.Dispute($"\"invoice\":\"{First}\",\"amount\":\"3\"")).Number;
        async Task<string> List(string? account, string? after, int limit) =>
            string.Join(' ', (await find.Disputes(account, after, limit, CancellationToken.None)).Select(one => $"{one.Number}:{one.About}:{one.State}"));
        (await List(null, null, 2)).ShouldBe($"{third}:{First}:Opened {second}:{Second}:Opened");
        (await List("C-1", second, 2)).ShouldBe($"{first}:{First}:Won");
        (await List("C-2", null, 2)).ShouldBe("");
    }

    [Fact]
    public async Task An_invoice_lists_what_was_booked_on_it_and_asks_for_its_total_less_all_of_that()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new CashDesk(books.Source);
        var payment = CashDesk.Done(await desk.Pay("9.00", Named(First, "4.00"))).Number;
        var applied = CashDesk.Done(await desk.Apply(payment, Named(First, "3.00"))).Number;
        var off = CashDesk.Done(await desk.Unapply(payment, Named(First, "1.00"))).Number;
        var memo = await desk.Credit(First, 1m);
        var debt = await desk.WriteOff(First, 0.5m);
        var dispute = CashDesk.Done(await desk.Dispute($"\"invoice\":\"{First}\",\"amount\":\"1.00\"", day: 18)).Number;
        var back = CashDesk.Done(await desk.Dispute($"\"payment\":\"{payment}\",\"amount\":\"4.00\"", day: 19)).Number;
        var lost = CashDesk.Done(await desk.Settle(back, DisputeState.Lost, "\"to\":\"owed-again\"", day: 20)).Number;
        var reversed = CashDesk.Done(await desk.Reverse(debt)).Number;

        var invoice = (await new FindInvoices(books.Source).One(First, CancellationToken.None))!;
        invoice.Settlements.Select(one => (one.Number, one.Kind, one.Date.Day, one.Amount.Amount, one.Payment, one.Reverses)).ShouldBe([
            (memo, "credit-memo", 10, 1.08m, "", ""), (debt, "write-off", 10, 0.5m, "", ""), (payment, "receipt", 15, 4m, payment, ""),
            (applied, "application", 16, 3m, payment, ""), (off, "release", 17, -1m, payment, ""), (dispute, "dispute-opened", 18, 1m, "", ""),
            (back, "dispute-opened", 19, 0m, payment, ""), (lost, "dispute-lost", 20, -1m, payment, ""), (reversed, "reversal", 28, -0.5m, "", debt),
        ]);
        invoice.Settlements.ShouldAllBe(one => one.State == "staged");
        (invoice.Invoice.Total.Amount - invoice.Settlements.Sum(one => one.Amount.Amount)).ShouldBe(invoice.Invoice.Open!.Value.Amount);
        (await new FindInvoices(books.Source).One(invoice.Invoice.Id, CancellationToken.None))!.Settlements.Count.ShouldBe(9);

        var story = (await Timeline(books).Run(First, CancellationToken.None)).Story!;
        foreach (var one in invoice.Settlements) story.Steps.ShouldContain(step => step.Title.EndsWith(one.Number, StringComparison.Ordinal), one.Number);
    }

    [Fact]
    public async Task Any_id_of_a_payment_tells_all_that_became_of_it()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new CashDesk(books.Source);
        var paid = CashDesk.Done(await desk.Pay("9.00"));
        var applied = CashDesk.Done(await desk.Apply(paid.Number, Named(First, "9.00")));
        var refund = CashDesk.Done(await desk.Refund($"\"payment\":\"{paid.Number}\"", "2.00"));
        var back = CashDesk.Done(await desk.Reverse(refund.Number));
        CashDesk.Done(await desk.Pay("1.00"));
        var correlation = await desk.Scalar<Guid>("select correlation_id from posting.posting where business_key = @Number", new { back.Number });
        string[] all = [paid.Number, applied.Number, refund.Number, back.Number];
        foreach (var id in new[] { paid.Number, refund.Number, applied.Id.ToString(), back.Id.ToString(), correlation.ToString() })
        {
            (await new ReadInvoiceStatus(books.Source).Run(id, CancellationToken.None))!.Documents.Select(one => one.Number).ShouldBe(all, id);
            var story = (await Timeline(books).Run(id, CancellationToken.None)).Story!;
            story.CorrelationId.ShouldBe(correlation);
            foreach (var number in all) story.Steps.ShouldContain(step => step.Title.EndsWith(number, StringComparison.Ordinal), $"{id}: {number}");
        }
        (await Timeline(books).Run(correlation.ToString(), CancellationToken.None)).Story!.Id.ShouldBe(paid.Number);
    }

    private static ReadTimeline Timeline(TestDatabase books) => new(books.Source, new FindInvoices(books.Source));

    private static string Named(string invoice, string amount) => $$"""
        "invoices":[{"invoice":"{{invoice}}","amount":"{{amount}}"}]
        """;
}
