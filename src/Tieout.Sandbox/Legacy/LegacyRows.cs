using System.Globalization;

namespace Tieout.Sandbox.Legacy;

/// <summary>Rows of files to and from documents, and the control totals.</summary>
internal static class LegacyRows
{
    /// <summary>The documents of a batch; lines follow their document.</summary>
    public static IReadOnlyList<LegacyPosting> Postings(IReadOnlyList<Dictionary<string, string>> rows)
    {
        List<LegacyPosting> postings = [];
        List<LegacyPostingLine> lines = [];
        foreach (var row in rows)
        {
            if (row[""] == "D")
                postings.Add(new LegacyPosting(row["key"], row["kind"], row["currency"], Day(row["date"])!.Value, lines = [])
                {
                    Due = Day(row["due"]),
                    RefersTo = row["refers-to"],
                    Text = row["text"],
                    CustomerReference = row["customer-reference"],
                });
            else if (row[""] == "L") lines.Add(Line(row));
        }
        return postings;
    }

    /// <summary>A ledger page's rows of a document.</summary>
    public static IEnumerable<Dictionary<string, string>> Of(LegacyPosting posting) =>
        posting.Lines.Select(line => LegacyFormat.Row(
            "L", ("type", line.Type), ("account", line.Account), ("amount", Amount(line.Amount)), ("tax-code", line.TaxCode),
            ("tax-base", line.Type == "T" ? Amount(line.TaxBase) : ""), ("customer", line.Customer), ("customer-code", line.CustomerCode),
            ("settles", line.Settles), ("due", Day(line.Due)), ("dimension-1", line.Dimensions[0]), ("dimension-2", line.Dimensions[1]),
            ("dimension-3", line.Dimensions[2]), ("text", line.Text)))
        .Prepend(LegacyFormat.Row(
            "D", ("key", posting.Key), ("kind", posting.Kind), ("number", posting.Number), ("currency", posting.Currency), ("date", Day(posting.Date)),
            ("due", Day(posting.Due)), ("refers-to", posting.RefersTo), ("text", posting.Text), ("customer-reference", posting.CustomerReference)));

    /// <summary>The control totals, one row a currency.</summary>
    public static IEnumerable<Dictionary<string, string>> Totals(IEnumerable<LegacyPosting> postings) =>
        postings.GroupBy(posting => posting.Currency, StringComparer.Ordinal).Select(group => LegacyFormat.Row(
            "T", ("currency", group.Key), ("documents", group.Count().ToString(CultureInfo.InvariantCulture)),
            ("debit", Amount(group.SelectMany(posting => posting.Lines).Sum(line => Math.Max(line.Amount, 0m)))),
            ("credit", Amount(group.SelectMany(posting => posting.Lines).Sum(line => Math.Min(line.Amount, 0m))))));

    /// <summary>Whether the totals of a batch are those of its lines.</summary>
    public static bool TotalsAgree(IReadOnlyList<Dictionary<string, string>> rows, IReadOnlyList<LegacyPosting> postings)
    {
        static string Canonical(Dictionary<string, string> row) => string.Join(
            '|', row["currency"], row["documents"], Amount(Number(row["debit"])), Amount(Number(row["credit"])));
        return rows.Where(row => row[""] == "T").Select(Canonical).Order(StringComparer.Ordinal)
            .SequenceEqual(Totals(postings).Select(Canonical).Order(StringComparer.Ordinal));
    }

    private static LegacyPostingLine Line(Dictionary<string, string> row) => new(row["type"], row["account"], Number(row["amount"]))
    {
        TaxCode = row["tax-code"],
        TaxBase = Number(row["tax-base"]),
        Customer = row["customer"],
        Settles = row["settles"],
        Due = Day(row["due"]),
        Dimensions = [row["dimension-1"], row["dimension-2"], row["dimension-3"]],
        Text = row["text"],
    };

    private static decimal Number(string text) => text.Length == 0 ? 0m : decimal.Parse(text, CultureInfo.InvariantCulture);

    private static string Amount(decimal amount) => amount.ToString("0.00##", CultureInfo.InvariantCulture);

    private static string Day(DateOnly? day) => day?.ToString("yyyyMMdd", CultureInfo.InvariantCulture) ?? "";

    private static DateOnly? Day(string text) => text.Length == 0 ? null : DateOnly.ParseExact(text, "yyyyMMdd", CultureInfo.InvariantCulture);
}
