namespace Tieout.Domain.Webhooks;

/// <summary>What follows from an attempt.</summary>
public abstract record DeliveryDecision
{
    private DeliveryDecision() { }

    /// <summary>The receiver has it.</summary>
    public sealed record Delivered : DeliveryDecision;

    /// <summary>It is tried again, not before this instant.</summary>
    /// <param name="EndpointWaits">True when the receiver asked for it, for all that goes to it.</param>
    public sealed record Again(DateTimeOffset NotBefore, bool EndpointWaits) : DeliveryDecision;

    /// <summary>The last try failed, or the receiver said 410; only a person sends it again.</summary>
    public sealed record GivenUp : DeliveryDecision;

    /// <summary>The pauses after each try, from the scheme's own list; after the last, the delivery is given up.</summary>
    public static IReadOnlyList<TimeSpan> Pauses { get; } =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    /// <summary>What a receiver asks for is obeyed up to this.</summary>
    public static readonly TimeSpan RetryAfterMost = TimeSpan.FromHours(24);

    /// <summary>An endpoint that took nothing for so long is disabled at its next failure.</summary>
    public static readonly TimeSpan FailsForDays = TimeSpan.FromDays(3);

    private const int Ok = 200;
    private const int NotOk = 300;
    private const int Gone = 410;

    /// <summary>True when the receiver has the event.</summary>
    public static bool Took(DeliveryAnswer answer) => answer is DeliveryAnswer.Answered { Status: >= Ok and < NotOk };

    /// <summary>True when the receiver says that it wants no more, ever.</summary>
    public static bool IsGone(DeliveryAnswer answer) => answer is DeliveryAnswer.Answered { Status: Gone };

    /// <summary>What follows from the answer to a try.</summary>
    /// <param name="answer">As it came; a redirect is a failure like any other.</param>
    /// <param name="tries">Tries up to and including this one, since the event was written or last replayed.</param>
    /// <param name="now">When the answer was there.</param>
    /// <param name="jitter">0 to 1: pauses are up to a tenth longer, so that what failed together does not come back together.</param>
    public static DeliveryDecision After(DeliveryAnswer answer, int tries, DateTimeOffset now, decimal jitter)
    {
        if (Took(answer)) return new Delivered();
        if (IsGone(answer) || tries > Pauses.Count) return new GivenUp();
        var pause = TimeSpan.FromTicks((long)(Pauses[Math.Max(tries, 1) - 1].Ticks * (1 + jitter / 10)));
        if (answer is not DeliveryAnswer.Answered { RetryAfter: { } asked }) return new Again(now + pause, EndpointWaits: false);
        if (asked > RetryAfterMost) asked = RetryAfterMost;
        return new Again(now + (asked > pause ? asked : pause), EndpointWaits: true);
    }

    /// <summary>True when the endpoint is to be disabled: it is gone, or has failed for days.</summary>
    /// <param name="failingSince">The first failure since the endpoint last took anything; this one when it is the first.</param>
    public static bool Disables(DeliveryAnswer answer, DateTimeOffset failingSince, DateTimeOffset now) =>
        IsGone(answer) || !Took(answer) && now - failingSince >= FailsForDays;
}
