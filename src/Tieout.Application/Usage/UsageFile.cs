using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tieout.Application.Intake;
using Tieout.Domain.Intake;
using Tieout.Domain.Usage;

namespace Tieout.Application.Usage;

/// <summary>How the columns of a CSV file become events. A column that is not named otherwise is a property of the data under its own name.</summary>
/// <param name="Delimiter">Between cells.</param>
/// <param name="Source">The source of all events.</param>
/// <param name="Type">The type of all events.</param>
/// <param name="Subject">The subject of all events; null when a column has it.</param>
/// <param name="SubjectColumn">Whose cell is the subject.</param>
/// <param name="IdColumn">Whose cell is the id; null for <c>line-N</c>, which holds as long as nobody reorders the file.</param>
/// <param name="TimeColumn">Whose cell is the time, as RFC 3339.</param>
/// <param name="WhenEmpty">What stands in for an empty cell, by column; an empty cell is no property otherwise.</param>
public sealed record UsageColumns(
    char Delimiter, string Source, string Type, string? Subject, string? SubjectColumn, string? IdColumn, string TimeColumn,
    IReadOnlyDictionary<string, string> WhenEmpty);

/// <summary>Reads events of a file one after the other, in constant memory: CSV by its columns, or one JSON object a line.</summary>
internal sealed class UsageFile
{
    private readonly CsvRows? _rows;
    private readonly CsvLines? _lines;
    private readonly UsageColumns? _columns;
    private readonly string[] _header = [];
    private readonly ArrayBufferWriter<byte> _json = new();
    private byte[] _buffer = new byte[4096];

    /// <summary>Opens a file of JSON lines, or of CSV when columns are given.</summary>
    public UsageFile(TextReader text, UsageColumns? columns)
    {
        _columns = columns;
        if (columns is null)
        {
            _lines = new CsvLines(text);
            return;
        }
        _rows = new CsvRows(text, columns.Delimiter);
        var header = _rows.Next();
        _header = header is null or { Problem: not null } ? [] : [.. header.Cells.Select(cell => cell.Trim().TrimStart('\ufeff'))];
        string?[] named = [columns.SubjectColumn, columns.IdColumn, columns.TimeColumn, .. columns.WhenEmpty.Keys];
        Missing = [.. named.OfType<string>().Where(column => !_header.Contains(column, StringComparer.Ordinal)).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Columns that are named and that the file does not have.</summary>
    public IReadOnlyList<string> Missing { get; } = [];

    /// <summary>The next event or refused row; null at the end.</summary>
    public (IncomingEvent? Event, RefusedEvent? Refused)? Next(EventReader events)
    {
        while (true)
        {
            if (_lines is not null)
            {
                if (_lines.Next() is not { } line) return null;
                if (line.Text.AsSpan().Trim().IsEmpty) continue;
                return line.IsCut ? Refused(line.Number, $"The line is longer than {CsvLines.Longest} characters.") : Read(events, line.Number, line.Text);
            }
            if (_rows!.Next() is not { } row) return null;
            if (row.Problem is not null) return Refused(row.Line, $"In this row {row.Problem}.");
            if (row.Cells.Length != _header.Length)
                return Refused(row.Line, $"The row has {row.Cells.Length} columns, the header {_header.Length}.");
            Compose(row);
            return Read(events, row.Line, _json.WrittenSpan);
        }
    }

    private (IncomingEvent?, RefusedEvent?) Read(EventReader events, long line, string text) => Read(events, line, Encoding.UTF8.GetBytes(text));

    private (IncomingEvent?, RefusedEvent?) Read(EventReader events, long line, ReadOnlySpan<byte> json) =>
        // What the file held there was not UTF-8; nobody can say any more what it was.
        json.IndexOf("\ufffd"u8) >= 0
            ? Refused(line, "The row holds bytes that are not UTF-8.")
            : UsageBody.Line(events, json, ref _buffer, (int)Math.Min(line, int.MaxValue));

    private static (IncomingEvent?, RefusedEvent?) Refused(long line, string reason) => (null, new RefusedEvent(
        (int)Math.Min(line, int.MaxValue), "", "", new Refusal(UsageCode.Malformed, "", reason, "Correct the row and import the file again.")));

    private void Compose(CsvRow row)
    {
        _json.ResetWrittenCount();
        // Written as it stands, so that what is not UTF-8 can be seen.
        using var writer = new Utf8JsonWriter(_json, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        writer.WriteStartObject();
        writer.WriteString("specversion", "1.0");
        writer.WriteString("source", _columns!.Source);
        writer.WriteString("type", _columns.Type);
        writer.WriteString("id", _columns.IdColumn is { } id ? Cell(row, id) : $"line-{row.Line.ToString(CultureInfo.InvariantCulture)}");
        writer.WriteString("subject", _columns.SubjectColumn is { } subject ? Cell(row, subject) : _columns.Subject);
        writer.WriteString("time", Cell(row, _columns.TimeColumn));
        writer.WriteStartObject("data");
        for (var index = 0; index < _header.Length; index++)
        {
            var column = _header[index];
            if (column == _columns.IdColumn || column == _columns.SubjectColumn || column == _columns.TimeColumn) continue;
            var cell = Cell(row, column);
            if (cell.Length > 0) writer.WriteString(column, cell);
        }
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private string Cell(CsvRow row, string column)
    {
        var cell = row.Cells[Array.IndexOf(_header, column)].Trim();
        return cell.Length == 0 && _columns!.WhenEmpty.TryGetValue(column, out var other) ? other : cell;
    }
}
