using Tieout.Domain;

namespace Tieout.Connectors.Port;

/// <summary>A document of ours on its way to an ERP: an <see cref="ErpInvoice"/> or an <see cref="ErpEntry"/>.</summary>
/// <param name="Key">Business key: the document's number. At most 16 characters, because SAP's reference holds no more.</param>
/// <param name="Currency">The currency of all amounts.</param>
/// <param name="Date">The day the entry is dated.</param>
public abstract record ErpDocument(string Key, Currency Currency, DateOnly Date)
{
    /// <summary>Numbers of the earlier invoices it corrects, in order; may be none.</summary>
    public IReadOnlyList<string> Corrects { get; init; } = [];

    /// <summary>
    /// The currency of the legal entity's books, in which every line says what it comes to there: the ERP is to book exactly that, by no rate of its
    /// own. Null where the document is in that currency, and where the ERP goes by its own rate (docs/targets.md).
    /// </summary>
    public Currency? Books { get; init; }

    /// <summary>What the customer wants to find on it, such as an order number; only where a person has set it (<see cref="Overrides"/>).</summary>
    public string Reference { get; init; } = "";
}
