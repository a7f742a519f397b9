using System.Collections.Immutable;
using System.Globalization;

namespace Tieout.Sandbox.Dynamics;

/// <summary>The second step: from a journal to the ledger, all of it or nothing.</summary>
internal sealed class DynamicsPosting(DynamicsBooks books, DynamicsMaster master)
{
    private const string Entity = "LedgerJournalCheckPost";

    /// <summary>Posts a journal; null when it stands in the ledger now.</summary>
    public DynamicsProblem? Post(string company, string number)
    {
        lock (books.Gate)
        {
            if (books.Header(company, number) is not { } header) return new DynamicsProblem(404, $"Journal '{number}' was not found.");
            if (header.Row.Text("IsPosted") == "Yes") return DynamicsProblem.Write(Entity, $"Error: Journal {number} has already been posted.");
            var lines = books.Lines(header.Set, company, number);
            if (Problem(header.Set, company, lines) is { } problem) return problem;
            foreach (var line in lines) Enter(header.Set, line);
            books.Replace(header.Set, header.Row, header.Row.With("IsPosted", "Yes"));
            books.Postings++;
            return null;
        }
    }

    /// <summary>What the environment's batch job does: posts whatever can be posted.</summary>
    public void PostAll()
    {
        List<(string Company, string Number)> waiting;
        lock (books.Gate)
            waiting = [.. books.Sets.Where(set => set.Key.EndsWith("Headers", StringComparison.Ordinal)).SelectMany(set => set.Value)
                .Where(row => row.Text("IsPosted") != "Yes").Select(row => (row.Company, row.Journal))];
        foreach (var (company, number) in waiting) Post(company, number);
    }

    private DynamicsProblem? Problem(string set, string company, List<EntityRow> lines)
    {
        if (lines.Count == 0) return DynamicsProblem.Write(Entity, "Error: Journal contains no lines.");
        var date = DynamicsBooks.DateOf(set);
        foreach (var voucher in lines.GroupBy(line => line.Text("Voucher"), StringComparer.Ordinal))
        {
            var day = voucher.First().Moment(date);
            var told = day.ToString("M/d/yyyy", CultureInfo.InvariantCulture);
            if (master.IsClosed(company, day)) return DynamicsProblem.Write(Entity, $"Error: Voucher {voucher.Key}: Fiscal period {told} is not open.");
            // By our rates debits and credits have to come to the same in the company's currency, too; what its own leave is booked as a penny difference.
            var own = voucher.All(line => line.Number(DynamicsBooks.RateOf(set)) == 0m);
            if ((voucher.Sum(Amount) is not 0m and var off ? off : own ? 0m : voucher.Sum(line => InCompany(set, line))) is not 0m and var left)
                return DynamicsProblem.Write(Entity, FormattableString.Invariant(
                    $"Error: The transactions on voucher {voucher.Key} do not balance as per {told}. (accounting currency: {left})"));
        }
        foreach (var line in lines)
        {
            var currency = line.Text("CurrencyCode");
            if (currency != DynamicsMaster.Companies[company] && !DynamicsMaster.Currencies[currency])
                return DynamicsProblem.Write(Entity, $"Error: There is no exchange rate from currency {currency} to {DynamicsMaster.Companies[company]}.");
            if (line.Text("AccountType") != "Cust") continue;
            var account = line.Text("AccountDisplayValue");
            if (books.Customer(company, account) is not { } customer)
                return DynamicsProblem.NotFound(Entity, account, "Account", "Customers", "AccountDisplayValue");
            if (customer.Text("OnHoldStatus") is "All" or "Invoice") return DynamicsProblem.Write(Entity, $"Error: Customer account '{account}' is on hold.");
        }
        return null;
    }

    private void Enter(string set, EntityRow line)
    {
        var isCustomer = line.Text("AccountType") == "Cust";
        var account = line.Text("AccountDisplayValue");
        var values = ImmutableDictionary.CreateBuilder<string, object>(StringComparer.Ordinal);
        values["dataAreaId"] = line.Company;
        values["JournalNumber"] = FormattableString.Invariant($"GL{books.Postings + 1:000000}");
        values["Voucher"] = line.Text("Voucher");
        values["AccountingDate"] = line.Moment(DynamicsBooks.DateOf(set));
        values["PostingLayer"] = "Current";
        values["LedgerAccount"] = isCustomer ? DynamicsMaster.Profiles[line.Text("PostingProfile")] : account;
        values["TransactionCurrencyCode"] = line.Text("CurrencyCode");
        values["TransactionCurrencyAmount"] = Amount(line);
        values["AccountingCurrencyAmount"] = InCompany(set, line);
        books.Sets["GeneralJournalAccountEntries"].Add(new EntityRow(values.ToImmutable()));
        if (!isCustomer) return;
        Settle(line, new CustomerTransaction(
            line.Company, account, line.Text("Voucher"), line.Text("Invoice"), line.Text("CurrencyCode"), Amount(line)));
    }

    /// <summary>Settles against what the line marks, as far as both reach; the rest of either stays open.</summary>
    private void Settle(EntityRow line, CustomerTransaction one)
    {
        books.Customers.Add(one);
        if (line.Text("MarkedInvoice") is not { Length: > 0 } marked) return;
        foreach (var other in books.Open(one.Company, one.Customer, marked).Where(other => Math.Sign(other.Open) == -Math.Sign(one.Open)))
        {
            var amount = Math.Min(Math.Abs(one.Open), Math.Abs(other.Open)) * Math.Sign(one.Open);
            one.Open -= amount;
            other.Open += amount;
        }
    }

    // By the line's own rate, of a hundred units; without one Dynamics takes the rate entered there.
    private static decimal InCompany(string set, EntityRow line)
    {
        var rate = line.Number(DynamicsBooks.RateOf(set)) is not 0m and var given ? given
            : line.Text("CurrencyCode") == DynamicsMaster.Companies[line.Company] ? 100m : DynamicsMaster.OwnRate;
        return Math.Round(Amount(line) * rate / 100m, 2, MidpointRounding.AwayFromZero);
    }

    private static decimal Amount(EntityRow line) => line.Number("DebitAmount") - line.Number("CreditAmount");
}
