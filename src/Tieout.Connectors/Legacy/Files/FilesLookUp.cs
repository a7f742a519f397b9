using System.Text;
using Tieout.Connectors.Port;
using Tieout.Domain.Posting;

namespace Tieout.Connectors.Legacy.Files;

/// <summary>
/// Where a document stands: in the ERP's ledger, in the acknowledgement of the last file of ours that holds it, or still on its way. As long as
/// a file's outcome is not known, none of its documents is called absent.
/// </summary>
internal sealed class FilesLookUp(FilesSettings settings, DropFolder folder, LegacyMap map, TimeProvider clock)
{
    private readonly FileCodec _codec = settings.Codec;

    /// <summary>The outcomes in the order asked. A refusal that came after we had stopped waiting is told as a conflict, so that a person sees it.</summary>
    /// <param name="documents">What is asked for.</param>
    /// <param name="sending">True in front of a delivery: what was refused may then be sent again.</param>
    /// <param name="log">Where the question is kept.</param>
    /// <param name="cancel">Stops.</param>
    public async Task<IReadOnlyList<LookUpOutcome>> Run(IReadOnlyList<ErpDocument> documents, bool sending, IExchangeLog log, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var exchange = await log.Began(
            "look-up", Encoding.UTF8.GetBytes("status, keys, ledger: " + string.Join(' ', documents.Select(document => document.Key))), cancel);
        IReadOnlyList<LookUpOutcome> outcomes;
        List<RegisteredFile> stranded = [];
        string? failure = null;
        try
        {
            outcomes = Judge(documents, sending, stranded);
        }
        catch (Exception trouble) when (trouble is FormatException or IOException or UnauthorizedAccessException)
        {
            failure = trouble.Message;
            outcomes = [.. documents.Select(_ => new LookUpOutcome.NoAnswer($"The ERP's files do not tell: {trouble.Message}"))];
        }
        await log.Ended(exchange, null, Evidence(documents, outcomes), failure, cancel);
        foreach (var file in stranded) await HandOver(file, log, cancel);
        return outcomes;
    }

    /// <summary>Hands a registered file over that lies neither in the outbox nor in the archive, and is unknown to the ERP.</summary>
    public async Task HandOver(RegisteredFile file, IExchangeLog log, CancellationToken cancel)
    {
        var bytes = await File.ReadAllBytesAsync(file.Path, cancel);
        var exchange = await log.Began("file-hand-over", bytes, cancel);
        string? failure = null;
        try
        {
            folder.HandOver(file.Sequence, bytes);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            failure = trouble.Message; // the next look tries again
        }
        await log.Ended(exchange, null, default, failure, cancel);
    }

    /// <summary>Whether a file of ours has not come to the ERP: it crashed before the hand-over, or somebody lost it.</summary>
    public bool IsStranded(RegisteredFile file, ErpExports exports) =>
        !exports.HasSeen(file.Sequence) && !folder.IsOnItsWay(file.Sequence) && folder.Answers(file.Sequence).Count == 0;

    private List<LookUpOutcome> Judge(IReadOnlyList<ErpDocument> documents, bool sending, List<RegisteredFile> stranded)
    {
        folder.Open();
        var exports = ErpExports.Load(folder, _codec);
        var held = exports.Held(documents.Select(document => document.Key).ToHashSet(StringComparer.Ordinal));
        Lazy<List<OpenFile>> files = new(() => [.. folder.AtHand().Select(Read).OfType<OpenFile>()]);
        List<LookUpOutcome> outcomes = [];
        foreach (var document in documents)
        {
            List<LegacyDocument> found = [.. held[document.Key]];
            if (found.Count > 0) outcomes.Add(Held(document, found));
            else if (files.Value.Find(file => file.Documents.ContainsKey(document.Key)) is { } last)
                outcomes.Add(OnItsWay(document, last, exports, sending, stranded));
            else outcomes.Add(new LookUpOutcome.Absent());
        }
        return outcomes;
    }

    // Rules may have changed since it was sent: then it cannot be compared, and a person looks at it.
    private LookUpOutcome Held(ErpDocument document, IReadOnlyList<LegacyDocument> found) => map.Problem(document) is { } finding
        ? new LookUpOutcome.Conflict(finding)
        : HeldLegacy.Judge(document, map.Of(document), found);

    /// <summary>What the last file that holds a document tells of it, where the ledger does not hold it.</summary>
    private LookUpOutcome OnItsWay(ErpDocument document, OpenFile file, ErpExports exports, bool sending, List<RegisteredFile> stranded)
    {
        var (number, answers) = (file.File.Sequence, AnswerFile.Of(folder.Answers(file.File.Sequence), _codec, file.File.Sequence, file.Seal));
        if (answers.NumberTaken || answers.Refused is not null) return new LookUpOutcome.Absent(); // nothing of that file was booked
        switch (answers[document.Key])
        {
            case { Booked: true, Number.Length: > 0 } line: // the export lags behind
                return Held(document, [file.Documents[document.Key] with { Number = line.Number }]);
            case { Booked: false } line:
                return sending ? new LookUpOutcome.Absent() : new LookUpOutcome.Conflict(LegacyFindings.Of(settings.Common, line.Code, line.Text));
        }
        if (exports.IsFinal(number)) return new LookUpOutcome.Absent();
        if (!IsStranded(file.File, exports)) return Awaited(file.File, $"It was handed over in file {number}, and its acknowledgement is awaited.");
        if (!stranded.Contains(file.File)) stranded.Add(file.File);
        return Awaited(file.File, $"File {number} had not reached the ERP: it is handed over now, under the same number.");
    }

    // Asked again after a tenth of the time it has been away, so that an answer within seconds is seen within seconds and one of the night costs little.
    private LookUpOutcome.NoAnswer Awaited(RegisteredFile file, string reason)
    {
        var away = clock.GetUtcNow().UtcDateTime - File.GetLastWriteTimeUtc(file.Path);
        if (away > settings.AcknowledgedWithin)
            return new LookUpOutcome.NoAnswer($"{reason} It is longer away than acknowledge-hours allows.", ThisDocument: true);
        var pause = TimeSpan.FromTicks(Math.Clamp(away.Ticks / 10, LegacyLimits.ShortestLook.Ticks, LegacyLimits.LongestLook.Ticks));
        return new LookUpOutcome.NoAnswer(reason, pause, ThisDocument: true, Awaited: true);
    }

    // A file of customers holds no documents.
    private OpenFile? Read(RegisteredFile file)
    {
        var records = _codec.ReadOurs(File.ReadAllBytes(file.Path), out var seal);
        return records is [var head, ..] && head["object"] == BatchFile.OfDocuments
            ? new OpenFile(file, seal, BatchFile.Read(records).ToDictionary(document => document.Key, StringComparer.Ordinal))
            : null;
    }

    private static byte[] Evidence(IReadOnlyList<ErpDocument> documents, IReadOnlyList<LookUpOutcome> outcomes) =>
        Encoding.UTF8.GetBytes(string.Join('\n', documents.Zip(outcomes, (document, outcome) => outcome switch
        {
            LookUpOutcome.Found found => $"{document.Key}: {found.Document.Number}",
            LookUpOutcome.Conflict conflict => $"{document.Key}: {conflict.Finding.Cause} {conflict.Finding.Technical}",
            LookUpOutcome.NoAnswer unknown => $"{document.Key}: {unknown.Reason}",
            _ => $"{document.Key}: not in the ledger",
        })));

    /// <summary>A file at hand with the documents it holds.</summary>
    private sealed record OpenFile(RegisteredFile File, string Seal, IReadOnlyDictionary<string, LegacyDocument> Documents);
}
