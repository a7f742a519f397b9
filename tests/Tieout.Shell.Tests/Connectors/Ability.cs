namespace Tieout.Shell.Tests.Connectors;

/// <summary>
/// What a system, or its stand-in, is made to do so that the conformance suite can watch. Where systems differ in what then
/// has to be true, a rule has a hook, and every side of it is checked: no rule is skipped.
/// </summary>
public enum Ability
{
    /// <summary>Take the next delivery, book nothing, never answer.</summary>
    SilenceBeforeCommit,

    /// <summary>Book the next delivery and never answer.</summary>
    SilenceAfterCommit,

    /// <summary>Never answer the next delivery, and book it a fraction of a second after the caller has gone.</summary>
    CommitLate,

    /// <summary>Say "not now" to the next delivery, and when to come back.</summary>
    Unavailable,

    /// <summary>Say "too many calls" to the next delivery, and when to come back.</summary>
    Throttle,

    /// <summary>Book the first half of the next delivery and refuse the rest.</summary>
    HalfBatch,

    /// <summary>Book the next delivery and confirm the first half only.</summary>
    HalfAnswer,

    /// <summary>Book the next delivery and answer with a web page.</summary>
    HtmlAnswer,

    /// <summary>Book the next delivery and cut the line in the middle of the answer.</summary>
    TruncatedAnswer,

    /// <summary>Book the next delivery and answer with a whole HTTP answer that holds half a document.</summary>
    MalformedAnswer,

    /// <summary>Refuse the log-in of the next delivery.</summary>
    SessionExpired,

    /// <summary>Answer the next delivery correctly, and late within the limit.</summary>
    Slow,

    /// <summary>Answer the next question (look-up, read-back) with something nobody can read.</summary>
    UnreadableQuestion,
}
