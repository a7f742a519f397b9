namespace Tieout.Cli.Terminal;

/// <summary>The call, or a file it names, is wrong; the message says what and how to put it right.</summary>
internal sealed class UsageException : Exception
{
    public UsageException() { }

    public UsageException(string message) : base(message) { }

    public UsageException(string message, Exception inner) : base(message, inner) { }
}
