using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;

namespace Tieout.Sandbox.SapS4;

/// <summary>Company codes, periods and customers of the stand-in; see <see cref="SapChart"/> for accounts and codes.</summary>
internal sealed class SapMasterData
{
    /// <summary>Company codes with their currency.</summary>
    public static FrozenDictionary<string, string> Companies { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["1010"] = "EUR",
        ["1710"] = "USD",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly Lock _gate = new();
    private readonly List<SapCustomer> _customers = [];
    private readonly Dictionary<string, SapCustomer> _byNumber = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<SapCustomer>> _byExternal = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Company, int Year, int Month), bool> _closed = new();

    /// <summary>An account that only customers' items may move.</summary>
    public bool IsReconciliation(string account) => account is "0012100000" or "0012110000" or "0012150000";

    public bool IsClosed(string company, DateOnly day) => !_closed.IsEmpty && _closed.ContainsKey((company, day.Year, day.Month));

    public void Close(string company, DateOnly day) => _closed[(company, day.Year, day.Month)] = true;

    public void Open(string company, DateOnly day) => _closed.TryRemove((company, day.Year, day.Month), out _);

    /// <summary>Looks whether the period of a document closes before it.</summary>
    public void Passing(PeriodCloser closer, Fault? fault, int done, SapDocument document, int of) => closer.Passing(
        fault, done, of, () => Close(document.CompanyCode, document.PostingDate), () => Open(document.CompanyCode, document.PostingDate));

    public SapCustomer? Customer(string number)
    {
        lock (_gate) return _byNumber.GetValueOrDefault(number);
    }

    public IReadOnlyList<SapCustomer> UnderExternal(string code)
    {
        lock (_gate) return _byExternal.TryGetValue(code, out var found) ? [.. found] : [];
    }

    /// <summary>Customers from a place on; the count may grow meanwhile.</summary>
    public IEnumerable<(SapCustomer Row, long After)> From(long start)
    {
        for (var index = (int)start; ; index++)
        {
            SapCustomer customer;
            lock (_gate)
            {
                if (index >= _customers.Count) yield break;
                customer = _customers[index];
            }
            yield return (customer, index + 1);
        }
    }

    /// <summary>As after a restore from before it was created: the number means nothing any more, and is not given again.</summary>
    public void Forget(string external)
    {
        lock (_gate)
        {
            foreach (var customer in UnderExternal(external))
            {
                _byNumber.Remove(customer.Number);
                customer.Companies.Clear();
            }
            _byExternal.Remove(external);
        }
    }

    /// <summary>Creates a customer. Two under one external code are allowed, as the vendor allows them.</summary>
    public SapCustomer Add(string external, string name, string country, IEnumerable<KeyValuePair<string, string>> reconciliationAccounts)
    {
        lock (_gate)
        {
            var number = (10_000_001 + _customers.Count).ToString("0000000000", CultureInfo.InvariantCulture);
            var customer = new SapCustomer(number, external, name, country);
            foreach (var (company, account) in reconciliationAccounts) customer.Companies[company] = account;
            _customers.Add(customer);
            _byNumber[number] = customer;
            if (!_byExternal.TryGetValue(external, out var same)) _byExternal[external] = same = [];
            same.Add(customer);
            return customer;
        }
    }
}

/// <summary>A business partner that is a customer.</summary>
internal sealed record SapCustomer(string Number, string External, string Name, string Country)
{
    /// <summary>Reconciliation account by company code.</summary>
    public ConcurrentDictionary<string, string> Companies { get; } = new(StringComparer.Ordinal);

    /// <summary>Blocked for posting.</summary>
    public bool Blocked { get; set; }
}
