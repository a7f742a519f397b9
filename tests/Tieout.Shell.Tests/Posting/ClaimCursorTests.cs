using Tieout.Application.Posting.Postgres;

namespace Tieout.Shell.Tests.Posting;

/// <summary>What a claim may pass over.</summary>
public sealed class ClaimCursorTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_next_claim_goes_on_behind_the_last_for_a_moment()
    {
        var cursor = new ClaimCursor();
        cursor.After("sap", 0, Now).After.ShouldBe(ClaimCursor.Nothing);
        cursor.Took("sap", 0, [At(3), At(5), At(4)], cursor.After("sap", 0, Now), Now);
        cursor.After("sap", 0, Now.AddMilliseconds(499)).After.ShouldBe(At(5));
        cursor.After("sap", 1, Now).After.ShouldBe(ClaimCursor.Nothing);
        cursor.After("netsuite", 0, Now).After.ShouldBe(ClaimCursor.Nothing);
        cursor.Took("sap", 0, [At(7)], cursor.After("sap", 0, Now.AddMilliseconds(400)), Now.AddMilliseconds(400));
        cursor.After("sap", 0, Now.AddMilliseconds(500)).After.ShouldBe(ClaimCursor.Nothing);
    }

    [Fact]
    public void What_is_put_while_a_claim_looks_is_not_passed_over()
    {
        var cursor = new ClaimCursor();
        var look = cursor.After("sap", 0, Now);
        cursor.Clear();
        cursor.Took("sap", 0, [At(5)], look, Now);
        cursor.After("sap", 0, Now).After.ShouldBe(ClaimCursor.Nothing);

        look = cursor.After("sap", 0, Now);
        cursor.Put("sap", At(2));
        cursor.Took("sap", 0, [At(5)], look, Now);
        cursor.After("sap", 0, Now).After.ShouldBe(ClaimCursor.Nothing);
    }

    [Fact]
    public void What_is_put_behind_or_elsewhere_takes_nothing_away()
    {
        var cursor = new ClaimCursor();
        var look = cursor.After("sap", 0, Now);
        cursor.Put("sap", At(6));
        cursor.Put("netsuite", At(1));
        cursor.Took("sap", 0, [At(5)], look, Now);
        cursor.After("sap", 0, Now).After.ShouldBe(At(5));
        cursor.Put("sap", At(6));
        cursor.After("sap", 0, Now).After.ShouldBe(At(5));
        cursor.Put("sap", At(4));
        cursor.After("sap", 0, Now).After.ShouldBe(ClaimCursor.Nothing);
    }

    [Fact]
    public void Who_looked_while_more_was_put_than_is_remembered_tells_nothing()
    {
        var cursor = new ClaimCursor();
        var look = cursor.After("sap", 0, Now);
        cursor.Put("sap", At(1));
        for (var more = 0; more < 100; more++) cursor.Put("sap", At(9));
        cursor.Took("sap", 0, [At(5)], look, Now);
        cursor.After("sap", 0, Now).After.ShouldBe(ClaimCursor.Nothing);
    }

    private static (long Place, Guid Id) At(int place) => (place, new Guid(place, 0, 0, new byte[8]));
}
