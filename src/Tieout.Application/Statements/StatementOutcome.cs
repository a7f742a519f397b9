using Tieout.Domain;
using Tieout.Domain.Cash.Statements;
using Tieout.Domain.Catalog;

namespace Tieout.Application.Statements;

/// <summary>What came of an import of bank statements.</summary>
public abstract record StatementOutcome
{
    private StatementOutcome() { }

    /// <summary>At least one statement is taken in, or stood already.</summary>
    public sealed record Taken(StatementAnswer Answer) : StatementOutcome;

    /// <summary>Nothing is.</summary>
    public sealed record Unreadable(IReadOnlyList<PriceProblem> Problems) : StatementOutcome;
}

/// <summary>What was taken in and what was not, and what the payments are held to settle.</summary>
public sealed record StatementAnswer(IReadOnlyList<TakenStatement> Statements, IReadOnlyList<RefusedStatement> Refused, MatchCounts Matched);

/// <summary>A statement as it stands.</summary>
/// <param name="Number">Our account at the bank.</param>
/// <param name="Name">The bank's id of the statement.</param>
/// <param name="Moved">What its booked entries come to.</param>
/// <param name="Known">Entries that another statement brought already; they are not taken in twice.</param>
/// <param name="LookAlike">Of those, the ones without a reference of the bank: kept as declined, for they might be other payments.</param>
/// <param name="Refused">Entries that are wrong in themselves.</param>
public sealed record TakenStatement(
    string Number, string Name, Money? Opening, Money Moved, Money? Closing, int Entries, int Known, int LookAlike, IReadOnlyList<RefusedEntry> Refused);

/// <summary>How many payments came to what, of all that were undecided.</summary>
/// <param name="Booked">Certain, and booked now.</param>
/// <param name="NotBooked">Certain, but something stood in the way; they wait as proposals with the reason.</param>
public sealed record MatchCounts(int Booked, int NotBooked, int Proposed, int Unapplied, int Unknown);
