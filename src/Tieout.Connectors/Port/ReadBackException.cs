namespace Tieout.Connectors.Port;

/// <summary>The ERP could not tell everything that was asked; the verdict is incomplete. The message is for a person.</summary>
public sealed class ReadBackException : Exception
{
    /// <summary>With what went wrong, in plain words.</summary>
    public ReadBackException(string message) : base(message) { }

    /// <summary>With what went wrong and what caused it.</summary>
    public ReadBackException(string message, Exception inner) : base(message, inner) { }

    /// <summary>For serializers only.</summary>
    public ReadBackException() { }
}
