using System.Globalization;
using System.Text.Json.Nodes;
using Tieout.Connectors.Port;
using Tieout.Domain.Exceptions;
using static Tieout.Connectors.Tryton.TrytonValues;

namespace Tieout.Connectors.Tryton;

/// <summary>Our document in Tryton's fields. Pure: what the ERP knows comes in with the catalogue.</summary>
internal sealed class InvoiceMap(TrytonSettings settings, Catalogue catalogue)
{
    // Tryton's amounts have 16 digits, its unit prices four decimals.
    private const decimal LargestAmount = 99_999_999_999_999.99m;

    /// <summary>
    /// Why the document cannot be booked; null when the ERP would take it. Also what the ERP would take in silence and should
    /// not: a tax out of its dates, an account out of its dates.
    /// </summary>
    public Finding? Problem(ErpInvoice document)
    {
        var target = settings.Target;
        if (catalogue.Company is null)
            return TrytonFindings.Of("company-unknown", $"Tryton has no company named '{target.Company}', or more than one.");
        if (!catalogue.Currencies.ContainsKey(document.Currency.Code))
            return TrytonFindings.Of("currency-unknown", $"Tryton does not know the currency {document.Currency}.");
        if (catalogue.Journal is null)
            return TrytonFindings.Of("journal-unknown", $"Tryton has no journal with the code '{settings.Journal}', or more than one.");
        if (settings.PaymentTerm(document.TermDays) is var term && !catalogue.Terms.ContainsKey(term))
            return TrytonFindings.Of("payment-term-unknown", $"Tryton has no payment term named '{term}' for {document.TermDays} days.");
        if (document.Lines.Count == 0 || Math.Abs(document.Total) > LargestAmount)
            return TrytonFindings.Of("not-valid-for-erp", "An invoice needs at least one line, and amounts of at most 16 digits.");
        var amounts = document.Lines.Select(line => line.Amount).Concat(document.Taxes.Select(tax => tax.Amount)).Append(document.Total);
        return Ledgers(document).Select(ledger => AccountProblem(ledger.Name, ledger.Chosen, document.Date)).FirstOrDefault(finding => finding is not null)
            ?? document.Taxes.Select(tax => TaxProblem(document, tax.Code, target.TaxCodeOf(tax), tax.SupplyOn)).FirstOrDefault(finding => finding is not null)
            ?? document.Lines.Select(line => TaxProblem(document, line.TaxCode, target.TaxCodeOf(document, line), On(document, line.TaxCode)))
                .FirstOrDefault(finding => finding is not null)
            ?? document.Lines.Select(line => TrytonFindings.Dimension(target, line.Dimensions)).FirstOrDefault(finding => finding is not null)
            ?? RuleFindings.NotWhole(amounts, document.Currency);
    }

    /// <summary>
    /// The values of <c>account.invoice</c>. One line per line of ours, quantity 1: a metered quantity times its price does not
    /// fit into the ERP's four decimals. A credit memo is an invoice of negative lines; the ERP sees a total below zero and numbers
    /// it as a credit note. The document must have no <see cref="Problem"/>.
    /// </summary>
    /// <param name="document">What to book.</param>
    /// <param name="address">An address of the customer; the ERP requires one.</param>
    /// <param name="accounting">The accounting date, where it must differ from the invoice date; decides number and month.</param>
    public JsonObject Values(ErpInvoice document, long address, DateOnly? accounting)
    {
        var values = new JsonObject
        {
            ["type"] = "out",
            ["company"] = catalogue.Company,
            ["party"] = PartyOf(document),
            ["invoice_address"] = address,
            ["currency"] = catalogue.Currencies[document.Currency.Code],
            ["journal"] = catalogue.Journal,
            ["account"] = Account("receivable", document.ReceivableAccount),
            ["payment_term"] = catalogue.Terms[settings.PaymentTerm(document.TermDays)],
            ["invoice_date"] = Date(document.IssueDate),
            ["reference"] = document.Key,
            ["description"] = Description(document),
            ["lines"] = Create(document.Lines.Select(line => Line(document, line))),
        };
        if (accounting is { } date && date != document.IssueDate) values["accounting_date"] = Date(date);
        // A row of tax zero would book nothing; without rows the ERP books none either.
        var rows = document.Taxes.Where(tax => tax.Amount != 0m).Select((tax, index) => (JsonNode)TaxRow(tax, index + 1)).ToList();
        if (settings.TaxForced && rows.Count > 0) values["taxes"] = Create(rows);
        return values;
    }

    /// <summary>The customer's id as the ERP gave it; null when it is no id of the ERP's.</summary>
    public static long? PartyOf(ErpInvoice document) =>
        long.TryParse(document.ErpCustomerId, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    // What it corrects is for a person to read: the ERP links credits to invoices by reconciling them, which is not ours to do.
    private static string Description(ErpInvoice document)
    {
        var text = document.Corrects.Count == 0 ? document.Key : $"{document.Key} corrects {string.Join(", ", document.Corrects)}";
        return document.Reference.Length == 0 ? text : Clean($"{text}, ref. {document.Reference}");
    }

    private JsonObject Line(ErpInvoice document, ErpLine line)
    {
        var values = new JsonObject
        {
            ["type"] = "line",
            ["company"] = catalogue.Company,
            ["currency"] = catalogue.Currencies[document.Currency.Code],
            ["account"] = Account(line.LedgerAccount, line.Account),
            ["description"] = Clean(line.Text),
            ["quantity"] = 1.0m,
            ["unit_price"] = TrytonValues.Decimal(line.Amount),
        };
        if (!settings.TaxForced) values["taxes"] = new JsonArray(new JsonArray("add", List([catalogue.Taxes[settings.Target.TaxCodeOf(document, line)].Id])));
        return values;
    }

    // A manual row is booked as it stands: the ERP rounds halves to even and would differ by a cent now and then.
    private JsonObject TaxRow(ErpTax tax, int place) => new()
    {
        ["manual"] = true,
        ["description"] = Tax(tax).Name,
        ["tax"] = Tax(tax).Id,
        ["account"] = Account("tax", ""),
        ["base"] = TrytonValues.Decimal(tax.Base),
        ["amount"] = TrytonValues.Decimal(tax.Amount),
        ["sequence"] = place,
    };

    private static IEnumerable<(string Name, string Chosen)> Ledgers(ErpInvoice document)
    {
        var ledgers = document.Lines.Select(line => (line.LedgerAccount, line.Account)).Prepend(("receivable", document.ReceivableAccount));
        return (document.Taxes.Any(tax => tax.Amount != 0m) ? ledgers.Append(("tax", "")) : ledgers).Distinct();
    }

    /// <summary>Why an account takes no posting of a day; null when it does. Of entries, too.</summary>
    internal Finding? AccountProblem(string ledger, string chosen, DateOnly day)
    {
        var code = settings.Target.AccountOf(ledger, chosen);
        if (code.Length == 0) return TrytonFindings.Of("account-rule-missing", $"No account of {settings.Target.Name} is named for '{ledger}'.");
        if (!catalogue.Accounts.TryGetValue(code, out var account))
            return TrytonFindings.Of("account-unknown", $"{settings.Target.Company} has no account {code} in Tryton, or more than one.");
        return account.OpenAt(day) ? null : TrytonFindings.Of("account-closed", $"The account {code} of {settings.Target.Company} is closed on {day:yyyy-MM-dd}.");
    }

    private static DateOnly? On(ErpInvoice document, string code) => document.Taxes.FirstOrDefault(tax => tax.Code == code)?.SupplyOn;

    // Our own amount belongs to the day of supply: a credit of last year's invoice takes last year's tax. Where the ERP computes,
    // it goes by the invoice date.
    private Finding? TaxProblem(ErpInvoice document, string code, string name, DateOnly? supplyOn)
    {
        if (name.Length == 0)
            return TrytonFindings.Of("tax-code-missing", $"No tax of {settings.Target.Name} is named for our tax code '{code}'.");
        if (!catalogue.Taxes.TryGetValue(name, out var tax))
            return TrytonFindings.Of("tax-code-unknown", $"{settings.Target.Company} has no tax named '{name}' in Tryton, or more than one.");
        var day = settings.TaxForced ? supplyOn ?? document.IssueDate : document.IssueDate;
        return tax.InForce(day)
            ? null
            : TrytonFindings.Of(
                "tax-expired", $"The tax '{name}' is not in force on {day:yyyy-MM-dd}: Tryton has it from {Edge(tax.From)} to {Edge(tax.To)}.");
    }

    private static string Edge(DateOnly? day) => day is { } set ? set.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : "open";

    private long Account(string ledger, string chosen) => catalogue.Accounts[settings.Target.AccountOf(ledger, chosen)].Id;

    private CatalogueTax Tax(ErpTax tax) => catalogue.Taxes[settings.Target.TaxCodeOf(tax)];
}
