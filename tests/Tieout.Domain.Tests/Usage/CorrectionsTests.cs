using Tieout.Domain.Usage;

namespace Tieout.Domain.Tests.Usage;

public class CorrectionsTests
{
    private static readonly SubscriptionId Ours = new(new Guid(1, 0, 0, new byte[8]));
    private static readonly SubscriptionId Theirs = new(new Guid(2, 0, 0, new byte[8]));

    [Fact]
    public void What_is_in_the_ledger_is_superseded_once()
    {
        Judge([Case("b", "a", stored: Ours)]).ShouldBeEmpty();
        Judge([Case("c", "a", stored: Ours, by: "b")]).ShouldBe([("c", "already-superseded")]);
        Judge([Case("b", "a", stored: Ours), Case("c", "a", stored: Ours)]).ShouldBe([("c", "already-superseded")]);
    }

    [Fact]
    public void A_correction_is_corrected_by_naming_it() =>
        Judge([Case("b", "a", stored: Ours), Case("c", "b")], "b", "c").ShouldBeEmpty();

    [Fact]
    public void The_target_may_come_in_the_same_batch_and_after_its_correction() => Judge([Case("b", "a")], "a", "b").ShouldBeEmpty();

    [Fact]
    public void What_nobody_has_seen_cannot_be_superseded() => Judge([Case("b", "a")], "b").ShouldBe([("b", "unknown-superseded")]);

    [Fact]
    public void Another_subjects_usage_is_left_alone() => Judge([Case("b", "a", stored: Theirs)]).ShouldBe([("b", "other-subject")]);

    [Fact]
    public void What_builds_on_a_refused_correction_is_refused_with_it() =>
        Judge([Case("c", "b"), Case("b", "a")], "b", "c").ShouldBe([("b", "unknown-superseded"), ("c", "unknown-superseded")]);

    [Fact]
    public void A_circle_holds_nothing() =>
        Judge([Case("a", "c"), Case("b", "a"), Case("c", "b")], "a", "b", "c")
            .ShouldBe([("a", "circular"), ("b", "circular"), ("c", "circular")]);

    [Fact]
    public void The_same_correction_again_is_no_second_one() => Judge([Case("b", "a", stored: Ours, by: "b")]).ShouldBeEmpty();

    private static CorrectionCase Case(string id, string target, SubscriptionId? stored = null, string? by = null) =>
        new(Key(id), Ours, Key(target), stored, by is null ? null : Key(by));

    private static (string Id, string Code)[] Judge(CorrectionCase[] cases, params string[] inBatch) =>
        [.. Corrections.Judge(cases, inBatch.ToDictionary(Key, _ => Ours)).Select(pair => (pair.Key.Id, pair.Value.Code)).OrderBy(pair => pair.Id, StringComparer.Ordinal)];

    private static EventKey Key(string id) => new("/gate", id);
}
