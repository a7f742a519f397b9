using System.Globalization;
using Tieout.Domain.Ledger;

namespace Tieout.Domain.Cash;

/// <summary>Where a payment puts something: its money, and beside it what an invoice is settled by without money. Each is one place of the ledger.</summary>
public abstract record CashPool
{
    private CashPool() { }

    /// <summary>The account that is credited when something comes into it.</summary>
    public abstract string Account { get; }

    /// <summary>Whether money lies in it.</summary>
    public virtual bool IsMoney => true;

    /// <summary>The invoice that it settles; null for none.</summary>
    public virtual Guid? Settles => null;

    /// <summary>Owed to the customer until it is applied.</summary>
    public sealed record Unapplied : CashPool
    {
        /// <inheritdoc/>
        public override string Account => LedgerAccount.UnappliedCash;
    }

    /// <summary>It settles an invoice.</summary>
    /// <param name="Invoice">Its id.</param>
    public sealed record OnInvoice(Guid Invoice) : CashPool
    {
        /// <inheritdoc/>
        public override string Account => LedgerAccount.Receivable;

        /// <inheritdoc/>
        public override Guid? Settles => Invoice;
    }

    /// <summary>It came for a debt that was given up before.</summary>
    public sealed record Recovered : CashPool
    {
        /// <inheritdoc/>
        public override string Account => LedgerAccount.BadDebt;
    }

    /// <summary>So little too much that nobody asks for it back.</summary>
    public sealed record Kept : CashPool
    {
        /// <inheritdoc/>
        public override string Account => LedgerAccount.Rounding;
    }

    /// <summary>
    /// What an invoice is settled by beside the money of a payment. It stands as long as that money settles the invoice: what takes a part of the
    /// money off it takes the same part of this.
    /// </summary>
    /// <param name="Invoice">Its id.</param>
    public abstract record Granted(Guid Invoice) : CashPool
    {
        /// <inheritdoc/>
        public override string Account => LedgerAccount.Receivable;

        /// <inheritdoc/>
        public override bool IsMoney => false;

        /// <inheritdoc/>
        public override Guid? Settles => Invoice;

        /// <summary>The account that is debited for it.</summary>
        public abstract string Against { get; }

        /// <summary>What its line in the ledger says.</summary>
        public abstract string Text { get; }
    }

    /// <summary>A part of a discount for paying early.</summary>
    /// <param name="Invoice">Its id.</param>
    /// <param name="TaxCode">Of the invoice's tax group that it falls to.</param>
    /// <param name="TaxRate">As a fraction.</param>
    /// <param name="IsTax">The tax in it, which is owed to the authorities no longer; else what it costs us.</param>
    public sealed record Discount(Guid Invoice, string TaxCode, decimal TaxRate, bool IsTax) : Granted(Invoice)
    {
        /// <inheritdoc/>
        public override string Against => IsTax ? LedgerAccount.Tax : LedgerAccount.EarlyPaymentDiscount;

        /// <inheritdoc/>
        public override string Text => string.Create(
            CultureInfo.InvariantCulture, $"{(IsTax ? "Tax in the discount" : "Discount for paying early")}, {TaxCode} {TaxRate * 100:0.######} %");
    }

    /// <summary>So little too short that nobody asks for it.</summary>
    /// <param name="Invoice">Its id.</param>
    public sealed record Short(Guid Invoice) : Granted(Invoice)
    {
        /// <inheritdoc/>
        public override string Against => LedgerAccount.Rounding;

        /// <inheritdoc/>
        public override string Text => "Small difference";
    }
}

/// <summary>An amount in a pool; negative where it is taken out.</summary>
/// <param name="Layer">The movement that put this there; null where it is put there now.</param>
public sealed record CashShare(CashPool Pool, decimal Amount, Guid? Layer = null);

/// <summary>What is left in a pool of what one movement put there.</summary>
/// <param name="Movement">That movement.</param>
/// <param name="Amount">Above zero.</param>
/// <param name="Since">The day of the newest entry that put it there, or put some of it back.</param>
/// <param name="By">Number of that entry.</param>
/// <param name="No">Its place among what that movement put anywhere: a payment settles several invoices one after the other.</param>
public sealed record CashLayer(Guid Movement, CashPool Pool, decimal Amount, DateOnly Since, string By, int No = 0);
