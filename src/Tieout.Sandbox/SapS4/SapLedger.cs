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
    private readonly Dictionary<string, List<int>> _places = new(StringComparer.Ordinal); // by sequence in the company code
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
            if (!_places.TryGetValue(document.CompanyCode, out var places)) _places[document.CompanyCode] = places = [];
            places.Add(_count);
            document.Sequence = places.Count;
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

    /// <summary>
    /// Settles items of one customer against each other: each by its amount, in full or in part. Says what is wrong and settles nothing when
    /// one is not there or not open by so much, or when they do not come to nothing.
    /// </summary>
    public string? Clear(string company, string currency, IReadOnlyList<ClearingItem> items)
    {
        lock (_gate)
        {
            List<(SapDocument Document, int Index, decimal Amount)> found = [];
            foreach (var item in items)
            {
                var document = Numbered(company, item.Document);
                if (document is null || document.FiscalYear != item.FiscalYear || item.Index < 0 || item.Index >= document.Items.Length
                    || document.Items[item.Index] is not { Kind: 'D' } line)
                    return $"Item {item.Document}/{item.Index + 1} does not exist";
                if (line.Customer != item.Customer || line.Currency != currency) return $"Item {item.Document}/{item.Index + 1} is of another account";
                var open = line.Amount - (document.Cleared?[item.Index] ?? 0m);
                var amount = item.Part is { } part ? Math.Sign(line.Amount) * part : open;
                if (amount == 0m || Math.Abs(amount) > Math.Abs(open)) return $"Item {item.Document}/{item.Index + 1} is not open by {amount}";
                found.Add((document, item.Index, amount));
            }
            if (found.Select(one => one.Document.Items[one.Index].Customer).Distinct(StringComparer.Ordinal).Count() != 1) return "More than one account";
            if (found.Sum(one => one.Amount) is not 0m and var left) return $"The difference is too large for clearing: {left}";
            foreach (var (document, index, amount) in found)
                (document.Cleared ??= new decimal[document.Items.Length])[index] += amount;
            return null;
        }
    }

    private SapDocument? Numbered(string company, string number) =>
        _places.TryGetValue(company, out var places) && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && SapDocument.SequenceOf(value) is var sequence && sequence >= 1 && sequence <= places.Count
            ? _documents[places[(int)sequence - 1]]
            : null;

    /// <summary>Counts and totals for whoever checks from outside that nothing was lost and nothing doubled.</summary>
    public LedgerSummary Summary()
    {
        lock (_gate)
        {
            return new LedgerSummary(
                _count,
                _latest.Count,
                _places.ToDictionary(company => company.Key, company => company.Value.Count, StringComparer.Ordinal),
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

/// <summary>An open item named by a clearing request.</summary>
/// <param name="Customer">Ten digits.</param>
/// <param name="FiscalYear">Four digits.</param>
/// <param name="Document">Ten digits.</param>
/// <param name="Index">Of the item, from 0.</param>
/// <param name="Part">How much of it is settled, positive; null for all that is open.</param>
internal sealed record ClearingItem(string Customer, string FiscalYear, string Document, int Index, decimal? Part);
