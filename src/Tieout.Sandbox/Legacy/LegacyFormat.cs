using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tieout.Sandbox.Legacy;

/// <summary>
/// The stand-in's own reading of the file format: it shares only the table of fields with the connector, so that a mistake there is found here.
/// Rows are dictionaries; the record letter stands under the empty name.
/// </summary>
internal sealed class LegacyFormat(bool fixedWidth, Encoding encoding, string secret)
{
    private static readonly ILookup<string, (string Name, string Kind, int Width)> Layout = Load();

    /// <summary>What file names end with.</summary>
    public string Extension => fixedWidth ? ".txt" : ".csv";

    /// <summary>A row.</summary>
    public static Dictionary<string, string> Row(string letter, params (string Name, string Value)[] fields)
    {
        var row = fields.ToDictionary(field => field.Name, field => field.Value, StringComparer.Ordinal);
        row[""] = letter;
        return row;
    }

    /// <summary>A whole sealed file.</summary>
    public byte[] Write(IReadOnlyList<Dictionary<string, string>> rows)
    {
        var text = new StringBuilder();
        foreach (var row in rows) text.Append(Line(row)).Append("\r\n");
        var count = rows.Count.ToString(CultureInfo.InvariantCulture);
        text.Append(fixedWidth ? "Z" + count.PadLeft(8, '0') : "Z," + count + ",");
        var body = encoding.GetBytes(text.ToString());
        return [.. body, .. Encoding.ASCII.GetBytes(SealOf(body) + "\r\n")];
    }

    /// <summary>Reads and checks a file. The error's first word is the code it is refused with.</summary>
    public (IReadOnlyList<Dictionary<string, string>> Rows, string Seal, string? Problem) Read(byte[] file)
    {
        var lines = encoding.GetString(file).Split("\r\n");
        if (lines is not [.., var last, ""] || !last.StartsWith('Z') || file.Length < 66) return ([], "", "TRUNCATED The file has no end record");
        var seal = Encoding.ASCII.GetString(file.AsSpan(file.Length - 66, 64));
        if (SealOf(file.AsSpan(0, file.Length - 66)) != seal) return ([], seal, "SEAL The seal does not agree");
        List<Dictionary<string, string>> rows = [];
        foreach (var line in lines[..^1])
        {
            if (line.Length == 0 || !Layout.Contains(line[..1])) return ([], seal, $"FORMAT Record {rows.Count + 1} is none of the format");
            if (Parse(line) is not { } row) return ([], seal, $"FORMAT Record {rows.Count + 1} has not the fields of its kind");
            if (Misfit(row) is { } field) return ([], seal, $"FORMAT Record {rows.Count + 1}, field {field}: not as the format says");
            rows.Add(row);
        }
        var told = rows[^1]["records"];
        rows.RemoveAt(rows.Count - 1);
        if (rows.Count == 0 || rows[0][""] != "H") return ([], seal, "FORMAT The file does not begin with a header");
        return told == rows.Count.ToString(CultureInfo.InvariantCulture) ? (rows, seal, null) : ([], seal, "TOTALS The number of records does not agree");
    }

    private string SealOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), bytes));

    private string Line(Dictionary<string, string> row)
    {
        var line = new StringBuilder(row[""]);
        foreach (var (name, kind, width) in Layout[row[""]])
        {
            var value = row.GetValueOrDefault(name, "");
            if (!fixedWidth) line.Append(',').Append(value.Contains('"', StringComparison.Ordinal) || value.Contains(',', StringComparison.Ordinal)
                ? '"' + value.Replace("\"", "\"\"", StringComparison.Ordinal) + '"' : value);
            else if (kind == "number") line.Append((value.Length == 0 ? "0" : value).PadLeft(width, '0'));
            else if (kind == "amount" && value.Length > 0)
            {
                var units = decimal.Parse(value, CultureInfo.InvariantCulture) * 10_000m;
                line.Append(units < 0m ? '-' : '+').Append(Math.Abs(units).ToString("0", CultureInfo.InvariantCulture).PadLeft(width - 1, '0'));
            }
            else line.Append(value).Append(' ', width - encoding.GetByteCount(value));
        }
        return line.ToString();
    }

    private Dictionary<string, string>? Parse(string line)
    {
        var fields = Layout[line[..1]].ToList();
        List<string> cells = fixedWidth ? Slices(line, fields) : Split(line);
        return cells.Count == fields.Count ? Row(line[..1], [.. fields.Zip(cells, (field, cell) => (field.Name, cell))]) : null;
    }

    private List<string> Slices(string line, List<(string Name, string Kind, int Width)> fields)
    {
        var bytes = encoding.GetBytes(line);
        if (bytes.Length != 1 + fields.Sum(field => field.Width)) return [];
        List<string> cells = [];
        var at = 1;
        foreach (var (_, kind, width) in fields)
        {
            var cell = encoding.GetString(bytes, at, width).TrimEnd(' ');
            at += width;
            cells.Add(kind switch
            {
                "number" => cell.TrimStart('0').PadLeft(1, '0'),
                "amount" when cell.Length > 0 => (decimal.Parse(cell, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) / 10_000m)
                    .ToString(CultureInfo.InvariantCulture),
                _ => cell,
            });
        }
        return cells;
    }

    private static List<string> Split(string line)
    {
        List<string> cells = [];
        var start = line.IndexOf(',', StringComparison.Ordinal) + 1;
        while (start > 0 && start <= line.Length)
        {
            var end = start;
            if (end < line.Length && line[end] == '"')
            {
                end = start + 1;
                while (end < line.Length && (line[end] != '"' || (end + 1 < line.Length && line[end + 1] == '"'))) end += line[end] == '"' ? 2 : 1;
                cells.Add(line[(start + 1)..Math.Min(end, line.Length)].Replace("\"\"", "\"", StringComparison.Ordinal));
                end++;
            }
            else
            {
                while (end < line.Length && line[end] != ',') end++;
                cells.Add(line[start..end]);
            }
            start = end + 1;
        }
        return cells;
    }

    // Widths hold in delimited files too.
    private string? Misfit(Dictionary<string, string> row) => Layout[row[""]].FirstOrDefault(field => row[field.Name] is { Length: > 0 } value && !(field.Kind switch
    {
        "number" => value.Length <= field.Width && value.All(char.IsAsciiDigit),
        "amount" => decimal.TryParse(value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
            && Math.Abs(amount) < 10_000_000_000_000m && amount.Scale <= 4,
        "date" => DateOnly.TryParseExact(value, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "code" => value.Length <= field.Width && value.All(letter => letter is > ' ' and <= '~'),
        "text" => encoding.GetByteCount(value) <= field.Width && !value.Any(char.IsControl),
        _ => value.Length <= field.Width,
    })).Name;

    private static ILookup<string, (string Name, string Kind, int Width)> Load()
    {
        using var resource = typeof(LegacyFormat).Assembly.GetManifestResourceStream("legacy/legacy-files-layout.csv")!;
        using var text = new StreamReader(resource);
        return text.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Trim().Split(','))
            .ToLookup(cells => cells[0], cells => (cells[1], cells[2], int.Parse(cells[3], CultureInfo.InvariantCulture)), StringComparer.Ordinal);
    }
}
