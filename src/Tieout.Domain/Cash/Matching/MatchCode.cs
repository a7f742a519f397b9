using Tieout.Domain.Ledger;

namespace Tieout.Domain.Cash.Matching;

/// <summary>
/// What the bank itself says a line is, by its transaction code: a charge of the bank, or interest. Never certain: banks use these codes as they like.
/// </summary>
/// <remarks>Source: ISO 20022, external code sets, bank transaction code: domains PMNT and ACMT, sub-families (or families) CHRG, COMM, FEES, INTR.</remarks>
internal static class MatchCode
{
    private const int Score = 60;

    private static readonly string[] Domains = ["PMNT", "ACMT"];
    private static readonly string[] Charges = ["CHRG", "COMM", "FEES"];
    private static readonly string[] Interest = ["INTR"];

    /// <summary>One, or none.</summary>
    public static IReadOnlyList<Proposal> Proposals(BankLine line)
    {
        var parts = line.Code.Split('/');
        if (line.Returned || parts.Length != 3 || !Domains.Contains(parts[0], StringComparer.Ordinal)) return [];
        return Has(Charges) ? [Of(LedgerAccount.BankFees, "a charge of the bank")]
            : !Has(Interest) ? []
            : line.Amount.Amount > 0 ? [Of(LedgerAccount.InterestIncome, "interest")]
            : [Of(LedgerAccount.InterestExpense, "interest")];

        bool Has(string[] codes) => parts.Skip(1).Any(part => codes.Contains(part, StringComparer.Ordinal));
        Proposal Of(string account, string what) =>
            new(Guid.Empty, [], 0, 0, 0, null, Score, [$"The statement marks it as {what} ({line.Code})."]) { Ledger = account };
    }
}
