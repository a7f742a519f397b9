using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tieout.Connectors.Legacy.Files;

/// <summary>
/// Files of the format in docs/legacy.md, delimited or of fixed width, to and from records. The last record counts the others and seals every
/// byte before the seal with the secret both sides share: what is cut, changed or from somebody else is not read.
/// </summary>
internal sealed class FileCodec
{
    private const int SealLength = 64;
    private const int Implied = 10_000; // fixed width: four decimals without a point

    private readonly bool _fixed;
    private readonly byte[] _secret;

    /// <summary>For files as a target has them.</summary>
    /// <param name="fixedWidth">False for delimited files.</param>
    /// <param name="encoding">Of texts; codes are ASCII.</param>
    /// <param name="secret">What the seal is made with; never written.</param>
    public FileCodec(bool fixedWidth, Encoding encoding, string secret) =>
        (_fixed, Encoding, _secret) = (fixedWidth, encoding, Encoding.UTF8.GetBytes(secret));

    /// <summary>Of the texts.</summary>
    public Encoding Encoding { get; }

    /// <summary>What file names end with.</summary>
    public string Extension => _fixed ? ".txt" : ".csv";

    /// <summary>A whole file: the records, and the one that ends it.</summary>
    public byte[] Write(IReadOnlyList<FileRecord> records)
    {
        using var file = new MemoryStream();
        foreach (var record in records) file.Write(Encoding.GetBytes(Line(record) + "\r\n"));
        var end = Line(new FileRecord('Z') { ["records"] = FileRecord.Of(records.Count), ["seal"] = new string('0', SealLength) });
        file.Write(Encoding.GetBytes(end[..^SealLength]));
        file.Write(Encoding.GetBytes(Seal(file.ToArray()) + "\r\n"));
        return file.ToArray();
    }

    /// <summary>The records of a file, without the one that ends it.</summary>
    /// <exception cref="FormatException">It is cut, changed, from somebody else, or not of this format; the message is for a person.</exception>
    public IReadOnlyList<FileRecord> Read(byte[] file) => Read(file, out _);

    /// <summary>The same, and the seal it carries.</summary>
    /// <exception cref="FormatException">As above.</exception>
    public IReadOnlyList<FileRecord> Read(byte[] file, out string seal)
    {
        var records = ReadOurs(file, out seal);
        return CryptographicOperations.FixedTimeEquals(
                Encoding.ASCII.GetBytes(seal), Encoding.ASCII.GetBytes(Seal(file.AsSpan(0, file.Length - SealLength - 2))))
            ? records
            : throw new FormatException("The seal does not agree: the file was changed on its way, or the secret is not the one the other side has.");
    }

    /// <summary>As <see cref="Read(byte[], out string)"/>, of a file of our own register: it may be sealed with the secret of yesterday.</summary>
    /// <exception cref="FormatException">As there.</exception>
    public IReadOnlyList<FileRecord> ReadOurs(byte[] file, out string seal)
    {
        var lines = Lines(file);
        if (lines is not [.., var last] || Record(last) is not { Letter: 'Z' } end) throw new FormatException("The file has no end record: it is cut.");
        seal = Encoding.ASCII.GetString(file, file.Length - SealLength - 2, SealLength);
        if (end["seal"] != seal) throw new FormatException("The file does not end with its seal: it is cut.");
        List<FileRecord> records = [.. lines.Take(lines.Count - 1).Select(Record)];
        return end.Number("records") == records.Count
            ? records
            : throw new FormatException($"The file has {records.Count} records and its end says {end["records"]}.");
    }

    /// <summary>The seal over bytes.</summary>
    public string Seal(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(HMACSHA256.HashData(_secret, bytes));

    // ---- Writing ------------------------------------------------------------------------------------------------------

    private string Line(FileRecord record)
    {
        var fields = FileLayout.Records[record.Letter];
        return _fixed
            ? record.Letter + string.Concat(fields.Select(field => Padded(field, record[field.Name])))
            : record.Letter + "," + string.Join(',', fields.Select(field => Quoted(record[field.Name])));
    }

    private static string Quoted(string value) =>
        value.AsSpan().IndexOfAny('"', ',') >= 0 ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;

    private string Padded(LayoutField field, string value) => field.Kind switch
    {
        "number" => value.PadLeft(field.Width, '0'),
        "amount" when value.Length > 0 => Signed(decimal.Parse(value, CultureInfo.InvariantCulture), field.Width),
        _ => value + new string(' ', Math.Max(0, field.Width - Encoding.GetByteCount(value))),
    };

    private static string Signed(decimal amount, int width) =>
        (amount < 0m ? "-" : "+") + (Math.Abs(amount) * Implied).ToString("0", CultureInfo.InvariantCulture).PadLeft(width - 1, '0');

    // ---- Reading ------------------------------------------------------------------------------------------------------

    private static List<byte[]> Lines(byte[] file)
    {
        List<byte[]> lines = [];
        var start = 0;
        for (var at = 0; at + 1 < file.Length; at++)
            if (file[at] == '\r' && file[at + 1] == '\n')
            {
                lines.Add(file[start..at]);
                start = at + 2;
            }
        return start == file.Length ? lines : throw new FormatException("The file does not end with a whole line: it is cut.");
    }

    private FileRecord Record(byte[] line)
    {
        if (line.Length == 0 || !FileLayout.Records.TryGetValue((char)line[0], out var fields))
            throw new FormatException("The file holds a line that is no record of the format.");
        var record = new FileRecord((char)line[0]);
        if (_fixed) ReadFixed(line, fields, record);
        else ReadDelimited(Encoding.GetString(line), fields, record);
        return record;
    }

    private void ReadFixed(byte[] line, IReadOnlyList<LayoutField> fields, FileRecord record)
    {
        if (line.Length != 1 + fields.Sum(field => field.Width)) throw new FormatException($"A record {record.Letter} is not as long as the format says.");
        var at = 1;
        foreach (var field in fields)
        {
            var text = Encoding.GetString(line, at, field.Width).TrimEnd(' ');
            at += field.Width;
            record.Set(field.Name, field.Kind switch
            {
                "number" => text.TrimStart('0') is { Length: > 0 } digits ? digits : "0",
                "amount" when text.Length > 0 => FileRecord.Of(
                    long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
                        ? (decimal)whole / Implied
                        : throw new FormatException($"{field.Name} is not an amount.")),
                _ => text,
            });
        }
    }

    private static void ReadDelimited(string line, IReadOnlyList<LayoutField> fields, FileRecord record)
    {
        var cells = Cells(line);
        if (cells.Count != fields.Count + 1) throw new FormatException($"A record {record.Letter} does not have the fields the format says.");
        foreach (var (index, field) in fields.Index()) record.Set(field.Name, cells[index + 1]);
    }

    private static List<string> Cells(string line)
    {
        List<string> cells = [];
        var cell = new StringBuilder();
        var quoted = false;
        for (var at = 0; at < line.Length; at++)
        {
            if (line[at] == '"' && quoted && at + 1 < line.Length && line[at + 1] == '"') cell.Append(line[at++]);
            else if (line[at] == '"') quoted = !quoted;
            else if (line[at] == ',' && !quoted) { cells.Add(cell.ToString()); cell.Clear(); }
            else cell.Append(line[at]);
        }
        if (quoted) throw new FormatException("A quoted field does not end.");
        cells.Add(cell.ToString());
        return cells;
    }
}
