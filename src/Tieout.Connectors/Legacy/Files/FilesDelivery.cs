using Tieout.Connectors.Port;

namespace Tieout.Connectors.Legacy.Files;

/// <summary>Hands files over and waits for their acknowledgement, no longer than the target's time-out.</summary>
internal sealed class FilesDelivery(FilesSettings settings, DropFolder folder, FilesLookUp lookUp, TimeProvider clock)
{
    private const int SealAndEnd = 66;

    private readonly FileCodec _codec = settings.Codec;

    /// <summary>What became of a file.</summary>
    internal abstract record Outcome
    {
        private Outcome() { }

        /// <summary>The ERP answered about exactly this file.</summary>
        public sealed record Answered(AnswerFile Answer, int Sequence) : Outcome;

        /// <summary>It was handed over, or may have been, and nothing usable came back.</summary>
        public sealed record Silent(string Reason) : Outcome;

        /// <summary>It certainly was not handed over.</summary>
        public sealed record NeverLeft(string Reason) : Outcome;
    }

    /// <summary>Puts away what is finished.</summary>
    public void Tidy()
    {
        var exports = ErpExports.Load(folder, _codec);
        foreach (var file in folder.AtHand().Where(file => exports.IsFinal(file.Sequence))) PutAwayIfTold(file);
    }

    /// <summary>Writes a file under the next number, hands it over and waits.</summary>
    /// <param name="kind">Object of the file.</param>
    /// <param name="operation">The word the exchange is kept under.</param>
    /// <param name="records">The records behind a header.</param>
    /// <param name="log">Where the file is kept before it leaves.</param>
    /// <param name="cancel">Stops waiting; the file stays handed over.</param>
    public async Task<Outcome> Run(
        string kind, string operation, Func<FileRecord, IReadOnlyList<FileRecord>> records, IExchangeLog log, CancellationToken cancel)
    {
        while (true)
        {
            var exports = ErpExports.Load(folder, _codec);
            var sequence = folder.Next(exports.Last);
            var file = _codec.Write(records(BatchFile.Header(kind, settings.Target.User, settings.Target.Company, sequence, clock.GetUtcNow())));
            var exchange = await log.Began(operation, file, cancel);
            try
            {
                if (!folder.Register(sequence, file))
                {
                    await log.Ended(exchange, null, default, "Another delivery took the number first; nothing was handed over.", cancel);
                    continue;
                }
            }
            catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
            {
                await log.Ended(exchange, null, default, trouble.Message, cancel);
                return new Outcome.NeverLeft($"The file could not be written: {trouble.Message}");
            }
            return await HandedOver(sequence, file, exports, exchange, log, cancel);
        }
    }

    private async Task<Outcome> HandedOver(int sequence, byte[] file, ErpExports exports, Guid exchange, IExchangeLog log, CancellationToken cancel)
    {
        Outcome outcome;
        try
        {
            // Whoever registered an earlier number and has not handed it over, or never will, would leave a gap in front of ours.
            foreach (var earlier in folder.AtHand().Reverse().Where(other => other.Sequence < sequence && lookUp.IsStranded(other, exports)))
                folder.HandOver(earlier.Sequence, await File.ReadAllBytesAsync(earlier.Path, cancel));
            folder.HandOver(sequence, file);
            outcome = await Await(sequence, System.Text.Encoding.ASCII.GetString(file, file.Length - SealAndEnd, SealAndEnd - 2), cancel);
            if (outcome is Outcome.Answered { Answer.IsComplete: true }) folder.MarkTold(sequence);
        }
        catch (OperationCanceledException)
        {
            await log.Ended(exchange, null, default, "We stopped waiting: cancelled.", CancellationToken.None);
            throw;
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            outcome = new Outcome.Silent($"File {sequence} is registered, and the exchange folder failed: {trouble.Message}");
        }
        await log.Ended(exchange, null, Evidence(sequence), outcome is Outcome.Silent silent ? silent.Reason : null, cancel);
        return outcome;
    }

    private async Task<Outcome> Await(int sequence, string seal, CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        for (var pause = LegacyLimits.InboxPause; ; pause = pause * 2 < LegacyLimits.LongestInboxPause ? pause * 2 : LegacyLimits.LongestInboxPause)
        {
            var answer = AnswerFile.Of(folder.Answers(sequence), _codec, sequence, seal);
            if (answer.IsComplete || answer.NumberTaken) return new Outcome.Answered(answer, sequence);
            if (answer.Unreadable is { } broken) return new Outcome.Silent(broken);
            var left = settings.Target.Timeout - clock.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
                return new Outcome.Silent(FormattableString.Invariant(
                    $"It was handed over in file {sequence}; no acknowledgement within {settings.Target.Timeout.TotalSeconds:0.###} seconds."));
            await Task.Delay(pause < left ? pause : left, clock, cancel);
        }
    }

    private byte[] Evidence(int sequence)
    {
        try
        {
            return [.. folder.Answers(sequence).SelectMany(answer => answer)];
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // A refusal that came too late for its delivery is kept at hand until the look-up has told it, or nobody asks any more.
    private void PutAwayIfTold(RegisteredFile file)
    {
        try
        {
            var age = clock.GetUtcNow().UtcDateTime - File.GetLastWriteTimeUtc(file.Path);
            if (folder.IsTold(file.Sequence) || age > LegacyLimits.KeptAtHand || (age > LegacyLimits.NobodyWaits && AllBooked(file))) folder.PutAway(file);
        }
        catch (IOException)
        {
            // Another worker puts it away at this moment; if not, the next delivery tries again.
        }
    }

    private bool AllBooked(RegisteredFile file)
    {
        var records = _codec.ReadOurs(File.ReadAllBytes(file.Path), out var seal);
        var answers = AnswerFile.Of(folder.Answers(file.Sequence), _codec, file.Sequence, seal);
        return answers.IsComplete && records.Where(record => record.Letter == 'D').All(record => answers[record["key"]] is { Booked: true });
    }
}
