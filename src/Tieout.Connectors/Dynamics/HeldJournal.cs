using System.Text.Json;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;
using Tieout.Domain.Reconciliation;

namespace Tieout.Connectors.Dynamics;

/// <summary>One line of a journal as Dynamics holds it.</summary>
/// <param name="Journal">Journal number.</param>
/// <param name="Voucher">The voucher it is posted, or will be posted, under.</param>
/// <param name="Date">The day it is posted on.</param>
/// <param name="IsCustomer">Account type Cust.</param>
/// <param name="Display">As told; a customer, or an account with its dimensions.</param>
/// <param name="Amount">Debit positive, credit negative.</param>
/// <param name="Currency">ISO code.</param>
/// <param name="Profile">Posting profile; empty for none.</param>
/// <param name="Invoice">Invoice number; only lines of our invoices carry one.</param>
/// <param name="TaxCode">Sales tax code; empty for none.</param>
/// <param name="Settles">The invoice it marks; empty for none.</param>
internal sealed record HeldLine(
    string Journal, string Voucher, DateOnly Date, bool IsCustomer, string Display, decimal Amount, string Currency, string Profile, string Invoice,
    string TaxCode, string Settles)
{
    // Finer than any currency: our rates have decimals enough that the cents of the books come out of it.
    private const int Decimals = 4;

    /// <summary>Units of the company's currency for a hundred of the line's; zero where the row tells none.</summary>
    public decimal Rate { get; private init; }

    /// <summary>The amount in the company's currency; null where the row tells no rate.</summary>
    public decimal? InBooks => Rate == 0m ? null : Rounding.HalfAwayFromZero(Amount * Rate / 100m, Decimals);

    /// <summary>Reads a row of a set of lines.</summary>
    /// <exception cref="ReadBackException">Something that every row has is missing.</exception>
    public static HeldLine Of(JournalSet set, JsonElement row) => new(
        row.Need("JournalBatchNumber"), row.Text("Voucher"),
        row.Day(set.DateField) ?? throw new ReadBackException($"The answer of Dynamics 365 cannot be read: a row has no '{set.DateField}'."),
        row.Text("AccountType") == "Cust", row.Text("AccountDisplayValue"), row.Amount("DebitAmount") - row.Amount("CreditAmount"), row.Text("CurrencyCode"),
        row.Text("PostingProfile"), row.Text("Invoice"), row.Text("SalesTaxCode"), row.Text("MarkedInvoice"))
    {
        Rate = row.Amount(set.RateField),
    };
}

/// <summary>A journal as Dynamics holds it: created, or posted too.</summary>
/// <param name="Set">Through which set it was read.</param>
/// <param name="Number">Journal number.</param>
/// <param name="IntegrationKey">Only general journals tell one.</param>
/// <param name="Posted">It stands in the ledger.</param>
/// <param name="Etag">Of the header as read.</param>
/// <param name="Lines">May be none while it is not posted.</param>
internal sealed record HeldJournal(JournalSet Set, string Number, string IntegrationKey, bool Posted, string Etag, IReadOnlyList<HeldLine> Lines)
{
    /// <summary>Whether it stands under a business key.</summary>
    public bool IsUnder(string key) =>
        string.Equals(Number, key, StringComparison.OrdinalIgnoreCase) || string.Equals(IntegrationKey, key, StringComparison.OrdinalIgnoreCase);

    /// <summary>A person finds a posted journal by its voucher.</summary>
    public ErpReference Reference(string company) =>
        new(Lines.Select(line => line.Voucher).FirstOrDefault(voucher => voucher.Length > 0) ?? Number, $"{company}/{Number}");

    /// <summary>As a book's document. Only of a posted one.</summary>
    /// <exception cref="ReadBackException">It does not balance: some of it was not told.</exception>
    public HeldDocument ToHeld(DynamicsSettings settings)
    {
        var currency = Lines[0].Currency;
        if (Lines.Any(line => line.Currency != currency) || Lines.Sum(line => line.Amount) != 0m)
            throw new ReadBackException($"Dynamics 365 told journal {Number} out of balance; some of it is missing.");
        var customers = Lines.Where(line => line.IsCustomer).ToList();
        var tax = IsInvoice ? Tax(settings) : 0m;
        // A document that owes nothing stands on its customer's account twice, and is the customer's all the same.
        var names = customers.Select(line => line.Display).Distinct(StringComparer.Ordinal).ToList();
        var customer = (IsInvoice ? names.Count : customers.Count) == 1 ? names[0] : "";
        var total = customers.Sum(line => line.Amount);
        var net = IsInvoice ? total - tax : 0m;
        return new HeldDocument(
            new BookDocument(Number, Reference(settings.Company).Number, customer, currency, net, tax, total, AccountingMonth.Of(Lines[0].Date)),
            [.. Lines.GroupBy(line => AccountOf(line, settings), StringComparer.Ordinal)
                .Select(account => new AccountMovement(account.Key, currency, account.Sum(line => line.Amount))
                {
                    InBooks = account.Any(line => line.InBooks is null) ? null : account.Sum(line => line.InBooks!.Value),
                })]);
    }

    /// <summary>How it differs from a document of ours; empty when it is that document.</summary>
    /// <param name="journal">Ours, as we would write it now.</param>
    /// <param name="settings">The target.</param>
    /// <param name="rules">
    /// Whether accounts of an entry count: of one that is posted they are its content; one that is only created may come from an earlier
    /// version of the account rules and is ours all the same.
    /// </param>
    public string Differences(Journal journal, DynamicsSettings settings, bool rules)
    {
        List<string> found = [];
        if (IsInvoice != journal.IsInvoice) found.Add(IsInvoice ? "an invoice instead of an entry" : "an entry instead of an invoice");
        var currencies = Lines.Select(line => line.Currency).Distinct(StringComparer.Ordinal).ToList();
        if (currencies is not [var currency] || currency != journal.Currency.Code)
            found.Add($"currency {string.Join(' ', currencies)} instead of {journal.Currency}");
        if (!Posted && Lines.Any(line => line.Date != journal.Date)) found.Add(FormattableString.Invariant($"another date than {journal.Date:yyyy-MM-dd}"));
        var facts = journal.IsInvoice ? Facts.Customers : rules ? Facts.Accounts : Facts.Amounts;
        var left = Content(facts, Lines.Select(line => (line.IsCustomer ? line.Display : "", AccountOf(line, settings), line.Amount)));
        var right = Content(facts, journal.Lines.Select(line =>
            (line.IsCustomer ? line.Account : "", line.IsCustomer ? settings.AccountOfProfile(line.Profile) : line.Account, line.Amount)));
        var (theirTax, ourTax) = journal.IsInvoice ? (Tax(settings), -journal.Lines.Where(line => line.IsTax).Sum(line => line.Amount)) : (0m, 0m);
        found.AddRange(right.Except(left, StringComparer.Ordinal).Select(line => $"without {line}"));
        found.AddRange(left.Except(right, StringComparer.Ordinal).Select(line => $"with {line}"));
        if (theirTax != ourTax) found.Add(FormattableString.Invariant($"tax {theirTax} instead of {ourTax}"));
        return string.Join(", ", found);
    }

    /// <summary>Whether it is what we would write now, to the account and dimension: only then may a created one be posted as it is.</summary>
    public bool IsAsWritten(Journal journal, DynamicsSettings settings)
    {
        if (Set != journal.Set || Lines.Count != journal.Lines.Count) return false;
        List<HeldLine> left = [.. Lines];
        foreach (var line in journal.Lines)
        {
            var same = left.FindIndex(held => held.IsCustomer == line.IsCustomer && held.Amount == line.Amount && held.TaxCode == line.TaxCode
                && held.Settles == line.Settles && (line.Profile.Length == 0 || held.Profile == line.Profile)
                && (line.IsCustomer ? held.Display == line.Display : settings.Dimensions.Same(held.Display, line.Display)));
            if (same < 0) return false;
            left.RemoveAt(same);
        }
        return true;
    }

    private bool IsInvoice => Lines.Any(line => line.Invoice.Length > 0);

    private decimal Tax(DynamicsSettings settings) => -Lines
        .Where(line => !line.IsCustomer && (line.TaxCode.Length > 0 || AccountOf(line, settings) == settings.Target.AccountOf("tax", ""))).Sum(line => line.Amount);

    private static string AccountOf(HeldLine line, DynamicsSettings settings) =>
        line.IsCustomer ? settings.AccountOfProfile(line.Profile) : settings.Dimensions.MainAccount(line.Display);

    /// <summary>What a document is, one text a fact, as often as it stands there.</summary>
    private static List<string> Content(Facts facts, IEnumerable<(string Customer, string Account, decimal Amount)> lines)
    {
        var told = facts switch
        {
            Facts.Customers => lines.Where(line => line.Customer.Length > 0).GroupBy(line => line.Customer, StringComparer.Ordinal)
                .Select(customer => Fact($"customer {customer.Key}", customer.Sum(line => line.Amount))),
            Facts.Amounts => lines.Select(line => Fact(line.Customer.Length > 0 ? $"customer {line.Customer}" : "ledger", line.Amount)),
            _ => lines.Select(line => Fact(line.Customer.Length > 0 ? $"customer {line.Customer} on {line.Account}" : $"account {line.Account}", line.Amount)),
        };
        return [.. told.GroupBy(line => line, StringComparer.Ordinal)
            .SelectMany(line => line.Select((text, times) => times == 0 ? text : FormattableString.Invariant($"{text} ({times + 1})")))];
    }

    private static string Fact(string what, decimal amount) => FormattableString.Invariant($"{what} {amount:0.00####}");

    private enum Facts
    {
        /// <summary>What each customer owes by it: an invoice.</summary>
        Customers,

        /// <summary>Each line's customer and amount: an entry whose accounts may follow earlier rules.</summary>
        Amounts,

        /// <summary>Each line's account, customer and amount: an entry.</summary>
        Accounts,
    }
}
