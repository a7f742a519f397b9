using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Routing;

namespace Tieout.Sandbox.Legacy;

/// <summary>
/// A legacy ERP that takes batch files from a folder: checks seal, sequence, format and control totals, books document by document, exports
/// its books and then acknowledges. What is refused as a whole spends its number all the same.
/// </summary>
internal sealed class LegacyFilesStandIn
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly SandboxOptions _options;
    private readonly Faults _faults;
    private readonly TimeProvider _clock;
    private readonly CancellationToken _stopping;
    private readonly LegacyFormat _format;
    private readonly LegacyFolder _folder;
    private readonly SortedDictionary<int, (string State, string Seal, long At)> _seen = [];
    private readonly PeriodCloser _closer;
    private int _forgotten;
    private LegacyBooks _books = new();

    public LegacyFilesStandIn(SandboxOptions options, string root, Faults faults, TimeProvider clock, CancellationToken stopping)
    {
        (_options, _faults, _clock, _stopping) = (options, faults, clock, stopping);
        _closer = new PeriodCloser(clock, stopping);
        Encoding encoding = options.LegacyLatin1 ? Encoding.Latin1 : new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        _format = new LegacyFormat(options.LegacyFixedWidth, encoding, options.Password);
        _folder = new LegacyFolder(root, _format, Math.Min(options.PageSize, 500));
        _folder.Prepare(empty: false);
        Export(everything: true);
    }

    /// <summary>Takes files until the sandbox stops.</summary>
    public async Task Run()
    {
        using var timer = new PeriodicTimer(Pause, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping))
                while (_folder.Take() is { } file) await Process(file.Name, file.Bytes);
        }
        catch (OperationCanceledException)
        {
            // The sandbox stops.
        }
        catch (IOException) when (_stopping.IsCancellationRequested)
        {
            // Its folder went first.
        }
    }

    /// <summary>Adds what tests and the demo steer it by.</summary>
    public void MapControl(IEndpointRouteBuilder control)
    {
        LegacyControl.Map(control, "legacy-files", () => _books, () => Export(everything: true));
        LegacyControl.MapFiles(control, () => _folder.Root, () => { lock (_books.Gate) _folder.Spoil(); });
    }

    /// <summary>A fresh ledger, and empty folders. The sender's numbers go on: the first one seen is taken whatever it is.</summary>
    public void Reset()
    {
        lock (_books.Gate)
        {
            _books = new LegacyBooks();
            _seen.Clear();
            _forgotten = 0;
            _folder.Prepare(empty: true);
        }
        Export(everything: true);
    }

    private async Task Process(string name, byte[] bytes)
    {
        var (rows, seal, problem) = _format.Read(bytes);
        var sequence = int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        var customers = rows.Count > 0 && rows[0]["object"] == "CU";
        var fault = _faults.Take(customers ? Faults.LegacyCustomers : Faults.LegacyPost);
        if (fault?.Kind == Faults.Slow) await Task.Delay(fault.Pause(0.1), _clock, _stopping);
        (string Code, string Text, int Wait)? refusal;
        lock (_books.Gate)
        {
            Forget(fault?.Kind == Faults.KeysForgotten ? new KeyWindow(Calls: 0) : _faults.Keys);
            refusal = Refusal(rows, sequence, problem, fault);
        }
        if (refusal is { } whole)
        {
            Refuse(sequence, seal, whole);
            return;
        }
        lock (_books.Gate) _seen[sequence] = ("taken", seal, _clock.GetTimestamp());
        if (fault?.Kind == Faults.CommitLate) _ = Late(fault, rows, sequence, seal);
        else if (fault?.Kind == Faults.TimeoutBeforeCommit || fault is { Commit: false }) Finish(sequence, seal, "aborted", export: true);
        else Commit(rows, sequence, seal, fault);
    }

    // What is over is not remembered beyond the window, but for the last number; what is in work is.
    private void Forget(KeyWindow window)
    {
        var last = _seen.Count > 0 ? _seen.Keys.Last() : 0;
        foreach (var number in _seen.Where(file => file.Key != last && file.Value.State != "taken"
            && !window.Holds(last - file.Key + 1, _clock.GetElapsedTime(file.Value.At))).Select(file => file.Key).ToList())
        {
            _seen.Remove(number);
            _forgotten = _seen.Keys.First();
        }
    }

    private async Task Late(Fault fault, IReadOnlyList<Dictionary<string, string>> rows, int sequence, string seal)
    {
        Export();
        try
        {
            await Task.Delay(fault.Pause(0.2), _clock, _stopping);
            Commit(rows, sequence, seal, fault);
        }
        catch (OperationCanceledException)
        {
            // The sandbox stops; nobody will ask any more.
        }
    }

    private (string Code, string Text, int Wait)? Refusal(IReadOnlyList<Dictionary<string, string>> rows, int sequence, string? problem, Fault? fault)
    {
        if (_seen.ContainsKey(sequence)) return ("DUPLICATE", $"Number {sequence} was seen before", 0);
        if (fault?.Kind is Faults.Reject503 or Faults.Throttle429)
            return (fault.Kind == Faults.Reject503 ? "BUSY" : "LIMIT", "Not now", (int)Math.Ceiling(fault.Pause(1).TotalSeconds));
        if (fault?.Kind == Faults.TokenExpired) return ("SEAL", "The secret has run out", 0);
        if (fault?.Kind == Faults.CertificateExpired) return ("SEAL", "The certificate that the seal belongs to has expired", 0);
        if (fault?.Kind == Faults.ClientFault) return ("FORMAT", "The file was refused by a check of the sandbox", 0);
        if (problem is not null) return (problem[..problem.IndexOf(' ', StringComparison.Ordinal)], problem, 0);
        var head = rows[0];
        if (head["sequence"] != sequence.ToString(CultureInfo.InvariantCulture)) return ("FORMAT", "The name is not the number in the header", 0);
        if (head["sender"] != _options.User || head["company"] != LegacyBooks.Company) return ("FORMAT", "The sender or the company is not known", 0);
        for (var below = _seen.Count > 0 ? _seen.Keys.First() : sequence; below < sequence; below++)
            if (!_seen.ContainsKey(below)) return ("GAP", $"Number {below} is missing", 0);
        if (head["object"] == "CU") return null;
        if (head["object"] != "JE") return ("FORMAT", "The object is not known", 0);
        return LegacyRows.TotalsAgree(rows, LegacyRows.Postings(rows)) ? null : ("TOTALS", "The control totals do not agree", 0);
    }

    private void Refuse(int sequence, string seal, (string Code, string Text, int Wait) refusal)
    {
        lock (_books.Gate)
        {
            // A duplicate is told the seal of the file that came first.
            if (refusal.Code == "DUPLICATE") seal = _seen[sequence].Seal;
            else _seen[sequence] = ("refused", seal, _clock.GetTimestamp());
        }
        Export();
        _folder.Answer(string.Create(CultureInfo.InvariantCulture, $"rej-{sequence:D8}"), _format.Write(
        [
            LegacyFolder.Head("AK"), Verdict(sequence, "refused", seal, refusal.Code, refusal.Text, refusal.Wait), Totals(0, 0),
        ]));
    }

    private void Commit(IReadOnlyList<Dictionary<string, string>> rows, int sequence, string seal, Fault? fault)
    {
        List<LegacyResult> results = [];
        lock (_books.Gate)
        {
            if (rows[0]["object"] == "CU") results.AddRange(rows.Where(row => row[""] == "C").Select(row => _books.Put(row["code"], row["name"])));
            else results.AddRange(_books.Run(LegacyRows.Postings(rows), fault, _closer));
        }
        var lags = fault?.Kind == Faults.AckBeforeExport;
        Finish(sequence, seal, "booked", export: !lags);
        Acknowledge(sequence, seal, results, fault);
        if (lags) _ = ExportLater(fault!);
    }

    private void Finish(int sequence, string seal, string state, bool export)
    {
        lock (_books.Gate) _seen[sequence] = (state, seal, _clock.GetTimestamp());
        if (export) Export();
    }

    private void Acknowledge(int sequence, string seal, List<LegacyResult> results, Fault? fault)
    {
        if (fault?.Kind is Faults.CommitThenSilence or Faults.ServerFault) return;
        var told = fault?.Kind == Faults.HalfAnswer ? results[..(results.Count / 2)] : results;
        var booked = told.Count(result => result.Booked) + (fault?.Kind == Faults.MalformedAnswer ? 1 : 0); // its totals do not agree
        var answer = _format.Write(
        [
            LegacyFolder.Head("AK"), Verdict(sequence, "accepted", seal, "", "", 0),
            .. told.Select((result, index) => LegacyFormat.Row(
                "A", ("position", (index + 1).ToString(CultureInfo.InvariantCulture)), ("key", result.Key), ("state", result.Booked ? "booked" : "refused"),
                ("number", result.Number), ("code", result.Code), ("text", result.Text))),
            Totals(booked, told.Count(result => !result.Booked)),
        ]);
        answer = fault?.Kind switch
        {
            Faults.HtmlAnswer => "<html><body><h1>File transfer portal: please log on</h1></body></html>"u8.ToArray(),
            Faults.TruncatedAnswer => answer[..(answer.Length / 2)],
            _ => answer,
        };
        var name = string.Create(CultureInfo.InvariantCulture, $"ack-{sequence:D8}");
        _folder.Answer(name, answer);
        if (fault?.Kind == Faults.AckTwice) _folder.Answer(name, answer);
    }

    private async Task ExportLater(Fault fault)
    {
        try
        {
            await Task.Delay(fault.Pause(1), _clock, _stopping);
            Export();
        }
        catch (OperationCanceledException)
        {
            // The sandbox stops.
        }
    }

    private void Export(bool everything = false)
    {
        lock (_books.Gate)
        {
            var listed = _seen.Reverse().Take(500).Select(file => LegacyFormat.Row(
                "F", ("sequence", file.Key.ToString(CultureInfo.InvariantCulture)), ("state", file.Value.State), ("seal", file.Value.Seal))).ToList();
            var last = _seen.Count > 0 ? _seen.Keys.Last() : 0;
            // Below it every number is over, whether it is known or forgotten.
            var floor = Math.Max(_forgotten, _seen.Count > 500 ? _seen.Keys.Reverse().Skip(499).First() : 0);
            _folder.Export(_books,
            [
                LegacyFormat.Row("O", ("last", last.ToString(CultureInfo.InvariantCulture)), ("floor", floor.ToString(CultureInfo.InvariantCulture))),
                .. listed,
            ], everything);
        }
    }

    private static Dictionary<string, string> Verdict(int sequence, string state, string seal, string code, string text, int wait) => LegacyFormat.Row(
        "F", ("sequence", sequence.ToString(CultureInfo.InvariantCulture)), ("state", state), ("seal", seal), ("code", code),
        ("wait-seconds", wait.ToString(CultureInfo.InvariantCulture)), ("text", text));

    private static Dictionary<string, string> Totals(int booked, int refused) => LegacyFormat.Row(
        "N", ("booked", booked.ToString(CultureInfo.InvariantCulture)), ("refused", refused.ToString(CultureInfo.InvariantCulture)));
}
