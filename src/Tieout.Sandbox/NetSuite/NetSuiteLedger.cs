using System.Globalization;

namespace Tieout.Sandbox.NetSuite;

/// <summary>One line of a transaction.</summary>
/// <param name="Id">Counted from 0 within the transaction; never given again.</param>
/// <param name="Account">Internal id.</param>
/// <param name="Amount">Debit positive, credit negative, in the transaction's currency.</param>
/// <param name="Entity">Internal id of the customer; 0 for none.</param>
/// <param name="Memo">May be empty.</param>
internal sealed record NetSuiteLine(int Id, long Account, decimal Amount, long Entity, string Memo)
{
    /// <summary>Department, class and location by their field; without those that are not set.</summary>
    public IReadOnlyDictionary<string, long> Segments { get; init; } = new Dictionary<string, long>();
}

/// <summary>A transaction as it stands.</summary>
/// <param name="Id">Internal id.</param>
/// <param name="Type"><c>Journal</c> or <c>CustInvc</c>.</param>
/// <param name="ExternalId">Unique among transactions of one type.</param>
/// <param name="Date">As told.</param>
/// <param name="Period">First day of the posting period.</param>
/// <param name="Currency">Internal id.</param>
/// <param name="Subsidiary">Internal id.</param>
/// <param name="Posting">False while it waits for approval.</param>
/// <param name="Voided">It stands for nothing any more.</param>
/// <param name="Memo">Of the transaction.</param>
/// <param name="Version">1 when created; each update adds one.</param>
/// <param name="Lines">In order.</param>
internal sealed record NetSuiteTransaction(
    long Id, string Type, string ExternalId, DateOnly Date, DateOnly Period, long Currency, long Subsidiary, bool Posting, bool Voided, string Memo,
    int Version, IReadOnlyList<NetSuiteLine> Lines)
{
    public const string Journal = "Journal";

    /// <summary>What a unit of its currency is worth in the subsidiary's: as it came, else by the rate entered here.</summary>
    public decimal ExchangeRate { get; init; } = 1m;

    /// <summary>A line in the subsidiary's currency.</summary>
    public decimal Own(NetSuiteLine line) => Math.Round(line.Amount * ExchangeRate, 2, MidpointRounding.AwayFromZero);
}

/// <summary>
/// The stand-in's own books, which know nothing of ours. An upsert changes what stands under its external id; each change is
/// counted, so that this ledger is the witness that nothing was told twice.
/// </summary>
internal sealed class NetSuiteLedger
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, NetSuiteTransaction> _transactions = [];
    private readonly Dictionary<string, SortedSet<long>> _byExternalId = new(StringComparer.Ordinal);
    private long _lastId = 100;

    /// <summary>All transactions by id, as they stand now.</summary>
    public IReadOnlyList<NetSuiteTransaction> All()
    {
        lock (_gate) return [.. _transactions.Values];
    }

    /// <summary>One by its id; null when there is none.</summary>
    public NetSuiteTransaction? ById(long id)
    {
        lock (_gate) return _transactions.GetValueOrDefault(id);
    }

    /// <summary>What stands under an external id, of every type.</summary>
    public IReadOnlyList<NetSuiteTransaction> Under(string externalId)
    {
        lock (_gate) return _byExternalId.TryGetValue(externalId, out var ids) ? [.. ids.Select(id => _transactions[id])] : [];
    }

    /// <summary>Creates or changes the transaction of a type under an external id; <paramref name="make"/> gets the one that stands.</summary>
    public NetSuiteTransaction Upsert(string type, string externalId, Func<NetSuiteTransaction?, NetSuiteTransaction> make)
    {
        lock (_gate)
        {
            var standing = Under(externalId).FirstOrDefault(one => one.Type == type);
            var made = make(standing) with
            {
                Id = standing?.Id ?? ++_lastId,
                Type = type,
                ExternalId = externalId,
                Version = (standing?.Version ?? 0) + 1,
            };
            Put(made);
            return made;
        }
    }

    /// <summary>Enters a transaction behind everybody's back, under a new id.</summary>
    public void Enter(NetSuiteTransaction transaction)
    {
        lock (_gate) Put(transaction with { Id = ++_lastId });
    }

    /// <summary>Changes the transactions under an external id behind everybody's back; null takes one out. False when there is none.</summary>
    public bool Tamper(string externalId, Func<NetSuiteTransaction, NetSuiteTransaction?> change)
    {
        lock (_gate)
        {
            var standing = Under(externalId);
            foreach (var before in standing)
            {
                _transactions.Remove(before.Id);
                _byExternalId[externalId].Remove(before.Id);
                if (change(before) is { } after) Put(after);
            }
            return standing.Count > 0;
        }
    }

    /// <summary>Counts and totals for whoever checks from outside that nothing was lost and nothing doubled.</summary>
    /// <param name="receivables">Accounts that hold what customers owe.</param>
    /// <param name="symbols">ISO codes by internal id.</param>
    public NetSuiteSummary Summary(IReadOnlySet<long> receivables, IReadOnlyDictionary<long, string> symbols)
    {
        var all = All();
        return new NetSuiteSummary(
            all.Count,
            all.Select(one => one.ExternalId).Distinct(StringComparer.Ordinal).Count(),
            all.Count(one => one.Version > 1),
            [.. all.SelectMany(one => one.Lines.Where(line => receivables.Contains(line.Account)).Select(line => (one.Subsidiary, one.Currency, line.Amount)))
                .GroupBy(line => (line.Subsidiary, line.Currency))
                .Select(sum => new NetSuiteTotal(
                    sum.Key.Subsidiary, symbols[sum.Key.Currency], sum.Sum(line => line.Amount).ToString(CultureInfo.InvariantCulture)))],
            [.. all.GroupBy(one => one.ExternalId, StringComparer.Ordinal).Where(group => group.Count() > 1)
                .Select(group => new NetSuiteDuplicate(group.Key, group.Count()))]);
    }

    private void Put(NetSuiteTransaction transaction)
    {
        _transactions[transaction.Id] = transaction;
        if (!_byExternalId.TryGetValue(transaction.ExternalId, out var ids)) _byExternalId[transaction.ExternalId] = ids = [];
        ids.Add(transaction.Id);
    }
}

/// <summary>What <c>GET /_sandbox/netsuite/ledger</c> tells.</summary>
/// <param name="Documents">That stand.</param>
/// <param name="References">Different external ids among them.</param>
/// <param name="Updated">Documents that were written more than once.</param>
/// <param name="Totals">What customers owe, by subsidiary and currency.</param>
/// <param name="Duplicates">External ids that stand more than once.</param>
internal sealed record NetSuiteSummary(
    int Documents, int References, int Updated, IReadOnlyList<NetSuiteTotal> Totals, IReadOnlyList<NetSuiteDuplicate> Duplicates);

/// <summary>Amount as text.</summary>
internal sealed record NetSuiteTotal(long Subsidiary, string Currency, string Amount);

/// <summary>How often an external id stands.</summary>
internal sealed record NetSuiteDuplicate(string ExternalId, int Count);
