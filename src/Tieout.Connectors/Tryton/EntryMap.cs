using System.Globalization;
using System.Text.Json.Nodes;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Exceptions;
using static Tieout.Connectors.Tryton.TrytonValues;

namespace Tieout.Connectors.Tryton;

/// <summary>Our journal entry as an <c>account.move</c>. Pure: what the ERP knows comes in with the catalogue.</summary>
internal sealed class EntryMap(TrytonSettings settings, Catalogue catalogue)
{
    // Tryton's amounts have 16 digits.
    private const decimal LargestAmount = 99_999_999_999_999.99m;

    private readonly InvoiceMap _accounts = new(settings, catalogue);

    /// <summary>Why the entry cannot be booked; null when the ERP would take it, as far as accounts and amounts go.</summary>
    public Finding? Problem(ErpEntry entry)
    {
        if (catalogue.Company is null)
            return TrytonFindings.Of("company-unknown", $"Tryton has no company named '{settings.Target.Company}', or more than one.");
        if (!catalogue.Currencies.ContainsKey(entry.Currency.Code))
            return TrytonFindings.Of("currency-unknown", $"Tryton does not know the currency {entry.Currency}.");
        if (catalogue.EntryJournal is null)
            return TrytonFindings.Of("journal-unknown", $"Tryton has no journal with the code '{settings.EntryJournal}', or more than one.");
        if (entry.Lines.Any(line => Math.Abs(line.Amount) > LargestAmount))
            return TrytonFindings.Of("not-valid-for-erp", "Amounts have at most 16 digits in Tryton.");
        return entry.Lines.Select(line => LineProblem(entry, line)).FirstOrDefault(finding => finding is not null)
            ?? RuleFindings.NotWhole(entry.Lines.Select(line => line.Amount), entry.Currency);
    }

    /// <summary>The customer's id as the ERP gave it; null when it is no id of the ERP's.</summary>
    public static long? PartyOf(ErpEntryLine line) =>
        long.TryParse(line.ErpCustomerId, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    /// <summary>
    /// The values of <c>account.move</c>. The key is its description, by which it is found again; what it is stands on the lines.
    /// </summary>
    /// <param name="entry">Without a <see cref="Problem"/>.</param>
    /// <param name="period">The open period its date lies in.</param>
    /// <param name="rate">Units of the company's currency for one of the entry's; null where none is needed.</param>
    public JsonObject Values(ErpEntry entry, long period, decimal? rate)
    {
        var foreign = entry.Currency.Code != catalogue.CompanyCurrency;
        decimal[] own = !foreign ? [.. entry.Lines.Select(line => line.Amount)]
            : IsTold(entry) ? [.. entry.Lines.Select(line => line.InBooks)]
            : Converted(entry, rate ?? throw new ArgumentNullException(nameof(rate)));
        return new JsonObject
        {
            ["company"] = catalogue.Company,
            ["journal"] = catalogue.EntryJournal,
            ["period"] = period,
            ["date"] = Date(entry.Date),
            ["description"] = entry.Key,
            ["lines"] = Create(entry.Lines.Select((line, index) => Line(entry, line, own[index], foreign))),
        };
    }

    /// <summary>Whether our books, which are in the company's currency, say what its lines come to there.</summary>
    public bool IsTold(ErpEntry entry) => entry.Books?.Code == catalogue.CompanyCurrency;

    private Finding? LineProblem(ErpEntry entry, ErpEntryLine line)
    {
        if (_accounts.AccountProblem(line.LedgerAccount, line.Account, entry.Date) is { } account) return account;
        if (TrytonFindings.Dimension(settings.Target, line.Dimensions) is { } dimension) return dimension;
        return line.CustomerCode.Length > 0 && !Account(line).PartyRequired
            ? TrytonFindings.Of("account-not-allowed", $"The account {Account(line).Code} takes no customer in Tryton, and the line names one.")
            : null;
    }

    private JsonObject Line(ErpEntry entry, ErpEntryLine line, decimal own, bool foreign)
    {
        var account = Account(line);
        var values = new JsonObject
        {
            ["account"] = account.Id,
            ["debit"] = TrytonValues.Decimal(Math.Max(own, 0m)),
            ["credit"] = TrytonValues.Decimal(Math.Max(-own, 0m)),
            ["description"] = Clean(Text(entry, line)),
        };
        if (account.PartyRequired) values["party"] = line.CustomerCode.Length > 0 ? PartyOf(line) : catalogue.CompanyParty;
        if (line.DueDate is { } due && line.CustomerCode.Length > 0) values["maturity_date"] = Date(due);
        if (foreign)
        {
            values["second_currency"] = catalogue.Currencies[entry.Currency.Code];
            values["amount_second_currency"] = TrytonValues.Decimal(line.Amount);
        }
        return values;
    }

    private static string Text(ErpEntry entry, ErpEntryLine line)
    {
        var text = line.Text.Length > 0 ? line.Text : entry.Text;
        if (entry.Reverses.Length > 0) text = $"{text}, reverses {entry.Reverses}";
        if (entry.Reference.Length > 0) text = $"{text}, ref. {entry.Reference}";
        return line.Settles.Length > 0 ? $"{line.Settles}: {text}" : text;
    }

    /// <summary>In the company's currency, line by line; what rounding leaves over goes to the largest line, so that it balances there too.</summary>
    private decimal[] Converted(ErpEntry entry, decimal rate)
    {
        var company = Currency.Of(catalogue.CompanyCurrency);
        decimal[] own = [.. entry.Lines.Select(line => Rounding.JournalLine(new Money(line.Amount * rate, company)).Amount)];
        var largest = Array.IndexOf(own, own.MaxBy(Math.Abs));
        own[largest] -= own.Sum();
        return own;
    }

    private CatalogueAccount Account(ErpEntryLine line) => catalogue.Accounts[settings.Target.AccountOf(line.LedgerAccount, line.Account)];
}
