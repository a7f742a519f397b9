namespace Tieout.Domain.Closing;

/// <summary>What a legal entity does with money that is reported for a month which takes no documents any more.</summary>
public enum LateArrivals
{
    /// <summary>It is not booked; a person decides.</summary>
    Hold,

    /// <summary>It is booked on the first day of the next open month, and says on which day it was received.</summary>
    NextOpenMonth,

    /// <summary>It is not booked; that the month be opened again is asked for, once.</summary>
    AskToReopen,
}

/// <summary>Where money reported for a day goes.</summary>
public abstract record LateArrival
{
    private LateArrival() { }

    /// <summary>Into the books on this day.</summary>
    /// <param name="Late">The day it was reported for is shut; <paramref name="On"/> is another.</param>
    public sealed record Booked(DateOnly On, bool Late) : LateArrival;

    /// <summary>Nowhere yet.</summary>
    /// <param name="Asks">That its month be opened again is asked for.</param>
    public sealed record Held(bool Asks) : LateArrival;

    /// <summary>By the policy of the legal entity; a day that is open stays what it is, whatever the policy.</summary>
    public static LateArrival Of(DateOnly reported, DateOnly? shutThrough, LateArrivals policy) =>
        shutThrough is not { } shut || reported > shut ? new Booked(reported, Late: false)
        : policy switch
        {
            LateArrivals.NextOpenMonth => new Booked(shut.AddDays(1), Late: true),
            LateArrivals.AskToReopen => new Held(Asks: true),
            _ => new Held(Asks: false),
        };
}
