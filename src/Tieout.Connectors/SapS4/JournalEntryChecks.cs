using Tieout.Connectors.Port;
using Tieout.Domain.Exceptions;

namespace Tieout.Connectors.SapS4;

/// <summary>What SAP would not take, or would take wrongly, found before anything is sent.</summary>
internal static class JournalEntryChecks
{
    /// <summary>Why a document cannot be told to SAP as it is; null when it can.</summary>
    public static Finding? Problem(ErpDocument document, SapSettings settings) => KeyProblem(document.Key) ?? document switch
    {
        ErpInvoice invoice => RuleProblem(invoice, settings) ?? ShapeProblem(invoice),
        ErpEntry entry => RuleProblem(entry, settings) ?? ShapeProblem(entry),
        _ => RuleFindings.KindUnsupported(settings.Target, document),
    };

    private static Finding? KeyProblem(string key)
    {
        if (key.Length > JournalEntryMap.ReferenceLength)
            return new Finding(
                ExceptionCategory.Data, "key-too-long",
                $"The number '{key}' has {key.Length} characters; SAP's reference field holds {JournalEntryMap.ReferenceLength}.",
                "Shorten the number series of the legal entity. Until then the document is in our books only.");
        // Reference fields are kept in capitals by many tenants [M]; a key that SAP changes could never be found again.
        if (key.Length > 0 && key.All(character => character is (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '-' or '_' or '/' or '.')) return null;
        return new Finding(
            ExceptionCategory.Data, "key-not-valid",
            $"The number '{key}' holds characters other than capital letters, digits and - _ / . ; SAP may change them.",
            "Change the number series of the legal entity. Until then the document is in our books only.");
    }

    private static Finding? RuleProblem(ErpInvoice invoice, SapSettings settings)
    {
        var target = settings.Target;
        foreach (var line in invoice.Lines)
        {
            if (target.AccountOf(line.LedgerAccount, line.Account).Length == 0) return RuleFindings.AccountMissing(target, line.LedgerAccount);
            if (DimensionProblem(line.Dimensions, settings) is { } dimension) return dimension;
        }
        foreach (var tax in invoice.Taxes)
            if (target.TaxCodeOf(tax).Length == 0) return RuleFindings.TaxMissing(target, tax.Code);
        foreach (var line in invoice.Lines)
            if (target.TaxCodeOf(invoice, line).Length == 0) return RuleFindings.TaxMissing(target, line.TaxCode);
        return null;
    }

    private static Finding? RuleProblem(ErpEntry entry, SapSettings settings)
    {
        foreach (var line in entry.Lines)
        {
            if (settings.Target.AccountOf(line.LedgerAccount, line.Account).Length == 0)
                return RuleFindings.AccountMissing(settings.Target, line.LedgerAccount);
            if (DimensionProblem(line.Dimensions, settings) is { } dimension) return dimension;
        }
        return null;
    }

    private static Finding? DimensionProblem(IReadOnlyDictionary<string, string> dimensions, SapSettings settings) =>
        dimensions.Keys.FirstOrDefault(dimension => settings.FieldOf(dimension).Length == 0) is { } unmapped
            ? RuleFindings.DimensionUnmapped(settings.Target, unmapped)
            : null;

    private static Finding? ShapeProblem(ErpInvoice invoice)
    {
        // One debtor item and the tax items stand beside the lines.
        var beside = 1 + invoice.Taxes.Count;
        return TooMany(invoice.Lines.Count, beside, "customer and tax")
            ?? RuleFindings.NotWhole(
                invoice.Lines.Select(line => line.Amount).Concat(invoice.Taxes.Select(tax => tax.Amount)).Append(invoice.Total), invoice.Currency);
    }

    private static Finding? ShapeProblem(ErpEntry entry) =>
        TooMany(entry.Lines.Count, 0, "nothing") ?? RuleFindings.NotWhole(entry.Lines.Select(line => line.Amount), entry.Currency);

    private static Finding? TooMany(int lines, int beside, string others) => lines + beside <= JournalEntryMap.MostItems
        ? null
        : new Finding(
            ExceptionCategory.Data, "too-many-lines",
            $"The document has {lines} lines; one in SAP holds {JournalEntryMap.MostItems - beside} beside {others}.",
            "Split it into parts. Until then the document is in our books only.");
}
