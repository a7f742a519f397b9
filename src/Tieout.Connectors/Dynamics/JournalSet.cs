namespace Tieout.Connectors.Dynamics;

/// <summary>
/// One of the two kinds of journal, by its entity sets and where they differ. Both are one table inside Dynamics, so that a journal
/// number is given once in a company, whichever set it was created through.
/// </summary>
/// <param name="Headers">Entity set of the journals.</param>
/// <param name="Lines">Entity set of their lines.</param>
/// <param name="DateField">The day a line is posted on.</param>
/// <param name="OwnDateField">The day of the document, which nobody moves; the posting day where the set has no other.</param>
/// <param name="TextField">What a line is for.</param>
/// <param name="DimensionField">Default dimensions of an account that is not of the ledger.</param>
/// <param name="RateField">Rate of exchange of a line.</param>
/// <param name="Settles">Whether a line may mark the invoice it settles.</param>
internal sealed record JournalSet(
    string Headers, string Lines, string DateField, string OwnDateField, string TextField, string DimensionField, string RateField, bool Settles)
{
    /// <summary>General journals: invoices, credit memos, and entries that settle nothing.</summary>
    public static JournalSet General { get; } = new(
        "LedgerJournalHeaders", "LedgerJournalLines", "TransDate", "DocumentDate", "Text", "DefaultDimensionDisplayValue", "ExchRate",
        Settles: false);

    /// <summary>Customer payment journals: entries that settle an invoice, for only their lines can mark one.</summary>
    public static JournalSet Payments { get; } = new(
        "CustomerPaymentJournalHeaders", "CustomerPaymentJournalLines", "TransactionDate", "TransactionDate", "TransactionText",
        "DefaultDimensionsForAccountDisplayValue", "ExchangeRate", Settles: true);

    public static IReadOnlyList<JournalSet> All { get; } = [General, Payments];

    /// <summary>What <see cref="HeldJournal"/> reads of a header.</summary>
    public string HeaderFields => Settles ? "dataAreaId,JournalBatchNumber,IsPosted" : "dataAreaId,JournalBatchNumber,IntegrationKey,IsPosted";

    /// <summary>What <see cref="HeldLine"/> reads of a line.</summary>
    public string LineFields =>
        "dataAreaId,JournalBatchNumber,LineNumber,Voucher,AccountType,AccountDisplayValue,DebitAmount,CreditAmount,CurrencyCode,PostingProfile,"
        + RateField + "," + (Settles ? "TransactionDate,MarkedInvoice" : "TransDate,DocumentDate,Invoice,SalesTaxCode");
}
