namespace Tieout.Application.Webhooks;

/// <summary>What came of a request about webhooks.</summary>
/// <typeparam name="T">What it answers with.</typeparam>
public abstract record WebhookOutcome<T>
{
    private protected WebhookOutcome() { }
}

/// <summary>It stands.</summary>
public sealed record WebhookDone<T>(T Value) : WebhookOutcome<T>;

/// <summary>Every field that is wrong; nothing was written.</summary>
public sealed record WebhookUnreadable<T>(IReadOnlyDictionary<string, string[]> Errors) : WebhookOutcome<T>;

/// <summary>There is no such endpoint, delivery or plan.</summary>
public sealed record WebhookNotFound<T>(string Words) : WebhookOutcome<T>;

/// <summary>What stands is in the way; nothing was written.</summary>
public sealed record WebhookRefused<T>(string Code, string Reason, string Remedy) : WebhookOutcome<T>;
