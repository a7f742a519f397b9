namespace Tieout.Connectors.Port;

/// <summary>The ERP could not tell everything that was asked; the verdict is incomplete. The message is for a person.</summary>
public sealed class ReadBackException : Exception
{
    /// <summary>With what went wrong, in plain words.</summary>
    public ReadBackException(string message) : base(message) { }

    /// <summary>With what went wrong and what caused it.</summary>
    public ReadBackException(string message, Exception inner) : base(message, inner) { }

    /// <summary>With what went wrong, and what the ERP asks us to wait before we ask again.</summary>
    public ReadBackException(string message, TimeSpan? retryAfter) : base(message) => RetryAfter = retryAfter;

    /// <summary>What the ERP asks us to wait; null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>For serializers only.</summary>
    public ReadBackException() { }
}
