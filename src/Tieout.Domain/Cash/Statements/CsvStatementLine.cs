using System.Globalization;
using Tieout.Domain.Catalog;
using Tieout.Domain.Intake;

namespace Tieout.Domain.Cash.Statements;

/// <summary>Reads one line of a bank's CSV file.</summary>
internal sealed class CsvStatementLine(CsvStatementMapping mapping, OwnAccount account, Dictionary<string, int> columns)
{
    /// <summary>The entry, good or not, and the balance after it where the file states one that can be read.</summary>
    public (ReadEntry Entry, decimal? Balance) Read(CsvStatementRow row, int no)
    {
        var field = string.Create(CultureInfo.InvariantCulture, $"{CsvStatement.Field}{row.Line}");
        if (row.Problem is not null || row.Cells.Count < columns.Count)
            return (Bad(null, field, "", "malformed", "The line has not the columns of the header.", "Correct its quotes and delimiters."), null);
        decimal? balance = mapping.Balance is { } column && Figure(Cell(row, column), out var stated) ? stated : null;
        return (Entry(row, no, field), balance);
    }

    private ReadEntry Entry(CsvStatementRow row, int no, string field)
    {
        if (Signed(row, field, out var amount) is { } unread) return unread;
        var code = mapping.Currency is { } currency ? Cell(row, currency) : account.Currency.Code;
        if (code != account.Currency.Code)
            return Currency.TryOf(code, out _)
                ? Bad(null, field, mapping.Currency!, "other-currency", $"The line is not in {account.Currency}, the account's currency.",
                    "Import it for the account of that currency.")
                : Bad(null, field, mapping.Currency!, "unknown-currency", "The currency is not one of ISO 4217.",
                    "Write its three capital letters, such as EUR.");
        var money = new Money(amount, account.Currency);
        if (!money.IsWhole) return new ReadEntry(amount, "", ByReference: false, null,
            StatementNumber.Scale($"{field}.{mapping.Amount ?? mapping.Credit}", account.Currency));
        if (FieldRules.OfDate(Cell(row, mapping.BookedOn), mapping.Format.DateFormat, out var booked) is { } wrong)
            return Bad(amount, field, mapping.BookedOn, wrong.Code, $"The booking day {wrong.Reason}.", wrong.Remedy);
        var value = booked;
        if (mapping.ValueOn is { } valued && Cell(row, valued) is { Length: > 0 } day
            && FieldRules.OfDate(day, mapping.Format.DateFormat, out value) is { } late)
            return Bad(amount, field, valued, late.Code, $"The value day {late.Reason}.", late.Remedy);
        if (amount == 0) return Bad(amount, field, mapping.Amount ?? mapping.Credit!, "bad-amount", "The line moves nothing.",
            "Leave it out; nothing is booked for it.");
        var reference = Optional(row, mapping.BankReference);
        var party = new StatementParty(StatementText.Clean(Optional(row, mapping.Payer)), StatementText.Account(Optional(row, mapping.PayerAccount)));
        var part = new StatementTransaction(
            1, money, 0, party, StatementText.Clean(Optional(row, mapping.EndToEndId)), [],
            StatementText.Clean(string.Join(' ', mapping.Text.Select(text => Cell(row, text)))), [], [], null, Returned: false, "");
        return EntryIdentity.Of(
            new StatementEntry(new EntryKey("", FromBank: false), no, money, Reversal: false, booked, value, StatementText.Clean(reference), "",
                [part]), reference);
    }

    // One signed column, one with a word beside it, or one for each way of which exactly one is filled.
    private ReadEntry? Signed(CsvStatementRow row, string field, out decimal amount)
    {
        if (mapping.Amount is { } column)
        {
            if (!Figure(Cell(row, column), out amount)) return Unread(field, column);
            if (mapping.Direction is not { } direction) return null;
            var word = Cell(row, direction);
            var debit = mapping.DebitWords.Contains(word, StringComparer.OrdinalIgnoreCase);
            if (amount < 0 || (!debit && !mapping.CreditWords.Contains(word, StringComparer.OrdinalIgnoreCase)))
                return Bad(null, field, direction, "bad-direction", "The line says neither debit nor credit, or has a sign besides.",
                    "Correct the words of the mapping.");
            if (debit) amount = -amount;
            return null;
        }
        var (went, came) = (Filled(row, mapping.Debit!), Filled(row, mapping.Credit!));
        var filled = went.Length > 0 ? went : came;
        if (!Figure(filled, out amount) || (went.Length > 0 && came.Length > 0)) return Unread(field, went.Length > 0 ? mapping.Debit! : mapping.Credit!);
        // Some banks write debits with a minus in a column of their own.
        if (went.Length > 0) amount = -Math.Abs(amount);
        return null;
    }

    // A zero in the other column says the same as nothing there.
    private string Filled(CsvStatementRow row, string column) =>
        Cell(row, column) is { Length: > 0 } text && !(Figure(text, out var figure) && figure == 0) ? text : "";

    private bool Figure(string text, out decimal figure) => StatementNumber.TryReadSigned(text, mapping.Format.DecimalPoint, mapping.Grouping, out figure);

    private string Cell(CsvStatementRow row, string column) => row.Cells[columns[column]].Trim();

    private string Optional(CsvStatementRow row, string? column) => column is null ? "" : Cell(row, column);

    private ReadEntry Unread(string field, string column) => Bad(
        null, field, column, "bad-number", "The amount is not a plain number.",
            $"Write digits with '{mapping.Format.DecimalPoint}' as the decimal point, in one column.");

    private static ReadEntry Bad(decimal? amount, string field, string column, string code, string reason, string remedy) => new(
        amount, "", ByReference: false, null, new PriceProblem(column.Length > 0 ? $"{field}.{column}" : field, code, reason, remedy));
}
