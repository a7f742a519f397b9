using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Posting;

namespace Tieout.Domain.Tests.Posting;

public class PostingTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly PostingPolicy Policy = PostingPolicy.Default;
    private static readonly ErpReference Document = new("US-INV-1", "1");
    private static readonly Finding Closed = new(ExceptionCategory.Business, "period-closed", "July is closed.", "Reopen it.");

    [Fact]
    public void Silence_after_sending_is_doubt_and_never_a_repeat() =>
        PostingDecision.AfterSending(new DeliveryOutcome.NoAnswer("time-out"), 1, Now, Policy, 0.5m).State.ShouldBe(PostingState.InDoubt);

    [Fact]
    public void There_is_no_way_from_doubt_to_sending() => PostingMoves.Allowed(PostingState.InDoubt, PostingState.Sending).ShouldBeFalse();

    [Fact]
    public void Nothing_leads_out_of_posted_or_cancelled() =>
        Enum.GetValues<PostingState>().ShouldAllBe(to => !PostingMoves.Allowed(PostingState.Posted, to) && !PostingMoves.Allowed(PostingState.Cancelled, to));

    [Fact]
    public void A_refusal_waits_for_a_person_with_its_reason()
    {
        var change = PostingDecision.AfterSending(new DeliveryOutcome.Refused(Closed), 1, Now, Policy, 0.5m);
        change.State.ShouldBe(PostingState.Parked);
        change.Finding.ShouldBe(Closed);
    }

    [Fact]
    public void What_was_surely_not_sent_is_tried_again_after_a_pause()
    {
        var change = PostingDecision.AfterSending(new DeliveryOutcome.NotSent("connection refused"), 1, Now, Policy, 0.5m);
        change.ShouldBe(new PostingChange(PostingState.Ready, Now + Policy.FirstPause));
    }

    [Fact]
    public void The_erp_s_own_wish_for_a_pause_is_obeyed() =>
        PostingDecision.AfterSending(new DeliveryOutcome.NotSent("429", TimeSpan.FromSeconds(77)), 1, Now, Policy, 0.5m)
            .NotBefore.ShouldBe(Now + TimeSpan.FromSeconds(77));

    [Fact]
    public void After_the_last_try_a_person_is_asked()
    {
        var change = PostingDecision.AfterSending(new DeliveryOutcome.NotSent("503"), Policy.Attempts, Now, Policy, 0.5m);
        change.State.ShouldBe(PostingState.Parked);
        change.Finding!.Category.ShouldBe(ExceptionCategory.Technical);
    }

    [Fact]
    public void A_document_found_is_posted_and_linked() =>
        PostingDecision.AfterLookUp(new LookUpOutcome.Found(Document), Now, 1, 1, Now, Policy, 0.5m)
            .ShouldBe(new PostingChange(PostingState.Posted, Document: Document));

    [Fact]
    public void Absence_is_no_proof_while_the_erp_may_still_commit()
    {
        var change = PostingDecision.AfterLookUp(new LookUpOutcome.Absent(), Now.AddSeconds(-30), 1, 1, Now, Policy, 0.5m);
        change.State.ShouldBe(PostingState.InDoubt);
        change.NotBefore.ShouldNotBeNull().ShouldBeGreaterThan(Now);
    }

    [Fact]
    public void Absence_that_lasts_is_proof() =>
        PostingDecision.AfterLookUp(new LookUpOutcome.Absent(), Now - Policy.AbsenceProof, 1, 9, Now, Policy, 0.5m).State.ShouldBe(PostingState.Ready);

    [Fact]
    public void A_document_that_never_leaves_a_trace_is_given_up_in_the_end()
    {
        var change = PostingDecision.AfterLookUp(new LookUpOutcome.Absent(), Now - Policy.AbsenceProof, Policy.Attempts, 1, Now, Policy, 0.5m);
        change.State.ShouldBe(PostingState.Parked);
        change.Finding!.Code.ShouldBe("gave-up");
    }

    [Fact]
    public void A_doubt_that_lasts_is_told_and_stays_a_doubt()
    {
        var change = PostingDecision.AfterLookUp(new LookUpOutcome.NoAnswer("gone"), Now.AddDays(-1), 1, Policy.Attempts, Now, Policy, 0.5m);
        change.State.ShouldBe(PostingState.InDoubt);
        change.Finding!.Code.ShouldBe("long-in-doubt");
    }

    [Fact]
    public void What_the_erp_turned_away_alone_and_again_is_told_in_words_of_its_own()
    {
        var alone = new DeliveryOutcome.NotSent("403", ThisDocument: true) { Alone = true };
        PostingDecision.AfterSending(alone, Policy.Attempts - 1, Now, Policy, 0.5m).State.ShouldBe(PostingState.Ready);
        var change = PostingDecision.AfterSending(alone, Policy.Attempts, Now, Policy, 0.5m);
        (change.State, change.Finding!.Code, change.Finding.Technical).ShouldBe((PostingState.Parked, "turned-away", "403"));
    }

    [Fact]
    public void An_answer_that_settles_nothing_is_asked_for_again_after_longer_and_longer_and_told_in_its_own_words()
    {
        var created = new LookUpOutcome.NoAnswer("created, not posted yet", ThisDocument: true);
        var pauses = Enumerable.Range(1, 4).Select(lookUps => PostingDecision.AfterLookUp(created, Now.AddDays(-1), 1, lookUps, Now, Policy, 0.5m).NotBefore - Now);
        pauses.ShouldBe([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(8)]);
        var told = PostingDecision.AfterLookUp(created, Now.AddDays(-1), 1, Policy.Attempts, Now, Policy, 0.5m);
        (told.State, told.Finding!.Code).ShouldBe((PostingState.InDoubt, "long-in-doubt"));
        told.Finding.Cause.ShouldContain("settled nothing");
    }

    [Fact]
    public void What_a_person_has_to_see_to_beside_a_posted_document_leaves_it_posted()
    {
        var accepted = PostingDecision.AfterSending(new DeliveryOutcome.Accepted(Document) { Beside = Closed }, 1, Now, Policy, 0.5m);
        var already = PostingDecision.AfterSending(new DeliveryOutcome.AlreadyPosted(Document) { Beside = Closed }, 1, Now, Policy, 0.5m);
        var found = PostingDecision.AfterLookUp(new LookUpOutcome.Found(Document) { Beside = Closed }, Now, 1, 1, Now, Policy, 0.5m);
        foreach (var change in new[] { accepted, already, found }) change.ShouldBe(new PostingChange(PostingState.Posted, Document: Document, Finding: Closed));
    }

    [Fact]
    public void Something_else_under_the_key_is_for_a_person() =>
        PostingDecision.AfterLookUp(new LookUpOutcome.Conflict(Closed), Now, 1, 1, Now, Policy, 0.5m).State.ShouldBe(PostingState.Parked);

    [Fact]
    public void Pauses_double_and_stay_under_the_longest() =>
        Prop.ForAll(Gen.Choose(1, 200).ToArbitrary(), Gen.Choose(0, 1000).ToArbitrary(), (tries, jitter) =>
        {
            var pause = Policy.Pause(tries, jitter / 1000m);
            return pause >= Policy.FirstPause * 0.75 && pause <= Policy.LongestPause * 1.25;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000).WithQuietOnSuccess(true));

    /// <summary>Whatever ERPs answer in whatever order, every step is a legal move.</summary>
    [Fact]
    public void Every_decision_is_a_legal_move()
    {
        DeliveryOutcome[] answers =
        [
            new DeliveryOutcome.Accepted(Document), new DeliveryOutcome.AlreadyPosted(Document), new DeliveryOutcome.Refused(Closed),
            new DeliveryOutcome.NoAnswer(""), new DeliveryOutcome.NotSent(""),
        ];
        LookUpOutcome[] found = [new LookUpOutcome.Found(Document), new LookUpOutcome.Absent(), new LookUpOutcome.Conflict(Closed), new LookUpOutcome.NoAnswer("")];
        foreach (var tries in new[] { 1, Policy.Attempts })
        {
            foreach (var answer in answers)
                PostingMoves.Allowed(PostingState.Sending, PostingDecision.AfterSending(answer, tries, Now, Policy, 0).State).ShouldBeTrue();
            foreach (var sentAt in new[] { Now, Now.AddDays(-1) })
                foreach (var outcome in found)
                {
                    var next = PostingDecision.AfterLookUp(outcome, sentAt, tries, tries, Now, Policy, 0).State;
                    (next == PostingState.InDoubt || PostingMoves.Allowed(PostingState.InDoubt, next)).ShouldBeTrue();
                }
        }
    }
}
