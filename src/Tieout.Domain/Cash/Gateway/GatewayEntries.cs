using Tieout.Domain.Ledger;

namespace Tieout.Domain.Cash.Gateway;

/// <summary>Entries of a gateway that concern no customer: what it keeps, and what our bank gets. With those of charges they leave nothing on clearing.</summary>
public static class GatewayEntries
{
    /// <summary>What the gateway kept with a movement, or charged by it; below zero where it gave a fee back.</summary>
    public static Money Fee(GatewayFact.Movement movement) =>
        movement.Kind == MovementKind.Fee ? movement.Fee - movement.Gross : movement.Fee;

    /// <summary>A fee is kept out of what lies on clearing.</summary>
    public static IReadOnlyList<CashLine> Kept(decimal fee) => Moved(LedgerAccount.GatewayClearing, LedgerAccount.BankFees, fee);

    /// <summary>From clearing to what the bank statement is to confirm.</summary>
    /// <param name="bank">The account of the ledger that the bank account is kept on.</param>
    public static IReadOnlyList<CashLine> PaidOut(decimal amount, string bank = LedgerAccount.CashClearing) =>
        Moved(LedgerAccount.GatewayClearing, bank, amount);

    /// <summary>From one account to another, a debit first; below zero the other way.</summary>
    public static IReadOnlyList<CashLine> Moved(string from, string to, decimal amount) =>
        amount > 0 ? [new(to, amount), new(from, -amount)] : [new(from, -amount), new(to, amount)];
}
