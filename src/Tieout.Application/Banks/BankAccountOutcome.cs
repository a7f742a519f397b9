using Tieout.Domain.Catalog;

namespace Tieout.Application.Banks;

/// <summary>What came of adding or closing a bank account.</summary>
public abstract record BankAccountOutcome
{
    private BankAccountOutcome() { }

    /// <summary>It is so.</summary>
    /// <param name="Again">It was before; nothing was changed.</param>
    public sealed record Done(BankAccount Account, bool Again) : BankAccountOutcome;

    /// <summary>The request cannot be read, or cannot be meant.</summary>
    public sealed record Unreadable(IReadOnlyList<PriceProblem> Problems) : BankAccountOutcome;

    /// <summary>There is no such legal entity, or it has no such bank account.</summary>
    /// <param name="Field">Which of the two.</param>
    public sealed record NotFound(string Field) : BankAccountOutcome;

    /// <summary>What stands is in the way.</summary>
    public sealed record Refused(PriceProblem Problem) : BankAccountOutcome;
}
