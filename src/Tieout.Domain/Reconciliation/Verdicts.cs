namespace Tieout.Domain.Reconciliation;

/// <summary>How a verdict is reached.</summary>
public static class Verdicts
{
    /// <summary>
    /// The verdict of one legal entity and currency. A difference in a balance alone is a warning: the documents prove
    /// ours, and somebody else's entry on the account is not our break. So is one in the currency of the books alone.
    /// </summary>
    /// <param name="unproven">Documents not posted, in doubt or parked.</param>
    /// <param name="readBackComplete">Whether the ERP told everything that was asked.</param>
    /// <param name="breaks">All breaks found.</param>
    public static Verdict Of(long unproven, bool readBackComplete, IReadOnlyCollection<Break> breaks)
    {
        if (unproven > 0 || !readBackComplete) return Verdict.Incomplete;
        if (breaks.Any(found => found.Category is not (BreakCategory.Balance or BreakCategory.Books))) return Verdict.Breaks;
        return breaks.Count > 0 ? Verdict.ReconciledWithWarnings : Verdict.Reconciled;
    }

    /// <summary>The worst of several; <see cref="Verdict.Incomplete"/> when there is none to judge by.</summary>
    public static Verdict Worst(IEnumerable<Verdict> verdicts) => verdicts.DefaultIfEmpty(Verdict.Incomplete).Min();
}
