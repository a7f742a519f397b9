using System.Globalization;
using Dapper;
using Npgsql;
using Tieout.Application.Posting.Postgres;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Exceptions;

/// <summary>A field to set, as it is given. No field is an amount.</summary>
public sealed record GivenField
{
    /// <summary><c>reference</c>, <c>due-date</c>, <c>account</c>, <c>tax-code</c> or <c>dimension</c>.</summary>
    public string? Field { get; init; }

    /// <summary>Where: empty, a line's number, <c>receivable</c>, our tax code, or such as <c>*/region</c>.</summary>
    public string? Place { get; init; }

    /// <summary>What it is to be.</summary>
    public string? Value { get; init; }
}

/// <summary>A version of the fields that are set for a document.</summary>
/// <param name="Fields">All of them; none when they were taken back.</param>
public sealed record FieldVersion(int Version, IReadOnlyList<SetField> Fields, string Reason, string Actor, DateTimeOffset At);

/// <summary>A field that is set.</summary>
public sealed record SetField(string Field, string Place, string Value);

/// <summary>
/// Sets fields of one parked document: never an amount. Each call gives all fields that shall be set and makes a version, with who and why;
/// none of them is ever changed. The newest one counts when the document goes again.
/// </summary>
public sealed class OverrideFields(NpgsqlDataSource database, TimeProvider clock)
{
    private const int Most = 50;
    private const int NoteMost = 2000;

    /// <summary>Sets these and no others; an empty list takes back what was set.</summary>
    public async Task<CaseOutcome<FieldVersion>> Run(Guid id, IReadOnlyList<GivenField>? given, string? actor, string? reason, CancellationToken cancel)
    {
        var reader = new RequestReader();
        reader.Signed(actor, reason);
        var fields = Read(given, reader);
        if (reader.Errors.Count > 0) return new CaseUnreadable<FieldVersion>(reader.Errors);
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await StoppedDocument.OfCase(connection, id, targetOf: null, locked: true, cancel) is not { } found) return await NoPosting(connection, id, cancel);
        if (found.State != "parked")
            return new CaseRefused<FieldVersion>("not-parked", $"The posting is {found.State}: what is sent, or may have been, stays as it is.",
                "Set fields while it is parked.");
        Check(found.Plain, fields, reader);
        if (reader.Errors.Count > 0) return new CaseUnreadable<FieldVersion>(reader.Errors);
        var version = await connection.QuerySingleAsync<int>(new CommandDefinition(
            """
            insert into posting.field_override (posting_id, billing_account_id, version, fields, reason, actor, at)
            select @posting, @account, coalesce(max(version), 0) + 1, @fields::jsonb, @reason, @actor, @now
            from posting.field_override where posting_id = @posting
            returning version
            """,
            new
            {
                posting = found.Posting.Id,
                account = found.Posting.BillingAccountId,
                fields = SetFields.Write(fields),
                reason = reason!.Trim(),
                actor = actor!.Trim(),
                now,
            }, cancellationToken: cancel));
        var said = fields.Count == 0 ? "Took back the fields that were set" : $"Set {string.Join(", ", fields.Select(Told))}";
        await CaseNotes.Write(
            connection, [id], "override", Cut(string.Create(CultureInfo.InvariantCulture, $"{said} (version {version}): {reason.Trim()}")), actor.Trim(), now,
            cancel);
        await transaction.CommitAsync(cancel);
        return new CaseDone<FieldVersion>(new FieldVersion(version, Shown(fields), reason.Trim(), actor.Trim(), now));
    }

    /// <summary>All versions, the newest first; null when there is no such case of a posting.</summary>
    public async Task<IReadOnlyList<FieldVersion>?> Versions(Guid id, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var rows = (await connection.QueryAsync<Row>(new CommandDefinition(
            """
            select o.version, o.fields::text as fields, o.reason, o.actor, o.at
            from exceptions.exception_case x
            join posting.posting p on x.subject_kind = 'posting' and p.tenant = 1 and p.business_key = x.subject_key
            left join posting.field_override o on o.posting_id = p.id
            where x.id = @id order by o.version desc
            """, new { id }, cancellationToken: cancel))).AsList();
        return rows.Count == 0 ? null
            : [.. rows.Where(row => row.Version is not null).Select(row => new FieldVersion(
                row.Version!.Value, Shown(SetFields.Read(row.Fields!)), row.Reason!, row.Actor!, row.At!.Value))];
    }

    /// <summary>Reads what was given; what cannot be read is remembered under its place in the list.</summary>
    internal static IReadOnlyList<FieldOverride> Read(IReadOnlyList<GivenField>? given, RequestReader reader)
    {
        if (given is null) reader.Wrong("fields", "Is needed: a list of fields, which may be empty to take back what was set.");
        else if (given.Count > Most) reader.Wrong("fields", $"At most {Most} fields.");
        List<FieldOverride> fields = [];
        foreach (var (index, one) in (given ?? []).Take(Most).Index())
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"fields[{index}]");
            if (one is null) reader.Wrong(name, "Is no field; write field, place and value.");
            else if (string.IsNullOrEmpty(one.Field)) reader.Wrong(name + ".field", $"Is needed: one of {Known}.");
            else if (reader.Word<OverrideField>(name + ".field", one.Field) is { } field)
                fields.Add(new FieldOverride(field, one.Place?.Trim() ?? "", one.Value?.Trim() ?? ""));
        }
        if (fields.DistinctBy(field => (field.Field, field.Place)).Count() < fields.Count)
            reader.Wrong("fields", "One field of one place stands twice; leave one out.");
        return fields;
    }

    /// <summary>Whether they fit the document.</summary>
    internal static void Check(ErpDocument document, IReadOnlyList<FieldOverride> fields, RequestReader reader)
    {
        foreach (var (index, field) in fields.Index())
            if (Overrides.Problem(document, field) is { } problem)
                reader.Wrong(string.Create(CultureInfo.InvariantCulture, $"fields[{index}].{problem.Member}"), problem.Text);
    }

    internal static async Task<CaseOutcome<FieldVersion>> NoPosting(NpgsqlConnection connection, Guid id, CancellationToken cancel) =>
        await connection.QuerySingleAsync<bool>(new CommandDefinition(
            "select exists (select from exceptions.exception_case where id = @id)", new { id }, cancellationToken: cancel))
            ? new CaseRefused<FieldVersion>("nothing-to-replay", "This case is about no posting.", "It closes when its cause is gone.")
            : new CaseNotFound<FieldVersion>($"No exception has the id {id}.");

    private static string Known => string.Join(", ", Enum.GetValues<OverrideField>().Select(known => Words.Of(known)));

    private static string Told(FieldOverride field) => $"{Words.Of(field.Field)}{(field.Place.Length > 0 ? $" {field.Place}" : "")} = '{field.Value}'";

    // Never in the middle of a character of two halves, which no text may end with.
    internal static string Cut(string text) => text.Length <= NoteMost ? text
        : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[NoteMost - 2]) ? NoteMost - 2 : NoteMost - 1), "…");

    private static List<SetField> Shown(IReadOnlyList<FieldOverride> fields) =>
        [.. fields.Select(field => new SetField(Words.Of(field.Field), field.Place, field.Value))];

    private sealed record Row(int? Version, string? Fields, string? Reason, string? Actor, DateTimeOffset? At);
}
