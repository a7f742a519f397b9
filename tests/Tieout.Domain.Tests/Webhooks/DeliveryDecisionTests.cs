using Tieout.Domain.Webhooks;

namespace Tieout.Domain.Tests.Webhooks;

public class DeliveryDecisionTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(200)]
    [InlineData(204)]
    [InlineData(299)]
    public void What_begins_with_2_is_delivered(int status) => After(Status(status), 1).ShouldBeOfType<DeliveryDecision.Delivered>();

    [Theory]
    [InlineData(1, "00:00:05")]
    [InlineData(2, "00:05:00")]
    [InlineData(3, "00:30:00")]
    [InlineData(4, "02:00:00")]
    [InlineData(5, "05:00:00")]
    [InlineData(6, "10:00:00")]
    [InlineData(7, "14:00:00")]
    [InlineData(8, "20:00:00")]
    [InlineData(9, "1.00:00:00")]
    public void Pauses_grow_as_the_scheme_lists_them(int tries, string pause) =>
        After(Status(500), tries).ShouldBe(new DeliveryDecision.Again(Now + TimeSpan.Parse(pause, System.Globalization.CultureInfo.InvariantCulture), EndpointWaits: false));

    [Fact]
    public void After_the_last_pause_it_is_given_up() => After(Status(500), 10).ShouldBeOfType<DeliveryDecision.GivenUp>();

    [Theory]
    [InlineData(302)]
    [InlineData(400)]
    [InlineData(404)]
    public void A_redirect_or_a_refusal_is_tried_again_like_any_failure(int status) => After(Status(status), 1).ShouldBeOfType<DeliveryDecision.Again>();

    [Fact]
    public void Silence_is_tried_again() => After(new DeliveryAnswer.NoAnswer("No answer."), 1).ShouldBeOfType<DeliveryDecision.Again>();

    [Fact]
    public void Gone_is_never_tried_again() => After(Status(410), 1).ShouldBeOfType<DeliveryDecision.GivenUp>();

    [Fact]
    public void Jitter_makes_a_pause_up_to_a_tenth_longer() =>
        DeliveryDecision.After(Status(500), 2, Now, 1m).ShouldBe(new DeliveryDecision.Again(Now.AddSeconds(330), EndpointWaits: false));

    [Theory]
    [InlineData(120, 1, 120)]
    [InlineData(1, 2, 300)]
    [InlineData(400_000_000, 1, 86_400)]
    public void What_the_receiver_asks_for_is_obeyed_within_a_day_and_never_shortens_a_pause(int asked, int tries, int waits) =>
        After(new DeliveryAnswer.Answered(429, "", TimeSpan.FromSeconds(asked)), tries).ShouldBe(new DeliveryDecision.Again(Now.AddSeconds(waits), EndpointWaits: true));

    [Theory]
    [InlineData(500, 71, false)]
    [InlineData(500, 72, true)]
    [InlineData(200, 72, false)]
    [InlineData(410, 0, true)]
    public void An_endpoint_that_fails_for_three_days_or_is_gone_is_disabled(int status, int hours, bool disabled) =>
        DeliveryDecision.Disables(Status(status), Now.AddHours(-hours), Now).ShouldBe(disabled);

    private static DeliveryAnswer Status(int status) => new DeliveryAnswer.Answered(status, "");

    private static DeliveryDecision After(DeliveryAnswer answer, int tries) => DeliveryDecision.After(answer, tries, Now, 0m);
}
