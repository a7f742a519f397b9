using Tieout.Connectors.Port;

namespace Tieout.Shell.Tests.Connectors;

/// <summary>What a server asks us to wait, by whatever clock.</summary>
public sealed class RetryAfterTests
{
    private static readonly DateTimeOffset Theirs = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(-60)] // minutes that this machine's clock is wrong by
    [InlineData(0)]
    [InlineData(60)]
    public void An_instant_is_measured_against_the_answer_s_own_date(int wrongBy)
    {
        using var answer = Answer("Fri, 20 Nov 2026 12:00:30 GMT");
        answer.Headers.Date = Theirs;
        HttpTrouble.RetryAfter(answer, new Clock(Theirs.AddMinutes(wrongBy))).ShouldBe(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void Where_the_answer_has_no_date_our_clock_has_to_do()
    {
        using var answer = Answer("Fri, 20 Nov 2026 12:00:30 GMT");
        HttpTrouble.RetryAfter(answer, new Clock(Theirs.AddSeconds(10))).ShouldBe(TimeSpan.FromSeconds(20));
        HttpTrouble.RetryAfter(answer, new Clock(Theirs.AddHours(1))).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Seconds_are_seconds_and_nothing_is_nothing()
    {
        using var answer = Answer("31536000");
        HttpTrouble.RetryAfter(answer, TimeProvider.System).ShouldBe(TimeSpan.FromDays(365));
        using var silent = new HttpResponseMessage();
        HttpTrouble.RetryAfter(silent, TimeProvider.System).ShouldBeNull();
    }

    private static HttpResponseMessage Answer(string retryAfter)
    {
        var answer = new HttpResponseMessage();
        answer.Headers.TryAddWithoutValidation("Retry-After", retryAfter).ShouldBeTrue();
        return answer;
    }

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
