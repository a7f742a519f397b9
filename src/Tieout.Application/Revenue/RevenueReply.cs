using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Catalog;

namespace Tieout.Application.Revenue;

/// <summary>What came of asking for revenue to be booked, or of asking what is.</summary>
public abstract record RevenueReply
{
    private RevenueReply() { }

    /// <summary>A revenue run.</summary>
    public sealed record Ran(RevenueRun Run) : RevenueReply;

    /// <summary>What was deferred and when it is earned.</summary>
    public sealed record Waterfall(RevenueWaterfall Sheet) : RevenueReply;

    /// <summary>Whether invoices, schedules and books tell the same.</summary>
    public sealed record Aligned(RevenueAlignment Alignment) : RevenueReply;

    /// <summary>A page of balances.</summary>
    public sealed record Balances(RevenueBalances Page) : RevenueReply;

    /// <summary>The schedules of a document.</summary>
    public sealed record Schedules(DocumentSchedules Document) : RevenueReply;

    /// <summary>How legal entities spread what they defer.</summary>
    public sealed record Policies(IReadOnlyList<RevenuePolicy> All) : RevenueReply;

    /// <summary>Not done, or not to be answered; nothing was changed.</summary>
    public sealed record Refused(string Field, string Code, string Reason, string Remedy) : RevenueReply;

    /// <summary>A given contract.</summary>
    /// <param name="Added">True when it, or the event, is new; false when it stood already.</param>
    public sealed record Contract(ContractView View, bool Added) : RevenueReply;

    /// <summary>A page of given contracts.</summary>
    public sealed record Contracts(IReadOnlyList<ContractHead> Page) : RevenueReply;

    /// <summary>A document with fields that are wrong; nothing was written.</summary>
    public sealed record Unreadable(IReadOnlyList<PriceProblem> Problems) : RevenueReply;

    internal static Refused UnknownEntity { get; } =
        new("entity", "unknown-entity", "no legal entity has this code", "Take one that the books know, such as US.");
}

/// <summary>What a revenue run added; nothing when all of it stood already.</summary>
/// <param name="Run">The run's id.</param>
/// <param name="Documents">Invoices and credit memos whose deferred lines were looked at.</param>
/// <param name="Schedules">Deferred lines that were spread over months, and obligations of given contracts whose months changed.</param>
/// <param name="Booked">What was earned and is booked now, by legal entity, month and currency.</param>
/// <param name="Moved">What went between deferred revenue and the accounts of what is earned and not invoiced.</param>
/// <param name="Prepaid">What was drawn of prepaid credit that was sold, or lapsed, and is revenue now.</param>
/// <param name="Closed">Legal entities whose books are closed for the month: nothing of theirs was booked.</param>
/// <param name="Stopped">Given contracts that cannot be computed with what is known now.</param>
public sealed record RevenueRun(
    Guid Run, AccountingMonth Month, long Documents, long Schedules, IReadOnlyList<BookedRevenue> Booked, IReadOnlyList<MovedUnbilled> Moved,
    IReadOnlyList<ReleasedPrepaid> Prepaid, IReadOnlyList<string> Closed, IReadOnlyList<StoppedContract> Stopped)
{
    /// <summary>Exchange gains and losses of prepaid credit of which nothing is left.</summary>
    public IReadOnlyList<ExchangedPrepaid> Exchanged { get; init; } = [];

    /// <summary>Exchange gains and losses of deferred revenue that documents of different rates left.</summary>
    public IReadOnlyList<ExchangedDeferred> ExchangedDeferred { get; init; } = [];

    /// <summary>Legal entities that something unexpected ended: nothing of theirs that was not finished is booked; all others are.</summary>
    public IReadOnlyList<FailedEntity> Failed { get; init; } = [];
}

/// <summary>A legal entity whose part of a run ended by a technical trouble; run again, it is taken up where it stopped.</summary>
/// <param name="Code">The database's SQLSTATE, its constraint where one refused, or the kind of trouble.</param>
/// <param name="Cause">What happened, in one line.</param>
/// <param name="Remedy">What helps.</param>
public sealed record FailedEntity(string LegalEntity, string Code, string Cause, string Remedy)
{
    internal static FailedEntity Of(string entity, Exception trouble) => trouble is PostgresException refused
        ? new(entity, refused.ConstraintName ?? refused.SqlState, refused.MessageText, Again)
        : new(entity, trouble.GetType().Name, trouble.Message.ReplaceLineEndings(" "), Again);

    private const string Again = "Correct what is named, and run it again: what was booked stays, the rest is done then.";
}

/// <summary>What different rates left in deferred revenue.</summary>
/// <param name="Month">Of the books.</param>
/// <param name="Entry">Number of its journal entry.</param>
/// <param name="Amount">Won, or lost below zero; in the currency of the books.</param>
/// <param name="Cause">What left it.</param>
public sealed record ExchangedDeferred(string LegalEntity, AccountingMonth Month, string Entry, Money Amount, ExchangeCause Cause);

/// <summary>What different rates left of prepaid credit of which nothing is left.</summary>
/// <param name="Month">Of the books.</param>
/// <param name="Entry">Number of its journal entry.</param>
/// <param name="Amount">Won, or lost below zero; in the currency of the books.</param>
/// <param name="Grants">Of how many grants.</param>
public sealed record ExchangedPrepaid(string LegalEntity, AccountingMonth Month, string Entry, Money Amount, int Grants);

/// <summary>By how much the accounts of unbilled revenue change in a month, out of deferred revenue.</summary>
/// <param name="Month">Of the books.</param>
/// <param name="Entry">Number of its journal entry; empty where what contracts gain and lose comes to nothing.</param>
/// <param name="ContractAsset">Below zero for what goes back.</param>
/// <param name="UnbilledReceivable">Below zero for what goes back.</param>
public sealed record MovedUnbilled(string LegalEntity, AccountingMonth Month, string Entry, Money ContractAsset, Money UnbilledReceivable);

/// <summary>The paid share of prepaid credit that became revenue in a month.</summary>
/// <param name="Month">Of the books.</param>
/// <param name="Entry">Number of its journal entry, of several the first.</param>
/// <param name="Entries">How many entries it is.</param>
/// <param name="Drawn">Of what charges drew; below zero for what went back.</param>
/// <param name="Lapsed">Of what expired unused; below zero for what late charges drew after all.</param>
/// <param name="Lines">Uses of grants that it is the sum of.</param>
public sealed record ReleasedPrepaid(string LegalEntity, AccountingMonth Month, string Entry, int Entries, Money Drawn, Money Lapsed, long Lines);

/// <summary>One booking of a run.</summary>
/// <param name="Month">Of the books.</param>
/// <param name="Entry">Number of its journal entry, of several the first; empty where all of it came to zero.</param>
/// <param name="Entries">How many entries it is: more than one where its ERP wants more lines than one takes.</param>
/// <param name="Amount">From deferred revenue to revenue; below zero for what went back.</param>
/// <param name="CatchUp">The part of it that closed months should have had.</param>
/// <param name="Lines">Lines of schedules that it is the sum of.</param>
public sealed record BookedRevenue(string LegalEntity, AccountingMonth Month, string Entry, int Entries, Money Amount, Money CatchUp, long Lines);
