using System.Globalization;
using Tieout.Domain;

namespace Tieout.Connectors.NetSuite;

/// <summary>
/// Every SuiteQL query we ask. Lines and their accounts are two tables, joined by line; amounts are those of the line, in the
/// document's currency (<c>transactionaccountingline</c> has the subsidiary's). Text goes in quoted, ids are digits only.
/// </summary>
internal sealed class Questions(NetSuiteSettings settings)
{
    private const string Columns =
        """
        SELECT t.id AS id, t.externalid AS externalid, t.type AS type, t.posting AS posting, t.voided AS voided,
        TO_CHAR(p.startdate, 'YYYY-MM-DD') AS month, c.symbol AS currency, tl.id AS line,
        tl.entity AS entity, e.externalid AS customer, tal.account AS account, tl.foreignamount AS amount,
        a.accttype AS accounttype, t.memo AS memo, tal.amount AS own
        """;

    private const string Tables =
        """
        FROM transaction t
        JOIN transactionline tl ON tl.transaction = t.id
        JOIN transactionaccountingline tal ON tal.transaction = tl.transaction AND tal.transactionline = tl.id
        JOIN accountingperiod p ON p.id = t.postingperiod
        JOIN currency c ON c.id = t.currency
        """;

    /// <summary>
    /// Whatever stands under external ids, of any kind and in any subsidiary: an external id is unique for one kind of record only,
    /// and the upsert would change what it finds.
    /// </summary>
    public string Under(IEnumerable<string> keys, SuiteQlRow? after) => Lines($"t.externalid IN ({List(keys)}){Book}", after);

    /// <summary>
    /// Booked documents dated in a month whose key starts with one of the series. By the document's date, which is ours and nobody
    /// moves: one whose posting was moved to another period is found where our books have it.
    /// </summary>
    public string Documents(IEnumerable<string> series, AccountingMonth month, SuiteQlRow? after)
    {
        // Not LIKE: an underscore in a series would stand for any character.
        var starts = string.Join(" OR ", series.Select(start =>
            string.Create(CultureInfo.InvariantCulture, $"SUBSTR(t.externalid, 1, {start.Length}) = {Text(start)}")));
        return Lines(
            $"t.posting = 'T' AND t.voided = 'F' AND {Within("t.trandate", month)} AND ({starts}){Book}{Subsidiary}", after);
    }

    /// <summary>What moved on accounts in the periods of a month, over all documents, ours or not.</summary>
    public string Movements(IEnumerable<string> accounts, AccountingMonth month) =>
        $"""
        SELECT tal.account AS account, c.symbol AS currency, SUM(tl.foreignamount) AS amount
        {Tables}
        WHERE tal.posting = 'T' AND {Within("p.startdate", month)} AND tal.account IN ({string.Join(", ", accounts)}){Book}{Subsidiary}
        GROUP BY tal.account, c.symbol
        ORDER BY tal.account, c.symbol
        """;

    /// <summary>Customers under our codes.</summary>
    public static string Customers(IEnumerable<string> codes) =>
        $"SELECT id AS id, externalid AS externalid, isinactive AS isinactive FROM customer WHERE externalid IN ({List(codes)}) ORDER BY id";

    /// <summary>One customer by NetSuite's id.</summary>
    public static string Customer(string id) => $"SELECT id AS id, isinactive AS isinactive FROM customer WHERE id = {id} ORDER BY id";

    /// <summary>The currencies of the account, by ISO code.</summary>
    public static string Currencies() => "SELECT id AS id, symbol AS symbol FROM currency ORDER BY id";

    /// <summary>Accounting periods that take a receivable dated on a day. Quarters and years are periods, too, and take nothing.</summary>
    public static string OpenPeriods(DateOnly day) =>
        $"""
        SELECT id AS id FROM accountingperiod
        WHERE startdate <= {Date(day)} AND enddate >= {Date(day)} AND isquarter = 'F' AND isyear = 'F'
        AND closed = 'F' AND arlocked = 'F' AND alllocked = 'F'
        ORDER BY id
        """;

    private string Lines(string where, SuiteQlRow? after) =>
        $"""
        {Columns}{(settings.OneWorld ? ", tl.subsidiary AS subsidiary" : "")}
        {Tables}
        JOIN account a ON a.id = tal.account
        LEFT JOIN customer e ON e.id = tl.entity
        WHERE {where}{After(after)}
        ORDER BY t.id, tl.id
        """;

    private static string After(SuiteQlRow? last) => last is null
        ? ""
        : $" AND (t.id > {Id(last, "id")} OR (t.id = {Id(last, "id")} AND tl.id > {Id(last, "line")}))";

    // Comes from the answer before: never into a query unless it is digits.
    private static string Id(SuiteQlRow row, string column) => row.Need(column) is var id && NetSuiteLimits.IsInternalId(id)
        ? id
        : throw new Port.ReadBackException($"NetSuite's answer cannot be read: '{column}' is no internal id.");

    // Accounts with several books have each line once a book.
    private string Book => settings.AccountingBook.Length > 0 ? $" AND tal.accountingbook = {settings.AccountingBook}" : "";

    private string Subsidiary => settings.OneWorld ? $" AND tl.subsidiary = {settings.Subsidiary}" : "";

    private static string Within(string column, AccountingMonth month) =>
        $"{column} >= {Date(month.Period.Start)} AND {column} < {Date(month.Period.End)}";

    private static string List(IEnumerable<string> texts) => string.Join(", ", texts.Select(Text));

    private static string Text(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    // Whatever date format the user of the integration chose.
    private static string Date(DateOnly day) => string.Create(CultureInfo.InvariantCulture, $"TO_DATE('{day:yyyy-MM-dd}', 'YYYY-MM-DD')");
}
