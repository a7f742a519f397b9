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

    /// <summary>The documents agree and the account's balance does not.</summary>
    Balance,
}
