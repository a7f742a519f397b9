namespace Tieout.Simulation;

/// <summary>What is done to the pipeline on purpose. docs/faults.md says of each what exactly happens.</summary>
public enum Fault
{
    /// <summary>A program ends between two of its steps; nothing of its memory is left.</summary>
    Kill,

    /// <summary>A program stands still, often for longer than its lease, and goes on.</summary>
    Stall,

    /// <summary>A machine sleeps: its steady clock stands still too.</summary>
    Suspend,

    /// <summary>A machine's clock is wrong, by up to an hour.</summary>
    ClockSkew,

    /// <summary>A machine's clock is set while its program runs.</summary>
    ClockSet,

    /// <summary>The story begins before a change to or from summer time, a leap day or a new year.</summary>
    Calendar,

    /// <summary>The database restarts: every session ends, and nobody is let in for a while.</summary>
    DatabaseRestart,

    /// <summary>One question to the database is lost.</summary>
    QuestionLost,

    /// <summary>One transaction is committed, and nobody hears of it.</summary>
    CommitUnheard,

    /// <summary>Somebody else's transaction holds rows for up to an hour.</summary>
    OldTransaction,

    /// <summary>The database takes nothing down for a while.</summary>
    DiskFull,

    /// <summary>The database goes back to a backup older than the last posting.</summary>
    Restore,

    /// <summary>A request never reaches the ERP.</summary>
    RequestLost,

    /// <summary>The ERP books, and its answer is lost.</summary>
    AnswerLost,

    /// <summary>The ERP books after our time-out, within the time that absence needs to be proof.</summary>
    LateCommit,

    /// <summary>Later than that; of ERPs that take a key once for ever.</summary>
    VeryLateCommit,

    /// <summary>The ERP books and answers with something nobody can read.</summary>
    BrokenAnswer,

    /// <summary>Success on the outside, an error inside; nothing is booked.</summary>
    ErrorInside,

    /// <summary>Accepted to be booked later, and no confirmation comes.</summary>
    ConfirmationMissing,

    /// <summary>The confirmation comes before it was accepted, and then nothing.</summary>
    ConfirmationEarly,

    /// <summary>Confirmed twice: for a while the ERP shows the document twice.</summary>
    ConfirmationDoubled,

    /// <summary>429 to everybody, for a while.</summary>
    Throttled,

    /// <summary>Somebody else has the slots.</summary>
    SlotsTaken,

    /// <summary>Somebody else has some of the slots: as many calls at once as are left are taken, the rest are turned away.</summary>
    SomeSlotsTaken,

    /// <summary>Maintenance begins while documents are on their way, and ends.</summary>
    WindowClosed,

    /// <summary>Somebody pauses a lane, and somebody resumes it.</summary>
    LanePaused,

    /// <summary>Somebody drains a lane, and somebody resumes it.</summary>
    LaneDrained,

    /// <summary>Half a batch is booked; the rest is refused, postponed, or nobody knows.</summary>
    HalfBatch,

    /// <summary>The accounting period closes, and is opened again.</summary>
    PeriodClosed,

    /// <summary>The log-in has run out.</summary>
    TokenExpired,

    /// <summary>The certificate has run out: no connection at all.</summary>
    CertificateExpired,

    /// <summary>The ERP takes nearly as long as it may.</summary>
    SlowErp,

    /// <summary>A look-up gets no answer.</summary>
    LookUpSilent,

    /// <summary>What is booked is not seen by look-ups for a while.</summary>
    LateSight,

    /// <summary>A key is asked for after the ERP has forgotten that it had it.</summary>
    KeyForgotten,

    /// <summary>A customer cannot be looked for now.</summary>
    CustomerLater,

    /// <summary>The ERP will not trade with a customer, until somebody sees to it.</summary>
    CustomerBlocked,

    /// <summary>A document that the connector fails over, before or after it has sent.</summary>
    PoisonBug,

    /// <summary>A document that the ERP refuses, until it is mended or for ever.</summary>
    PoisonRefused,

    /// <summary>A document that brings its whole batch to silence.</summary>
    PoisonSilent,

    /// <summary>A document for which the ERP turns its whole call away, with no word about it, until it is mended or for ever.</summary>
    PoisonTurnedAway,

    /// <summary>A document that the ERP takes and does not book; look-ups are answered and settle nothing, until it is mended or for ever.</summary>
    PoisonUnsettled,

    /// <summary>A targets file with other settings is taken up while documents are on their way.</summary>
    RulesPublished,

    /// <summary>Mapping versions (routes, account rules) are published while documents are on their way; now and then one with a gap.</summary>
    MappingPublished,

    /// <summary>Replay is pressed twice, by two people.</summary>
    ReplayTwice,

    /// <summary>Replay is pressed on a case that is closed or whose posting has moved on.</summary>
    ReplayAgain,
}

/// <summary>
/// Defects put in on purpose, each one a way such a pipeline is often built, to prove that the oracle would see it. No run that counts has any.
/// </summary>
[Flags]
internal enum Flaws
{
    /// <summary>The pipeline as it is.</summary>
    None = 0,

    /// <summary>Silence is taken for failure.</summary>
    ResendOnSilence = 1,

    /// <summary>Whoever once claimed a posting may send and record.</summary>
    NoFence = 2,

    /// <summary>What a dead program held is simply ready again.</summary>
    ReadyAfterCrash = 4,

    /// <summary>Once absent is absent.</summary>
    NoAbsenceProof = 8,

    /// <summary>Every machine goes by its own clock.</summary>
    MachineTime = 16,

    /// <summary>Restored books are believed.</summary>
    RestoreBelieved = 32,

    /// <summary>Silence is taken for success.</summary>
    PostedOnSilence = 64,

    /// <summary>Nobody looks after dead programs.</summary>
    NoRecovery = 128,

    /// <summary>A credit memo goes whenever it likes.</summary>
    NoOrder = 256,

    /// <summary>What was sent under one mapping is sent again under another.</summary>
    MappedAnew = 512,

    /// <summary>What waits for the inbox between the permission to send and the sending is sent however long that took.</summary>
    LeavesLate = 1_024,
}
