using Tieout.Domain;

namespace Tieout.Connectors.Dynamics;

/// <summary>A document of ours as the journal it becomes: one journal, one voucher.</summary>
/// <param name="Set">Which kind of journal.</param>
/// <param name="Key">Our business key: journal number, voucher, integration key.</param>
/// <param name="Name">Journal name, a setting.</param>
/// <param name="Description">For a person.</param>
/// <param name="Date">The day all lines are posted on.</param>
/// <param name="Currency">Of all lines.</param>
/// <param name="IsInvoice">Its lines carry the key as invoice number.</param>
/// <param name="Lines">In the order they are sent.</param>
internal sealed record Journal(
    JournalSet Set, string Key, string Name, string Description, DateOnly Date, Currency Currency, bool IsInvoice, IReadOnlyList<JournalLine> Lines);

/// <summary>One line of it.</summary>
/// <param name="IsCustomer">Account type Cust, otherwise Ledger.</param>
/// <param name="Account">Main account or customer.</param>
/// <param name="Display">The account as it is told: with its dimensions, where it is one of the ledger.</param>
/// <param name="Amount">Debit positive, credit negative; never zero.</param>
/// <param name="Text">Cut already.</param>
internal sealed record JournalLine(bool IsCustomer, string Account, string Display, decimal Amount, string Text)
{
    /// <summary>Posting profile of a customer's line; empty for the environment's default.</summary>
    public string Profile { get; init; } = "";

    /// <summary>Default dimensions of a customer's line; empty for none.</summary>
    public string Dimensions { get; init; } = "";

    /// <summary>Units of the books' currency for a hundred of the journal's, by which the line comes to what our books say; null for Dynamics' own rate.</summary>
    public decimal? Rate { get; init; }

    /// <summary>A tax of an invoice.</summary>
    public bool IsTax { get; init; }

    /// <summary>Their sales tax code, on a line that is a tax.</summary>
    public string TaxCode { get; init; } = "";

    /// <summary>The invoice it settles; empty for none.</summary>
    public string Settles { get; init; } = "";

    /// <summary>When it is to be paid; null where nothing is.</summary>
    public DateOnly? DueDate { get; init; }
}
