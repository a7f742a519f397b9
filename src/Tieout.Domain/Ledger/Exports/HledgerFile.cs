using System.Text;

namespace Tieout.Domain.Ledger.Exports;

/// <summary>
/// A journal for hledger that <c>hledger check --strict</c> accepts. hledger has no way to quote: what would end a description or a
/// tag is written as the nearest harmless sign.
/// </summary>
public sealed class HledgerFile : LedgerFile
{
    /// <inheritdoc/>
    public override string Extension => "journal";

    /// <inheritdoc/>
    public override string Head(ExportHead head, IReadOnlyList<ExportBalance> opening)
    {
        var text = new StringBuilder()
            .Append("; Books of ").Append(OneLine(head.Entity)).Append(" (").Append(OneLine(head.Name)).Append("), ")
            .Append(head.From).Append(" to ").Append(head.Until).Append('\n')
            .Append("decimal-mark .\n\n");
        foreach (var currency in head.Currencies)
            text.Append("commodity 1000.").Append('0', currency.MinorUnits).Append(' ').Append(currency.Code).Append('\n');
        foreach (var account in head.Chart.Accounts)
            text.Append("account ").Append(AccountName(account)).Append("  ; type:").Append(Type(account.Type)).Append('\n');
        text.Append('\n');
        if (opening.Count == 0) return text.ToString();
        text.Append(Day(head.From.FirstDay)).Append(" * Opening balances\n");
        foreach (var balance in opening) Posting(text, balance.Account, balance.Amount).Append('\n');
        return text.Append('\n').ToString();
    }

    /// <inheritdoc/>
    public override string Entry(ExportEntry entry)
    {
        var text = new StringBuilder()
            .Append(Day(entry.Date)).Append(" * ").Append(entry.Number.Length > 0 ? $"({Code(entry.Number)}) " : "").Append(Description(Narration(entry)));
        List<string> tags = [$"id:{entry.Id:D}", $"correlation:{entry.Correlation:D}", $"kind:{Value(entry.Kind)}"];
        if (AccountingMonth.Of(entry.Date) != entry.Month) tags.Add($"month:{entry.Month}");
        if (entry.Reverses.Length > 0) tags.Add($"reverses:{Value(entry.Reverses)}");
        text.Append("  ; ").AppendJoin(", ", tags).Append('\n');
        foreach (var line in entry.Lines)
        {
            Posting(text, line.Account, line.Amount);
            var about = Tags(line);
            if (about.Count > 0) text.Append("  ; ").AppendJoin(", ", about);
            text.Append('\n');
        }
        return text.Append('\n').ToString();
    }

    /// <inheritdoc/>
    public override string Closing(DateOnly after, IReadOnlyList<ExportBalance> closing)
    {
        if (closing.Count == 0) return "";
        var text = new StringBuilder().Append(Day(after)).Append(" * Closing balances\n");
        foreach (var balance in closing)
            Posting(text, balance.Account, Money.Zero(balance.Amount.Currency)).Append(" = ").Append(Amount(balance.Amount)).Append('\n');
        return text.ToString();
    }

    private static List<string> Tags(ExportLine line)
    {
        List<string> tags = [];
        if (line.BillingAccount.Length > 0) tags.Add($"billing-account:{Value(line.BillingAccount)}");
        if (line.Functional is { } functional) tags.Add($"functional:{Amount(functional)}");
        if (line.Settles.Length > 0) tags.Add($"settles:{Value(line.Settles)}");
        tags.AddRange(line.Dimensions.Codes.Select(pair => $"{pair.Key}:{Value(pair.Value)}"));
        if (line.Text.Length > 0) tags.Add($"text:{Value(line.Text)}");
        return tags;
    }

    private static StringBuilder Posting(StringBuilder text, ChartAccount account, Money amount) =>
        text.Append("    ").Append(AccountName(account)).Append("  ").Append(Amount(amount));

    // A semicolon begins a comment, a bar ends the payee.
    private static string Description(string text) => OneLine(text).Replace(';', ',').Replace('|', '/');

    // A comma ends a tag, a colon begins one, brackets may hold a date.
    private static string Value(string text) => OneLine(text).Replace(',', ';').Replace(':', '.').Replace('[', '(').Replace(']', ')');

    private static string Code(string number) => OneLine(number).Replace('(', '[').Replace(')', ']');

    private static char Type(AccountType type) => type switch
    {
        AccountType.Asset => 'A',
        AccountType.Liability => 'L',
        AccountType.Equity => 'E',
        AccountType.Income => 'R',
        AccountType.Expense => 'X',
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };
}
