using System.Globalization;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Exceptions;

namespace Tieout.Connectors.Dynamics;

/// <summary>
/// Our document as a journal: what the customer owes on the customer's account, each line on its own account, each tax on the tax account
/// with its sales tax code. Nothing is computed or rounded by Dynamics.
/// </summary>
internal sealed class JournalMap(DynamicsSettings settings)
{
    private const string Until = "Until then the document is in our books only.";

    /// <summary>Why a document cannot be told to Dynamics as it is; null when it can. Asked before anything is sent.</summary>
    public Finding? Problem(ErpDocument document) =>
        KeyProblem(document.Key)
        ?? (document is ErpInvoice invoice ? RuleProblem(invoice) : RuleProblem((ErpEntry)document))
        ?? RuleFindings.NotWhole(Amounts(document), document.Currency)
        ?? LengthProblem(Of(document));

    /// <summary>The journal of a document without rule problems.</summary>
    public Journal Of(ErpDocument document) => document is ErpInvoice invoice ? Of(invoice) : Of((ErpEntry)document);

    private Journal Of(ErpInvoice invoice)
    {
        List<JournalLine> lines = [.. CustomerLines(invoice)];
        foreach (var line in invoice.Lines)
            lines.Add(Ledger(settings.Target.AccountOf(line.LedgerAccount, line.Account), line.Dimensions, -line.Amount, line.Text) with
            {
                Rate = RateOf(invoice, line.Amount, line.InBooks),
            });
        foreach (var tax in invoice.Taxes.Where(tax => tax.Amount != 0m))
            lines.Add(Ledger(settings.Target.AccountOf("tax", ""), ErpDimension.None, -tax.Amount, TaxText(tax)) with
            {
                IsTax = true,
                Rate = RateOf(invoice, tax.Amount, tax.InBooks),
                TaxCode = settings.Target.TaxCodeOf(tax),
            });
        var corrects = invoice.Corrects.Count > 0 ? $" corrects {string.Join(' ', invoice.Corrects)}" : "";
        return new Journal(
            JournalSet.General, invoice.Key, settings.JournalName,
            DynamicsLimits.Cut($"{Words.Of(invoice.Kind)} {invoice.Key} {invoice.CustomerCode}{corrects}{Named(invoice)}", DynamicsLimits.Description),
            invoice.Date, invoice.Currency, IsInvoice: true, lines);
    }

    private static string Named(ErpDocument document) => document.Reference.Length > 0 ? $" ref. {document.Reference}" : "";

    private Journal Of(ErpEntry entry)
    {
        var set = entry.Lines.Any(line => line.Settles.Length > 0) ? JournalSet.Payments : JournalSet.General;
        var reverses = entry.Reverses.Length > 0 ? $" reverses {entry.Reverses}" : "";
        return new Journal(
            set, entry.Key, set.Settles ? settings.PaymentJournalName : settings.JournalName,
            DynamicsLimits.Cut($"{Words.Of(entry.Kind)} {entry.Key}{reverses} {entry.Text}{Named(entry)}", DynamicsLimits.Description),
            entry.Date, entry.Currency, IsInvoice: false, [.. entry.Lines.Select(line => Of(line) with { Rate = RateOf(entry, line.Amount, line.InBooks) })]);
    }

    private JournalLine Of(ErpEntryLine line) => line.CustomerCode.Length == 0
        ? Ledger(settings.Target.AccountOf(line.LedgerAccount, line.Account), line.Dimensions, line.Amount, line.Text)
        : new JournalLine(IsCustomer: true, line.ErpCustomerId, line.ErpCustomerId, line.Amount, DynamicsLimits.Cut(line.Text, DynamicsLimits.LineText))
        {
            Profile = settings.ProfileOf(line.LedgerAccount, line.Account) ?? "",
            Dimensions = settings.Dimensions.Values(Named(line.Dimensions)),
            Settles = line.Settles,
            DueDate = line.DueDate,
        };

    /// <summary>
    /// One line of what is owed. A document that charges and credits the same owes nothing, and a line of nothing does not exist: it then
    /// stands on the customer's account as what is charged and what is credited, so that it is the customer's at all.
    /// </summary>
    private IEnumerable<JournalLine> CustomerLines(ErpInvoice invoice)
    {
        var charged = invoice.Lines.Select(line => line.Amount).Concat(invoice.Taxes.Select(tax => tax.Amount)).Where(amount => amount > 0m).Sum();
        decimal[] amounts = invoice.Total != 0m ? [invoice.Total] : charged > 0m ? [charged, -charged] : [];
        var text = DynamicsLimits.Cut($"{invoice.Key} {invoice.CustomerCode}", DynamicsLimits.LineText);
        return amounts.Select(amount => new JournalLine(IsCustomer: true, invoice.ErpCustomerId, invoice.ErpCustomerId, amount, text)
        {
            Profile = settings.ProfileOf("receivable", invoice.ReceivableAccount) ?? "",
            DueDate = invoice.DueDate,
            Rate = invoice.Total == 0m ? null : RateOf(invoice, invoice.Total, invoice.TotalInBooks),
        });
    }

    /// <summary>
    /// Dynamics takes no amount in the books' currency, but a rate for each line, of a hundred units: one with so many decimals that the line comes
    /// to exactly our amount. What comes to nothing there, and a document of nothing in all, goes by Dynamics' own.
    /// </summary>
    private static decimal? RateOf(ErpDocument document, decimal amount, decimal inBooks) =>
        document.Books is null || amount == 0m || inBooks == 0m ? null : Rounding.HalfAwayFromZero(inBooks / amount * 100m, DynamicsLimits.RateDecimals);

    private JournalLine Ledger(string account, IReadOnlyDictionary<string, string> dimensions, decimal amount, string text) =>
        new(IsCustomer: false, account, settings.Dimensions.Account(account, Named(dimensions)), amount, DynamicsLimits.Cut(text, DynamicsLimits.LineText));

    private Dictionary<string, string> Named(IReadOnlyDictionary<string, string> dimensions) => dimensions
        .Where(dimension => settings.DimensionNames.ContainsKey(dimension.Key))
        .ToDictionary(dimension => settings.DimensionNames[dimension.Key], dimension => dimension.Value, StringComparer.Ordinal);

    private static Finding? KeyProblem(string key) => DynamicsLimits.IsKey(key)
        ? null
        : new Finding(
            ExceptionCategory.Data, "key-not-valid",
            $"The number '{key}' holds characters other than letters, digits, dash, underscore, dot and slash; it is to be a journal's number in Dynamics 365.",
            $"Change the number series of the legal entity. {Until}");

    private Finding? RuleProblem(ErpInvoice invoice)
    {
        foreach (var line in invoice.Lines)
            if ((AccountProblem(line.LedgerAccount, line.Account) ?? DimensionProblem(line.Dimensions, settings.Dimensions.Ledger)) is { } finding) return finding;
        if (AccountProblem("receivable", invoice.ReceivableAccount) is { } missing) return missing;
        foreach (var tax in invoice.Taxes)
            if (settings.Target.TaxCodeOf(tax).Length == 0) return RuleFindings.TaxMissing(settings.Target, tax.Code);
        foreach (var line in invoice.Lines)
            if (settings.Target.TaxCodeOf(invoice, line).Length == 0) return RuleFindings.TaxMissing(settings.Target, line.TaxCode);
        return AccountProblem("tax", "") ?? ProfileProblem("receivable", invoice.ReceivableAccount) ?? CustomerProblem(invoice.ErpCustomerId);
    }

    private Finding? RuleProblem(ErpEntry entry)
    {
        foreach (var line in entry.Lines)
        {
            var isCustomer = line.CustomerCode.Length > 0;
            var finding = AccountProblem(line.LedgerAccount, line.Account)
                ?? DimensionProblem(line.Dimensions, isCustomer ? settings.Dimensions.Default : settings.Dimensions.Ledger)
                ?? (isCustomer ? ProfileProblem(line.LedgerAccount, line.Account) ?? CustomerProblem(line.ErpCustomerId) : null)
                ?? (line.Settles.Length > 0 ? KeyProblem(line.Settles) : null);
            if (finding is not null) return finding;
        }
        return null;
    }

    private Finding? AccountProblem(string ledgerAccount, string chosen) =>
        settings.Target.AccountOf(ledgerAccount, chosen).Length > 0 ? null : RuleFindings.AccountMissing(settings.Target, ledgerAccount);

    private Finding? DimensionProblem(IReadOnlyDictionary<string, string> dimensions, IReadOnlyList<string> format)
    {
        foreach (var word in dimensions.Keys.Order(StringComparer.Ordinal))
            if (!settings.DimensionNames.TryGetValue(word, out var name) || !format.Contains(name, StringComparer.Ordinal))
                return RuleFindings.DimensionUnmapped(settings.Target, word);
        return null;
    }

    private Finding? ProfileProblem(string ledgerAccount, string chosen) => settings.ProfileOf(ledgerAccount, chosen) is not null
        ? null
        : new Finding(
            ExceptionCategory.Business, "posting-profile-missing",
            $"No posting profile of {settings.Target.Name} is named for '{(chosen.Length > 0 ? chosen : ledgerAccount)}'; in Dynamics 365 the profile "
            + "decides the account of what a customer owes.",
            $"Name the profile with option 'posting-profile:{(chosen.Length > 0 ? chosen : ledgerAccount)}' of the target and replay. {Until}");

    private static Finding? CustomerProblem(string account) => account.Length is > 0 and <= DynamicsLimits.CustomerCode
        ? null
        : DynamicsFindings.Of(DynamicsFindings.CustomerUnknown, $"'{account}' is no customer account.");

    private static Finding? LengthProblem(Journal journal) => journal.Lines.Count <= DynamicsLimits.Lines
        ? null
        : new Finding(
            ExceptionCategory.Data, "too-many-lines",
            FormattableString.Invariant(
                $"The document has {journal.Lines.Count} lines with customer and tax; one change set of Dynamics 365 holds at most {DynamicsLimits.Lines}."),
            $"Split it into parts. {Until}");

    private static IEnumerable<decimal> Amounts(ErpDocument document) => document is ErpInvoice invoice
        ? invoice.Lines.Select(line => line.Amount).Concat(invoice.Taxes.Select(tax => tax.Amount)).Append(invoice.Total)
        : ((ErpEntry)document).Lines.Select(line => line.Amount);

    private static string TaxText(ErpTax tax) => DynamicsLimits.Cut(
        string.Create(CultureInfo.InvariantCulture, $"{tax.Code} {tax.Rate * 100m:0.####} % on {tax.Base:0.####}"), DynamicsLimits.LineText);
}
