using System.Globalization;

namespace Tieout.Sandbox.Legacy;

/// <summary>The ERP's side of the folders: takes files from the outbox, writes answers and exports into the inbox, each whole.</summary>
internal sealed class LegacyFolder(string root, LegacyFormat format, int pageSize)
{
    private readonly Dictionary<string, int> _exported = new(StringComparer.Ordinal);

    /// <summary>Where everything lies.</summary>
    public string Root => root;

    private string Inbox => Path.Combine(root, "inbox");

    /// <summary>Makes the folders; with <paramref name="empty"/> they lose what they hold.</summary>
    public void Prepare(bool empty)
    {
        foreach (var name in (string[])["outbox", "inbox", "archive"])
        {
            var folder = Directory.CreateDirectory(Path.Combine(root, name));
            if (empty) foreach (var file in folder.GetFiles()) file.Delete();
        }
        _exported.Clear();
    }

    /// <summary>Takes the next whole file, oldest number first, by moving it to the archive; null when there is none.</summary>
    public (string Name, byte[] Bytes)? Take()
    {
        var next = Directory.EnumerateFiles(Path.Combine(root, "outbox"), "*" + format.Extension)
            .Where(path => !Path.GetFileName(path).StartsWith('.')).Order(StringComparer.Ordinal).FirstOrDefault();
        if (next is null) return null;
        var taken = Path.Combine(root, "archive", Path.GetFileName(next));
        File.Move(next, taken, overwrite: true);
        return (Path.GetFileNameWithoutExtension(taken), File.ReadAllBytes(taken));
    }

    /// <summary>Writes an answer under a name nobody has used.</summary>
    public void Answer(string name, byte[] bytes)
    {
        var unused = name;
        for (var next = 2; File.Exists(Path.Combine(Inbox, unused + format.Extension)); next++)
            unused = string.Create(CultureInfo.InvariantCulture, $"{name}-{next}");
        Put(unused, bytes);
    }

    /// <summary>Writes the ledger's pages that changed, then keys, customers and at last the state of the files.</summary>
    public void Export(LegacyBooks books, IReadOnlyList<Dictionary<string, string>> states, bool everything = false)
    {
        if (everything) _exported.Clear();
        List<Dictionary<string, string>> keys = [Head("KY")], status = [Head("ST"), .. states];
        foreach (var month in books.Postings.GroupBy(posting => posting.Date.ToString("yyyyMM", CultureInfo.InvariantCulture)))
        {
            List<LegacyPosting> postings = [.. month];
            for (var page = (_exported.GetValueOrDefault(month.Key) / pageSize) + 1; (page - 1) * pageSize < postings.Count; page++)
                Put(
                    string.Create(CultureInfo.InvariantCulture, $"ledger-{month.Key}-{page:D6}"),
                    Page(month.Key, page, [.. postings.Skip((page - 1) * pageSize).Take(pageSize)]));
            _exported[month.Key] = postings.Count;
            keys.AddRange(postings.Select((posting, index) => LegacyFormat.Row(
                "K", ("key", posting.Key), ("month", month.Key), ("page", Text((index / pageSize) + 1)))));
            status.Add(LegacyFormat.Row(
                "M", ("month", month.Key), ("page", Text((postings.Count + pageSize - 1) / pageSize)), ("documents", Text(postings.Count))));
        }
        Put("keys", format.Write(keys));
        Put("customers", format.Write([Head("CX"), .. books.Customers.Select(customer => LegacyFormat.Row(
            "C", ("code", customer.Code), ("id", customer.Id), ("state", customer.Blocked ? "B" : "A"), ("name", customer.Name)))]));
        Put("status", format.Write(status));
    }

    /// <summary>Leaves the state half written, until the next export.</summary>
    public void Spoil()
    {
        var path = Path.Combine(Inbox, "status" + format.Extension);
        var whole = File.ReadAllBytes(path);
        Put("status", whole[..(whole.Length / 2)]);
    }

    /// <summary>The first record of a file of the ERP.</summary>
    public static Dictionary<string, string> Head(string kind) =>
        LegacyFormat.Row("H", ("object", kind), ("sender", "ERP"), ("company", LegacyBooks.Company));

    private byte[] Page(string month, int page, List<LegacyPosting> postings) => format.Write(
    [
        Head("LD"), LegacyFormat.Row("M", ("month", month), ("page", Text(page)), ("documents", Text(postings.Count))),
        .. postings.SelectMany(LegacyRows.Of), .. LegacyRows.Totals(postings),
    ]);

    private void Put(string name, byte[] bytes)
    {
        var beside = Path.Combine(Inbox, "." + name + ".tmp");
        File.WriteAllBytes(beside, bytes);
        File.Move(beside, Path.Combine(Inbox, name + format.Extension), overwrite: true);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
