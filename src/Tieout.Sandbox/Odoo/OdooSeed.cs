namespace Tieout.Sandbox.Odoo;

/// <summary>What a fresh database holds: three companies with a chart, taxes, journals and analytic accounts each of its own.</summary>
internal static class OdooSeed
{
    /// <summary>Accounts by code, and whether their lines are reconciled.</summary>
    private static readonly (string Code, string Name, bool Reconcile)[] Chart =
    [
        ("121000", "Account Receivable", true), ("121900", "Disputed Receivable", true), ("400000", "Product Sales", false),
        ("231000", "Deferred Revenue", false), ("231100", "Prepaid Credit", false), ("122500", "Contract Assets", false),
        ("122600", "Unbilled Receivable", false), ("251000", "Tax Received", false), ("101401", "Bank", false), ("620000", "Bank Fees", false),
        ("612000", "Bad Debt", false), ("441000", "Foreign Exchange", false), ("999990", "Rounding", false), ("122000", "Account Receivable (by default)", true),
        ("252000", "Tax Received (by default)", false), ("121950", "Valuation of Foreign Currency", false),
        ("441100", "Foreign Exchange, Unrealised", false),
    ];

    /// <summary>Fills a database. USD has rates, CHF has none.</summary>
    public static OdooDatabase Database()
    {
        var database = new OdooDatabase();
        var eur = database.Add("res.currency", ("name", "EUR"), ("active", true)).Id;
        var usd = database.Add("res.currency", ("name", "USD"), ("active", true)).Id;
        database.Add("res.currency", ("name", "CHF"), ("active", true));
        database.Add("res.currency", ("name", "JPY"), ("active", false));
        foreach (var (code, name) in ((string, string)[])[("DE", "Germany"), ("US", "United States"), ("GB", "United Kingdom")])
            database.Add("res.country", ("code", code), ("name", name));
        var costs = database.Add("account.analytic.plan", ("name", "Cost centers")).Id;
        foreach (var code in (string[])["CC-8", "CC-9"])
            database.Add("account.analytic.account", ("code", code), ("name", $"Cost center {code}"), ("plan_id", costs), ("active", true));
        database["res.company"].Add(new OdooRow(1, new Dictionary<string, object?>(StringComparer.Ordinal) { ["name"] = "My Company", ["currency_id"] = usd }));
        Company(database, 1);
        foreach (var (name, currency) in ((string, long)[])[("Example DE", eur), ("Example US", usd)])
            Company(database, database.Add("res.company", ("name", name), ("currency_id", currency)).Id);
        var german = database["res.company"].Find(company => company.Text("name") == "Example DE")!.Id;
        database.Add("res.currency.rate", ("name", "2026-01-01"), ("rate", 1.1m), ("currency_id", usd), ("company_id", german));
        database.Add("res.currency.rate", ("name", "2025-01-01"), ("rate", 1.05m), ("currency_id", usd), ("company_id", null));
        return database;
    }

    private static void Company(OdooDatabase database, long company)
    {
        foreach (var (code, name, reconcile) in Chart)
            database.Add("account.account", ("code", code), ("name", name), ("reconcile", reconcile), ("company_id", company));
        var received = database["account.account"].Find(account => account.Link("company_id") == company && account.Text("code") == "252000")!.Id;
        foreach (var (name, rate, active) in ((string, decimal, bool)[])[("19%", 19m, true), ("0%", 0m, true), ("16% (2020)", 16m, false)])
            database.Add(
                "account.tax", ("name", name), ("amount", rate), ("active", active), ("type_tax_use", "sale"), ("company_id", company), ("account_id", received));
        foreach (var (code, name) in ((string, string)[])[("INV", "Customer Invoices"), ("MISC", "Miscellaneous Operations"), ("BNK1", "Bank")])
            database.Add("account.journal", ("code", code), ("name", name), ("company_id", company));
    }
}
