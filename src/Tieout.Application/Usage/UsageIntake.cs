using Npgsql;
using Tieout.Domain.Intake;
using Tieout.Domain.Usage;

namespace Tieout.Application.Usage;

/// <summary>
/// Takes usage events in: what it answers as accepted is on disk, once. One per program; it keeps a few connections and what events
/// refer to.
/// </summary>
public sealed class UsageIntake : IAsyncDisposable
{
    /// <summary>Bytes that one request may hold.</summary>
    public const int MostBytes = 16 * 1024 * 1024;

    /// <summary>Events that one request may hold.</summary>
    public const int MostEvents = UsageBody.MostEvents;

    private const int MostSessions = 4;

    private readonly IntakeSessions _sessions;
    private readonly IntakeBooks _books;
    private readonly SaveBatch _save;
    private readonly TimeProvider _clock;

    /// <summary>An intake into this database.</summary>
    public UsageIntake(NpgsqlDataSource database, TimeProvider clock)
    {
        _clock = clock;
        _sessions = new IntakeSessions(database, MostSessions);
        _books = new IntakeBooks(database, clock);
        _save = new SaveBatch(_books);
    }

    /// <summary>Takes a body of events in, all of it in one transaction.</summary>
    /// <param name="body">UTF-8; may be longer than the text.</param>
    /// <param name="length">Bytes of the text.</param>
    /// <param name="format">How the events stand in it.</param>
    /// <param name="actor">Who sends it, for the record.</param>
    /// <param name="cancel">Gives up; nothing is written then, unless it was just being written.</param>
    public async Task<UsageOutcome> Take(byte[] body, int length, UsageFormat format, string actor, CancellationToken cancel)
    {
        var (read, outcome) = UsageBody.Read(await Meters(cancel), body, length, format);
        // A meter that was declared a moment ago may not be known here yet.
        if (read is not null && read.Refused.Exists(refused => refused.Refusal.Code == UsageCode.UnknownMeter))
            (read, outcome) = UsageBody.Read(await _books.Meters(TimeSpan.FromSeconds(1), cancel), body, length, format);
        return outcome ?? await Take(read!, "http", actor, cancel);
    }

    internal Task<MeterBook> Meters(CancellationToken cancel) => _books.Meters(IntakeBooks.Fresh, cancel);

    /// <summary>Takes events in that were read already.</summary>
    internal async Task<UsageOutcome.Taken> Take(ReadBatch read, string via, string actor, CancellationToken cancel)
    {
        if (read.Received == 0) return new UsageOutcome.Taken(0, 0, 0, 0, []);
        var now = _clock.GetUtcNow();
        List<RefusedEvent> refused = [.. read.Refused];
        var placed = await Place(read, refused, now, cancel);
        return await _sessions.Use(session => _save.Run(session, new BatchToSave(via, actor, now, read.Received, placed, refused), cancel), cancel);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _sessions.DisposeAsync();

    // What has no place is refused here, before a transaction is begun.
    private async Task<List<PlacedEvent>> Place(ReadBatch read, List<RefusedEvent> refused, DateTimeOffset now, CancellationToken cancel)
    {
        var subjects = await _books.Subjects(read.Events.Select(incoming => incoming.Subject).ToHashSet(StringComparer.Ordinal), cancel);
        List<PlacedEvent> placed = new(read.Events.Count);
        foreach (var incoming in read.Events)
        {
            subjects.TryGetValue(incoming.Subject, out var subject);
            var (day, refusal) = EventPlace.Of(incoming, subject, now);
            if (refusal is not null) refused.Add(Refused(incoming, refusal));
            else
                placed.Add(new PlacedEvent(
                    incoming, subject!, day, await _books.SourceNo(incoming.Source, cancel), await _books.TypeNo(incoming.Type, cancel)));
        }
        return placed;
    }

    internal static RefusedEvent Refused(IncomingEvent incoming, Refusal refusal) => new(incoming.RowNo, incoming.Source, incoming.Id, refusal);
}
