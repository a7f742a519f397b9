using System.Globalization;
using System.Text.Json;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;
using Tieout.Domain.Reconciliation;

namespace Tieout.Connectors.Odoo;

/// <summary>A line as Odoo holds it.</summary>
/// <param name="Id">Odoo's.</param>
/// <param name="Account">Code of its account.</param>
/// <param name="Partner">Id of the customer; 0 for none.</param>
/// <param name="Currency">ISO code.</param>
/// <param name="Amount">Debit positive, credit negative, in that currency.</param>
/// <param name="Residual">What of it is not reconciled yet; zero on accounts that are not.</param>
/// <param name="TaxId">The tax it is; 0 for none.</param>
/// <param name="Display"><c>product</c>, <c>tax</c>, <c>payment_term</c>.</param>
/// <param name="Label">Text.</param>
internal sealed record HeldLine(
    long Id, string Account, long Partner, string Currency, decimal Amount, decimal Residual, long TaxId, string Display, string Label)
{
    /// <summary>The amount in the company's currency.</summary>
    public decimal Own { get; private init; }

    /// <summary>What the customer of an invoice owes by it.</summary>
    public bool IsReceivable => Display == "payment_term";

    /// <summary>What is asked for to read one.</summary>
    public static IReadOnlyList<string> Fields { get; } =
        ["move_id", "account_id", "partner_id", "currency_id", "amount_currency", "amount_residual_currency", "tax_line_id", "display_type", "name", "debit",
            "credit"];

    /// <summary>Reads a row.</summary>
    public static HeldLine Of(JsonElement row, IReadOnlyDictionary<long, string> accounts) => new(
        row.Id("id"), accounts[row.Id("account_id")], row.Id("partner_id"), row.NameOf("currency_id"), row.Amount("amount_currency"),
        row.Amount("amount_residual_currency"), row.Id("tax_line_id"), row.Text("display_type"), row.Text("name"))
    {
        Own = row.Amount("debit") - row.Amount("credit"),
    };
}

/// <summary>How much of a document is compared.</summary>
internal enum Facts
{
    /// <summary>Of a draft that may follow earlier rules and whose taxes may not be set yet: customers, net, date.</summary>
    Draft,

    /// <summary>What a document is: of an invoice its figures, of an entry its lines.</summary>
    Content,

    /// <summary>That, and every account, the date and the number: what we are about to post.</summary>
    Everything,
}

/// <summary>A move as Odoo holds it: a draft, or posted.</summary>
internal sealed record HeldMove(long Id, string Name, string Reference, string Type, bool Posted, DateOnly Date, long Partner, string Currency)
{
    /// <summary>What is asked for to read one.</summary>
    public static IReadOnlyList<string> Fields { get; } =
        ["name", "ref", "move_type", "state", "date", "partner_id", "currency_id", "amount_untaxed", "amount_tax", "amount_total"];

    /// <summary>Before tax, below zero for a credit note; of an entry it says nothing.</summary>
    public decimal Net { get; init; }

    /// <summary>Tax, with that sign.</summary>
    public decimal Tax { get; init; }

    /// <summary>What is owed, with that sign.</summary>
    public decimal Total { get; init; }

    /// <summary>Lines that move an account.</summary>
    public IReadOnlyList<HeldLine> Lines { get; init; } = [];

    private bool IsInvoice => Type != "entry";

    /// <summary>A person finds it by its number.</summary>
    public ErpReference Document => new(HasNumber ? Name : Reference, Id.ToString(CultureInfo.InvariantCulture));

    private bool HasNumber => Name is not ("" or "/");

    /// <summary>Reads a row, without lines.</summary>
    public static HeldMove Of(JsonElement row)
    {
        var type = row.Text("move_type");
        var sign = type == "out_refund" ? -1m : 1m;
        return new HeldMove(
            row.Id("id"), row.Text("name"), row.Text("ref"), type, row.Text("state") == "posted",
            row.Day("date") ?? throw new FormatException("a move has no date"), row.Id("partner_id"), row.NameOf("currency_id"))
        {
            Net = sign * row.Amount("amount_untaxed"),
            Tax = sign * row.Amount("amount_tax"),
            Total = sign * row.Amount("amount_total"),
        };
    }

    /// <summary>As a book's document.</summary>
    /// <param name="codes">Our codes of customers by their ids.</param>
    /// <exception cref="ReadBackException">It does not balance: some of it was not told.</exception>
    public HeldDocument ToHeld(IReadOnlyDictionary<long, string> codes)
    {
        if (Lines.Count == 0 || Lines.Any(line => line.Currency != Currency) || Lines.Sum(line => line.Amount) != 0m)
            throw new ReadBackException($"Odoo told {Document.Number} out of balance or without lines; some of it is missing.");
        var customers = Lines.Where(line => line.Partner != 0).ToList();
        var customer = IsInvoice ? Partner : customers.Count == 1 ? customers[0].Partner : 0;
        return new HeldDocument(
            new BookDocument(
                Reference, Document.Number, codes.GetValueOrDefault(customer, ""), Currency, IsInvoice ? Net : 0m, IsInvoice ? Tax : 0m,
                IsInvoice ? Total : customers.Sum(line => line.Amount), AccountingMonth.Of(Date)),
            [.. Lines.GroupBy(line => line.Account, StringComparer.Ordinal)
                .Select(account => new AccountMovement(account.Key, Currency, account.Sum(line => line.Amount))
                {
                    // Odoo converts invoices by itself.
                    InBooks = IsInvoice ? null : account.Sum(line => line.Own),
                })]);
    }

    /// <summary>How it differs from a document of ours; empty when it does not.</summary>
    public string Differences(ErpDocument document, Facts facts, OdooSettings settings)
    {
        List<string> found = [];
        if (Type != MoveMap.TypeOf(document)) found.Add($"{Type} instead of {MoveMap.TypeOf(document)}");
        if (Currency != document.Currency.Code) found.Add($"currency {Currency} instead of {document.Currency}");
        if (facts != Facts.Content && Date != document.Date)
            found.Add(FormattableString.Invariant($"dated {Date:yyyy-MM-dd} instead of {document.Date:yyyy-MM-dd}"));
        if (facts == Facts.Everything && settings.NumberIsOurs && Name != document.Key) found.Add($"number '{Name}' instead of {document.Key}");
        if (document is ErpInvoice invoice) found.AddRange(Differences(invoice, facts, settings.Target));
        else found.AddRange(Between(
            Told(Lines, facts), ((ErpEntry)document).Lines.Select(line => Fact(
                facts == Facts.Draft ? "" : settings.Target.AccountOf(line.LedgerAccount, line.Account),
                line.CustomerCode.Length > 0 ? MoveMap.PartnerOf(line.ErpCustomerId) ?? -1 : 0, line.Amount))));
        return string.Join(", ", found);
    }

    /// <summary>Whether a draft follows our rules of today: only then it may be posted as it is when it is sent again.</summary>
    public bool IsAsWritten(ErpDocument document, OdooSettings settings) => document is ErpInvoice invoice
        ? !Between(
            Lines.Where(line => line is { TaxId: 0, IsReceivable: false }).Select(line => Fact(line.Account, 0, line.Amount)),
            invoice.Lines.Select(line => Fact(settings.Target.AccountOf(line.LedgerAccount, line.Account), 0, -line.Amount))).Any()
        : Differences(document, Facts.Everything, settings).Length == 0;

    private IEnumerable<string> Differences(ErpInvoice invoice, Facts facts, TargetSettings target)
    {
        if (Partner != MoveMap.PartnerOf(invoice.ErpCustomerId)) yield return $"customer {Partner} instead of {invoice.ErpCustomerId}";
        if (Net != invoice.Net) yield return Other("net", Net, invoice.Net);
        if (facts == Facts.Draft) yield break;
        if (Tax != invoice.Tax) yield return Other("tax", Tax, invoice.Tax);
        if (Total != invoice.Total) yield return Other("total", Total, invoice.Total);
        if (facts != Facts.Everything) yield break;
        var ours = invoice.Lines.Select(line => (Account: target.AccountOf(line.LedgerAccount, line.Account), Amount: -line.Amount))
            .Append((Account: target.AccountOf("receivable", invoice.ReceivableAccount), Amount: invoice.Total))
            .Append((Account: target.AccountOf("tax", ""), Amount: -invoice.Tax));
        var theirs = Lines.Select(line => (line.Account, line.Amount));
        foreach (var difference in Between(Sums(theirs), Sums(ours))) yield return difference;
    }

    private static IEnumerable<string> Sums(IEnumerable<(string Account, decimal Amount)> lines) => lines
        .GroupBy(line => line.Account, StringComparer.Ordinal).Select(account => (account.Key, Amount: account.Sum(line => line.Amount)))
        .Where(account => account.Amount != 0m).Select(account => Fact(account.Key, 0, account.Amount));

    private static IEnumerable<string> Told(IEnumerable<HeldLine> lines, Facts facts) =>
        lines.Select(line => Fact(facts == Facts.Draft ? "" : line.Account, line.Partner, line.Amount));

    /// <summary>What stands on one side only, each as often as it does.</summary>
    private static IEnumerable<string> Between(IEnumerable<string> theirs, IEnumerable<string> ours)
    {
        var left = theirs.ToList();
        foreach (var one in ours)
            if (!left.Remove(one)) yield return $"without {one}";
        foreach (var one in left) yield return $"with {one}";
    }

    private static string Fact(string account, long partner, decimal amount) => FormattableString.Invariant(
        $"{(partner != 0 ? $"customer {partner} " : "")}{(account.Length > 0 ? $"account {account} " : "")}{amount:0.00####}");

    private static string Other(string what, decimal theirs, decimal ours) => FormattableString.Invariant($"{what} {theirs} instead of {ours}");
}
