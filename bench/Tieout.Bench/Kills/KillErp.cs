namespace Tieout.Bench.Kills;

/// <summary>A legal entity, the ERP its documents go to, and how that one's stand-in is steered and asked.</summary>
/// <param name="Entity">Code and series of the legal entity.</param>
/// <param name="Target">Name of the target.</param>
/// <param name="Currency">Of the legal entity.</param>
/// <param name="TaxCode">Of its customers.</param>
/// <param name="Ledger">Where the stand-in tells its ledger.</param>
/// <param name="Places">Where its calls that book can be struck by faults.</param>
internal sealed record KillErp(string Entity, string Target, string Currency, string TaxCode, string Ledger, IReadOnlyList<string> Places)
{
    public static IReadOnlyList<KillErp> All { get; } =
    [
        new("SA", "sap", "USD", "US-CA", "_sandbox/ledger", ["post"]),
        new("NS", "netsuite", "USD", "US-CA", "_sandbox/netsuite/ledger", ["netsuite-post"]),
        new("DY", "dynamics", "EUR", "DE-19", "_sandbox/dynamics/ledger", ["dynamics-create", "dynamics-post"]),
        new("OD", "odoo", "EUR", "DE-19", "_sandbox/odoo/ledger", ["odoo-create", "odoo-post"]),
    ];

    /// <summary>The targets file of all four.</summary>
    public static string File(Uri sandbox)
    {
        const string patience = """
                timeout-seconds: 2
                first-pause-seconds: 1
                longest-pause-seconds: 2
                absence-proof-seconds: 8
            """;
        return
            $$"""
            targets:
              - name: sap
                system: sap-s4hana
                url: "{{sandbox}}"
                user: TIEOUT
                password: {env: TIEOUT_BENCH_PASSWORD}
                company: "1710"
                accounts: {receivable: "12100000", revenue: "41000000", deferred-revenue: "24900000", tax: "22000000", bad-debt: "68000000", cash-clearing: "11001000", fx-gain-loss: "72010000",
                          prepaid-credit: "24910000", contract-asset: "12300000", unbilled-receivable: "12200000", revaluation: "12199000", fx-unrealised: "72040000"}
                taxes: {US-CA: A1}
                batch-size: 20
                slots: 2
            {{patience}}
              - name: netsuite
                system: netsuite
                url: "{{sandbox}}"
                user: TIEOUT
                password: {env: TIEOUT_BENCH_KEY}
                company: "1"
                accounts: {receivable: "119", revenue: "54", deferred-revenue: "58", tax: "108", bad-debt: "62", cash-clearing: "10", fx-gain-loss: "63",
                          prepaid-credit: "59", contract-asset: "65", unbilled-receivable: "66", revaluation: "67", fx-unrealised: "68"}
                taxes: {US-CA: tax}
                options: {certificate-id: sandbox-certificate}
            {{patience}}
              - name: dynamics
                system: dynamics-365
                url: "{{sandbox}}"
                user: TIEOUT
                password: {env: TIEOUT_BENCH_PASSWORD}
                company: demf
                accounts: {receivable: "130100", revenue: "401100", deferred-revenue: "250100", tax: "202100", bad-debt: "618900", cash-clearing: "110110", fx-gain-loss: "801200",
                          prepaid-credit: "250200", contract-asset: "131100", unbilled-receivable: "131200", revaluation: "130950", fx-unrealised: "801300"}
                taxes: {DE-19: U19}
                options: {tenant: sandbox-tenant, token-url: "{{sandbox}}{tenant}/oauth2/v2.0/token", customer-group: "10", ledger-dimensions: "BusinessUnit,Department,CostCenter", default-dimensions: "CostCenter,BusinessUnit"}
            {{patience}}
              - name: odoo
                system: odoo
                url: "{{sandbox}}"
                user: TIEOUT
                password: {env: TIEOUT_BENCH_PASSWORD}
                company: Example DE
                accounts: {receivable: "121000", revenue: "400000", deferred-revenue: "231000", tax: "251000", bad-debt: "612000", cash-clearing: "101401", fx-gain-loss: "441000",
                          prepaid-credit: "231100", contract-asset: "122500", unbilled-receivable: "122600", revaluation: "121950", fx-unrealised: "441100"}
                taxes: {DE-19: "19%"}
                options: {database: sandbox}
            {{patience}}
            routes:
              - {legal-entity: SA, target: sap}
              - {legal-entity: NS, target: netsuite}
              - {legal-entity: DY, target: dynamics}
              - {legal-entity: OD, target: odoo}
            """;
    }
}
