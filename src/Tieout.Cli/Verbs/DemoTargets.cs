using Tieout.Application.Posting;
using Tieout.Cli.Terminal;
using Tieout.Connectors.Port;
using Tieout.Domain.Ledger;
using Tieout.Domain.Posting;

namespace Tieout.Cli.Verbs;

/// <summary>The ERPs of the demo: two company codes of the SAP stand-in, and Tryton for the small entity where it is found.</summary>
internal static class DemoTargets
{
    private static readonly Dictionary<string, string> SapAccounts = new(StringComparer.Ordinal)
    {
        [LedgerAccount.Receivable] = "12100000",
        [LedgerAccount.Revenue] = "41000000",
        [LedgerAccount.DeferredRevenue] = "24900000",
        [LedgerAccount.PrepaidCredit] = "24910000",
        [LedgerAccount.ContractAsset] = "12300000",
        [LedgerAccount.UnbilledReceivable] = "12200000",
        [LedgerAccount.Tax] = "22000000",
        [LedgerAccount.BadDebt] = "68000000",
        [LedgerAccount.CashClearing] = "11001000",
        [LedgerAccount.GatewayClearing] = "11002000",
        [LedgerAccount.CurrencyExchange] = "11003000",
        [LedgerAccount.CashTransfer] = "11004000",
        [LedgerAccount.BankFees] = "65008000",
        [LedgerAccount.InterestIncome] = "70100000",
        [LedgerAccount.InterestExpense] = "71100000",
        [LedgerAccount.OtherIncome] = "70400000",
        [LedgerAccount.OtherExpense] = "65900000",
        [LedgerAccount.EarlyPaymentDiscount] = "44000000",
        [LedgerAccount.DisputedReceivable] = "12150000",
        [LedgerAccount.UnappliedCash] = "21190000",
        [LedgerAccount.FxGainLoss] = "72010000",
        [LedgerAccount.Revaluation] = "12199000",
        [LedgerAccount.FxUnrealised] = "72040000",
        [LedgerAccount.Rounding] = "65009000",
    };

    private static readonly Dictionary<string, string> SapTaxes = new(StringComparer.Ordinal)
    {
        ["US-CA"] = "A1",
        ["US-EXEMPT"] = "A0",
        ["DE-19"] = "A1",
        ["DE-REVERSE"] = "A0",
    };

    /// <summary>Without Tryton the small entity's documents go to SAP as well.</summary>
    public static TargetSet Create(Uri sandbox, TargetSettings? tryton)
    {
        List<ConfiguredTarget> targets = [Sap("sap-us", sandbox, "1710"), Sap("sap-de", sandbox, "1010")];
        if (tryton is not null) targets.Add(new ConfiguredTarget(tryton, PostingPolicy.Default));
        return TargetSet.Of(new TargetFile(targets,
        [
            new Route("US", "sap-us"), new Route("DE", "sap-de"), new Route(DemoTryton.LegalEntity, tryton?.Name ?? "sap-de"),
        ]));
    }

    private static ConfiguredTarget Sap(string name, Uri sandbox, string companyCode) => new(
        new TargetSettings(
            name, "sap-s4hana", sandbox, "TIEOUT", "sandbox", companyCode, SapAccounts, SapTaxes,
            new Dictionary<string, string>(StringComparer.Ordinal), BatchSize: null, Slots: null, TimeSpan.FromSeconds(30), Version: "demo"),
        PostingPolicy.Default);
}
