using System.Diagnostics;
using System.Net;
using System.Text;
using Dapper;
using Tieout.Application.Confirmations;
using Tieout.Application.Views;
using Tieout.Domain.Posting;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Posting;

/// <summary>What SAP books in its own time, told by itself, late, twice, wrongly or never. Its own ledger is the witness.</summary>
public sealed class ConfirmationStories(PostgresFixture postgres)
{
    private const string First = "US-2026-0000001";

    // Pauses far longer than any test: only a confirmation makes a look-up happen earlier.
    private static readonly PostingPolicy Asleep = new(12, TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(3));

    [Theory]
    [InlineData("queue", "confirmation-missing")]
    [InlineData("queue", "confirmation-doubled")]
    [InlineData("queue", "confirmation-early")]
    [InlineData("queue", "confirmation-late")]
    [InlineData("queue", "confirmation-error")]
    [InlineData("queue", "commit-then-silence")]
    [InlineData("queue", "timeout-before-commit")]
    [InlineData("queue", "html-answer")]
    [InlineData("queue", "server-fault")]
    [InlineData("queue", "half-answer")]
    [InlineData("queue", "throttle-429")]
    [InlineData("idoc", "confirmation-missing")]
    [InlineData("idoc", "confirmation-doubled")]
    [InlineData("idoc", "confirmation-early")]
    [InlineData("idoc", "confirmation-error")]
    [InlineData("idoc", "commit-then-silence")]
    [InlineData("idoc", "not-booked")]
    [InlineData("idoc", "server-fault")]
    public async Task Whatever_becomes_of_the_confirmations_every_document_is_posted_once(string way, string fault)
    {
        await using var confirming = await ConfirmingWorld.Start(postgres, 100, way == "idoc" ? "idoc" : "asynchronous");
        var world = confirming.World;
        await world.Fault(fault, count: 3, seconds: 0.3, on: way); // of six calls

        (await world.Deliver(confirming.Targets, patienceSeconds: 20)).Waiting.ShouldBe(0);

        await world.AllPostedOnce();
        (await world.OpenCases()).ShouldBeEmpty();
        (await world.Count("posting.attempt where outcome in ('accepted', 'taken') and detail like 'SAP has taken it as %'")).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task What_was_taken_is_in_doubt_until_it_is_read_back_and_the_confirmation_makes_that_happen_at_once()
    {
        await using var confirming = await ConfirmingWorld.Start(postgres, 12, policy: Asleep, booksAfter: 1500);
        var world = confirming.World;

        // The German tenant's log-in is another: nobody confirms its documents, and they wait for their pause.
        await confirming.Serve(async () => await world.Count("posting.posting where state = 'posted'") == 6);

        (await world.Rows<string>("select distinct legal.code from posting.posting p join customers.legal_entity legal on legal.id = p.legal_entity_id where p.state = 'in-doubt'"))
            .ShouldBe(["DE"]);
        var story = await world.Rows<(string Kind, string Outcome)>(
            "select kind, outcome from posting.attempt a join posting.posting p on p.id = a.posting_id where business_key = @First order by number", new { First });
        story.ShouldBe([("send", "taken"), ("look-up", "found")]);
        (await world.Count($"posting.exchange where operation = 'journal-entry-request' and status = 202 and octet_length(answer) = 0")).ShouldBeGreaterThan(0);
        (await world.Count("posting.confirmation_message where treatment = 'taken' and target = 'sap-us'")).ShouldBeGreaterThan(0);
        (await world.Held(First)).ShouldBe(1);
    }

    [Fact]
    public async Task The_same_message_again_makes_it_looked_up_at_once_as_if_it_were_the_first()
    {
        await using var confirming = await ConfirmingWorld.Start(postgres, 2, policy: Asleep, booksAfter: 600_000);
        var world = confirming.World;
        await confirming.Serve(async () => await world.Count("posting.posting where state = 'in-doubt' and claim is null") == 2);
        var message = ConfirmingWorld.Message((await world.Rows<string>("select reference from posting.confirmation_due where target = 'sap-us'"))[0]);
        Task<long> Due() => world.Count("posting.posting where state = 'in-doubt' and target = 'sap-us' and not_before <= now()");

        (await confirming.Knock(message)).Status.ShouldBe(HttpStatusCode.Accepted);
        (await Due()).ShouldBe(1);
        // As if the program had ended between keeping the message and seeing to what it is about.
        await world.Database.Execute("update posting.posting set not_before = now() + interval '1 hour' where state = 'in-doubt'");
        (await Due()).ShouldBe(0);
        (await confirming.Knock(message)).Status.ShouldBe(HttpStatusCode.Accepted);
        (await Due()).ShouldBe(1);
        (await world.Rows<string>("select treatment from posting.confirmation_message where target = 'sap-us' order by id")).ShouldBe(["taken", "doubled"]);
    }

    [Fact]
    public async Task What_somebody_has_locked_is_waited_for_by_few_questions_however_many_there_are()
    {
        await using var confirming = await ConfirmingWorld.Start(postgres, 120, policy: Asleep, booksAfter: 600_000);
        var world = confirming.World;
        await confirming.Serve(async () => await world.Count("posting.posting where state = 'in-doubt' and claim is null") == 120);
        var references = await world.Rows<string>("select reference from posting.confirmation_due where target = 'sap-us'");
        var one = ConfirmingWorld.Message("#");
        var (from, until) = (one.IndexOf("<JournalEntryCreateConfirmation>", StringComparison.Ordinal), one.LastIndexOf("<Log/>", StringComparison.Ordinal));
        var message = one[..from] + string.Concat(references.Select(reference => one[from..until].Replace("#", reference, StringComparison.Ordinal))) + one[until..];
        // One database a test: its name tells its questions from those of others.
        var (database, asked) = (new Npgsql.NpgsqlConnectionStringBuilder(world.Database.ConnectionString).Database, 0);
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.TagObjects.Any(tag => tag.Value as string == database)) Interlocked.Increment(ref asked);
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var other = await world.Database.Source.OpenConnectionAsync();
        await using var held = await other.BeginTransactionAsync();
        await other.ExecuteAsync("select from posting.posting where state = 'in-doubt' for update");

        var taking = new TakeConfirmation(world.Database.Source, TimeProvider.System).Run(confirming.Targets[0].Settings, Encoding.UTF8.GetBytes(message), default);
        await Task.Delay(200);
        taking.IsCompleted.ShouldBeFalse();
        await held.RollbackAsync();

        (await taking).ShouldBeOfType<ConfirmationOutcome.Taken>().Documents.ShouldBe(references.Count);
        (await world.Count("posting.posting where state = 'in-doubt' and target = 'sap-us' and not_before <= now()")).ShouldBe(references.Count);
        references.Count.ShouldBe(60);
        asked.ShouldBeInRange(5, 40);
    }

    [Fact]
    public async Task An_error_confirmed_refuses_in_the_ERPs_own_reason_and_the_replay_goes_under_another_id()
    {
        await using var confirming = await ConfirmingWorld.Start(postgres, 12, policy: Asleep, booksAfter: 300);
        var world = confirming.World;
        await world.Tell("periods/close", new { companyCode = "1710", month = "2026-11" });

        await confirming.Serve(async () => await world.Count("posting.posting where state = 'parked'") == 6);

        (await world.OpenCases()).ShouldBe(new Dictionary<string, long>(StringComparer.Ordinal) { ["period-closed"] = 6 });
        await world.Tell("periods/open", new { companyCode = "1710", month = "2026-11" });
        await world.Replay("period-closed");
        await confirming.Serve(async () => await world.Count("posting.posting where state = 'posted'") == 6);
        (await world.Held(First)).ShouldBe(1);
        (await world.OpenCases()).ShouldBeEmpty();
        (await world.Count($"posting.confirmation_due where business_key = '{First}'")).ShouldBe(2);
    }

    [Fact]
    public async Task A_message_that_lies_in_SAP_for_good_is_sent_again_under_the_same_id_and_SAP_takes_it_no_second_time()
    {
        var hasty = new PostingPolicy(2, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2));
        await using var confirming = await ConfirmingWorld.Start(postgres, 1, policy: hasty);
        var world = confirming.World;
        await world.Fault("not-booked", on: "queue");

        await confirming.Serve(async () => await world.Count("posting.posting where state = 'parked'") == 1);

        // Whoever restarts it in SAP books it once; nothing of ours has gone out under another id.
        (await world.OpenCases()).Keys.ShouldBe(["gave-up"]);
        (await world.Count("posting.confirmation_due")).ShouldBe(1);
        (await world.Count("posting.exchange where convert_from(answer, 'UTF8') like '%Duplicate message%'")).ShouldBe(1);
        (await world.Held(First)).ShouldBe(0);
    }

    [Fact]
    public async Task Confirmed_and_not_there_is_told_to_a_person_and_never_sent_again()
    {
        await using var confirming = await ConfirmingWorld.Start(postgres, 1);
        var world = confirming.World;
        await world.Fault("confirmation-false", on: "queue");

        await confirming.Serve(async () => await world.Count("posting.posting where state = 'parked'") == 1);

        (await world.OpenCases()).Keys.ShouldBe(["confirmed-not-found"]);
        await world.Replay("confirmed-not-found");
        await confirming.Serve(async () => await world.Count("posting.posting where state = 'parked'") == 1);
        (await world.Count("posting.exchange where operation = 'journal-entry-request'")).ShouldBe(1);
    }

    [Fact]
    public async Task Contradicting_confirmations_of_what_is_not_there_are_told_to_a_person()
    {
        await using var confirming = await ConfirmingWorld.Start(postgres, 1);
        var world = confirming.World;
        await world.Fault("not-booked", on: "queue");
        await confirming.Serve(async () => await world.Count("posting.confirmation_due") == 1);
        var reference = (await world.Rows<string>("select reference from posting.confirmation_due"))[0];
        (await confirming.Knock(ConfirmingWorld.Message(reference))).Status.ShouldBe(HttpStatusCode.Accepted);
        (await confirming.Knock(ConfirmingWorld.Message(reference, " ", severity: 3, "Period is closed"))).Status.ShouldBe(HttpStatusCode.Accepted);

        await confirming.Serve(async () => await world.Count("posting.posting where state = 'parked'") == 1);

        (await world.OpenCases()).Keys.ShouldBe(["confirmations-contradict"]);
    }

    [Fact]
    public async Task The_timeline_tells_what_was_taken_what_SAP_said_and_what_its_books_showed()
    {
        await using var confirming = await ConfirmingWorld.Start(postgres, 1, policy: Asleep, booksAfter: 500);
        var world = confirming.World;
        await confirming.Serve(async () => await world.Count("posting.posting where state = 'posted'") == 1);

        var steps = (await new ReadTimeline(world.Database.Source, new FindInvoices(world.Database.Source)).Run(First, CancellationToken.None)).Story!.Steps
            .Where(step => step.Kind == StepKind.Attempt).ToList();

        steps.Count.ShouldBe(3);
        steps[0].Text.ShouldStartWith("The ERP has it and has not booked it yet. SAP has taken it as US-2026-0000001-");
        steps[1].Title.ShouldStartWith("Confirmation: booked as 1710/");
        steps[2].Title.ShouldBe("Attempt 2: looked up, found");
    }
}
