using System.Globalization;
using System.Text.Json;
using Tieout.Domain;

namespace Tieout.Connectors.Dynamics;

/// <summary>A journal as the operations of one change set: its header and each line, all created or none.</summary>
internal sealed class JournalWriter(DynamicsSettings settings)
{
    /// <summary>The change set.</summary>
    public IReadOnlyList<BatchOperation> Operations(Journal journal) =>
    [
        new BatchOperation(Address(journal.Set.Headers), Header(journal)),
        .. journal.Lines.Select((line, index) => new BatchOperation(Address(journal.Set.Lines), Line(journal, line, index + 1))),
    ];

    // Absolute, as a batch's inner requests are safest to be; the service user's default company is not ours.
    private Uri Address(string set) => settings.Address($"/data/{set}?cross-company=true");

    private byte[] Header(Journal journal) => Write(json =>
    {
        json.WriteString("dataAreaId", settings.Company);
        json.WriteString("JournalBatchNumber", journal.Key);
        json.WriteString("JournalName", journal.Name);
        json.WriteString("Description", journal.Description);
        if (!journal.Set.Settles) json.WriteString("IntegrationKey", journal.Key);
    });

    private byte[] Line(Journal journal, JournalLine line, int number) => Write(json =>
    {
        json.WriteString("dataAreaId", settings.Company);
        json.WriteString("JournalBatchNumber", journal.Key);
        json.WriteNumber("LineNumber", number);
        json.WriteString("Voucher", journal.Key);
        json.WriteString(journal.Set.DateField, Day(journal.Date));
        json.WriteString("AccountType", line.IsCustomer ? "Cust" : "Ledger");
        json.WriteString("AccountDisplayValue", line.Display);
        // JSON numbers with the currency's decimals, from text: no floating point on the way.
        json.WritePropertyName(line.Amount > 0m ? "DebitAmount" : "CreditAmount");
        json.WriteRawValue(new Money(Math.Abs(line.Amount), journal.Currency).ToPlain());
        json.WriteString("CurrencyCode", journal.Currency.Code);
        if (line.Rate is { } rate) json.WriteNumber(journal.Set.RateField, rate);
        if (line.Text.Length > 0) json.WriteString(journal.Set.TextField, line.Text);
        if (line.Profile.Length > 0) json.WriteString("PostingProfile", line.Profile);
        if (line.Dimensions.Length > 0) json.WriteString(journal.Set.DimensionField, line.Dimensions);
        if (journal.Set.Settles) Payment(json, journal, line);
        else General(json, journal, line);
    });

    private void Payment(Utf8JsonWriter json, Journal journal, JournalLine line)
    {
        json.WriteString("PaymentReference", journal.Key);
        if (line.Settles.Length == 0) return;
        json.WriteString("MarkedInvoice", line.Settles);
        json.WriteString("MarkedInvoiceCompany", settings.Company);
    }

    private static void General(Utf8JsonWriter json, Journal journal, JournalLine line)
    {
        json.WriteString("Document", journal.Key);
        json.WriteString("DocumentDate", Day(journal.Date));
        if (journal.IsInvoice) json.WriteString("Invoice", journal.Key);
        if (line.DueDate is { } due) json.WriteString("DueDate", Day(due));
        if (line.TaxCode.Length > 0) json.WriteString("SalesTaxCode", line.TaxCode);
    }

    // Noon: no time zone of the environment makes another day of it.
    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + "T12:00:00Z";

    private static byte[] Write(Action<Utf8JsonWriter> fields)
    {
        using var bytes = new MemoryStream(512);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }
}
