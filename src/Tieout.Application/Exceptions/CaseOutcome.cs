namespace Tieout.Application.Exceptions;

/// <summary>What came of a request about exceptions.</summary>
/// <typeparam name="T">What it answers with.</typeparam>
public abstract record CaseOutcome<T>
{
    private protected CaseOutcome() { }
}

/// <summary>It stands.</summary>
public sealed record CaseDone<T>(T Value) : CaseOutcome<T>;

/// <summary>Every field that is wrong; nothing was written.</summary>
public sealed record CaseUnreadable<T>(IReadOnlyDictionary<string, string[]> Errors) : CaseOutcome<T>;

/// <summary>There is no such exception or plan.</summary>
public sealed record CaseNotFound<T>(string Words) : CaseOutcome<T>;

/// <summary>What stands is in the way; nothing was written.</summary>
public sealed record CaseRefused<T>(string Code, string Reason, string Remedy) : CaseOutcome<T>;
