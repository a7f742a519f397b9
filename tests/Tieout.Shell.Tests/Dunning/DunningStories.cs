using System.Text.Json;
using Npgsql;
using Tieout.Application.Accounts;
using Tieout.Application.Dunning;
using Tieout.Application.Ledger;
using Tieout.Domain;
using Tieout.Domain.Cash;
using Tieout.Domain.Cash.Dunning;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Payments;

namespace Tieout.Shell.Tests.Dunning;

/// <summary>Ninety days of an account that owes two invoices of 10.74, as an accountant would tell them.</summary>
public sealed class DunningStories(PostgresFixture postgres) : IAsyncLifetime
{
    private const string First = "US-2026-0000001";
    private const string Second = "US-2026-0000002";
    private const string House =
        """
        {"reason":"House rule","actor":"mara","time-zone":"America/New_York","steps":[
          {"name":"Reminder","days-overdue":7,"grace-days":7,"minimums":{"USD":"5.00"}},
          {"name":"Second reminder","days-overdue":21,"grace-days":10},
          {"name":"Last notice","days-overdue":45}]}
        """;

    private readonly StoryClock clock = new();
    private TestDatabase books = null!;
    private DateOnly due;

    private static CancellationToken None => CancellationToken.None;

    public async ValueTask InitializeAsync()
    {
        books = await CashDesk.TwoInvoices(postgres);
        await books.Execute("alter table invoicing.invoice disable trigger user");
        // Both are due on one day: the story's days count from it.
        due = new DateOnly(2027, 1, 10);
        await books.Execute($"update invoicing.invoice set due_date = '{due:yyyy-MM-dd}'");
        await books.Execute("alter table invoicing.invoice enable trigger user");
        (await Policies.Set("US", Json(House), actor: null, None)).ShouldBeOfType<DunningReply.Policy>().Again.ShouldBeFalse();
    }

    public ValueTask DisposeAsync() => books.DisposeAsync();

    [Fact]
    public async Task Ninety_days()
    {
        await Endpoint();
        var cash = new CashDesk(books.Source, clock: clock);
        (await On(0)).ShouldBe(new DunningCounts(1, 0, 0, 0, 0));
        (await Sheet()).Status.ShouldBeNull();
        (await On(1)).ShouldBe(new DunningCounts(1, 1, 0, 0, 0));
        (await Stands()).ShouldBe("overdue 0 21.48 next 2027-01-17");
        (await On(7)).Notices.ShouldBe(1);
        (await On(7)).Notices.ShouldBe(0);
        (await Stands()).ShouldBe("dunned 1 21.48 next 2027-01-31");

        // The customer disputes the one and promises the other: nothing for three weeks.
        var dispute = CashDesk.Done(await cash.Dispute($"\"invoice\":\"{First}\",\"amount\":\"4.00\"")).Number;
        (await Promise(25, Second)).ShouldBe("promised 1 21.48 next 2027-02-05");
        (await On(21)).Notices.ShouldBe(0);
        (await On(25)).Notices.ShouldBe(0);
        (await On(26)).ShouldBe(new DunningCounts(1, 1, 1, 0, 1));
        (await Stands()).ShouldBe("dunned 2 21.48 next 2027-02-24");

        // The dispute is over and the money owed again: the first goes on where it was, by itself.
        CashDesk.Done(await cash.Settle(dispute, DisputeState.Won));
        (await On(27)).Notices.ShouldBe(1);
        // A person stops it for a week; then the last notices.
        (await Hold(50)).ShouldBe("held 2 21.48 next ");
        (await On(50)).Notices.ShouldBe(0);
        (await On(51)).Notices.ShouldBe(1);
        (await Stands()).ShouldBe("dunned 3 21.48 next ");
        (await On(60)).Notices.ShouldBe(0);

        // Half is paid, then all: it goes back, and comes again where it was when the money goes back.
        CashDesk.Done(await cash.Pay("10.74", Settles(Second)));
        (await On(61)).ShouldBe(new DunningCounts(1, 1, 0, 0, 0));
        (await Stands()).ShouldBe("dunned 3 10.74 next ");
        var last = CashDesk.Done(await cash.Pay("10.74", Settles(First))).Number;
        await On(62);
        (await Stands()).ShouldBe("current 0 0.00 next ");
        CashDesk.Done(await cash.Reverse(last));
        await On(90);
        (await Stands()).ShouldBe("dunned 3 10.74 next ");

        (await Sheet()).Notices.Reverse().Select(Told).ShouldBe(
            [
                $"2027-01-17 1 Reminder 21.48 USD: {First} {Second}",
                $"2027-02-05 2 Second reminder 10.74 USD: {Second}",
                $"2027-02-06 2 Second reminder 10.74 USD: {First}",
                $"2027-03-02 3 Last notice 21.48 USD: {First} {Second}",
            ]);
        (await Sheet()).Promises.ShouldHaveSingleItem().Outcome.ShouldBe(PromiseOutcome.Broken);
        (await books.Scalar<string>("select string_agg(kind || ' ' || state, ', ' order by sequence) from webhooks.event where kind like 'dunning%'")).ShouldBe(
            "dunning.changed overdue, dunning.notice step-1, dunning.changed dunned, dunning.promise open, dunning.changed promised, dunning.notice step-2, "
            + "dunning.promise broken, dunning.changed dunned, dunning.notice step-2, dunning.changed held, dunning.notice step-3, dunning.changed dunned, "
            + "dunning.changed current, dunning.changed dunned");
    }

    [Fact]
    public async Task What_is_disputed_whole_is_owed_all_the_same_and_a_promise_is_not_kept_by_it()
    {
        var cash = new CashDesk(books.Source, clock: clock);
        await On(10);
        await Promise(20, First);
        CashDesk.Done(await cash.Dispute($"\"invoice\":\"{First}\""));
        CashDesk.Done(await cash.Dispute($"\"invoice\":\"{Second}\""));
        (await On(15)).ShouldBe(new DunningCounts(1, 1, 0, 0, 0));
        (await Stands()).ShouldStartWith("disputed 1 21.48 next ");
        (await On(21)).ShouldBe(new DunningCounts(1, 1, 0, 0, 1));
        (await Sheet()).Promises.ShouldHaveSingleItem().Outcome.ShouldBe(PromiseOutcome.Broken);
    }

    [Fact]
    public async Task A_promise_that_is_kept_is_found_kept_by_the_day_of_the_money()
    {
        var cash = new CashDesk(books.Source, clock: clock);
        await On(10);
        (await Promise(20)).ShouldBe("promised 1 21.48 next 2027-01-31");
        CashDesk.Done(await cash.Pay("21.48", "\"oldest-first\":true"));
        // Nobody looks for a month: the money's day counts.
        (await On(50)).ShouldBe(new DunningCounts(1, 0, 0, 1, 0));
        var promise = (await Sheet()).Promises.ShouldHaveSingleItem();
        (promise.Outcome, promise.Invoices, promise.Decided).ShouldSatisfyAllConditions(
            seen => seen.Outcome.ShouldBe(PromiseOutcome.Kept), seen => seen.Invoices.ShouldBe([First, Second]), seen => seen.Decided.ShouldBe("dunning"));
        (await On(50)).Kept.ShouldBe(0);
    }

    [Fact]
    public async Task Of_two_promises_about_one_invoice_at_the_same_moment_one_stands_and_the_same_twice_is_one()
    {
        await On(10);
        Task<DunningReply> Until(string day) => Promises.Give("C-1", Json($$"""{"until":"{{day}}","reason":"Told","actor":"mara"}"""), null, None);
        var answers = await Task.WhenAll(Until("2027-02-15"), Until("2027-02-16"), Until("2027-02-15"), Until("2027-02-16"));
        answers.Count(answer => answer is DunningReply.Account).ShouldBe(2);
        answers.OfType<DunningReply.Refused>().ShouldAllBe(refused => refused.Code == "promised-already");
        (await Sheet()).Promises.Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_same_again_adds_nothing_and_what_cannot_be_is_refused()
    {
        await On(10);
        await Promise(20);
        await Promise(20);
        (await Sheet()).Promises.Count.ShouldBe(1);
        Refused(await Promises.Give("C-1", Json($$"""{"until":"2027-02-15","invoices":["{{First}}"],"reason":"Told","actor":"mara"}"""), null, None))
            .ShouldBe("promised-already invoices");
        var id = (await Sheet()).Promises[0].Id;
        (await Promises.Withdraw("C-1", id, Json("""{"reason":"Misheard","actor":"mara"}"""), null, None)).ShouldBeOfType<DunningReply.Account>();
        (await Promises.Withdraw("C-1", id, Json("""{"reason":"Misheard","actor":"mara"}"""), null, None)).ShouldBeOfType<DunningReply.Account>();
        (await Sheet()).Promises[0].Outcome.ShouldBe(PromiseOutcome.Withdrawn);
        Refused(await Promises.Give("C-1", Json("""{"until":"2027-01-19","reason":"Told","actor":"mara"}"""), null, None)).ShouldBe("out-of-range until");
        Refused(await Promises.Give("C-1", Json("""{"until":"2027-02-15","invoices":["DE-2026-0000001"],"reason":"Told","actor":"mara"}"""), null, None))
            .ShouldBe("not-owed invoices");
        (await Promises.Withdraw("C-1", Guid.Empty, Json("""{"reason":"x","actor":"mara"}"""), null, None)).ShouldBeOfType<DunningReply.NotFound>();
        (await Promises.Give("C-9", Json("""{"until":"2027-02-15","reason":"Told","actor":"mara"}"""), null, None)).ShouldBeOfType<DunningReply.NotFound>();
        await Hold(30);
        await Hold(30);
        (await Sheet()).Holds.Count.ShouldBe(1);
        (await Holds.Release("C-1", Json("""{"reason":"Settled","actor":"mara"}"""), null, None)).ShouldBeOfType<DunningReply.Account>();
        (await Stands()).ShouldBe("dunned 1 21.48 next 2027-01-31");

        (await Policies.Set("US", Json(House), actor: null, None)).ShouldBeOfType<DunningReply.Policy>().Again.ShouldBeTrue();
        var second = (await Policies.Set("US", Json(House.Replace("45", "40", StringComparison.Ordinal)), actor: null, None)).ShouldBeOfType<DunningReply.Policy>();
        (second.Again, second.Sheet.Version, second.Sheet.Steps[2].DaysOverdue).ShouldBe((false, 2, 40));
        (await Policies.Set("XX", Json(House), actor: null, None)).ShouldBeOfType<DunningReply.NotFound>();
    }

    [Fact]
    public async Task An_account_and_a_statement_of_a_customer_show_where_it_stands()
    {
        await On(10);
        (await new AccountSettings(books.Source, clock).Find("C-1", None))!.Dunning!.StepName.ShouldBe("Reminder");
        var customer = ((LedgerAnswer.Customer)await new ReadCustomer(books.Source, clock).Run("C-1", null, null, null, 50, None)).Statement;
        (customer.Dunning!.State, customer.Dunning.Step).ShouldBe((DunningState.Dunned, 1));
        (await new ReadDunning(books.Source).List("dunned", null, 10, None)).ShouldHaveSingleItem().BillingAccount.ShouldBe("C-1");
        (await new ReadDunning(books.Source).List("dunned", "C-1", 10, None)).ShouldBeEmpty();
        (await new ReadDunning(books.Source).Notices(null, 10, None)).ShouldHaveSingleItem().Invoices.Select(one => one.DaysOverdue).ShouldBe([10, 10]);
    }

    [Fact]
    public async Task Many_at_once_remind_once()
    {
        At(10);
        var counts = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => new RunDunning(books.Source, clock).Run(None)));
        counts.Sum(one => one.Notices).ShouldBe(1);
        (await books.Scalar<long>("select count(*) from cash.dunning_notice")).ShouldBe(1);
    }

    [Theory]
    [InlineData("insert into cash.dunning_notice_invoice select notice_id, gen_random_uuid(), tenant, 2, on_date, open, days from cash.dunning_notice_invoice limit 1", "dunning_step_in_turn")]
    [InlineData("insert into cash.dunning_notice_invoice select gen_random_uuid(), invoice_id, tenant, step, on_date + 1, open, days from cash.dunning_notice_invoice limit 1", "dunning_step_once")]
    [InlineData("insert into cash.dunning_notice_invoice select gen_random_uuid(), invoice_id, tenant, step + 1, on_date, open, days from cash.dunning_notice_invoice limit 1", "dunning_one_step_a_day")]
    [InlineData("insert into cash.dunning_notice_invoice select notice_id, gen_random_uuid(), tenant, step, on_date, open, days from cash.dunning_notice_invoice limit 1", "dunning_notice_adds_up")]
    [InlineData("update cash.dunning_promise set until_on = until_on + 1", "dunning_promise_stays")]
    [InlineData("update cash.dunning_promise set outcome = 'kept'", "dunning_promise_decided")]
    [InlineData("delete from cash.dunning_hold", "dunning_hold_stays")]
    [InlineData("update cash.dunning_state set state = 'current'", "dunning_state_of_something")]
    [InlineData("insert into cash.dunning_policy select tenant, legal_entity_id, 7, time_zone, steps, reason, actor, created_at from cash.dunning_policy", "dunning_policy_in_turn")]
    public async Task The_database_itself_refuses(string wrong, string constraint)
    {
        await On(10);
        await Promise(20);
        await Hold(30);
        (await Should.ThrowAsync<PostgresException>(() => books.Execute(wrong))).ConstraintName.ShouldBe(constraint);
        await Should.ThrowAsync<PostgresException>(() => books.Execute("update cash.dunning_notice set amount = 1"));
    }

    private DunningPolicies Policies => new(books.Source, clock);

    private PromisePayment Promises => new(books.Source, clock);

    private HoldDunning Holds => new(books.Source, clock);

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    private static string Settles(string invoice) => $"\"invoices\":[{{\"invoice\":\"{invoice}\"}}]";

    private static string Refused(DunningReply reply) => reply.ShouldBeOfType<DunningReply.Refused>() is var no ? $"{no.Code} {no.Field}" : "";

    private static string Told(DunningNoticeRow row) =>
        $"{row.On:yyyy-MM-dd} {row.Step} {row.Name} {row.Amount}: {string.Join(' ', row.Invoices.Select(one => one.Number))}";

    private void At(int day) => clock.Now = new DateTimeOffset(due.AddDays(day), new TimeOnly(17, 0), TimeSpan.Zero);

    private async Task<DunningCounts> On(int day)
    {
        At(day);
        return await new RunDunning(books.Source, clock).Run(None);
    }

    private async Task<DunningSheet> Sheet() => (await new ReadDunning(books.Source).One("C-1", None))!;

    private async Task<string> Stands()
    {
        var status = (await Sheet()).Status!;
        return FormattableString.Invariant($"{Words.Of(status.State)} {status.Step} {status.Overdue.Amount:0.00} next {status.NextOn:yyyy-MM-dd}");
    }

    private async Task<string> Promise(int day, params string[] invoices)
    {
        var named = invoices.Length > 0 ? $",\"invoices\":[\"{string.Join("\",\"", invoices)}\"]" : "";
        (await Promises.Give("C-1", Json($$"""{"until":"{{due.AddDays(day):yyyy-MM-dd}}","reason":"Told by phone","actor":"mara"{{named}}}"""), null, None))
            .ShouldBeOfType<DunningReply.Account>();
        return await Stands();
    }

    private async Task<string> Hold(int day)
    {
        (await Holds.Hold("C-1", Json($$"""{"until":"{{due.AddDays(day):yyyy-MM-dd}}","reason":"New contact","actor":"mara"}"""), null, None))
            .ShouldBeOfType<DunningReply.Account>();
        return await Stands();
    }

    private Task Endpoint() => books.Execute(
        """
        insert into webhooks.endpoint (id, url, events, created_by, created_at, changed_at)
        values (gen_random_uuid(), 'https://crm.example/hook', array['dunning.notice', 'dunning.changed', 'dunning.promise'], 'mara', now(), now())
        """);

    private sealed class StoryClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = System.GetUtcNow();

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
