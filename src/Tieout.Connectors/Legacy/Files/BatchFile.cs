using System.Globalization;
using Tieout.Connectors.Port;

namespace Tieout.Connectors.Legacy.Files;

/// <summary>The files we hand over: documents with control totals, or customers. Pure.</summary>
internal static class BatchFile
{
    /// <summary>Object of a file of documents.</summary>
    public const string OfDocuments = "JE";

    /// <summary>Object of a file of customers.</summary>
    public const string OfCustomers = "CU";

    /// <summary>The records of a file of documents; each document's lines follow it, the totals follow all.</summary>
    public static IReadOnlyList<FileRecord> Documents(FileRecord head, IReadOnlyList<LegacyDocument> documents)
    {
        List<FileRecord> records = [head];
        foreach (var document in documents)
        {
            records.Add(Head(document));
            records.AddRange(document.Lines.Select(Line));
        }
        records.AddRange(Totals(documents));
        return records;
    }

    /// <summary>The records of a file of customers. Names are cut already.</summary>
    public static IReadOnlyList<FileRecord> Customers(FileRecord head, IEnumerable<(ErpCustomer Customer, string Name)> customers) =>
    [
        head, .. customers.Select(one => new FileRecord('C')
        {
            ["code"] = one.Customer.Code, ["country"] = one.Customer.Country.Length == 2 ? one.Customer.Country : "",
            ["currency"] = one.Customer.Currency, ["name"] = one.Name,
        }),
    ];

    /// <summary>The record a file begins with.</summary>
    public static FileRecord Header(string kind, string sender, string company, int sequence, DateTimeOffset now) => new('H')
    {
        ["object"] = kind,
        ["sender"] = sender,
        ["company"] = company,
        ["sequence"] = FileRecord.Of(sequence),
        ["date"] = now.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture),
        ["time"] = now.UtcDateTime.ToString("HHmmss", CultureInfo.InvariantCulture),
    };

    /// <summary>The documents of a file of ours or of a page of the ERP's ledger.</summary>
    /// <exception cref="FormatException">A field cannot be read, or the control totals do not agree with the lines.</exception>
    public static IReadOnlyList<LegacyDocument> Read(IReadOnlyList<FileRecord> records)
    {
        List<LegacyDocument> documents = [];
        List<LegacyLine> lines = [];
        foreach (var record in records)
        {
            if (record.Letter == 'D') documents.Add(Document(record, lines = []));
            else if (record.Letter == 'L') lines.Add(Line(record));
        }
        var told = records.Where(record => record.Letter == 'T').ToDictionary(
            record => record["currency"], record => (record.Number("documents"), record.Amount("debit"), record.Amount("credit")), StringComparer.Ordinal);
        var summed = Totals(documents).ToDictionary(
            record => record["currency"], record => (record.Number("documents"), record.Amount("debit"), record.Amount("credit")), StringComparer.Ordinal);
        return told.Count == summed.Count && summed.All(sum => told.TryGetValue(sum.Key, out var total) && total == sum.Value)
            ? documents
            : throw new FormatException("The control totals do not agree with the lines.");
    }

    private static IEnumerable<FileRecord> Totals(IEnumerable<LegacyDocument> documents) =>
        documents.GroupBy(document => document.Currency, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group =>
        {
            var amounts = group.SelectMany(document => document.Lines).Select(line => line.Amount).ToList();
            return new FileRecord('T')
            {
                ["currency"] = group.Key,
                ["documents"] = FileRecord.Of(group.Count()),
                ["debit"] = FileRecord.Of(amounts.Where(amount => amount > 0m).Sum()),
                ["credit"] = FileRecord.Of(amounts.Where(amount => amount < 0m).Sum()),
            };
        });

    private static FileRecord Head(LegacyDocument document) => new('D')
    {
        ["key"] = document.Key,
        ["kind"] = document.Kind,
        ["currency"] = document.Currency,
        ["date"] = FileRecord.Of(document.Date),
        ["due"] = FileRecord.Of(document.Due),
        ["refers-to"] = document.RefersTo,
        ["text"] = document.Text,
        ["customer-reference"] = document.CustomerReference,
    };

    private static FileRecord Line(LegacyLine line) => new('L')
    {
        ["type"] = line.Type.ToString(),
        ["account"] = line.Account,
        ["amount"] = FileRecord.Of(line.Amount),
        ["tax-code"] = line.TaxCode,
        ["tax-base"] = line.Type == LegacyLine.OfTax ? FileRecord.Of(line.TaxBase) : "",
        ["customer"] = line.Customer,
        ["settles"] = line.Settles,
        ["due"] = FileRecord.Of(line.Due),
        ["dimension-1"] = line.Dimensions[0],
        ["dimension-2"] = line.Dimensions[1],
        ["dimension-3"] = line.Dimensions[2],
        ["text"] = line.Text,
    };

    private static LegacyDocument Document(FileRecord record, IReadOnlyList<LegacyLine> lines) => new(
        record["key"], record["kind"], record["currency"], record.Day("date") ?? throw new FormatException("A document has no date."), record["text"], lines)
    {
        Number = record["number"],
        Due = record.Day("due"),
        RefersTo = record["refers-to"],
        CustomerReference = record["customer-reference"],
    };

    private static LegacyLine Line(FileRecord record) => new(
        record["type"] is [var type] ? type : throw new FormatException("A line has no type."), record["account"], record.Amount("amount"), record["text"])
    {
        TaxCode = record["tax-code"],
        TaxBase = record.Amount("tax-base"),
        Customer = record["customer"],
        CustomerCode = record["customer-code"],
        Settles = record["settles"],
        Due = record.Day("due"),
        Dimensions = [record["dimension-1"], record["dimension-2"], record["dimension-3"]],
    };
}
