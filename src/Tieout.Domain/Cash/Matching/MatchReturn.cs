namespace Tieout.Domain.Cash.Matching;

/// <summary>
/// Money that went out because an earlier payment was taken back: a reversal, or a direct debit that the payer's bank returned. Certain only
/// if a reference of the payment is named, it went to where that came from, and the amount is the same.
/// </summary>
internal static class MatchReturn
{
    private const int Named = 55;
    private const int SamePayer = 25;
    private const int SameAmount = 15;
    private const int Enough = 35;

    public static MatchDecision Decide(BankLine line, MatchBook book, MatchPolicy policy)
    {
        var named = line.Ids.Distinct().SelectMany(book.ReceiptsOf).DistinctBy(receipt => receipt.Payment).Where(receipt => Fits(line, receipt)).ToList();
        if (named is [var only] && only.Amount.Amount == -line.Amount.Amount && only.PaidFrom.Length > 0 && only.PaidFrom == line.Payer.Account
            && line.Count == 1)
            return new MatchDecision.Certain(Of(line, only, isNamed: true) with { Score = 100 });
        var proposals = named.Select(receipt => Of(line, receipt, isNamed: true))
            .Concat(book.ReceiptsFrom(line.Payer.Account).Where(receipt => Fits(line, receipt)).Select(receipt => Of(line, receipt, isNamed: false)))
            .GroupBy(proposal => proposal.TakesBack).Select(group => group.OrderByDescending(proposal => proposal.Score).First())
            .Where(proposal => proposal.Score >= Enough).OrderByDescending(proposal => proposal.Score).ThenBy(proposal => proposal.TakesBack)
            .Take(policy.ProposalsMost).ToList();
        return proposals.Count > 0
            ? new MatchDecision.Proposed(proposals)
            : new MatchDecision.Unknown("unknown-return", ["It takes a payment back that is not known here."]);
    }

    private static bool Fits(BankLine line, EarlierReceipt receipt) => receipt.Amount.Currency == line.Amount.Currency && receipt.On <= line.On;

    private static Proposal Of(BankLine line, EarlierReceipt receipt, bool isNamed)
    {
        var points = 0;
        List<string> reasons = [];
        if (isNamed) Say(Named, $"It names a reference of {receipt.Number}.");
        if (receipt.Amount.Amount == -line.Amount.Amount) Say(SameAmount, $"The amount is that of {receipt.Number}.");
        else Say(0, $"The amount is not that of {receipt.Number}, {receipt.Amount}.");
        if (receipt.PaidFrom.Length > 0 && receipt.PaidFrom == line.Payer.Account) Say(SamePayer, "It went back to where that came from.");
        return new Proposal(receipt.Account, [], 0, 0, 0, receipt.Payment, Math.Clamp(points, 1, 99), reasons);

        void Say(int more, string reason)
        {
            points += more;
            reasons.Add(reason);
        }
    }
}
