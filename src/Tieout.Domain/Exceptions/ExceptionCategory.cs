namespace Tieout.Domain.Exceptions;

/// <summary>Who has to act on an exception.</summary>
public enum ExceptionCategory
{
    /// <summary>Time-out, throttling, 5xx, authentication, an answer nobody can read: the integration engineer; retried with pauses.</summary>
    Technical,

    /// <summary>Unknown customer, closed period, missing account rule: finance operations; parked at once, never retried blindly.</summary>
    Business,

    /// <summary>A missing field, a wrong type, an unknown currency: back to the sender with the field and how to correct it.</summary>
    Data,
}
