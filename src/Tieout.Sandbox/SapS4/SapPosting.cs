using System.Globalization;

namespace Tieout.Sandbox.SapS4;

/// <summary>Posts or rejects a document, with the vendor's message numbers.</summary>
internal static class SapPosting
{
    /// <summary>What became of one document.</summary>
    /// <param name="Booked">The document as booked; null when it was rejected.</param>
    /// <param name="Messages">Type, severity and text, in order.</param>
    public sealed record Result(SapDocument? Booked, IReadOnlyList<(string Type, char Severity, string Note)> Messages);

    /// <summary>Checks in the vendor's order and stops at the first that fails; books when none does.</summary>
    public static Result Post(SapDocument document, SapMasterData master, SapLedger ledger)
    {
        if (Problem(document, master) is { } problem) return Rejected(problem.Type, problem.Note);

        var booked = new SapDocument(
            document.CompanyCode, document.Type, document.Reference, document.Reference1, document.HeaderText,
            document.DocumentDate, document.PostingDate,
            Converted([.. document.Items.Select(item => Determined(item, document, master)).Where(Stands)], SapMasterData.Companies[document.CompanyCode]));
        ledger.Book(booked);
        return new Result(booked, [("605(RW)", '1', $"Document posted: BKPFF {booked.Number}{booked.CompanyCode}{booked.FiscalYear}")]);
    }

    /// <summary>A refusal: SAP puts a wrapper before the cause.</summary>
    public static Result Rejected(string type, string note) =>
        new(null, [("609(RW)", '3', "Error in document: BKPFF $"), (type, '3', note)]);

    private static (string Type, string Note)? Problem(SapDocument document, SapMasterData master)
    {
        var company = document.CompanyCode;
        if (!SapMasterData.Companies.TryGetValue(company, out var currency)) return ("165(F5)", $"Company code {company} does not exist");
        if (!SapChart.DocumentTypes.TryGetValue(document.Type, out var sign)) return ("150(ZZ)", $"Document type {document.Type} is not known to the sandbox");
        if (master.IsClosed(company, document.PostingDate))
            return ("201(F5)", FormattableString.Invariant($"Posting period {document.PostingDate:MM yyyy} is not open in company code {company}"));
        foreach (var item in document.Items)
            if (ItemProblem(item, company, master) is { } problem) return problem;
        foreach (var item in document.Items)
            if (SapChart.TaxCodesUntil.TryGetValue(item.TaxCode, out var until) && document.PostingDate > until)
                return ("752(FF)", FormattableString.Invariant($"Tax code {item.TaxCode} is not valid on {document.PostingDate:yyyy-MM-dd}"));
        if (SignProblem(document, sign) is { } turned) return turned;
        if (TaxProblem(document) is { } tax) return tax;
        foreach (var items in document.Items.GroupBy(item => item.Currency, StringComparer.Ordinal))
            if (items.Sum(item => item.Amount) is not 0m and var left)
                return ("702(F5)", string.Create(CultureInfo.InvariantCulture, $"Balance in transaction currency: {left} {items.Key}"));
        if (CompanyProblem(document, currency) is { } local) return local;
        return document.Items.Length < 2 ? ("152(F5)", "A document has at least two items") : null;
    }

    private static (string Type, string Note)? ItemProblem(SapItem item, string company, SapMasterData master)
    {
        switch (item.Kind)
        {
            case 'D':
                var customer = master.Customer(item.Customer);
                if (customer is null || !customer.Companies.ContainsKey(company))
                    return ("102(F5)", $"Customer {item.Customer} is not defined in company code {company}");
                if (item.Account.Length > 0 && !SapChart.Accounts.ContainsKey(item.Account))
                    return ("507(F5)", $"G/L account {item.Account} is not defined in chart of accounts");
                if (item.Account.Length > 0 && !master.IsReconciliation(item.Account))
                    return ("352(F5)", $"Account {item.Account} is no reconciliation account of customers");
                if (customer.Blocked) return ("104(F5)", $"Customer {item.Customer} is blocked for posting");
                break;
            case 'S' when !SapChart.Accounts.ContainsKey(item.Account):
                return ("507(F5)", $"G/L account {item.Account} is not defined in chart of accounts");
            case 'S' when master.IsReconciliation(item.Account):
                return ("352(F5)", $"Account {item.Account} is a reconciliation account and takes no direct posting");
            case 'K':
                return ("102(F5)", $"Supplier is not defined in company code {company}");
        }
        if (item.Objects.Length > 0 && Array.Find(item.Objects.Split(' '), one => !SapChart.Objects.Contains(one)) is { } strange)
            return ("235(KI)", $"Object {strange} does not exist");
        return item.Kind is 'S' or 'T' && item.TaxCode.Length > 0 && !SapChart.TaxCodes.ContainsKey(item.TaxCode)
            ? ("713(FF)", $"Tax code {item.TaxCode} is not valid in the tax procedure")
            : null;
    }

    /// <summary>
    /// A credit memo credits its customer, an invoice debits. SAP leaves that to configuration; here a document that went out
    /// under the wrong type must not pass unseen.
    /// </summary>
    private static (string Type, string Note)? SignProblem(SapDocument document, int sign)
    {
        if (sign == 0) return null;
        foreach (var item in document.Items)
            if (item.Kind == 'D' && Math.Sign(item.Amount) == -sign)
                return ("150(ZZ)", string.Create(CultureInfo.InvariantCulture, $"A document of type {document.Type} does not move its customer by {item.Amount}"));
        return null;
    }

    /// <summary>Every tax code on an item has its tax item, and that is about exactly these items.</summary>
    private static (string Type, string Note)? TaxProblem(SapDocument document)
    {
        foreach (var item in document.Items)
            if (item.Kind == 'S' && item.TaxCode.Length > 0 && !Array.Exists(document.Items, tax => tax.Kind == 'T' && tax.TaxCode == item.TaxCode))
                return ("805(FF)", $"Tax statement item missing for tax code {item.TaxCode}");
        foreach (var tax in document.Items)
        {
            if (tax.Kind != 'T') continue;
            var left = 0m;
            foreach (var item in document.Items)
                if (item.TaxCode == tax.TaxCode) left += item.Kind == 'S' ? item.Amount : -item.TaxBase;
            if (left != 0)
                return ("150(ZZ)", string.Create(CultureInfo.InvariantCulture, $"The base of tax code {tax.TaxCode} is off by {left} from its items"));
        }
        return null;
    }

    /// <summary>Amounts in the company code's currency are of all items or of none, in that currency, of the amounts' signs, and come to nothing.</summary>
    private static (string Type, string Note)? CompanyProblem(SapDocument document, string currency)
    {
        if (Array.TrueForAll(document.Items, item => item.InCompany is null)) return null;
        foreach (var item in document.Items)
        {
            if (item.InCompany is not { } amount) return ("150(ZZ)", "Some items have an amount in company code currency, and some have none");
            if (item.CompanyCurrency != currency)
                return ("150(ZZ)", $"Currency {item.CompanyCurrency} is not that of company code {document.CompanyCode}, which is {currency}");
            if (Math.Sign(amount) * Math.Sign(item.Amount) < 0 || (item.Currency == currency && amount != item.Amount))
                return ("150(ZZ)", string.Create(CultureInfo.InvariantCulture, $"Amounts {item.Amount} and {amount} of an item do not go together"));
        }
        return document.Items.Sum(item => item.InCompany!.Value) is not 0m and var left
            ? ("702(F5)", string.Create(CultureInfo.InvariantCulture, $"Balance in company code currency: {left} {currency}"))
            : null;
    }

    /// <summary>What came without an amount in the company code's currency gets one by SAP's own rate; the first item takes what rounding leaves.</summary>
    private static SapItem[] Converted(SapItem[] items, string currency)
    {
        if (items.Length == 0 || items[0].InCompany is not null) return items;
        for (var index = 0; index < items.Length; index++)
        {
            var rate = items[index].Currency == currency ? 1m : SapChart.OwnRate;
            var amount = Math.Round(items[index].Amount * rate, 2, MidpointRounding.AwayFromZero);
            items[index] = items[index] with { InCompany = amount, CompanyCurrency = currency };
        }
        items[0] = items[0] with { InCompany = items[0].InCompany - items.Sum(item => item.InCompany!.Value) };
        return items;
    }

    /// <summary>Fills in the account: the customer's reconciliation account, or the tax code's.</summary>
    private static SapItem Determined(SapItem item, SapDocument document, SapMasterData master) => item.Kind switch
    {
        'D' when item.Account.Length == 0 => item with { Account = master.Customer(item.Customer)!.Companies[document.CompanyCode] },
        'T' => item with { Account = SapChart.TaxCodes[item.TaxCode] },
        _ => item,
    };

    /// <summary>A tax item of zero goes into the tax return and leaves no line item.</summary>
    private static bool Stands(SapItem item) => item.Kind != 'T' || item.Amount != 0m;
}
