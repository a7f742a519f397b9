using Tieout.Domain.Subscriptions;
using static Tieout.Domain.Subscriptions.SubscriptionState;

namespace Tieout.Domain.Tests.Subscriptions;

public class SubscriptionMovesTests
{
    /// <summary>All moves there are; each row is a state, each of its entries where it may go.</summary>
    [Theory]
    [InlineData(Draft, new[] { Trialing, Active, Cancelled })]
    [InlineData(Trialing, new[] { Active, Cancelled, Expired })]
    [InlineData(Active, new[] { Paused, Cancelled, Expired })]
    [InlineData(Paused, new[] { Active, Cancelled, Expired })]
    [InlineData(Cancelled, new[] { Active })]
    [InlineData(Expired, new[] { Active })]
    public void From_a_state_lead_these_moves_only(SubscriptionState from, SubscriptionState[] to) =>
        Enum.GetValues<SubscriptionState>().Where(state => SubscriptionMoves.Allowed(from, state)).ShouldBe(to);

    [Theory]
    [InlineData(AmendmentKind.Create, new SubscriptionState[0])]
    [InlineData(AmendmentKind.Activate, new[] { Draft, Trialing })]
    [InlineData(AmendmentKind.Trial, new[] { Draft, Trialing })]
    [InlineData(AmendmentKind.Upgrade, new[] { Trialing, Active, Paused })]
    [InlineData(AmendmentKind.Downgrade, new[] { Trialing, Active, Paused })]
    [InlineData(AmendmentKind.ChangeQuantity, new[] { Trialing, Active, Paused })]
    [InlineData(AmendmentKind.AddComponent, new[] { Trialing, Active, Paused })]
    [InlineData(AmendmentKind.RemoveComponent, new[] { Trialing, Active, Paused })]
    [InlineData(AmendmentKind.ChangePrice, new[] { Trialing, Active, Paused })]
    [InlineData(AmendmentKind.Renew, new[] { Active, Expired })]
    [InlineData(AmendmentKind.Pause, new[] { Active })]
    [InlineData(AmendmentKind.Resume, new[] { Paused })]
    [InlineData(AmendmentKind.Cancel, new[] { Draft, Trialing, Active, Paused })]
    [InlineData(AmendmentKind.Reactivate, new[] { Cancelled, Expired })]
    public void An_amendment_is_taken_in_these_states_only(AmendmentKind kind, SubscriptionState[] states) =>
        Enum.GetValues<SubscriptionState>().Where(state => SubscriptionMoves.Takes(state, kind)).ShouldBe(states);

    [Fact]
    public void Every_kind_of_amendment_is_in_the_table() =>
        Enum.GetValues<AmendmentKind>().ShouldAllBe(kind => SubscriptionMoves.TakersOf(kind) != null);

    [Theory]
    [InlineData(Active, Active, new SubscriptionState[0])]
    [InlineData(Active, Paused, new[] { Paused })]
    [InlineData(Trialing, Paused, new[] { Active, Paused })] // the trial went over by itself
    [InlineData(Cancelled, Paused, new[] { Active, Paused })]
    public void What_time_did_in_between_is_a_move_of_its_own(SubscriptionState from, SubscriptionState to, SubscriptionState[] way) =>
        SubscriptionMoves.Way(from, to).ShouldBe(way);

    [Fact]
    public void No_way_leads_back_to_a_draft() => Should.Throw<InvalidOperationException>(() => SubscriptionMoves.Way(Active, Draft));
}
