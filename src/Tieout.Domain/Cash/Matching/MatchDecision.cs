namespace Tieout.Domain.Cash.Matching;

/// <summary>What is done with one payment of a statement.</summary>
public abstract record MatchDecision
{
    private MatchDecision() { }

    /// <summary>There is one answer, proven by number, payer and amount: it books itself.</summary>
    public sealed record Certain(Proposal Match) : MatchDecision;

    /// <summary>There are answers, best first; a person takes one or none.</summary>
    public sealed record Proposed(IReadOnlyList<Proposal> Proposals) : MatchDecision;

    /// <summary>It is of a known payer and settles nothing that can be named: it stays unapplied.</summary>
    public sealed record Unapplied(Guid Account, IReadOnlyList<string> Reasons) : MatchDecision;

    /// <summary>Nothing is known of it.</summary>
    /// <param name="Code">Stable: <c>unknown-payer</c>, <c>went-out</c>, <c>came-back</c>, <c>unknown-return</c>.</param>
    public sealed record Unknown(string Code, IReadOnlyList<string> Reasons) : MatchDecision;
}

/// <summary>
/// One answer: money received plus <paramref name="Fee"/> is what it settles plus <paramref name="Unapplied"/>, but for a little too much that is kept.
/// </summary>
/// <param name="Account">The billing account whose money it is then.</param>
/// <param name="Settles">In the order of their dates; empty when all stays unapplied, or a payment is taken back.</param>
/// <param name="Fee">What banks kept; the payment is booked with it.</param>
/// <param name="Discount">What is kept for paying early as agreed; the invoices are settled by it beside the money.</param>
/// <param name="TakesBack">The payment that it takes back; null for money that came.</param>
/// <param name="Score">0 to 100; 100 is a certain one. It orders answers and decides nothing.</param>
/// <param name="Reasons">In words, the strongest first.</param>
public sealed record Proposal(
    Guid Account, IReadOnlyList<Settlement> Settles, decimal Unapplied, decimal Fee, decimal Discount, Guid? TakesBack, int Score,
        IReadOnlyList<string> Reasons)
{
    /// <summary>The entry of a gateway's payout that the line confirms; null for a payment. It is nobody's then: the account is empty.</summary>
    public Guid? Payout { get; init; }

    /// <summary>The entry of a refund of ours that the line confirms; null for none.</summary>
    public Guid? Refund { get; init; }

    /// <summary>The account of the ledger that a line is booked on that is no customer's; null for none. The account is empty then.</summary>
    public string? Ledger { get; init; }

    /// <summary>Whether a small difference goes to rounding.</summary>
    public bool IsOff => Settles.Any(one => one.Difference != 0);

    /// <summary>All it settles.</summary>
    public decimal Applied => Settles.Sum(one => one.Amount);

    /// <summary>Names the answer: the same invoices by the same amounts are the same proposal, whenever it is made again.</summary>
    public string Id => Statements.EntryIdentity.Hash(Identity)[..16];

    /// <summary>The same answer, whatever the reasons.</summary>
    internal string Identity => string.Join('|', Settles.Select(one => one.Identity)
        .Prepend(FormattableString.Invariant($"{Account}/{TakesBack}/{Fee:0.####}{Beside}")));

    private string Beside => Payout is { } payout ? $"/{payout}" : Refund is { } refund ? $"/refund {refund}" : Ledger is { } account ? $"/{account}" : "";
}

/// <summary>So much of an invoice.</summary>
/// <param name="Amount">Of the money.</param>
public sealed record Settlement(Guid Invoice, string Number, decimal Amount)
{
    /// <summary>What is kept for paying early.</summary>
    public decimal Discount { get; init; }

    /// <summary>What goes to rounding: above zero where the money is short, below where it is too much.</summary>
    public decimal Difference { get; init; }

    // What was found before there was either has the name that it had.
    internal string Identity => FormattableString.Invariant($"{Invoice}={Amount:0.####}")
        + (Discount == 0 ? "" : FormattableString.Invariant($"-{Discount:0.####}"))
        + (Difference == 0 ? "" : FormattableString.Invariant($"~{Difference:0.####}"));
}

/// <summary>A payment with what is done with it.</summary>
public sealed record MatchedLine(BankLine Line, MatchDecision Decision);
