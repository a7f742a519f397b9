namespace Tieout.Connectors.Legacy.Files;

/// <summary>What the ERP says about one position of a file.</summary>
/// <param name="Booked">False when it is refused.</param>
/// <param name="Number">The ERP's number, or the id of a customer.</param>
/// <param name="Code">Of the refusal.</param>
/// <param name="Text">Of the refusal.</param>
internal sealed record AnswerLine(bool Booked, string Number, string Code, string Text);

/// <summary>
/// All acknowledgements and rejections of one file of ours together. An answer counts only for the file whose seal it names; the same answer twice
/// is one; two that contradict each other say nothing.
/// </summary>
internal sealed class AnswerFile
{
    /// <summary>Code of a rejection because the sequence number was seen before: says nothing about the file that came first.</summary>
    public const string Duplicate = "DUPLICATE";

    private readonly Dictionary<string, AnswerLine?> _lines = new(StringComparer.Ordinal);

    /// <summary>Whether a whole answer about exactly our file was read.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Why the file was refused as a whole, so that nothing of it is booked; null when it was not.</summary>
    public (string Code, string Text, TimeSpan? Wait)? Refused { get; private set; }

    /// <summary>Another file was taken under this number: ours was not, and never will be.</summary>
    public bool NumberTaken { get; private set; }

    /// <summary>Why an answer that is there cannot be used; null when all could.</summary>
    public string? Unreadable { get; private set; }

    /// <summary>What it says about a key; null when nothing, or contradictory things.</summary>
    public AnswerLine? this[string key] => Refused is null ? _lines.GetValueOrDefault(key) : null;

    /// <summary>Reads all answers to a file.</summary>
    /// <param name="answers">Whole contents of the answer files, oldest name first.</param>
    /// <param name="codec">To read them.</param>
    /// <param name="sequence">Our file's number.</param>
    /// <param name="seal">Our file's seal.</param>
    public static AnswerFile Of(IEnumerable<byte[]> answers, FileCodec codec, int sequence, string seal)
    {
        var all = new AnswerFile();
        foreach (var answer in answers)
        {
            try
            {
                all.Add(codec.Read(answer), sequence, seal);
            }
            catch (FormatException broken)
            {
                all.Unreadable = $"An acknowledgement cannot be read: {broken.Message}";
            }
        }
        // Refused as a whole and booked in part cannot both be true: the ledger decides.
        if (all.Refused is not null && all._lines.Count > 0) (all.Refused, all.Unreadable) = (null, "Two acknowledgements contradict each other.");
        return all;
    }

    private void Add(IReadOnlyList<FileRecord> records, int sequence, string seal)
    {
        var verdict = records.SingleOrDefault(record => record.Letter == 'F') ?? throw new FormatException("It names no file.");
        if (verdict.Number("sequence") != sequence) throw new FormatException("It is about another file.");
        if (verdict["code"] == Duplicate)
        {
            // The seal of a duplicate's rejection is that of the file which came first.
            NumberTaken |= verdict["seal"] != seal;
            return;
        }
        if (verdict["seal"] != seal) return; // about the other file under this number
        if (verdict["state"] == "refused")
        {
            var wait = verdict.Number("wait-seconds");
            Refused = (verdict["code"], verdict["text"], wait > 0 ? TimeSpan.FromSeconds(wait) : null);
        }
        else Take(records);
        IsComplete = true;
    }

    private void Take(IReadOnlyList<FileRecord> records)
    {
        var told = records.Where(record => record.Letter == 'A')
            .Select(record => (Key: record["key"], Line: new AnswerLine(record["state"] == "booked", record["number"], record["code"], record["text"]))).ToList();
        var totals = records.SingleOrDefault(record => record.Letter == 'N') ?? throw new FormatException("It has no totals.");
        if (totals.Number("booked") != told.Count(one => one.Line.Booked) || totals.Number("refused") != told.Count(one => !one.Line.Booked))
            throw new FormatException("Its totals do not agree with its lines.");
        foreach (var (key, line) in told)
            if (!_lines.TryAdd(key, line) && _lines[key] is { } other && (other.Booked, other.Number) != (line.Booked, line.Number))
                _lines[key] = null;
    }
}
