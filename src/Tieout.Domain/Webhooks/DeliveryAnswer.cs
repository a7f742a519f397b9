namespace Tieout.Domain.Webhooks;

/// <summary>What is known after a webhook was sent.</summary>
public abstract record DeliveryAnswer
{
    private DeliveryAnswer() { }

    /// <summary>The receiver answered.</summary>
    /// <param name="Status">Of HTTP; 2xx means that it has the event.</param>
    /// <param name="Text">The beginning of what it said.</param>
    /// <param name="RetryAfter">How long it asks to be left alone.</param>
    public sealed record Answered(int Status, string Text, TimeSpan? RetryAfter = null) : DeliveryAnswer;

    /// <summary>It was sent, and no answer came in time or none that can be read: the receiver may have the event.</summary>
    public sealed record NoAnswer(string Reason) : DeliveryAnswer;

    /// <summary>Nothing left: no connection, an address that is refused, a secret that cannot be read.</summary>
    public sealed record NotSent(string Reason) : DeliveryAnswer;
}
