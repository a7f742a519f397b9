namespace Tieout.Domain.Reconciliation;

/// <summary>What a tie-out came to, worst first. Incomplete is never shown green.</summary>
public enum Verdict
{
    /// <summary>Something is not posted yet, in doubt, parked, or could not be read back: nothing can be proved.</summary>
    Incomplete,

    /// <summary>Everything was compared and something differs.</summary>
    Breaks,

    /// <summary>Every document agrees; something else deserves a look, such as a foreign entry on the same account.</summary>
    ReconciledWithWarnings,

    /// <summary>Every document and every balance agrees.</summary>
    Reconciled,
}
