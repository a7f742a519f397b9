using System.Globalization;
using System.Text;

namespace Tieout.Domain.Ledger.Exports;

/// <summary>A file for beancount that <c>bean-check</c> accepts. Texts are quoted, so that they arrive as they are, but on one line.</summary>
public sealed class BeancountFile : LedgerFile
{
    private const string Always = "1970-01-01";

    /// <inheritdoc/>
    public override string Extension => "beancount";

    /// <inheritdoc/>
    public override string Head(ExportHead head, IReadOnlyList<ExportBalance> opening)
    {
        var text = new StringBuilder()
            .Append("option \"title\" ").Append(Quoted($"{head.Entity} ({head.Name}), {head.From} to {head.Until}")).Append('\n')
            .Append("option \"operating_currency\" ").Append(Quoted(head.BooksCurrency.Code)).Append("\n\n");
        foreach (var currency in head.Currencies)
            text.Append(Always).Append(" commodity ").Append(currency.Code).Append("\n  decimals: ")
                .Append(currency.MinorUnits.ToString(CultureInfo.InvariantCulture)).Append('\n');
        foreach (var account in head.Chart.Accounts)
        {
            text.Append(Always).Append(" open ").Append(AccountName(account)).Append('\n');
            Meta(text, 2, "account", account.Account);
            Meta(text, 2, "number", account.Number);
            Meta(text, 2, "name", account.Name);
        }
        text.Append('\n');
        if (opening.Count == 0) return text.ToString();
        text.Append(Day(head.From.FirstDay)).Append(" * \"Opening balances\"\n");
        foreach (var balance in opening) Posting(text, balance.Account, balance.Amount);
        return text.Append('\n').ToString();
    }

    /// <inheritdoc/>
    public override string Entry(ExportEntry entry)
    {
        var text = new StringBuilder().Append(Day(entry.Date)).Append(" * ").Append(Quoted(Narration(entry))).Append('\n');
        Meta(text, 2, "number", entry.Number);
        Meta(text, 2, "kind", entry.Kind);
        Meta(text, 2, "id", entry.Id.ToString("D"));
        Meta(text, 2, "correlation", entry.Correlation.ToString("D"));
        if (AccountingMonth.Of(entry.Date) != entry.Month) Meta(text, 2, "month", entry.Month.ToString());
        Meta(text, 2, "reverses", entry.Reverses);
        foreach (var line in entry.Lines)
        {
            Posting(text, line.Account, line.Amount);
            Meta(text, 4, "billing-account", line.BillingAccount);
            if (line.Functional is { } functional) text.Append("    functional: ").Append(Amount(functional)).Append('\n');
            Meta(text, 4, "settles", line.Settles);
            foreach (var (word, code) in line.Dimensions.Codes) Meta(text, 4, word, code);
            Meta(text, 4, "text", line.Text);
        }
        return text.Append('\n').ToString();
    }

    /// <inheritdoc/>
    public override string Closing(DateOnly after, IReadOnlyList<ExportBalance> closing)
    {
        var text = new StringBuilder();
        foreach (var balance in closing)
            // Left to itself beancount lets a cent pass.
            text.Append(Day(after)).Append(" balance ").Append(AccountName(balance.Account)).Append("  ").Append(balance.Amount.ToPlain())
                .Append(" ~ 0 ").Append(balance.Amount.Currency.Code).Append('\n');
        return text.ToString();
    }

    private static void Posting(StringBuilder text, ChartAccount account, Money amount) =>
        text.Append("  ").Append(AccountName(account)).Append("  ").Append(Amount(amount)).Append('\n');

    private static void Meta(StringBuilder text, int indent, string key, string value)
    {
        if (value.Length > 0) text.Append(' ', indent).Append(key).Append(": ").Append(Quoted(value)).Append('\n');
    }

    private static string Quoted(string text) =>
        "\"" + OneLine(text).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}
