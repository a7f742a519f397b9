using Tieout.Domain.Intake;

namespace Tieout.Domain.Usage;

/// <summary>The codes an event can be refused with; docs/usage.md says what to do about each.</summary>
public static class UsageCode
{
    /// <summary>Not a JSON object, or not readable as one.</summary>
    public const string Malformed = "malformed";

    /// <summary>An attribute that is needed is absent.</summary>
    public const string Missing = "missing";

    /// <summary>An attribute or property is of another type than it must be, or stands there twice.</summary>
    public const string WrongType = "wrong-type";

    /// <summary>Not CloudEvents 1.0.</summary>
    public const string BadVersion = "bad-specversion";

    /// <summary>Not an instant as RFC 3339 writes it.</summary>
    public const string BadTime = "bad-time";

    /// <summary>Not a JSON object where the data is.</summary>
    public const string BadData = "bad-data";

    /// <summary>No subscription has the subject's code.</summary>
    public const string UnknownSubject = "unknown-subject";

    /// <summary>The billing account's time zone is no name of the tz database, so the event falls on no day.</summary>
    public const string UnknownZone = "unknown-time-zone";

    /// <summary>No meter listens to the type.</summary>
    public const string UnknownMeter = "unknown-meter";

    /// <summary>Nothing where a meter needs a number or a value.</summary>
    public const string MissingValue = "missing-value";

    /// <summary>Not a plain number: letters, NaN, too many decimals.</summary>
    public const string BadNumber = "bad-number";

    /// <summary>A number larger than can be kept.</summary>
    public const string Overflow = "overflow";

    /// <summary>Below zero, and the meter does not allow it.</summary>
    public const string Negative = "negative";

    /// <summary>Further ahead of our clock than the meter allows.</summary>
    public const string Future = "far-future";

    /// <summary>Before the subscription's start, or on or after its end.</summary>
    public const string OutsideContract = "outside-contract";

    /// <summary>The same source and id came before with other content.</summary>
    public const string Conflict = "event-conflict";

    /// <summary>The event to supersede or void is not in the ledger.</summary>
    public const string UnknownSuperseded = "unknown-superseded";

    /// <summary>The event to supersede or void was superseded or voided before.</summary>
    public const string AlreadySuperseded = "already-superseded";

    /// <summary>The event to supersede or void belongs to another subject.</summary>
    public const string OtherSubject = "other-subject";

    /// <summary>Events that supersede each other in a circle, or one that supersedes itself.</summary>
    public const string Circular = "circular";

    internal static Refusal Of(string code, string field, string reason, string remedy) => new(code, field, reason, remedy);
}

/// <summary>An event that was not taken.</summary>
/// <param name="RowNo">Its place in the batch, from 0; in a file, its line.</param>
/// <param name="Source">As sent, when it can be shown; empty when it is itself what is wrong.</param>
/// <param name="Id">As sent, when it can be shown.</param>
public sealed record RefusedEvent(int RowNo, string Source, string Id, Refusal Refusal);
