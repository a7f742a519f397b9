using Tieout.Domain.Catalog;

namespace Tieout.Domain.Cash.Statements;

/// <summary>A statement, or a page of one, as a file has it: read, not yet judged.</summary>
/// <param name="Field">Where it stands, such as <c>Stmt[0]</c>.</param>
/// <param name="Account">IBAN or other number, without spaces, in capitals; empty when missing.</param>
/// <param name="Currency">As stated of the account; empty when it is not.</param>
public sealed record StatementPage(
    string Field, string Account, string Currency, string Id, long? Sequence, PageNumber Page, IReadOnlyList<StatedBalance> Balances,
    IReadOnlyList<ReadEntry> Entries, IReadOnlyList<PriceProblem> Problems);

/// <summary>Which page it is.</summary>
/// <param name="No">From 1.</param>
/// <param name="IsLast">No other follows.</param>
/// <param name="OfStatement">It is a page of the statement; otherwise of the message, whose later pages may hold other statements.</param>
public sealed record PageNumber(int No, bool IsLast, bool OfStatement)
{
    /// <summary>All there is.</summary>
    public static PageNumber Only { get; } = new(1, IsLast: true, OfStatement: false);
}

/// <summary>An entry as it was read; good, or with what is wrong.</summary>
/// <param name="Amount">Signed; null when it cannot be read, so that the statement cannot be added up.</param>
/// <param name="Identity">What tells it from other entries; before the occurrence is counted.</param>
/// <param name="ByReference">The identity is the bank's reference.</param>
/// <param name="Entry">Its key is not yet made. Null when there is a problem.</param>
/// <param name="Problem">Null for a good one.</param>
public sealed record ReadEntry(decimal? Amount, string Identity, bool ByReference, StatementEntry? Entry, PriceProblem? Problem);
