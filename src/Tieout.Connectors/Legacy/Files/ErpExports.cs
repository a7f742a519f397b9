using System.Globalization;
using Tieout.Domain;

namespace Tieout.Connectors.Legacy.Files;

/// <summary>
/// What the ERP writes out about its books: the state of our files, the keys it holds, its customers, its ledger by month and page. It writes the
/// ledger first, then the keys, then the state; we read the other way round, so what is read later is never older.
/// </summary>
internal sealed class ErpExports
{
    private readonly DropFolder _folder;
    private readonly FileCodec _codec;
    private readonly Dictionary<int, string> _states;
    private readonly Dictionary<string, int> _pages;
    private readonly int _floor;

    private ErpExports(DropFolder folder, FileCodec codec, IReadOnlyList<FileRecord> status)
    {
        (_folder, _codec) = (folder, codec);
        var numbers = status.Single(record => record.Letter == 'O');
        (Last, _floor) = (numbers.Number("last"), numbers.Number("floor"));
        _states = status.Where(record => record.Letter == 'F').ToDictionary(record => record.Number("sequence"), record => record["state"]);
        _pages = status.Where(record => record.Letter == 'M').ToDictionary(record => record["month"], record => record.Number("page"), StringComparer.Ordinal);
    }

    /// <summary>The highest number the ERP has seen.</summary>
    public int Last { get; }

    /// <summary>Reads the state.</summary>
    /// <exception cref="FormatException">It cannot be read.</exception>
    /// <exception cref="IOException">It is not there.</exception>
    public static ErpExports Load(DropFolder folder, FileCodec codec)
    {
        var records = codec.Read(folder.Export("status"));
        return records.Count(record => record.Letter == 'O') == 1
            ? new ErpExports(folder, codec, records)
            : throw new FormatException("The status file does not tell the last number.");
    }

    /// <summary>Whether the ERP is through with a file: what of it is not in the ledger never will be.</summary>
    public bool IsFinal(int sequence) => sequence < _floor || _states.GetValueOrDefault(sequence) is "booked" or "refused" or "aborted";

    /// <summary>Whether it has seen a file at all.</summary>
    public bool HasSeen(int sequence) => sequence < _floor || _states.ContainsKey(sequence);

    /// <summary>What stands under each of the keys.</summary>
    /// <exception cref="FormatException">A file cannot be read, or does not agree with another.</exception>
    /// <exception cref="IOException">One is not there.</exception>
    public ILookup<string, LegacyDocument> Held(IReadOnlySet<string> keys)
    {
        var places = _codec.Read(_folder.Export("keys")).Where(record => record.Letter == 'K' && keys.Contains(record["key"]))
            .Select(record => (Month: record["month"], Page: record.Number("page"))).Distinct().ToList();
        var held = places.SelectMany(place => Page(place.Month, place.Page)).Where(document => keys.Contains(document.Key)).ToList();
        return held.ToLookup(document => document.Key, StringComparer.Ordinal);
    }

    /// <summary>All documents of a month, page by page.</summary>
    /// <exception cref="FormatException">A page cannot be read.</exception>
    /// <exception cref="IOException">One is not there.</exception>
    public IEnumerable<LegacyDocument> Documents(AccountingMonth month)
    {
        var name = month.FirstDay.ToString("yyyyMM", CultureInfo.InvariantCulture);
        for (var page = 1; page <= _pages.GetValueOrDefault(name); page++)
            foreach (var document in Page(name, page)) yield return document;
    }

    /// <summary>The customers under codes of ours: the ERP's id, and whether it is blocked.</summary>
    /// <exception cref="FormatException">The file cannot be read.</exception>
    /// <exception cref="IOException">It is not there.</exception>
    public IReadOnlyDictionary<string, (string Id, bool Blocked)> Customers(IReadOnlySet<string> codes)
    {
        Dictionary<string, (string, bool)> found = new(StringComparer.Ordinal);
        foreach (var record in _codec.Read(_folder.Export("customers")).Where(record => record.Letter == 'C' && codes.Contains(record["code"])))
            found[record["code"]] = (record["id"], record["state"] == "B");
        return found;
    }

    private IReadOnlyList<LegacyDocument> Page(string month, int page)
    {
        var records = _codec.Read(_folder.Export(string.Create(CultureInfo.InvariantCulture, $"ledger-{month}-{page:D6}")));
        var head = records.SingleOrDefault(record => record.Letter == 'M') ?? throw new FormatException("A page of the ledger does not say which it is.");
        var documents = BatchFile.Read(records);
        return head["month"] == month && head.Number("page") == page && head.Number("documents") == documents.Count
            ? documents
            : throw new FormatException($"Page {page} of {month} is another page, or not whole.");
    }
}
