using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tieout.Sandbox.OData;

namespace Tieout.Sandbox.SapS4;

/// <summary><c>A_OperationalAcctgDocItemCube</c> of <c>API_OPLACCTGDOCITEMCUBE_SRV</c>: every line item, read only.</summary>
internal static class LineItemCube
{
    // A document has at most 999 items, so a place in the cube is one number.
    private const int ItemsPerDocument = 1000;

    private static readonly Column<SapRow>[] Columns =
    [
        new TextColumn<SapRow>("CompanyCode", row => row.Document.CompanyCode),
        new TextColumn<SapRow>("FiscalYear", row => row.Document.FiscalYear),
        new TextColumn<SapRow>("AccountingDocument", row => row.Document.Number),
        new TextColumn<SapRow>("AccountingDocumentItem", row => (row.Index + 1).ToString("000", System.Globalization.CultureInfo.InvariantCulture)),
        new TextColumn<SapRow>("AccountingDocumentType", row => row.Document.Type),
        new DateColumn<SapRow>("DocumentDate", row => row.Document.DocumentDate),
        new DateColumn<SapRow>("PostingDate", row => row.Document.PostingDate),
        new TextColumn<SapRow>("FiscalPeriod", row => row.Document.FiscalPeriod),
        new TextColumn<SapRow>("DocumentReferenceID", row => row.Document.Reference),
        new TextColumn<SapRow>("AccountingDocumentHeaderText", row => row.Document.HeaderText),
        new TextColumn<SapRow>("Reference1InDocumentHeader", row => row.Document.Reference1),
        new TextColumn<SapRow>("FinancialAccountType", row => row.Item.Kind switch { 'D' => "D", 'K' => "K", _ => "S" }),
        new TextColumn<SapRow>("DebitCreditCode", row => row.Item.Amount < 0 ? "H" : "S"),
        new TextColumn<SapRow>("GLAccount", row => row.Item.Account),
        new TextColumn<SapRow>("Customer", row => row.Item.Customer),
        new TextColumn<SapRow>("TaxCode", row => row.Item.TaxCode),
        new TextColumn<SapRow>("AssignmentReference", row => row.Item.Assignment),
        new TextColumn<SapRow>("CostCenter", row => row.Item.ObjectOf("CostCenter")),
        new TextColumn<SapRow>("ProfitCenter", row => row.Item.ObjectOf("ProfitCenter")),
        new TextColumn<SapRow>("DocumentItemText", row => row.Item.Text),
        new TextColumn<SapRow>("TransactionCurrency", row => row.Item.Currency),
        new AmountColumn<SapRow>("AmountInTransactionCurrency", row => row.Item.Amount),
        new TextColumn<SapRow>("CompanyCodeCurrency", row => row.Item.CompanyCurrency),
        new AmountColumn<SapRow>("AmountInCompanyCodeCurrency", row => row.Item.InCompany ?? row.Item.Amount),
        new AmountColumn<SapRow>("TaxBaseAmountInTransCrcy", row => row.Item.TaxBase),
        new FlagColumn<SapRow>("IsReversed", _ => false),
        new FlagColumn<SapRow>("IsReversal", _ => false),
        new FlagColumn<SapRow>("IsCleared", row => row.Document.IsCleared(row.Index)),
    ];

    private static readonly Dictionary<string, Column<SapRow>> ByName = Columns.ToDictionary(column => column.Name, StringComparer.Ordinal);

    /// <summary>Answers a query. Rows come in the order of booking, which inside a company code is the order of the key.</summary>
    public static async Task Answer(HttpContext http, SapLedger ledger, int pageSize)
    {
        Func<long, IEnumerable<(SapRow, long)>> rows;
        Column<SapRow>[] selected;
        try
        {
            var filter = http.Request.Query["$filter"].ToString() is { Length: > 0 } text ? Filter<SapRow>.Parse(text, ByName) : null;
            selected = http.Request.Query["$select"].ToString() is { Length: > 0 } names
                ? [.. names.Split(',').Select(name => ByName.GetValueOrDefault(name) ?? throw new FormatException($"Property '{name}' is not known."))]
                : Columns;
            rows = Source(filter, ledger);
        }
        catch (FormatException wrong)
        {
            await Feed.Error(http, 400, "005056A509B11EE1B9A8FEC11C21D78E", wrong.Message);
            return;
        }
        await Feed.Write(http, rows, (json, row) => Write(json, row, selected), pageSize);
    }

    private static Func<long, IEnumerable<(SapRow, long)>> Source(Filter<SapRow>? filter, SapLedger ledger)
    {
        var matches = filter?.Matches ?? (_ => true);
        if (filter?.ValuesOf("DocumentReferenceID") is { } references)
        {
            // By the index; places are then counted along the few rows found.
            var companies = filter.ValuesOf("CompanyCode") ?? SapMasterData.Companies.Keys;
            return start => companies
                .SelectMany(company => references.SelectMany(reference => ledger.Under(company, reference)))
                .OrderBy(document => document.CompanyCode, StringComparer.Ordinal)
                .ThenBy(document => document.FiscalYear, StringComparer.Ordinal).ThenBy(document => document.Sequence)
                .SelectMany(document => Enumerable.Range(0, document.Items.Length).Select(item => new SapRow(document, item)))
                .Where(matches)
                .Select((row, place) => (row, (long)place + 1))
                .Skip((int)start);
        }
        return start => Scan(ledger, start, matches);
    }

    private static IEnumerable<(SapRow, long)> Scan(SapLedger ledger, long start, Func<SapRow, bool> matches)
    {
        var count = ledger.Count;
        var item = (int)(start % ItemsPerDocument);
        for (var index = (int)(start / ItemsPerDocument); index < count; index++, item = 0)
        {
            var document = ledger[index];
            for (; item < document.Items.Length; item++)
            {
                var row = new SapRow(document, item);
                if (matches(row)) yield return (row, ((long)index * ItemsPerDocument) + item + 1);
            }
        }
    }

    private static void Write(Utf8JsonWriter json, SapRow row, Column<SapRow>[] columns)
    {
        json.WriteStartObject();
        json.WriteStartObject("__metadata"u8);
        json.WriteString("type"u8, "API_OPLACCTGDOCITEMCUBE_SRV.A_OperationalAcctgDocItemCubeType"u8);
        json.WriteEndObject();
        foreach (var column in columns) column.Write(json, row);
        json.WriteEndObject();
    }
}
