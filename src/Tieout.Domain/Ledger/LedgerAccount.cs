namespace Tieout.Domain.Ledger;

/// <summary>
/// The accounts of our own subledger, by what they are for. Account rules say which account of an ERP each one is.
/// </summary>
public static class LedgerAccount
{
    /// <summary>What customers owe us.</summary>
    public const string Receivable = "receivable";

    /// <summary>Earned.</summary>
    public const string Revenue = "revenue";

    /// <summary>Invoiced and not earned yet.</summary>
    public const string DeferredRevenue = "deferred-revenue";

    /// <summary>Tax owed to the authorities.</summary>
    public const string Tax = "tax";

    /// <summary>Owed to us and given up.</summary>
    public const string BadDebt = "bad-debt";

    /// <summary>Those that invoices move: a target has to name one of its own for each.</summary>
    public static IReadOnlyList<string> Invoiced { get; } = [Receivable, Revenue, DeferredRevenue, Tax];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Invoiced, BadDebt];
}
