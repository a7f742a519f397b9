namespace Tieout.Domain.Revenue;

/// <summary>What is recognised of a contract, when, and why.</summary>
/// <param name="Contract">Its code.</param>
/// <param name="Currency">Of all amounts.</param>
/// <param name="Price">The transaction price at the start, without fees of usage.</param>
public sealed record RevenueAnswer(string Contract, string Currency, decimal Price)
{
    /// <summary>The price on the promises, as at the start.</summary>
    public required IReadOnlyList<Allocated> Allocation { get; init; }

    /// <summary>What modifications and cancellations were judged to be.</summary>
    public required IReadOnlyList<Judged> Modifications { get; init; }

    /// <summary>Revenue by promise and month; months without any are left out.</summary>
    public required IReadOnlyList<ScheduledMonth> Schedule { get; init; }

    /// <summary>Revenue that changes brought for what was given before them, and closed months for what was known too late.</summary>
    public required IReadOnlyList<CaughtUp> CatchUps { get; init; }

    /// <summary>Balances at the end of each month, of the contract as a whole.</summary>
    public required IReadOnlyList<MonthBalance> Balances { get; init; }

    /// <summary>The arithmetic and the judgements, in words, in their order.</summary>
    public required IReadOnlyList<RevenueStep> Steps { get; init; }
}

/// <summary>A promise's part of the price.</summary>
/// <param name="Obligation">Its code.</param>
/// <param name="Ssp">Its standalone selling price; null where the price is what the others leave.</param>
/// <param name="Amount">Its part, in minor units; a fee at the start is not among them.</param>
public sealed record Allocated(string Obligation, decimal? Ssp, decimal Amount);

/// <summary>What a change of the contract was judged to be.</summary>
/// <param name="Version">Of the amendment.</param>
/// <param name="On">The day it counts from.</param>
/// <param name="Change">What it is called.</param>
/// <param name="Treatment">What is done with it.</param>
/// <param name="Rule">The paragraphs.</param>
/// <param name="Reasons">Sentences: what of the facts led there.</param>
public sealed record Judged(int Version, DateOnly On, string Change, Treatment Treatment, string Rule, IReadOnlyList<string> Reasons);

/// <summary>What is done with a modification.</summary>
public enum Treatment
{
    /// <summary>A contract of its own; the first one stays as it is.</summary>
    SeparateContract,

    /// <summary>What is left of price and promises is shared anew from the day on.</summary>
    Prospective,

    /// <summary>As if it had been agreed from the start; the difference comes on the day.</summary>
    CumulativeCatchUp,

    /// <summary>Caught up for what is in the making, from the day on for the rest.</summary>
    Mixed,

    /// <summary>Nothing is left to give.</summary>
    Cancellation,
}

/// <summary>Revenue of one promise in one month.</summary>
/// <param name="Obligation">Its code.</param>
/// <param name="Month">The month of the books.</param>
/// <param name="Amount">All of it, catch-up included.</param>
/// <param name="CatchUp">The part of it that is about closed months before.</param>
public sealed record ScheduledMonth(string Obligation, AccountingMonth Month, decimal Amount, decimal CatchUp);

/// <summary>Revenue that is about an earlier time.</summary>
/// <param name="Month">The month it is recognised in.</param>
/// <param name="Obligation">The promise.</param>
/// <param name="Amount">Below zero for revenue taken back.</param>
/// <param name="Cause">A sentence.</param>
public sealed record CaughtUp(AccountingMonth Month, string Obligation, decimal Amount, string Cause);

/// <summary>What stands at the end of a month. Always recognised + deferred = invoiced - credited.</summary>
/// <param name="Month">The month of the books.</param>
/// <param name="Invoiced">Since the start.</param>
/// <param name="Credited">Since the start, refunds of a cancellation included.</param>
/// <param name="Recognised">Since the start.</param>
/// <param name="Deferred">Invoiced and not recognised; below zero for recognised and not invoiced.</param>
/// <param name="ContractLiability">Deferred revenue, where it is above zero.</param>
/// <param name="ContractAsset">Recognised and not invoiced, where something else than time has to pass.</param>
/// <param name="UnbilledReceivable">Recognised and not invoiced, where only time has to.</param>
/// <param name="Released">Recognised in this month: with the other months the waterfall.</param>
public sealed record MonthBalance(
    AccountingMonth Month, decimal Invoiced, decimal Credited, decimal Recognised, decimal Deferred, decimal ContractLiability,
    decimal ContractAsset, decimal UnbilledReceivable, decimal Released);

/// <summary>One step in words.</summary>
/// <param name="Topic">Which part of the work: promises, price, allocation, modification, schedule, balances.</param>
/// <param name="Words">A sentence for people.</param>
/// <param name="Rule">Paragraphs of the standards, or <c>house rule</c>.</param>
/// <param name="Amount">What it is about; null where there is none.</param>
public sealed record RevenueStep(string Topic, string Words, string Rule, decimal? Amount);
