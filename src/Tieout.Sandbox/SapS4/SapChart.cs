using System.Collections.Frozen;

namespace Tieout.Sandbox.SapS4;

/// <summary>What the stand-in's company codes share: document types, accounts, tax codes and account assignments.</summary>
internal static class SapChart
{
    /// <summary>What one unit of any foreign currency is worth in a company code's own, by the rate entered here: none that anybody else would take.</summary>
    public const decimal OwnRate = 1.25m;

    /// <summary>Document types with what they do to the customer: 1 debit, -1 credit, 0 either.</summary>
    public static FrozenDictionary<string, int> DocumentTypes { get; } = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["DR"] = 1,  // customer invoice
        ["DG"] = -1, // customer credit memo
        ["DZ"] = 0,  // payment
        ["DA"] = 0,  // customer document
        ["SA"] = 0,  // general ledger
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The chart of accounts, the same in both company codes.</summary>
    public static FrozenDictionary<string, string> Accounts { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["0012100000"] = "Receivables, domestic",
        ["0012110000"] = "Receivables, foreign",
        ["0012150000"] = "Receivables, disputed",
        ["0012200000"] = "Unbilled receivables",
        ["0012300000"] = "Contract assets",
        ["0011001000"] = "Bank clearing",
        ["0011002000"] = "Payment gateways",
        ["0011003000"] = "Currency exchange",
        ["0011004000"] = "Cash in transit",
        ["0012199000"] = "Receivables, valuation in foreign currency",
        ["0022000000"] = "Output tax",
        ["0022010000"] = "Sales tax payable",
        ["0024900000"] = "Deferred revenue",
        ["0024910000"] = "Prepaid credit",
        ["0041000000"] = "Revenue, domestic",
        ["0041100000"] = "Revenue, foreign",
        ["0044000000"] = "Cash discounts granted",
        ["0021190000"] = "Customers, not applied",
        ["0065008000"] = "Bank fees",
        ["0065009000"] = "Rounding differences",
        ["0065900000"] = "Other expense",
        ["0068000000"] = "Receivables written off",
        ["0070100000"] = "Interest income",
        ["0070400000"] = "Other income",
        ["0071100000"] = "Interest expense",
        ["0072010000"] = "Exchange differences",
        ["0072040000"] = "Exchange differences, valuation",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Tax codes with the account their tax goes to.</summary>
    public static FrozenDictionary<string, string> TaxCodes { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["A0"] = "0022000000", // nothing, domestic
        ["A1"] = "0022000000", // full rate
        ["A2"] = "0022000000", // reduced rate
        ["X0"] = "0022000000", // reverse charge
        ["A9"] = "0022000000", // ran out at the end of 2020
        ["O0"] = "0022010000", // exempt, US
        ["O1"] = "0022010000", // sales tax, US
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Tax codes that ran out, with the last day they are taken for.</summary>
    public static FrozenDictionary<string, DateOnly> TaxCodesUntil { get; } = new Dictionary<string, DateOnly>(StringComparer.Ordinal)
    {
        ["A9"] = new(2020, 12, 31),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Cost centres, profit centres and the like, as field and value.</summary>
    public static FrozenSet<string> Objects { get; } = new[]
    {
        "CostCenter=10101101", "CostCenter=10101102", "ProfitCenter=YB101", "ProfitCenter=YB600", "WBSElement=P-2026-01", "Segment=1000_A",
        "FunctionalArea=YB35",
    }.ToFrozenSet(StringComparer.Ordinal);
}
