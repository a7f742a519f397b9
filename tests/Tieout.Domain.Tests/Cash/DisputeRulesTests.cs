using Tieout.Domain.Cash;

namespace Tieout.Domain.Tests.Cash;

/// <summary>The whole of how a dispute goes.</summary>
public class DisputeRulesTests
{
    [Theory]
    [InlineData("opened", "won", "")]
    [InlineData("opened", "lost", "")]
    [InlineData("opened", "taken-back", "")]
    [InlineData("won", "opened", "")] // its settlement was taken back
    [InlineData("lost", "opened", "")]
    [InlineData("opened", "opened", "dispute-settled")]
    [InlineData("won", "won", "dispute-settled")]
    [InlineData("won", "lost", "dispute-settled")]
    [InlineData("won", "taken-back", "dispute-settled")]
    [InlineData("lost", "won", "dispute-settled")]
    [InlineData("lost", "lost", "dispute-settled")]
    [InlineData("lost", "taken-back", "dispute-settled")]
    [InlineData("taken-back", "opened", "dispute-taken-back")]
    [InlineData("taken-back", "won", "dispute-taken-back")]
    [InlineData("taken-back", "lost", "dispute-taken-back")]
    [InlineData("taken-back", "taken-back", "dispute-taken-back")]
    public void Goes_from_opened_to_won_or_lost_and_back_only_by_taking_a_step_back(string from, string to, string refusal) =>
        (DisputeRules.Refusal(Words.Parse<DisputeState>(from), Words.Parse<DisputeState>(to))?.Code ?? "").ShouldBe(refusal);

    [Theory]
    [InlineData(true, "", "opened")]
    [InlineData(true, "won", "won")]
    [InlineData(true, "lost", "lost")]
    [InlineData(false, "", "taken-back")]
    public void Stands_where_what_is_not_taken_back_leaves_it(bool opened, string settled, string state) =>
        Words.Of(DisputeRules.Of(opened, settled.Length == 0 ? null : Words.Parse<DisputeState>(settled))).ShouldBe(state);
}
