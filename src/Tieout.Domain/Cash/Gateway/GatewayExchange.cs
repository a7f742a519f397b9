using Tieout.Domain.Ledger;

namespace Tieout.Domain.Cash.Gateway;

/// <summary>An entry in one currency.</summary>
public sealed record EntryInCurrency(Currency Currency, IReadOnlyList<CashLine> Lines);

/// <summary>
/// Money that a gateway exchanged: what was booked on clearing in the customer's currency, and what its balance got in another one. It leaves
/// clearing in the one and comes there in the other; between them lies the account for exchanges, which keeps nothing in the currency of the
/// books: what the two are worth there more or less than each other is won or lost, once (IAS 21.28; ASC 830-20-35-1).
/// </summary>
/// <param name="Given">What lies on clearing in the customer's currency; below zero where it was taken from there, as by a refund.</param>
/// <param name="Got">What the balance got, in another currency; below zero where it gave. Never of another sign.</param>
public sealed record GatewayExchange(Money Given, Money Got)
{
    /// <summary>Whether both went the same way: nothing else is an exchange.</summary>
    public bool IsOne => Given.Currency != Got.Currency && Math.Sign(Given.Amount) == Math.Sign(Got.Amount) && !Given.IsZero;

    /// <summary>Off clearing. Where it is in the currency of the books, <see cref="InBooks"/> says it instead.</summary>
    public EntryInCurrency Leaves => new(Given.Currency, GatewayEntries.Moved(LedgerAccount.GatewayClearing, LedgerAccount.CurrencyExchange, Given.Amount));

    /// <summary>Onto clearing. Where it is in the currency of the books, <see cref="InBooks"/> says it instead.</summary>
    public EntryInCurrency Comes => new(Got.Currency, GatewayEntries.Moved(LedgerAccount.CurrencyExchange, LedgerAccount.GatewayClearing, Got.Amount));

    /// <summary>
    /// The entry in the currency of the books: the side that is in it, and what was won, a credit, or lost, a debit. Null where neither side is in
    /// it and nothing was won or lost.
    /// </summary>
    /// <param name="left">What took off clearing is worth there: it leaves at what it was carried at.</param>
    /// <param name="came">What came there is worth: by the rate of the day.</param>
    public EntryInCurrency? InBooks(Currency books, decimal left, decimal came)
    {
        // What lies between is left less came; a side that is in the currency of the books is here, the other one in its own entry.
        List<CashLine> lines = [];
        if (Given.Currency == books) lines.Add(new CashLine(LedgerAccount.GatewayClearing, -Given.Amount));
        if (Got.Currency == books) lines.Add(new CashLine(LedgerAccount.GatewayClearing, Got.Amount));
        var between = Given.Currency == books ? came : Got.Currency == books ? -left : came - left;
        lines.Add(new CashLine(LedgerAccount.CurrencyExchange, between));
        lines.Add(new CashLine(LedgerAccount.FxGainLoss, left - came));
        lines.RemoveAll(line => line.Amount == 0);
        return lines.Count == 0 ? null : new EntryInCurrency(books, [.. lines.OrderByDescending(line => line.Amount)]);
    }
}
