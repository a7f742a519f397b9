using Tieout.Domain.Customers;
using Tieout.Domain.Tax;

namespace Tieout.Domain.Invoicing;

/// <summary>An invoice before it has its number. After it is booked, nothing in it changes.</summary>
public sealed record Invoice
{
    private Invoice(BillingAccount account, AccountingMonth month, IReadOnlyList<ChargeLine> lines, TaxRate rate)
    {
        Account = account;
        Month = month;
        Lines = lines;
        Rate = rate;
        Net = lines.Aggregate(Money.Zero(account.Currency), (sum, line) => sum + line.Amount);
        Tax = TaxTable.Of(Net, rate);
        IssueDate = month.FirstDay;
        DueDate = IssueDate.AddDays(account.TermDays);
    }

    /// <summary>Who pays.</summary>
    public BillingAccount Account { get; }

    /// <summary>The month it bills, and the accounting month it is booked in.</summary>
    public AccountingMonth Month { get; }

    /// <summary>At least one.</summary>
    public IReadOnlyList<ChargeLine> Lines { get; }

    /// <summary>The tax rate in force on the first day of the month billed, which is the day of supply here.</summary>
    public TaxRate Rate { get; }

    /// <summary>Sum of the lines.</summary>
    public Money Net { get; }

    /// <summary>Tax on the sum of the lines, rounded once.</summary>
    public Money Tax { get; }

    /// <summary>What the customer owes.</summary>
    public Money Total => Net + Tax;

    /// <summary>The first day of the month billed: subscriptions are invoiced in advance.</summary>
    public DateOnly IssueDate { get; }

    /// <summary>Issue date plus the account's days.</summary>
    public DateOnly DueDate { get; }

    /// <summary>Draws the invoice up.</summary>
    /// <exception cref="ArgumentException">No lines.</exception>
    public static Invoice Draw(BillingAccount account, AccountingMonth month, IReadOnlyList<ChargeLine> lines, TaxRate rate) =>
        lines.Count > 0
            ? new Invoice(account, month, lines, rate)
            : throw new ArgumentException("An invoice has at least one line.", nameof(lines));
}
