using System.Globalization;

namespace Tieout.Domain.Cash.Matching;

/// <summary>What is found out about one payment before any answer is weighed.</summary>
/// <param name="Payers">Accounts that are known to pay from where it came.</param>
/// <param name="Like">Accounts of a like name; looked for only where the payer's account says nothing.</param>
internal sealed record LineFacts(BankLine Line, NamedItems Named, IReadOnlyList<Guid> Payers, IReadOnlyList<(Guid Account, int Likeness)> Like)
{
    internal const int MostLike = 3;
    private const int NumberKnown = 30;
    private const int NameSame = 15;
    private const int NameLike = 8;
    private const int OtherPayer = -10;

    public static LineFacts Of(BankLine line, MatchBook book)
    {
        var payers = book.PayersFrom(line.Payer.Account);
        return new LineFacts(line, book.Numbers.Named(line), payers, payers.Count > 0 ? [] : [.. book.PayersLike(line.Payer.Name).Take(MostLike)]);
    }

    /// <summary>Whether money of this day and currency may settle it at all.</summary>
    public bool MaySettle(OpenItem item) => item.Open > 0 && item.Currency == Line.Amount.Currency && item.Date <= Line.On;

    /// <summary>What speaks for an account having paid.</summary>
    public (int Points, string Reason) Payer(Guid account)
    {
        if (Payers.Contains(account)) return (NumberKnown, "It came from an account this customer is known to pay from.");
        if (Payers.Count > 0) return (OtherPayer, "It came from an account that another customer is known to pay from.");
        var likeness = Like.FirstOrDefault(one => one.Account == account).Likeness;
        return likeness == 100 ? (NameSame, "The payer has this customer's name; the account it came from is not known.")
            : likeness > 0 ? (NameLike, string.Create(CultureInfo.InvariantCulture, $"The payer's name is like this customer's ({likeness} %)."))
            : (0, "The account it came from is not known.");
    }
}
