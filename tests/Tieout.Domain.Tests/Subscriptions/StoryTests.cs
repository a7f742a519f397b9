namespace Tieout.Domain.Tests.Subscriptions;

/// <summary>The stories of tests/Stories/Subscriptions, with one clock that goes from billing day to billing day.</summary>
public class StoryTests
{
    public static TheoryData<string> Stories => [.. Story.Names()];

    [Theory]
    [MemberData(nameof(Stories))]
    public void A_story_comes_to_its_table(string name)
    {
        var story = Story.Read(name);
        story.Expected.ShouldNotBeEmpty();
        story.Told().ShouldBe(story.Expected);
    }
}
