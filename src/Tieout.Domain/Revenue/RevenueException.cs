namespace Tieout.Domain.Revenue;

/// <summary>A contract that cannot be recognised as it is given: a refusal for a person, never a wrong figure.</summary>
public sealed class RevenueException : Exception
{
    /// <summary>A refusal.</summary>
    /// <param name="field">The path in the document, lists counted from zero.</param>
    /// <param name="code">Stable and machine-readable.</param>
    /// <param name="reason">A sentence.</param>
    /// <param name="remedy">What to do about it.</param>
    public RevenueException(string field, string code, string reason, string remedy) : base(reason) => (Field, Code, Remedy) = (field, code, remedy);

    /// <summary>For serializers only.</summary>
    public RevenueException() { }

    /// <summary>For serializers only.</summary>
    public RevenueException(string message) : base(message) { }

    /// <summary>For serializers only.</summary>
    public RevenueException(string message, Exception inner) : base(message, inner) { }

    /// <summary>The path in the document.</summary>
    public string Field { get; } = "";

    /// <summary>Stable and machine-readable.</summary>
    public string Code { get; } = "";

    /// <summary>What to do about it.</summary>
    public string Remedy { get; } = "";
}
