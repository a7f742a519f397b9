namespace Tieout.Application.Posting.Lanes;

/// <summary>A call that has a slot: from when it may begin until its answer is there.</summary>
internal sealed class LaneCall(LaneGate gate, bool isAlone)
{
    private const int TooManyRequests = 429; // RFC 6585
    private const int Unauthorized = 401;

    /// <summary>Whether it is the one that tries the ERP after trouble.</summary>
    public bool IsAlone => isAlone;

    /// <summary>Whether the ERP answered one of its requests with 429.</summary>
    public bool TurnedAway { get; private set; }

    /// <summary>Whether its last request was answered, by more than that the ERP does not know us (401) or takes no more calls now (429).</summary>
    public bool WasAnswered { get; private set; }

    /// <summary>Requests sent.</summary>
    public int Requests { get; private set; }

    /// <summary>One more request goes out.</summary>
    public void Sent()
    {
        Requests++;
        gate.Sent(first: Requests == 1);
    }

    /// <summary>A request was answered; not at all where the status is null.</summary>
    public void Answered(int? status)
    {
        TurnedAway |= status == TooManyRequests;
        WasAnswered = status is not (null or Unauthorized or TooManyRequests);
    }
}
