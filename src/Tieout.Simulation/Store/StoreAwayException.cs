using System.Data.Common;

namespace Tieout.Simulation.Store;

/// <summary>Trouble of the simulated database, with the SQLSTATE that PostgreSQL gives it.</summary>
internal sealed class StoreAwayException : DbException
{
    public StoreAwayException() { }

    public StoreAwayException(string message) : base(message) { }

    public StoreAwayException(string message, Exception inner) : base(message, inner) { }

    public StoreAwayException(string message, int errorCode) : base(message, errorCode) { }

    public override string? SqlState => State;

    private string? State { get; init; }

    /// <summary>Nobody answers: nothing was done, or all of it and nobody said so.</summary>
    public static StoreAwayException NoAnswer() => new("The connection to the database broke.");

    /// <summary>It takes nobody in for the moment.</summary>
    public static StoreAwayException Starting() => new("The database system is starting up.") { State = "57P03" };

    /// <summary>No room left.</summary>
    public static StoreAwayException Full() => new("No space left on device.") { State = "53100" };

    /// <summary>A rule of the books: a bug of whoever asked.</summary>
    public static StoreAwayException Refused(string rule) => new($"The books refuse it: {rule}.") { State = "23514" };
}
