using System.Globalization;
using System.Text;
using System.Text.Json;
using Tieout.Application.Catalog;
using Tieout.Application.Database;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Journals;

/// <summary>A journal as it was asked for: read, balanced, not yet held against the books.</summary>
internal sealed record JournalDocument(
    string LegalEntity, DateOnly Date, Currency Currency, string Text, string Reason, string Actor, IReadOnlyList<JournalDocument.Line> Lines)
{
    private const int MostLines = 900;

    /// <summary>One line.</summary>
    /// <param name="Amount">Debit positive, credit negative.</param>
    /// <param name="BillingAccount">Its code; null for none.</param>
    internal sealed record Line(string Account, decimal Amount, string? BillingAccount, string Text);

    /// <summary>One canonical text: the same journal asked for again has the same.</summary>
    public string Content
    {
        get
        {
            var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"journal|{LegalEntity}|{Date:yyyy-MM-dd}|{Currency}|{Text}|{Reason}"));
            foreach (var line in Lines) text.Append(CultureInfo.InvariantCulture, $"|{line.Account}/{line.BillingAccount}/{Canonical.Of(line.Amount)}/{line.Text}");
            return text.ToString();
        }
    }

    /// <summary>Reads a document; null beside the problems when it cannot be taken. docs/credits.md describes its members.</summary>
    /// <param name="actor">Who asks, where the document does not say.</param>
    public static JournalDocument? Read(JsonElement document, string? actor, List<PriceProblem> problems)
    {
        var json = JsonFields.Top(document, problems).Allow("legal-entity", "date", "currency", "text", "reason", "actor", "lines");
        var read = new JournalDocument(
            json.Text("legal-entity"), json.Need("date")?.AsDate() ?? default, json.Currency("currency"), Words(json, "text"), Words(json, "reason"),
            actor ?? Words(json, "actor", GivenText.ActorMost), []);
        var items = json.Need("lines")?.Items() ?? [];
        read = read with { Lines = [.. items.Select(item => ReadLine(item, read.Currency))] };
        if (problems.Count > 0) return null;
        if (items.Count is < 2 or > MostLines)
            json.AddAt("lines", "out-of-range", $"There are {items.Count} lines.", $"Give 2 to {MostLines} lines.");
        else if (read.Lines.Sum(line => line.Amount) is var off and not 0)
            json.AddAt(
                "lines", "out-of-balance", string.Create(CultureInfo.InvariantCulture, $"Debits and credits differ by {off:0.####} {read.Currency}."),
                "Debits have to equal credits.");
        return problems.Count > 0 ? null : read;
    }

    private static Line ReadLine(JsonFields json, Currency currency)
    {
        json.Allow("account", "debit", "credit", "billing-account", "text");
        var account = json.Text("account");
        if (account.Length > 0 && !LedgerAccount.All.Contains(account))
            json.AddAt("account", "unknown-word", "This is no account of the subledger.", $"Known are {string.Join(", ", LedgerAccount.All)}.");
        var (debit, credit) = (json.NumberOrNone("debit"), json.NumberOrNone("credit"));
        if (json.IsObject && json.Find("debit") is null == json.Find("credit") is null)
            json.Add("one-of-two", "A line has a debit or a credit, one of them.", "Give exactly one.");
        else if ((debit ?? credit) is { } amount && (amount <= 0 || !new Money(amount, currency).IsWhole))
            json.Add(
                "bad-amount", "An amount above zero in whole minor units is expected.",
                "Give it with no more decimals than the currency keeps; a credit as \"credit\".");
        var payer = json.Find("billing-account")?.AsText();
        if (payer is null && LedgerAccount.OfCustomers.Contains(account))
            json.AddAt("billing-account", "missing", "A line on what customers owe says whose it is.", "Give the code of the billing account.");
        return new Line(account, debit ?? -(credit ?? 0), payer, json.Find("text") is null ? "" : Words(json, "text"));
    }

    private static string Words(JsonFields json, string name, int most = GivenText.ReasonMost)
    {
        if (json.Need(name) is not { } field || field.AsText() is not { } text) return "";
        if (GivenText.Problem(text, most) is { } problem) field.Add("bad-text", problem, "Correct it.");
        return text;
    }
}
