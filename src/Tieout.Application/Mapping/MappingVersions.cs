using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Domain.Catalog;
using Tieout.Domain.Invoicing;

namespace Tieout.Application.Mapping;

/// <summary>Reads versions, takes drafts, and publishes them. One draft at most stands per subject; a new one takes its place.</summary>
public sealed class MappingVersions(NpgsqlDataSource database, TimeProvider clock)
{
    private const int LongestNote = 500;
    private const string Columns =
        """
        kind, target, name, number, state, content::text as content, fingerprint, note, actor, drafted_at, coalesce(published_by, '') as published_by, published_at,
        state = 'published' and number = (
          select max(other.number) from mapping.version other
          where other.state = 'published' and (other.tenant, other.kind, other.target, other.name) = (v.tenant, v.kind, v.target, v.name)) as in_force
        """;

    /// <summary>The versions of a kind, the newest first; of one target or map where they are named.</summary>
    public async Task<IReadOnlyList<MappingVersionRow>> List(MappingKind? kind, string? target, string? name, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"""
            select {Columns} from mapping.version v
            where (@kind::text is null or kind = @kind) and (@target::text is null or target = @target) and (@name::text is null or name = @name)
            order by kind desc, target, name, number desc limit 1000
            """, new { kind = kind is { } word ? Domain.Words.Of(word) : null, target, name }, cancellationToken: cancel));
        return [.. rows.Select(row => row.Head())];
    }

    /// <summary>One version with its content; null when there is none. Of a draft also what would keep it from being published.</summary>
    /// <param name="subject">Whose.</param>
    /// <param name="which">A number, <c>draft</c> or <c>published</c>.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<MappingVersion?> Read(MappingSubject subject, string which, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await Find(connection, null, subject, which) is { } row ? await View(connection, null, subject, row) : null;
    }

    /// <summary>Looks at a document as publication would, and writes nothing.</summary>
    public async Task<MappingOutcome> Validate(MappingSubject subject, JsonElement document, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        var content = MappingReader.Read(subject.Kind, document, problems, "note", "actor");
        if (problems.Count > 0) return new MappingOutcome.Refused(problems);
        await using var connection = await database.OpenConnectionAsync(cancel);
        var found = await MappingChecks.Problems(connection, null, subject, content);
        if (found.Count > 0) return new MappingOutcome.Refused(found);
        var row = new Row(
            subject.KindWord, subject.Target, subject.Name, 0, "draft", content.Canonical(), content.Fingerprint(), "", "", clock.GetUtcNow(), "", null, false);
        return new MappingOutcome.Done(await View(connection, null, subject, row), Changed: false);
    }

    /// <summary>
    /// Keeps a document as the draft, in place of an earlier one. What can be read is kept, even where it could not be published yet;
    /// the answer says so. What says exactly what is in force is not kept.
    /// </summary>
    public async Task<MappingOutcome> PutDraft(MappingSubject subject, JsonElement document, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        if (subject.Target.Length > 0 && !MappingSubject.IsName(subject.Target)) problems.Add(BadName("target"));
        if (subject.Kind == MappingKind.ValueMap && !MappingSubject.IsName(subject.Name)) problems.Add(BadName("map"));
        var content = MappingReader.Read(subject.Kind, document, problems, "note", "actor");
        var (actor, note) = (Text(document, "actor", GivenText.ActorMost, needed: true, problems), Text(document, "note", LongestNote, needed: false, problems));
        if (problems.Count > 0) return new MappingOutcome.Refused(problems);

        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await Lock(connection, transaction);
        var fingerprint = content.Fingerprint();
        var draft = await Find(connection, transaction, subject, "draft");
        var inForce = await Find(connection, transaction, subject, "published");
        if (draft is null && inForce?.Fingerprint == fingerprint)
            return new MappingOutcome.Done(await View(connection, transaction, subject, inForce), Changed: false);
        await connection.ExecuteAsync(
            draft is null
                ? """
                  insert into mapping.version (id, kind, target, name, number, state, content, fingerprint, note, actor, drafted_at)
                  values (@id, @KindWord, @Target, @Name, @number, 'draft', @content::jsonb, @fingerprint, @note, @actor, @now)
                  """
                : """
                  update mapping.version set content = @content::jsonb, fingerprint = @fingerprint, note = @note, actor = @actor, drafted_at = @now
                  where kind = @KindWord and target = @Target and name = @Name and state = 'draft'
                  """,
            new
            {
                id = Guid.CreateVersion7(clock.GetUtcNow()),
                subject.KindWord,
                subject.Target,
                subject.Name,
                number = 1 + (inForce?.Number ?? 0),
                content = content.Canonical(),
                fingerprint,
                note,
                actor,
                now = clock.GetUtcNow(),
            }, transaction);
        await transaction.CommitAsync(cancel);
        return new MappingOutcome.Done((await View(connection, null, subject, (await Find(connection, null, subject, "draft"))!)), Changed: true);
    }

    /// <summary>
    /// Publishes the draft: from its commit on it is what counts for everything that is not on its way yet. It never changes after that.
    /// </summary>
    /// <param name="subject">Whose draft.</param>
    /// <param name="actor">Who publishes.</param>
    /// <param name="fingerprint">Of the draft that was looked at; another one is not published. Empty to publish whatever stands.</param>
    /// <param name="cancel">Gives up; nothing is published then.</param>
    public async Task<MappingOutcome> Publish(MappingSubject subject, string actor, string fingerprint, CancellationToken cancel)
    {
        if (GivenText.Problem(actor, GivenText.ActorMost) is { } problem)
            return new MappingOutcome.Refused([new PriceProblem("actor", "bad-actor", problem, "Say who publishes.")]);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await Lock(connection, transaction);
        if (await Find(connection, transaction, subject, "draft") is not { } draft) return new MappingOutcome.NotFound($"There is no draft of {subject}.");
        if (fingerprint.Length > 0 && !draft.Fingerprint.StartsWith(fingerprint, StringComparison.OrdinalIgnoreCase))
            return new MappingOutcome.Conflict(
                "draft-changed", $"The draft of {subject} is not the one that was looked at: its fingerprint is {draft.Fingerprint[..12]}.", "Look at it again.");
        var problems = await MappingChecks.Problems(connection, transaction, subject, draft.Read(subject));
        if (problems.Count > 0) return new MappingOutcome.Refused(problems);
        await connection.ExecuteAsync(
            """
            update mapping.version set state = 'published', published_by = @actor, published_at = @now,
              publication = 1 + (select coalesce(max(publication), 0) from mapping.version)
            where kind = @KindWord and target = @Target and name = @Name and state = 'draft'
            """, new { subject.KindWord, subject.Target, subject.Name, actor = actor.Trim(), now = clock.GetUtcNow() }, transaction);
        await transaction.CommitAsync(CancellationToken.None);
        return new MappingOutcome.Done(await View(connection, null, subject, (await Find(connection, null, subject, "published"))!), Changed: true);
    }

    /// <summary>The content of a version; null when there is none.</summary>
    internal static async Task<(int Number, MappingContent Content)?> Content(NpgsqlConnection connection, MappingSubject subject, string which) =>
        await Find(connection, null, subject, which) is { } row ? (row.Number, row.Read(subject)) : null;

    // One publication at a time, so that their numbers rise with their commits.
    private static Task Lock(NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        connection.ExecuteAsync("select pg_advisory_xact_lock(741, 0)", transaction: transaction);

    private static Task<Row?> Find(NpgsqlConnection connection, NpgsqlTransaction? transaction, MappingSubject subject, string which) =>
        connection.QuerySingleOrDefaultAsync<Row>(
            $"""
            select {Columns} from mapping.version v
            where kind = @KindWord and target = @Target and name = @Name and (number::text = @which or state = @which)
            order by number desc limit 1
            """, new { subject.KindWord, subject.Target, subject.Name, which }, transaction);

    private static async Task<MappingVersion> View(NpgsqlConnection connection, NpgsqlTransaction? transaction, MappingSubject subject, Row row)
    {
        var content = row.Read(subject);
        if (row.State == "published") return new MappingVersion(row.Head(), content.Json(), [], []);
        return new MappingVersion(
            row.Head(), content.Json(), await MappingChecks.Warnings(connection, transaction, subject, content),
            await MappingChecks.Problems(connection, transaction, subject, content));
    }

    private static string Text(JsonElement document, string field, int most, bool needed, List<PriceProblem> problems)
    {
        var text = document.ValueKind == JsonValueKind.Object && document.TryGetProperty(field, out var value)
            ? value.ValueKind == JsonValueKind.String ? value.GetString()!.Trim() : "\0"
            : "";
        if (text.Length == 0 && !needed) return "";
        if (GivenText.Problem(text, most) is { } problem) problems.Add(new PriceProblem(field, $"bad-{field}", problem, "Write a short text."));
        return text;
    }

    private static PriceProblem BadName(string field) => new(field, "bad-name", "This cannot be a name.", "Small letters, digits and dashes, at most 40.");

    private sealed record Row(
        string Kind, string Target, string Name, int Number, string State, string Content, string Fingerprint, string Note, string Actor,
        DateTimeOffset DraftedAt, string PublishedBy, DateTimeOffset? PublishedAt, bool InForce)
    {
        public MappingContent Read(MappingSubject subject)
        {
            using var document = JsonDocument.Parse(Content);
            return MappingReader.Read(subject.Kind, document.RootElement, []);
        }

        public MappingVersionRow Head() => new(
            Kind, Target, Name, Number, State, InForce, Read(new MappingSubject(Domain.Words.Parse<MappingKind>(Kind), Target, Name)).Count,
            Fingerprint, Note, Actor, DraftedAt, PublishedBy, PublishedAt);
    }
}
