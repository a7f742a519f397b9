using System.Globalization;
using System.Text;
using System.Text.Json;
using Tieout.Application.Catalog;
using Tieout.Application.Database;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Ledger;
using Tieout.Domain.Posting;

namespace Tieout.Application.Journals;

/// <summary>A journal as it was asked for: read, balanced, not yet held against the books.</summary>
internal sealed record JournalDocument(
    EntryKind Kind, string LegalEntity, DateOnly Date, Currency Currency, string Text, string Reason, string Actor, IReadOnlyList<JournalDocument.Line> Lines)
{
    private const int MostLines = 900;
    private const int RateDecimals = 12;
    private const decimal MostRate = 1_000_000_000m;

    /// <summary>Units of the books' currency for one of the journal's; null for the rate of its day.</summary>
    public decimal? Rate { get; init; }

    private static readonly EntryKind[] Kinds = [EntryKind.ManualJournal, EntryKind.RevenueJournal];

    private static readonly string[] OfRevenue = [LedgerAccount.Revenue, LedgerAccount.DeferredRevenue];

    /// <summary>One line.</summary>
    /// <param name="Amount">Debit positive, credit negative.</param>
    /// <param name="BillingAccount">Its code; null for none.</param>
    /// <param name="Dimensions">What it is sorted by beside its account.</param>
    internal sealed record Line(string Account, decimal Amount, string? BillingAccount, string Text, LineDimensions Dimensions);

    /// <summary>One canonical text: the same journal asked for again has the same.</summary>
    public string Content
    {
        get
        {
            var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture,
                $"{(Kind == EntryKind.ManualJournal ? "journal" : Words.Of(Kind))}|{LegalEntity}|{Date:yyyy-MM-dd}|{Currency}|{Text}|{Reason}"));
            if (Rate is { } rate) text.Append(CultureInfo.InvariantCulture, $"|rate {Canonical.Of(rate)}");
            foreach (var line in Lines)
            {
                text.Append(CultureInfo.InvariantCulture, $"|{line.Account}/{line.BillingAccount}/{Canonical.Of(line.Amount)}/{line.Text}");
                // Behind a sign that no text holds.
                if (!line.Dimensions.IsEmpty) text.Append('\t').Append(line.Dimensions);
            }
            return text.ToString();
        }
    }

    /// <summary>Reads a document; null beside the problems when it cannot be taken. docs/credits.md describes its members.</summary>
    /// <param name="actor">Who asks, where the document does not say.</param>
    public static JournalDocument? Read(JsonElement document, string? actor, List<PriceProblem> problems)
    {
        var json = JsonFields.Top(document, problems).Allow("kind", "month", "legal-entity", "date", "currency", "rate", "text", "reason", "actor", "lines");
        var read = new JournalDocument(
            ReadKind(json), json.Text("legal-entity"), json.Need("date")?.AsDate() ?? default, json.Currency("currency"), OneLine(json, "text"),
                OneLine(json, "reason"),
            actor ?? OneLine(json, "actor", GivenText.ActorMost), [])
        { Rate = ReadRate(json) };
        var items = json.Need("lines")?.Items() ?? [];
        read = read with { Lines = [.. items.Select(item => ReadLine(item, read))] };
        ReadMonth(json, read);
        if (problems.Count > 0) return null;
        if (items.Count is < 2 or > MostLines)
            json.AddAt("lines", "out-of-range", $"There are {items.Count} lines.", $"Give 2 to {MostLines} lines.");
        else if (read.Lines.Sum(line => line.Amount) is var off and not 0)
            json.AddAt(
                "lines", "out-of-balance", string.Create(CultureInfo.InvariantCulture, $"Debits and credits differ by {off:0.####} {read.Currency}."),
                "Correct the amounts: debits have to equal credits.");
        return problems.Count > 0 ? null : read;
    }

    private static decimal? ReadRate(JsonFields json)
    {
        if (json.NumberOrNone("rate") is not { } rate) return null;
        if (rate is > 0 and < MostRate && Rounding.HalfAwayFromZero(rate, RateDecimals) == rate) return rate;
        json.AddAt("rate", "bad-rate", "A rate above zero with at most 12 decimals is expected.", "Give units of the books' currency for one of the journal's.");
        return null;
    }

    private static EntryKind ReadKind(JsonFields json)
    {
        if (json.Find("kind") is not { } field || field.AsText() is not { } word) return EntryKind.ManualJournal;
        foreach (var kind in Kinds)
            if (Words.Of(kind) == word) return kind;
        field.Add("unknown-word", "This is no kind of journal.", $"Known are {string.Join(", ", Kinds.Select(Words.Of))}.");
        return EntryKind.ManualJournal;
    }

    // The month is what a revenue journal is about; it is said once more, so that a slip of the date is no revenue of another month.
    private static void ReadMonth(JsonFields json, JournalDocument journal)
    {
        var month = json.Find("month");
        if (journal.Kind != EntryKind.RevenueJournal)
            month?.Add("unknown-member", "Only a revenue journal says a month.", "Leave it out; the date decides.");
        else if (json.Need("month")?.AsText() is { } text && journal.Date != default && text != AccountingMonth.Of(journal.Date).ToString())
            month!.Add("other-month", "The journal is not dated in the month it earns.", "Give the month of the date, such as 2026-11.");
    }

    private static Line ReadLine(JsonFields json, JournalDocument journal)
    {
        json.Allow("account", "debit", "credit", "billing-account", "text", "dimensions");
        var account = json.Text("account");
        if (account.Length > 0 && !LedgerAccount.IsKnown(account))
            json.AddAt("account", "unknown-word", "This is no account of the subledger.", $"Known are {LedgerAccount.AllInWords}.");
        else if (journal.Kind == EntryKind.RevenueJournal && account.Length > 0 && !OfRevenue.Contains(account, StringComparer.Ordinal))
            json.AddAt(
                "account", "not-of-revenue", "A revenue journal moves what is earned out of what was invoiced, and nothing else.",
                $"Take {string.Join(" or ", OfRevenue)}, or book a manual journal.");
        var (debit, credit) = (json.NumberOrNone("debit"), json.NumberOrNone("credit"));
        if (json.IsObject && json.Find("debit") is null == json.Find("credit") is null)
            json.Add("one-of-two", "A line has a debit or a credit, one of them.", "Give exactly one.");
        else if ((debit ?? credit) is { } amount && (amount <= 0 || !new Money(amount, journal.Currency).IsWhole))
            json.Add(
                "bad-amount", "An amount above zero in whole minor units is expected.",
                "Give it with no more decimals than the currency keeps; a credit as \"credit\".");
        var payer = json.Find("billing-account")?.AsText();
        if (payer is null && LedgerAccount.OfCustomers.Contains(account))
            json.AddAt("billing-account", "missing", "A line on what customers owe says whose it is.", "Give the code of the billing account.");
        return new Line(account, debit ?? -(credit ?? 0), payer, json.Find("text") is null ? "" : OneLine(json, "text"), GivenDimensions.Read(json));
    }

    private static string OneLine(JsonFields json, string name, int most = GivenText.ReasonMost)
    {
        if (json.Need(name) is not { } field || field.AsText() is not { } text) return "";
        if (GivenText.Problem(text, most) is { } problem) field.Add("bad-text", problem, "Correct it.");
        return text;
    }
}
