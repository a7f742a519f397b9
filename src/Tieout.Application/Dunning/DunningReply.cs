using Tieout.Domain;
using Tieout.Domain.Cash.Dunning;
using Tieout.Domain.Catalog;

namespace Tieout.Application.Dunning;

/// <summary>What came of asking for something about dunning.</summary>
public abstract record DunningReply
{
    private DunningReply() { }

    /// <summary>A policy as it counts now.</summary>
    /// <param name="Again">It was so before; nothing was changed.</param>
    public sealed record Policy(DunningPolicySheet Sheet, bool Again) : DunningReply;

    /// <summary>An account as it stands now.</summary>
    public sealed record Account(DunningSheet Sheet) : DunningReply;

    /// <summary>Nothing has this code or id.</summary>
    public sealed record NotFound(string Field, string Reason) : DunningReply;

    /// <summary>Fields that are wrong; nothing was written.</summary>
    public sealed record Unreadable(IReadOnlyList<PriceProblem> Problems) : DunningReply;

    /// <summary>The books say no; nothing was written.</summary>
    public sealed record Refused(string Field, string Code, string Reason, string Remedy) : DunningReply;
}

/// <summary>A legal entity's policy, with who set it and why.</summary>
public sealed record DunningPolicySheet(
    string LegalEntity, int Version, string TimeZone, IReadOnlyList<DunningStep> Steps, string Reason, string Actor, DateTimeOffset SetAt);

/// <summary>What a run came to.</summary>
/// <param name="Accounts">That were looked at.</param>
/// <param name="Overdue">Of these, that something is overdue of.</param>
/// <param name="Notices">Given now.</param>
/// <param name="Kept">Promises found kept.</param>
/// <param name="Broken">Promises found broken.</param>
public sealed record DunningCounts(int Accounts, int Overdue, int Notices, int Kept, int Broken);

/// <summary>Where an account stands, as the last look found it.</summary>
/// <param name="Step">The highest step that something overdue has reached; 0 for none.</param>
/// <param name="StepName">Its name in the policy of now; empty without one.</param>
/// <param name="NextOn">The first day on which another notice may follow if nothing changes.</param>
/// <param name="LookedOn">The day of that look.</param>
/// <param name="Since">When state or step changed last.</param>
public sealed record DunningStatus(
    string BillingAccount, string LegalEntity, DunningState State, int Step, string StepName, Money Overdue, DateOnly? NextOn, DateOnly LookedOn,
    DateTimeOffset Since);

/// <summary>An account with all that was done about it, the newest first.</summary>
/// <param name="Status">Null while nothing of it was ever overdue.</param>
public sealed record DunningSheet(
    string BillingAccount, string LegalEntity, DunningStatus? Status, IReadOnlyList<DunningNoticeRow> Notices, IReadOnlyList<DunningPromiseRow> Promises,
    IReadOnlyList<DunningHoldRow> Holds);

/// <summary>A notice that was given.</summary>
public sealed record DunningNoticeRow(Guid Id, string BillingAccount, int Step, string Name, DateOnly On, Money Amount, IReadOnlyList<DunnedInvoice> Invoices);

/// <summary>An invoice in a notice, as it stood then.</summary>
public sealed record DunnedInvoice(string Number, Money Open, int DaysOverdue);

/// <summary>A promise to pay.</summary>
/// <param name="Decided">Who found, or said, what became of it, and when; empty while it is open.</param>
public sealed record DunningPromiseRow(
    Guid Id, DateOnly Until, IReadOnlyList<string> Invoices, PromiseOutcome Outcome, string Reason, string Actor, DateTimeOffset GivenAt, string Decided);

/// <summary>A hold.</summary>
/// <param name="Released">Who let it go on, and why; empty while nobody did.</param>
public sealed record DunningHoldRow(Guid Id, DateOnly? Until, string Reason, string Actor, DateTimeOffset HeldAt, string Released);
