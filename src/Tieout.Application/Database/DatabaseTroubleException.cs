namespace Tieout.Application.Database;

/// <summary>
/// Trouble with the database that a person can act on: the message says what is wrong and what to do, and is shown
/// without a stack. It never contains a password.
/// </summary>
public sealed class DatabaseTroubleException : Exception
{
    public DatabaseTroubleException(string message)
        : base(message)
    {
    }

    public DatabaseTroubleException(string message, Exception cause)
        : base(message, cause)
    {
    }

    public DatabaseTroubleException()
    {
    }
}
