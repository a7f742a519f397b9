using Tieout.Domain.Intake;

namespace Tieout.Domain.Usage;

/// <summary>Puts an event beside its contract and the clock.</summary>
public static class EventPlace
{
    /// <summary>The day it falls on, or why it is refused; the day counts only without a refusal.</summary>
    public static (DateOnly Day, Refusal? Refusal) Of(IncomingEvent incoming, UsageSubject? subject, DateTimeOffset now)
    {
        if (subject is null)
            return (default, UsageCode.Of(UsageCode.UnknownSubject, "subject", "No subscription has the code that the subject names.",
                "Correct the subject, or bring the subscription in and send the event again."));
        if (subject.Zone is null)
            return (default, UsageCode.Of(UsageCode.UnknownZone, "subject", "The time zone of its billing account is not in the tz database.",
                "Correct the account's time zone, then send the event again."));
        if (incoming.At > now.AddHours(incoming.HoursAhead))
            return (default, UsageCode.Of(UsageCode.Future, "time", $"The time lies more than {incoming.HoursAhead} h ahead of our clock.",
                "Correct the time or the sender's clock, or send the event again later."));
        var day = LocalDays.DayOf(incoming.At, subject.Zone);
        // What only takes another event back has no usage of its own: usage of an ended contract can be taken back.
        if (incoming.Correction is { Voids: true }) return (day, null);
        if (day < subject.Start || day >= subject.End)
            return (default, UsageCode.Of(UsageCode.OutsideContract, "time",
                $"The subscription is in force from {subject.Start:yyyy-MM-dd}{(subject.End is { } end ? $" until before {end:yyyy-MM-dd}" : "")}, "
                + $"and the event falls on {day:yyyy-MM-dd} in {subject.Zone.Id}.",
                "Correct the time or the subject; a longer contract is an amendment."));
        return (day, null);
    }
}
