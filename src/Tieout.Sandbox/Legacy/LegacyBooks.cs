using System.Globalization;

namespace Tieout.Sandbox.Legacy;

/// <summary>
/// The ledger, customers, chart and periods of a legacy ERP. It books a key twice when it is told twice: only sequence numbers of files keep
/// it from that. Everything under <see cref="Gate"/>.
/// </summary>
internal sealed class LegacyBooks
{
    /// <summary>Its only company.</summary>
    public const string Company = "HQ";

    private static readonly HashSet<string> Chart = new(StringComparer.Ordinal)
    {
        "120000", "121000", "129000", "126000", "126500", "400000", "401000", "240000", "241000", "220000", "110000", "650000", "680000", "720000", "219000",
    };

    // The last day a tax code is in force.
    private static readonly Dictionary<string, DateOnly> Taxes = new(StringComparer.Ordinal)
    {
        ["V19"] = DateOnly.MaxValue,
        ["V00"] = DateOnly.MaxValue,
        ["V16"] = new DateOnly(2020, 12, 31),
    };

    private static readonly HashSet<string> Currencies = new(StringComparer.Ordinal) { "EUR", "USD", "GBP", "CHF", "JPY", "KWD" };
    private static readonly HashSet<string> Dimensions = new(StringComparer.Ordinal) { "", "CC-8", "CC-9", "PC-1", "PC-2", "P-2026-01" };

    private readonly List<LegacyPosting> _postings = [];
    private readonly Dictionary<string, LegacyCustomer> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LegacyCustomer> _byCode = new(StringComparer.Ordinal);
    private readonly HashSet<string> _closed = new(StringComparer.Ordinal);
    private int _lastNumber = 9_400_000;

    /// <summary>Held by whoever reads or writes.</summary>
    public Lock Gate { get; } = new();

    /// <summary>In the order they were booked.</summary>
    public IReadOnlyList<LegacyPosting> Postings => _postings;

    /// <summary>All customers.</summary>
    public IEnumerable<LegacyCustomer> Customers => _byId.Values;

    /// <summary>Books a document, or says why not.</summary>
    public LegacyResult Book(LegacyPosting posting)
    {
        if (Refusal(posting) is { } refusal) return new LegacyResult(posting.Key, "", refusal.Code, refusal.Text);
        return new LegacyResult(posting.Key, Add(posting).Number, "", "");
    }

    /// <summary>Books the documents of a call or a file, each by itself, under whatever fault.</summary>
    public List<LegacyResult> Run(IReadOnlyList<LegacyPosting> postings, Fault? fault, PeriodCloser closer)
    {
        List<LegacyResult> results = [];
        foreach (var (index, posting) in postings.Index())
        {
            Passing(index, posting);
            results.Add(fault?.Kind == Faults.HalfBatch && index >= postings.Count / 2
                ? new LegacyResult(posting.Key, "", "STOPPED", "The run was stopped in the middle")
                : Book(posting));
        }
        if (postings.Count > 0) Passing(postings.Count, postings[^1]);
        return results;

        void Passing(int done, LegacyPosting posting)
        {
            var month = posting.Date.ToString("yyyy-MM", CultureInfo.InvariantCulture);
            closer.Passing(fault, done, postings.Count, () => SetClosed(month, closed: true), () => { lock (Gate) SetClosed(month, closed: false); });
        }
    }

    /// <summary>Enters a document without looking at it: what others do behind our back.</summary>
    public LegacyPosting Add(LegacyPosting posting)
    {
        var booked = posting with
        {
            Number = (++_lastNumber).ToString(CultureInfo.InvariantCulture),
            Lines = [.. posting.Lines.Select(line => line.Customer.Length > 0 ? line with { CustomerCode = _byId[line.Customer].Code } : line)],
        };
        _postings.Add(booked);
        return booked;
    }

    /// <summary>Changes or removes what stands under a key, without a trace.</summary>
    public bool Tamper(string key, Func<LegacyPosting, LegacyPosting?> change)
    {
        var found = _postings.FindIndex(posting => posting.Key == key);
        if (found < 0) return false;
        if (change(_postings[found]) is { } changed) _postings[found] = changed;
        else _postings.RemoveAt(found);
        return true;
    }

    /// <summary>Finds a customer by our code, or creates it.</summary>
    public LegacyResult Put(string code, string name)
    {
        if (!_byCode.TryGetValue(code, out var customer))
        {
            customer = new LegacyCustomer("K" + (100_001 + _byId.Count).ToString(CultureInfo.InvariantCulture), code, name);
            (_byId[customer.Id], _byCode[code]) = (customer, customer);
        }
        return customer.Blocked ? new LegacyResult(code, "", "BLOCKED", $"Customer {customer.Id} is blocked") : new LegacyResult(code, customer.Id, "", "");
    }

    /// <summary>Blocks a customer, or not any more.</summary>
    public bool Block(string code, bool blocked)
    {
        if (!_byCode.TryGetValue(code, out var customer)) return false;
        customer.Blocked = blocked;
        return true;
    }

    /// <summary>Closes a month such as <c>2026-11</c>, or opens it.</summary>
    public void SetClosed(string month, bool closed) => _ = closed ? _closed.Add(month) : _closed.Remove(month);

    /// <summary>What is still to be paid of a document: its own receivable and whatever settles it.</summary>
    public decimal OpenOf(string key) => _postings.SelectMany(posting => posting.Lines.Select(line => (posting.Key, Line: line)))
        .Where(one => one.Line.Type == "C" && (one.Line.Settles == key || (one.Key == key && one.Line.Settles.Length == 0))).Sum(one => one.Line.Amount);

    private (string Code, string Text)? Refusal(LegacyPosting posting)
    {
        if (!Currencies.Contains(posting.Currency)) return ("CURRENCY", $"Currency {posting.Currency} is not kept");
        if (posting.Lines.Sum(line => line.Amount) != 0m) return ("BALANCE", "Debit and credit differ");
        var month = posting.Date.ToString("yyyy-MM", CultureInfo.InvariantCulture);
        if (_closed.Contains(month)) return ("PERIOD", $"Period {month} is closed");
        return posting.Lines.Select(line => Refusal(posting, line)).FirstOrDefault(found => found is not null);
    }

    private (string Code, string Text)? Refusal(LegacyPosting posting, LegacyPostingLine line)
    {
        if (!Chart.Contains(line.Account)) return ("ACCOUNT", $"Account {line.Account} does not exist");
        if (line.Type == "C")
        {
            if (!_byId.TryGetValue(line.Customer, out var customer)) return ("CUSTOMER", $"Customer {line.Customer} does not exist");
            if (customer.Blocked) return ("BLOCKED", $"Customer {line.Customer} is blocked");
        }
        else if (line.Customer.Length > 0) return ("ACCOUNT", $"Account {line.Account} takes no customer");
        if (line.TaxCode.Length > 0 && !Taxes.ContainsKey(line.TaxCode)) return ("TAXCODE", $"Tax code {line.TaxCode} does not exist");
        if (line.TaxCode.Length > 0 && Taxes[line.TaxCode] < posting.Date) return ("TAXENDED", $"Tax code {line.TaxCode} ended");
        return line.Dimensions.FirstOrDefault(value => !Dimensions.Contains(value)) is { } unknown ? ("DIMENSION", $"Value {unknown} does not exist") : null;
    }
}
