using System.Collections.Concurrent;
using System.Collections.Frozen;

namespace Tieout.Sandbox.NetSuite;

/// <summary>A customer. Who is inactive is on no new transaction.</summary>
internal sealed record NetSuiteCustomer(long Id, string ExternalId, string EntityId, string CompanyName, long Subsidiary, bool Inactive);

/// <summary>Accounts, subsidiaries, currencies, customers and periods of the stand-in.</summary>
internal sealed class NetSuiteMaster
{
    /// <summary>Accounts by internal id; true for a receivable, which needs a customer on its lines.</summary>
    public static FrozenDictionary<long, bool> Accounts { get; } = new Dictionary<long, bool>
    {
        [119] = true,   // accounts receivable
        [120] = true,   // accounts receivable, other
        [121] = true,   // accounts receivable, disputed
        [10] = false,   // bank clearing
        [54] = false,   // revenue
        [55] = false,   // other revenue
        [58] = false,   // deferred revenue
        [59] = false,   // prepaid credit
        [61] = false,   // bank fees
        [62] = false,   // bad debt
        [63] = false,   // exchange differences
        [64] = false,   // customers, not applied
        [65] = false,   // contract assets
        [66] = false,   // unbilled receivables
        [67] = false,   // valuation of foreign currency
        [68] = false,   // exchange differences of that valuation
        [108] = false,  // tax payable
        [109] = false,  // tax payable, another authority
    }.ToFrozenDictionary();

    /// <summary>The receivables among them.</summary>
    public static FrozenSet<long> Receivables { get; } = Accounts.Where(account => account.Value).Select(account => account.Key).ToFrozenSet();

    /// <summary>Internal id to ISO code, in the order NetSuite gave them.</summary>
    public static FrozenDictionary<long, string> Currencies { get; } = new Dictionary<long, string>
    {
        [1] = "USD",
        [2] = "GBP",
        [3] = "CAD",
        [4] = "EUR",
        [5] = "JPY",
        [6] = "CHF",
    }.ToFrozenDictionary();

    /// <summary>Internal ids of the subsidiaries.</summary>
    public static FrozenSet<long> Subsidiaries { get; } = new long[] { 1, 2, 3 }.ToFrozenSet();

    /// <summary>Internal ids of departments, classes and locations: the same few of each.</summary>
    public static FrozenSet<long> Segments { get; } = new long[] { 1, 2, 3 }.ToFrozenSet();

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<DateOnly, bool> _closed = new();
    private readonly Dictionary<string, NetSuiteCustomer> _customers = new(StringComparer.Ordinal);
    private readonly Dictionary<long, NetSuiteCustomer> _byId = [];
    private long _lastId = 1000;

    /// <summary>With approval routing a journal waits, unless it comes approved and the role may do that.</summary>
    public bool ApprovalRouting { get; set; }

    /// <summary>Whether the role may create approved journals.</summary>
    public bool MayApprove { get; set; } = true;

    /// <summary>The decimals of a currency.</summary>
    public static int Decimals(long currency) => Currencies[currency] == "JPY" ? 0 : 2;

    /// <summary>A period's internal id, from its first day; there is one for every month.</summary>
    public static long PeriodId(DateOnly start) => (start.Year * 100) + start.Month;

    /// <summary>The first day of a period; null when the id is none.</summary>
    public static DateOnly? PeriodStart(long id) =>
        id % 100 is >= 1 and <= 12 && id / 100 is >= 1990 and <= 2100 ? new DateOnly((int)(id / 100), (int)(id % 100), 1) : null;

    public void Close(DateOnly day) => _closed[First(day)] = true;

    public void Open(DateOnly day) => _closed.TryRemove(First(day), out _);

    public bool IsClosed(DateOnly day) => _closed.ContainsKey(First(day));

    /// <summary>The first of the month, which is the first day of its period.</summary>
    public static DateOnly First(DateOnly day) => new(day.Year, day.Month, 1);

    public IReadOnlyList<NetSuiteCustomer> Customers()
    {
        lock (_gate) return [.. _byId.Values.OrderBy(customer => customer.Id)];
    }

    public NetSuiteCustomer? Customer(long id)
    {
        lock (_gate) return _byId.GetValueOrDefault(id);
    }

    public NetSuiteCustomer? CustomerUnder(string externalId)
    {
        lock (_gate) return _customers.GetValueOrDefault(externalId);
    }

    /// <summary>Creates or changes a customer; null when another one has its entity id.</summary>
    public NetSuiteCustomer? Upsert(string externalId, Func<NetSuiteCustomer?, NetSuiteCustomer> make)
    {
        lock (_gate)
        {
            var standing = _customers.GetValueOrDefault(externalId);
            var made = make(standing) with { Id = standing?.Id ?? _lastId + 1, ExternalId = externalId };
            if (_byId.Values.Any(other => other.EntityId == made.EntityId && other.ExternalId != externalId)) return null;
            if (standing is null) _lastId++;
            _customers[externalId] = _byId[made.Id] = made;
            return made;
        }
    }

    /// <summary>Takes a customer out, as after a restore; its id is not given again.</summary>
    public void Forget(string externalId)
    {
        lock (_gate)
            if (_customers.Remove(externalId, out var gone)) _byId.Remove(gone.Id);
    }
}
