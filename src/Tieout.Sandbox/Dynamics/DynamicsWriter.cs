using System.Text.Json;

namespace Tieout.Sandbox.Dynamics;

/// <summary>One creation inside a change set.</summary>
/// <param name="Set">Entity set.</param>
/// <param name="ContentId">As the caller counts it.</param>
/// <param name="Json">The body.</param>
internal sealed record EntityWrite(string Set, string ContentId, byte[] Json);

/// <summary>Creates rows, or refuses them as the entities do: against their metadata first, then against what else is there.</summary>
internal sealed class DynamicsWriter(DynamicsBooks books)
{
    private const int TextLength = 60;
    private const int NumberLength = 20;
    private const int NameLength = 100;

    /// <summary>All or none. Rows in the order asked, or what is wrong.</summary>
    public (IReadOnlyList<EntityRow> Rows, DynamicsProblem? Problem) Write(IReadOnlyList<EntityWrite> changeSet)
    {
        List<(string Set, EntityRow Row)> made = [];
        lock (books.Gate)
        {
            foreach (var write in changeSet)
            {
                var (row, problem) = Create(write);
                if (problem is not null)
                {
                    foreach (var (set, gone) in made) books.Sets[set].Remove(gone);
                    return ([], problem);
                }
                books.Sets[write.Set].Add(row);
                made.Add((write.Set, row));
            }
        }
        return ([.. made.Select(one => one.Row)], null);
    }

    /// <summary>Deletes a journal with its lines. A posted one stays.</summary>
    public DynamicsProblem? Delete(string set, string company, string number, string ifMatch)
    {
        lock (books.Gate)
        {
            if (books.Header(company, number) is not { } header || header.Set != set) return new DynamicsProblem(404, $"No resource was found for '{set}'.");
            if (ifMatch is not ("*" or "") && ifMatch != header.Row.Etag) return new DynamicsProblem(412, "The record was changed by another user.");
            if (header.Row.Text("IsPosted") == "Yes")
                return DynamicsProblem.Write(EntitySchema.All[set].Entity, $"Error: Journal {number} has been posted and cannot be deleted.");
            foreach (var line in books.Lines(set, company, number)) books.Sets[DynamicsBooks.LinesOf(set)].Remove(line);
            books.Sets[set].Remove(header.Row);
            return null;
        }
    }

    private (EntityRow Row, DynamicsProblem? Problem) Create(EntityWrite write)
    {
        if (!EntitySchema.All.TryGetValue(write.Set, out var schema) || write.Set == "GeneralJournalAccountEntries")
            return (null!, new DynamicsProblem(405, $"The entity set '{write.Set}' does not allow insert."));
        EntityRow row;
        try
        {
            using var json = JsonDocument.Parse(write.Json);
            (row, var unfit) = schema.Read(json.RootElement);
            if (unfit is not null) return (null!, unfit);
        }
        catch (JsonException broken)
        {
            return (null!, new DynamicsProblem(400, $"Invalid JSON: {broken.Message}"));
        }
        if (!DynamicsMaster.Companies.ContainsKey(row.Company))
            return (null!, DynamicsProblem.NotFound(schema.Entity, row.Company, "Company", "Companies", "dataAreaId"));
        return write.Set switch
        {
            "CustomersV3" => Customer(schema, row),
            "LedgerJournalHeaders" or "CustomerPaymentJournalHeaders" => Header(schema, row),
            _ => Line(schema, row),
        };
    }

    private (EntityRow, DynamicsProblem?) Customer(EntitySchema schema, EntityRow row)
    {
        var account = row.Text("CustomerAccount");
        var problem = account.Length is 0 or > NumberLength ? DynamicsProblem.Write(schema.Entity, "Error: Field 'Customer account' must be filled in.")
            : books.Customer(row.Company, account) is not null ? AlreadyThere(schema, $"Customer account: {account}")
            : !DynamicsMaster.CustomerGroups.Contains(row.Text("CustomerGroupId"))
                ? DynamicsProblem.NotFound(schema.Entity, row.Text("CustomerGroupId"), "Customer group", "Customer groups", "CustomerGroupId")
            : !DynamicsMaster.Currencies.ContainsKey(row.Text("SalesCurrencyCode"))
                ? DynamicsProblem.NotFound(schema.Entity, row.Text("SalesCurrencyCode"), "Currency", "Currencies", "SalesCurrencyCode")
            : TooLong(schema, row, "OrganizationName", NameLength);
        return (row, problem);
    }

    private (EntityRow, DynamicsProblem?) Header(EntitySchema schema, EntityRow row)
    {
        var number = row.Journal;
        if (number.Length == 0) row = row with { Values = row.Values.SetItem("JournalBatchNumber", number = NextNumber(row.Company)) };
        var name = row.Text("JournalName");
        var problem = TooLong(schema, row, "JournalBatchNumber", NumberLength) ?? TooLong(schema, row, "Description", TextLength)
            ?? (DynamicsMaster.JournalNames.GetValueOrDefault(name) != schema.Set
                ? DynamicsProblem.NotFound(schema.Entity, name, "Name", "Journal names", "JournalName")
                : books.Header(row.Company, number) is not null ? AlreadyThere(schema, $"Journal batch number: {number}") : null);
        return (row with { Values = row.Values.SetItem("IsPosted", "No") }, problem);
    }

    private (EntityRow, DynamicsProblem?) Line(EntitySchema schema, EntityRow row)
    {
        var headers = schema.Set.Replace("Lines", "Headers", StringComparison.Ordinal);
        if (books.Header(row.Company, row.Journal) is not { } header || header.Set != headers)
            return (row, DynamicsProblem.NotFound(schema.Entity, row.Journal, "Journal batch number", "Ledger journals", "JournalBatchNumber"));
        if (header.Row.Text("IsPosted") == "Yes") return (row, DynamicsProblem.Write(schema.Entity, $"Error: Journal {row.Journal} has already been posted."));
        var siblings = books.Lines(headers, row.Company, row.Journal);
        if (row.Number("LineNumber") == 0m) row = row with { Values = row.Values.SetItem("LineNumber", siblings.Count + 1m) };
        if (siblings.Exists(line => line.Number("LineNumber") == row.Number("LineNumber"))) return (row, AlreadyThere(schema, "Line number"));
        var date = DynamicsBooks.DateOf(schema.Set);
        var problem = Required(schema, row, date)
            ?? (siblings.Exists(line => line.Text("Voucher") == row.Text("Voucher") && line.Moment(date).Date != row.Moment(date).Date)
                ? DynamicsProblem.Write(schema.Entity, $"Error: Voucher {row.Text("Voucher")} has more than one date.")
                : null)
            ?? AmountProblem(schema, row) ?? AccountProblem(schema, row) ?? ReferenceProblem(schema, row);
        if (row.Text("AccountType") == "Cust" && row.Text("PostingProfile").Length == 0)
            row = row with { Values = row.Values.SetItem("PostingProfile", DynamicsMaster.DefaultProfile) };
        return (row, problem);
    }

    private static DynamicsProblem? Required(EntitySchema schema, EntityRow row, string date)
    {
        foreach (var name in (string[])["Voucher", "CurrencyCode"])
            if (row.Text(name).Length == 0) return DynamicsProblem.Write(schema.Entity, $"Error: Field '{name}' must be filled in.");
        if (row.Moment(date).Year <= 1900) return DynamicsProblem.Write(schema.Entity, $"Error: Field '{date}' must be filled in.");
        if (row.Text("OffsetCompany") is { Length: > 0 } other && !DynamicsBooks.Same(other, row.Company))
            return DynamicsProblem.Write(schema.Entity, "Error: Intercompany journals are not supported by this entity.");
        foreach (var (name, most) in (ReadOnlySpan<(string, int)>)
            [
                ("Voucher", NumberLength), ("Document", NumberLength), ("Invoice", NumberLength), ("PaymentReference", NumberLength),
                ("Text", TextLength), ("TransactionText", TextLength),
            ])
            if (TooLong(schema, row, name, most) is { } problem) return problem;
        return null;
    }

    private static DynamicsProblem? AmountProblem(EntitySchema schema, EntityRow row)
    {
        var currency = row.Text("CurrencyCode");
        if (!DynamicsMaster.Currencies.ContainsKey(currency)) return DynamicsProblem.NotFound(schema.Entity, currency, "Currency", "Currencies", "CurrencyCode");
        var (debit, credit) = (row.Number("DebitAmount"), row.Number("CreditAmount"));
        if (debit == 0m == (credit == 0m)) return DynamicsProblem.Write(schema.Entity, "Error: Enter either a debit or a credit.");
        var amount = debit != 0m ? debit : credit;
        return decimal.Round(amount, currency == "JPY" ? 0 : 2, MidpointRounding.ToZero) == amount
            ? null
            : DynamicsProblem.Write(schema.Entity, $"Error: The amount has more decimals than currency '{currency}' allows.");
    }

    private DynamicsProblem? AccountProblem(EntitySchema schema, EntityRow row)
    {
        var display = row.Text("AccountDisplayValue");
        if (row.Text("AccountType") is "" or "Ledger") return DynamicsMaster.LedgerProblem(schema.Entity, display);
        if (row.Text("AccountType") != "Cust") return DynamicsProblem.Write(schema.Entity, "Error: The sandbox keeps customers and ledger accounts only.");
        if (books.Customer(row.Company, display) is not { } customer)
            return DynamicsProblem.NotFound(schema.Entity, display, "Account", "Customers", "AccountDisplayValue");
        if (customer.Text("OnHoldStatus") is "All" or "Invoice") return DynamicsProblem.Write(schema.Entity, $"Error: Customer account '{display}' is on hold.");
        var dimensions = schema.Columns.ContainsKey("DefaultDimensionDisplayValue") ? "DefaultDimensionDisplayValue" : "DefaultDimensionsForAccountDisplayValue";
        return row.Text(dimensions) is { Length: > 0 } values ? DynamicsMaster.DefaultProblem(schema.Entity, values, dimensions) : null;
    }

    private DynamicsProblem? ReferenceProblem(EntitySchema schema, EntityRow row)
    {
        if (row.Text("PostingProfile") is { Length: > 0 } profile && !DynamicsMaster.Profiles.ContainsKey(profile))
            return DynamicsProblem.NotFound(schema.Entity, profile, "Posting profile", "Customer posting profiles", "PostingProfile");
        if (row.Text("SalesTaxCode") is { Length: > 0 } tax && !DynamicsMaster.TaxCodes.Contains(tax))
            return DynamicsProblem.NotFound(schema.Entity, tax, "Sales tax code", "Sales tax codes", "SalesTaxCode");
        return row.Text("MarkedInvoice") is { Length: > 0 } marked && !books.Open(row.Company, row.Text("AccountDisplayValue"), marked).Any()
            ? DynamicsProblem.NotFound(schema.Entity, marked, "Invoice", "Open customer transactions", "MarkedInvoice")
            : null;
    }

    private string NextNumber(string company)
    {
        var number = 0;
        string text;
        do text = FormattableString.Invariant($"{++number:00000}");
        while (books.Header(company, text) is not null);
        return text;
    }

    private static DynamicsProblem AlreadyThere(EntitySchema schema, string what) =>
        DynamicsProblem.Write(schema.Entity, $"Error: Cannot create a record in {schema.Set}. {what}. The record already exists.");

    private static DynamicsProblem? TooLong(EntitySchema schema, EntityRow row, string field, int most) => row.Text(field).Length > most
        ? DynamicsProblem.Write(schema.Entity, $"Error: The string is too long for field '{field}'; at most {most} characters.")
        : null;
}
