namespace Tieout.Domain.Reconciliation;

/// <summary>How two books can differ.</summary>
public enum BreakCategory
{
    /// <summary>We hold it as posted; the ERP does not have it.</summary>
    Missing,

    /// <summary>The ERP has it more than once.</summary>
    Duplicate,

    /// <summary>The ERP has a document under a key of ours that we never posted.</summary>
    Unexpected,

    /// <summary>Other customer.</summary>
    Customer,

    /// <summary>Other currency; amounts are not compared then.</summary>
    Currency,

    /// <summary>Other net amount.</summary>
    Amount,

    /// <summary>Same net amount, other tax.</summary>
    Tax,

    /// <summary>Booked in another accounting month.</summary>
    Period,

    /// <summary>The documents agree, and what they moved on an account of the ERP is not what our account moved.</summary>
    Account,

    /// <summary>Ours agrees, and the ERP's account moved by more: somebody else's entry stands on it. A warning, not a break.</summary>
    Balance,

    /// <summary>
    /// The documents agree in their own currency, and an account of the ERP moved by something else in that of the books: a rate of exchange that is not
    /// ours. A warning, not a break.
    /// </summary>
    Books,
}
