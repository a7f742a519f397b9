namespace Tieout.Domain.Posting;

/// <summary>Kinds of documents as a person reads them.</summary>
public static class EntryWords
{
    /// <summary><c>Write-off</c> for <c>write-off</c>, <c>Manual journal</c> for <c>manual-journal</c>; a word it does not know comes back as it is.</summary>
    public static string Named(string kind) => kind switch
    {
        "invoice" => "Invoice",
        "credit-memo" => "Credit memo",
        "payment" => "Payment",
        "refund" => "Refund",
        "dispute" => "Dispute",
        "write-off" => "Write-off",
        "revenue-journal" => "Revenue journal",
        "manual-journal" => "Manual journal",
        "reversal" => "Reversal",
        _ => kind,
    };
}
