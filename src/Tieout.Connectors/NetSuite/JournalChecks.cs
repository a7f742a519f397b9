using Tieout.Connectors.Port;
using Tieout.Domain.Exceptions;

namespace Tieout.Connectors.NetSuite;

/// <summary>What NetSuite would not take, or would take wrongly, found before anything is sent.</summary>
internal static class JournalChecks
{
    /// <summary>Why a document cannot be told to NetSuite as it is; null when it can.</summary>
    public static Finding? Problem(ErpDocument document, NetSuiteSettings settings, JournalMap map) => KeyProblem(document.Key) ?? document switch
    {
        ErpInvoice invoice => RuleProblem(invoice, settings) ?? CustomerProblem(invoice.ErpCustomerId) ?? ShapeProblem(invoice, map),
        ErpEntry entry => RuleProblem(entry, settings) ?? ShapeProblem(entry, map),
        _ => RuleFindings.KindUnsupported(settings.Target, document),
    };

    private static Finding? KeyProblem(string key) => NetSuiteLimits.IsExternalId(key)
        ? null
        : new Finding(
            ExceptionCategory.Data, "key-not-valid",
            $"The number '{key}' holds characters other than letters, digits, dash and underscore; NetSuite's external id takes no others.",
            "Change the number series of the legal entity. Until then the document is in our books only.");

    private static Finding? RuleProblem(ErpInvoice invoice, NetSuiteSettings settings)
    {
        foreach (var line in invoice.Lines)
            if ((AccountProblem(line.LedgerAccount, line.Account, settings) ?? DimensionProblem(line.Dimensions, settings)) is { } problem) return problem;
        if (AccountProblem("receivable", invoice.ReceivableAccount, settings) is { } receivable) return receivable;
        // A tax on an account that is not known to be one could not be told from what is sold when it is read back.
        foreach (var tax in invoice.Taxes)
            if (!settings.IsTax(settings.TaxAccount(settings.Target.TaxCodeOf(tax)))) return RuleFindings.TaxMissing(settings.Target, tax.Code);
        foreach (var line in invoice.Lines)
            if (settings.Target.TaxCodeOf(invoice, line).Length == 0) return RuleFindings.TaxMissing(settings.Target, line.TaxCode);
        return null;
    }

    private static Finding? RuleProblem(ErpEntry entry, NetSuiteSettings settings)
    {
        foreach (var line in entry.Lines)
            if ((AccountProblem(line.LedgerAccount, line.Account, settings) ?? DimensionProblem(line.Dimensions, settings)
                ?? (line.CustomerCode.Length > 0 ? CustomerProblem(line.ErpCustomerId) : null)) is { } problem) return problem;
        return null;
    }

    private static Finding? AccountProblem(string ledgerAccount, string chosen, NetSuiteSettings settings) => settings.Target.AccountOf(ledgerAccount, chosen) switch
    {
        "" => RuleFindings.AccountMissing(settings.Target, ledgerAccount),
        var account when NetSuiteLimits.IsInternalId(account) => null,
        var account => NetSuiteFindings.Of("account-unknown", $"'{account}' is no internal id."),
    };

    private static Finding? DimensionProblem(IReadOnlyDictionary<string, string> dimensions, NetSuiteSettings settings)
    {
        foreach (var (dimension, value) in dimensions)
        {
            if (settings.FieldOf(dimension).Length == 0) return RuleFindings.DimensionUnmapped(settings.Target, dimension);
            if (!NetSuiteLimits.IsInternalId(value)) return NetSuiteFindings.Of("dimension-unknown", $"{dimension} '{value}' is no internal id.");
        }
        return null;
    }

    private static Finding? CustomerProblem(string erpCustomerId) => NetSuiteLimits.IsInternalId(erpCustomerId)
        ? null
        : NetSuiteFindings.Of(NetSuiteFindings.CustomerUnknown, $"'{erpCustomerId}' is no internal id.");

    private static Finding? ShapeProblem(ErpDocument document, JournalMap map)
    {
        var lines = map.Lines(document);
        return lines.Count <= NetSuiteLimits.Lines
            ? RuleFindings.NotWhole(lines.Select(line => line.Amount), document.Currency)
            : new Finding(
                ExceptionCategory.Data, "too-many-lines",
                FormattableString.Invariant($"The document has {lines.Count} lines with customer and tax; we send NetSuite at most {NetSuiteLimits.Lines}."),
                "Split it into parts. Until then the document is in our books only.");
    }
}
