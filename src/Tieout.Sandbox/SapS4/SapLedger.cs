using System.Globalization;

namespace Tieout.Sandbox.SapS4;

/// <summary>
/// The stand-in's own books, which know nothing of ours. Documents are only ever added, unless somebody tampers. It books whatever it is given
/// twice if it is sent twice, as the vendor does: finding duplicates is our work, and this ledger is the witness.
/// </summary>
internal sealed class SapLedger
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Company, string Reference), int> _latest = [];
    private readonly Dictionary<string, int> _sequences = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Company, string Currency), decimal> _totals = [];
    private readonly Dictionary<(string Company, string Reference), int> _duplicates = [];
    private SapDocument[] _documents = new SapDocument[1024];
    private volatile int _count;

    /// <summary>Documents booked.</summary>
    public int Count => _count;

    /// <summary>The document at a place. Safe beside bookings: places below <see cref="Count"/> never change.</summary>
    public SapDocument this[int index] => Volatile.Read(ref _documents)[index];

    /// <summary>Books a document and gives it its number.</summary>
    public void Book(SapDocument document)
    {
        lock (_gate)
        {
            if (_count == _documents.Length)
            {
                var larger = new SapDocument[_documents.Length * 2];
                _documents.CopyTo(larger, 0);
                Volatile.Write(ref _documents, larger);
            }
            document.Sequence = _sequences[document.CompanyCode] = _sequences.GetValueOrDefault(document.CompanyCode) + 1;
            var key = (document.CompanyCode, document.Reference);
            if (_latest.TryGetValue(key, out var earlier))
            {
                document.Earlier = earlier;
                _duplicates[key] = _duplicates.GetValueOrDefault(key, 1) + 1;
            }
            _latest[key] = _count;
            foreach (var item in document.Items)
                if (item.Kind == 'D')
                    _totals[(document.CompanyCode, item.Currency)] = _totals.GetValueOrDefault((document.CompanyCode, item.Currency)) + item.Amount;
            _documents[_count] = document;
            _count++;
        }
    }

    /// <summary>All documents of a company code under a reference, the first booked first.</summary>
    public IReadOnlyList<SapDocument> Under(string company, string reference)
    {
        List<SapDocument> found = [];
        lock (_gate)
        {
            if (!_latest.TryGetValue((company, reference), out var index)) return found;
            for (; index >= 0; index = _documents[index].Earlier) found.Add(_documents[index]);
        }
        found.Reverse();
        return found;
    }

    /// <summary>
    /// Puts another document in the place of the latest one under a reference, with its number; null takes it out. False when
    /// there is none.
    /// </summary>
    public bool Tamper(string company, string reference, Func<SapDocument, SapDocument?> change)
    {
        lock (_gate)
        {
            if (!_latest.TryGetValue((company, reference), out var index)) return false;
            var before = _documents[index];
            // A place without items has no line items, which is all that anybody sees of a document.
            var after = change(before) ?? before.With([]);
            (after.Sequence, after.Earlier) = (before.Sequence, before.Earlier);
            _documents[index] = after;
            return true;
        }
    }

    /// <summary>Counts and totals for whoever checks from outside that nothing was lost and nothing doubled.</summary>
    public LedgerSummary Summary()
    {
        lock (_gate)
        {
            return new LedgerSummary(
                _count,
                _latest.Count,
                _sequences.ToDictionary(company => company.Key, company => company.Value, StringComparer.Ordinal),
                [.. _totals.Select(total => new LedgerTotal(total.Key.Company, total.Key.Currency, total.Value.ToString(CultureInfo.InvariantCulture)))],
                [.. _duplicates.Select(duplicate => new LedgerDuplicate(duplicate.Key.Company, duplicate.Key.Reference, duplicate.Value))]);
        }
    }
}

/// <summary>What <c>GET /_sandbox/ledger</c> tells.</summary>
/// <param name="Documents">Booked in all.</param>
/// <param name="References">Different references among them; fewer than documents when some stand twice.</param>
/// <param name="ByCompany">Documents by company code.</param>
/// <param name="Totals">What customers owe, by company code and currency.</param>
/// <param name="Duplicates">References that stand more than once.</param>
internal sealed record LedgerSummary(
    int Documents, int References, IReadOnlyDictionary<string, int> ByCompany, IReadOnlyList<LedgerTotal> Totals, IReadOnlyList<LedgerDuplicate> Duplicates);

/// <summary>Amount as text, with the currency's decimals.</summary>
internal sealed record LedgerTotal(string CompanyCode, string Currency, string Amount);

/// <summary>How often a reference stands.</summary>
internal sealed record LedgerDuplicate(string CompanyCode, string Reference, int Count);
