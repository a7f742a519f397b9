using System.Text.Json;
using Npgsql;
using Tieout.Application.Statements;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Gateways;
using Tieout.Shell.Tests.Payments;

namespace Tieout.Shell.Tests.Statements;

/// <summary>Who is known to pay from where: taught, shown, ended, never deleted.</summary>
public sealed class PayerStories(PostgresFixture postgres)
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task What_was_taught_wrongly_is_ended_and_nothing_is_certain_by_it_any_more()
    {
        await using var desk = await LineDesk.Open(postgres);
        await desk.Report("a", 5m, "thanks");
        var wrong = CashDesk.Done(await desk.For("a", "C-3"));
        var known = (await List(desk)).ShouldHaveSingleItem();
        (known.Number, known.BillingAccount, known.Actor, known.TaughtBy, known.EndedAt).ShouldBe((LineDesk.Payer, "C-3", "mara", wrong.Number, null));

        (await Forget(desk, LineDesk.Payer, "C-1")).ShouldBeOfType<ForgetOutcome.NotFound>();
        var ended = (await Forget(desk, LineDesk.Payer, "C-3")).ShouldBeOfType<ForgetOutcome.Done>().Payer;
        (ended.EndedBy, ended.EndedWhy).ShouldBe(("mara", "Another company's account"));
        (await List(desk)).ShouldBeEmpty();
        (await List(desk, ended: true)).ShouldHaveSingleItem().ShouldBe(ended);
        (await Forget(desk, LineDesk.Payer, "C-3")).ShouldBeOfType<ForgetOutcome.NotFound>();

        // From there an invoice of C-3 is paid, to the cent: a person has to say so.
        await desk.Report("b", 10.76m, await desk.Invoice("C-3"));
        (await desk.Match()).ShouldBe(new MatchCounts(0, 0, 1, 0, 0));
        CashDesk.Done(await desk.Take("b"));
        // Taught anew, it is known anew; the old row stays.
        (await List(desk)).ShouldHaveSingleItem().TaughtBy.ShouldNotBe(wrong.Number);
        (await List(desk, ended: true)).Count.ShouldBe(2);
        foreach (var change in new[]
        {
            "delete from cash.payer_number", "update cash.payer_number set number = 'X'",
            "update cash.payer_number set ended_at = null, ended_by = '', ended_why = ''",
        }) (await Should.ThrowAsync<PostgresException>(() => desk.Execute(change))).ConstraintName.ShouldBe("payer_number_stays", change);
    }

    [Fact]
    public async Task What_an_accept_taught_ends_with_its_reversal_and_what_was_known_before_stays()
    {
        await using var desk = await LineDesk.Open(postgres);
        await desk.Know("C-1");
        await desk.Report("a", 5m, "thanks");
        await desk.Report("b", 6m, "thanks", from: "FR1420041010050500013M02606");
        foreach (var key in new[] { "a", "b" }) CashDesk.Done(await desk.For(key, "C-1"));
        (await List(desk)).Count.ShouldBe(2);
        foreach (var key in new[] { "a", "b" }) CashDesk.Done(await desk.Cash.Reverse((await desk.Line(key)).Entry));
        // The one was known before line a told it, the other by line b alone.
        (await List(desk)).ShouldHaveSingleItem().Number.ShouldBe(LineDesk.Payer);
        var ended = (await List(desk, ended: true)).Single(one => one.EndedAt is not null);
        (ended.EndedBy, ended.EndedWhy.Contains("took that back: Booked by mistake", StringComparison.Ordinal)).ShouldBe(("mara", true));
    }

    [Fact]
    public async Task A_gateways_customer_who_is_named_anew_is_the_former_one_no_longer()
    {
        var (books, gateway) = await GatewayDesk.Open(postgres, taught: false);
        await SampleData.Subscriptions(books.Source, 3);
        await using var desk = await LineDesk.Over(books);
        foreach (var account in new[] { "C-3", "C-2", "C-1" }) await gateway.Teach("cus_1", account);
        // C-2 pays in euros: one customer, an account in each currency.
        (await List(desk)).Select(one => $"{one.Number} {one.BillingAccount}").ShouldBe(["main/cus_1 C-1", "main/cus_1 C-2"]);
        await gateway.Tell(StripeTalk.Charge("ch_1", 1000, 15));
        (await gateway.OpenCases()).ShouldBeEmpty();
        (await desk.Cash.Scalar<string>("select a.code from cash.payment p join customers.billing_account a on a.id = p.billing_account_id")).ShouldBe("C-1");
    }

    private static Task<IReadOnlyList<KnownPayerRow>> List(LineDesk desk, bool ended = false) =>
        new Payers(desk.Source, TimeProvider.System).List(null, null, ended, null, 50, None);

    private static Task<ForgetOutcome> Forget(LineDesk desk, string number, string account) => new Payers(desk.Source, TimeProvider.System).Forget(
        JsonDocument.Parse($$"""{"number":"{{number}}","billing-account":"{{account}}","reason":"Another company's account","actor":"mara"}""").RootElement, actor: null, None);
}
