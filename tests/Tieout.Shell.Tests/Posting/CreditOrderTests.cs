using Npgsql;
using Tieout.Application.Exceptions;
using Tieout.Application.Views;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Posting;

/// <summary>An ERP gets a credit memo after the invoice it corrects, never before.</summary>
public sealed class CreditOrderTests(PostgresFixture postgres)
{
    private const string Invoice = "DE-2026-0000001";
    private const string Memo = "DEC-2026-0000001";

    [Fact]
    public async Task A_credit_memo_waits_while_its_invoice_is_on_its_way_and_follows_it()
    {
        await using var world = await World.Start(postgres, 10);
        await world.Credit(Invoice);
        // However the invoices fall into batches, not one of them is answered.
        await world.Fault("commit-then-silence", seconds: 0.1, count: 50);
        var slow = World.Policy with { FirstPause = TimeSpan.FromMinutes(10), LongestPause = TimeSpan.FromMinutes(20) };
        // Nothing is due within a second, for the memo is not due by itself: the run ends.
        (await world.Deliver(world.Targets(policy: slow), patienceSeconds: 1)).Waiting.ShouldBe(11);
        (await State(world, Memo)).ShouldBe("staged");
        (await Told(world)).ShouldContain($"waits until {Invoice} is posted");

        await world.NoFaults();
        await world.Database.Execute("update posting.posting set not_before = now() where state = 'in-doubt'");
        (await world.Deliver()).Waiting.ShouldBe(0);
        await world.AllPostedOnce();
        (await world.Rows<bool>(
            """
            select memo.started_at > before.ended_at
            from posting.attempt memo join posting.posting m on m.id = memo.posting_id and m.business_key = @Memo, posting.attempt before
            join posting.posting i on i.id = before.posting_id and i.business_key = @Invoice
            where memo.kind = 'send' and before.outcome in ('found', 'accepted')
            """, new { Memo, Invoice })).ShouldBe([true]);
    }

    [Fact]
    public async Task A_parked_invoice_parks_its_credit_memo_and_both_go_once_a_person_has_seen_to_it()
    {
        await using var world = await World.Start(postgres, 4);
        await world.Tell("periods/close", new { companyCode = "1010", month = "2026-11" });
        await world.Credit(Invoice);
        (await world.Deliver()).Waiting.ShouldBe(0);
        (await world.OpenCases()).ShouldBe(new Dictionary<string, long> { ["period-closed"] = 2, ["predecessor-not-posted"] = 1 }, ignoreOrder: true);
        (await world.Rows<string>("select cause from exceptions.exception_case where code = 'predecessor-not-posted'"))
            .ShouldHaveSingleItem().ShouldContain($"{Invoice} is parked");

        // Replayed too early it comes back to where it was.
        await Replay(world, "predecessor-not-posted");
        (await world.Deliver()).Waiting.ShouldBe(0);
        (await State(world, Memo)).ShouldBe("parked");

        await world.Tell("periods/open", new { companyCode = "1010", month = "2026-11" });
        await Replay(world, "period-closed");
        await Replay(world, "predecessor-not-posted");
        (await world.Deliver()).Waiting.ShouldBe(0);
        await world.AllPostedOnce();
        (await world.OpenCases()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_credit_memo_does_not_stand_in_the_way_of_what_can_go()
    {
        await using var world = await World.Start(postgres, 6);
        await world.Credit(Invoice);
        await world.Database.Execute(
            "update posting.posting set state = 'ready', target = 'sap-de', not_before = now() + interval '1 hour' where business_key = 'DE-2026-0000001'");
        (await world.Deliver(patienceSeconds: 1)).Waiting.ShouldBe(2);
        (await world.Count("posting.posting where state = 'posted'")).ShouldBe(5);
    }

    [Fact]
    public async Task The_database_itself_refuses_to_send_a_credit_memo_first()
    {
        await using var world = await World.Start(postgres, 2);
        await world.Credit(Invoice);
        await world.Database.Execute("update posting.posting set state = 'ready', target = 'sap-de' where business_key = 'DEC-2026-0000001'");
        (await Should.ThrowAsync<PostgresException>(() => world.Database.Execute(
            "update posting.posting set state = 'sending', claim = md5('x')::uuid where business_key = 'DEC-2026-0000001'")))
            .ConstraintName.ShouldBe("posting_after_its_invoice");
    }

    private static async Task<string> State(World world, string key) =>
        (await world.Rows<string>("select state from posting.posting where business_key = @key", new { key }))[0];

    private static async Task<string> Told(World world)
    {
        var timeline = await new ReadTimeline(world.Database.Source, new FindInvoices(world.Database.Source)).Run(Memo, CancellationToken.None);
        return timeline.Story!.Steps.Single(step => step.Kind == StepKind.Posting).Text;
    }

    private static async Task Replay(World world, string code)
    {
        foreach (var id in await world.Rows<Guid>("select id from exceptions.exception_case where state = 'open' and code = @code", new { code }))
            (await new ReplayException(world.Database.Source, TimeProvider.System).Run(id, "mara", "seen to", CancellationToken.None))
                .ShouldBeOfType<ReplayException.Outcome.Replayed>();
    }
}
