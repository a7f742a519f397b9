namespace Tieout.Application.Posting;

/// <summary>Thrown before anything is sent when this worker's claim is no longer its own.</summary>
internal sealed class ClaimLostException : Exception
{
    public ClaimLostException() : base("The claim on these postings ended before the request went out; nothing was sent.") { }

    public ClaimLostException(string message) : base(message) { }

    public ClaimLostException(string message, Exception inner) : base(message, inner) { }
}
