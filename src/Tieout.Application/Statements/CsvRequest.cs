using System.Text.Json;
using Tieout.Application.Catalog;
using Tieout.Application.Intake;
using Tieout.Application.Payments;
using Tieout.Domain.Cash.Statements;
using Tieout.Domain.Catalog;
using Tieout.Domain.Customers;
using Tieout.Domain.Intake;
using Tieout.Domain.Invoicing;

namespace Tieout.Application.Statements;

/// <summary>A CSV file as somebody sends it: which account it is of, how its columns are read, and its text.</summary>
/// <param name="Currency">Of the account, where its number has one in several; empty when it is not said.</param>
internal sealed record CsvRequest(string Account, string Currency, CsvStatementMapping Mapping, string Id, string Text, string Actor)
{
    private const int Most = 100;

    /// <summary>Null beside the problems.</summary>
    public static CsvRequest? Read(JsonElement document, string? actor, List<PriceProblem> problems)
    {
        var json = CashFields.Top(document, problems, "account", "currency", "id", "mapping", "csv", "actor");
        // The digits of an IBAN may pass for a card's; its own check digits say that it is none.
        var account = json.Find("account")?.RawText is { } given && Iban.TryParse(given, out var iban, out _) ? iban.Value
            : StatementText.Account(json.Words("account", Most));
        var mapping = json.Need("mapping") is { } members ? ReadMapping(members) : null;
        var text = document.ValueKind == JsonValueKind.Object && document.TryGetProperty("csv", out var csv) && csv.ValueKind == JsonValueKind.String
            ? csv.GetString()! : "";
        if (text.Length == 0) json.AddAt("csv", "missing", "The text of the file is missing.", "Give it as one text.");
        var request = mapping is null ? null
            : new CsvRequest(
                account, json.Find("currency") is null ? "" : json.Currency("currency").Code, mapping, json.WordsOr("id", Most, ""), text,
                actor ?? json.Words("actor", GivenText.ActorMost));
        return problems.Count > 0 ? null : request;
    }

    /// <summary>Its only page.</summary>
    public StatementPage Page(OwnAccount account)
    {
        using var reader = new StringReader(Text.TrimStart('\ufeff'));
        var rows = new CsvRows(reader, Mapping.Format.Delimiter);
        var header = rows.Next()?.Cells ?? [];
        return CsvStatement.Read(Mapping, account, header, Rows(rows), Id);
    }

    /// <summary>The account it is of; null where none is, or it may be of several.</summary>
    public OwnAccount? Of(OwnAccounts accounts) =>
        accounts.Of(Account).Where(one => Currency.Length == 0 || one.Currency.Code == Currency).ToList() is [var only] ? only : null;

    /// <summary>The page of what is no one account of ours, to be refused like any.</summary>
    public StatementPage OfNone() => new("account", Account, Currency, Id, null, PageNumber.Only, [], [], []);

    private static IEnumerable<CsvStatementRow> Rows(CsvRows rows)
    {
        while (rows.Next() is { } row) yield return new CsvStatementRow(row.Line, row.Cells, row.Problem);
    }

    private static CsvStatementMapping ReadMapping(JsonFields json)
    {
        json.Allow(
            "delimiter", "decimal-point", "date-format", "grouping", "booked-on", "value-on", "amount", "debit", "credit", "direction", "debit-words",
            "credit-words", "currency", "balance", "payer", "payer-number", "text", "bank-reference", "end-to-end-id");
        var format = new FileFormat(
            Letter(json, "delimiter") ?? ',', "utf-8", Letter(json, "decimal-point") ?? '.', json.WordsOr("date-format", Most, FileFormat.Default.DateFormat));
        return new CsvStatementMapping(format, json.Words("booked-on", Most))
        {
            Grouping = Letter(json, "grouping"),
            ValueOn = Column(json, "value-on"),
            Amount = Column(json, "amount"),
            Debit = Column(json, "debit"),
            Credit = Column(json, "credit"),
            Direction = Column(json, "direction"),
            DebitWords = List(json, "debit-words"),
            CreditWords = List(json, "credit-words"),
            Currency = Column(json, "currency"),
            Balance = Column(json, "balance"),
            Payer = Column(json, "payer"),
            PayerAccount = Column(json, "payer-number"),
            Text = List(json, "text"),
            BankReference = Column(json, "bank-reference"),
            EndToEndId = Column(json, "end-to-end-id"),
        };
    }

    private static string? Column(JsonFields json, string name) => json.Find(name) is null ? null : json.Words(name, Most);

    private static IReadOnlyList<string> List(JsonFields json, string name) => json.Find(name)?.Items().Select(item => item.AsText() ?? "").ToList() ?? [];

    // One character; a blank or a tab may be meant, so it is not trimmed.
    private static char? Letter(JsonFields json, string name)
    {
        if (json.Find(name) is not { } field) return null;
        if (field.RawText is [var letter]) return letter;
        field.Add("bad-text", "One character is expected.", "Write it in quotes, such as \";\".");
        return null;
    }
}
