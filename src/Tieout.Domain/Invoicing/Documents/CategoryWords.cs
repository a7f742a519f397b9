using Tieout.Domain.Tax;

namespace Tieout.Domain.Invoicing.Documents;

/// <summary>What a document says about a tax category: labels, reasons, and the reasons' codes.</summary>
public static class CategoryWords
{
    /// <summary>The reason printed when no better one is stated; empty where none may stand (S and Z).</summary>
    public static string UsualReason(this TaxCategory category) => category switch
    {
        TaxCategory.Exempt => "Exempt from tax",
        TaxCategory.ReverseCharge => "Reverse charge: the recipient of the service owes the tax (Article 196 of Directive 2006/112/EC)",
        TaxCategory.IntraCommunity => "Intra-community supply (Article 138 of Directive 2006/112/EC)",
        TaxCategory.Export => "Export outside the European Union (Article 146 of Directive 2006/112/EC)",
        TaxCategory.NotSubject => "Not subject to VAT",
        _ => "",
    };

    /// <summary>The code of the VATEX list that always fits the category; empty where it depends on the ground.</summary>
    public static string UsualReasonCode(this TaxCategory category) => category switch
    {
        TaxCategory.ReverseCharge => "VATEX-EU-AE",
        TaxCategory.IntraCommunity => "VATEX-EU-IC",
        TaxCategory.Export => "VATEX-EU-G",
        TaxCategory.NotSubject => "VATEX-EU-O",
        _ => "",
    };

    /// <summary>What stands behind the rate in a label.</summary>
    internal static string Suffix(this TaxCategory category) => category switch
    {
        TaxCategory.Exempt => ", exempt",
        TaxCategory.ReverseCharge => ", reverse charge",
        TaxCategory.IntraCommunity => ", intra-community",
        TaxCategory.Export => ", export",
        TaxCategory.NotSubject => ", not subject",
        _ => "",
    };
}
