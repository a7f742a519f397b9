using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Npgsql;
using Tieout.Application.Catalog;
using Tieout.Application.Payments;
using Tieout.Domain.Cash.Dunning;
using Tieout.Domain.Catalog;
using Tieout.Domain.Invoicing;

namespace Tieout.Application.Dunning;

/// <summary>How legal entities remind those who owe them: versions, of which the newest counts.</summary>
public sealed class DunningPolicies(NpgsqlDataSource database, TimeProvider clock)
{
    private const int NameMost = 60;
    private const int DaysMost = 3_650;

    /// <summary>The one that counts; null where there is none.</summary>
    public async Task<DunningPolicySheet?> Find(string legalEntity, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await Newest(connection, legalEntity, cancel) is { } row ? Sheet(row) : null;
    }

    /// <summary>Sets a new version; what counts already stays the version it is.</summary>
    /// <param name="document">docs/dunning.md describes its members.</param>
    public async Task<DunningReply> Set(string legalEntity, JsonElement document, string? actor, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        var json = CashFields.Top(document, problems, "time-zone", "steps", "reason", "actor");
        var zone = json.WordsOr("time-zone", NameMost, "UTC");
        var steps = json.Need("steps") is { } list ? list.Items().Select((item, index) => Step(item, index + 1)).ToList() : [];
        var (reason, who) = (json.Words("reason", GivenText.ReasonMost), actor ?? json.Words("actor", GivenText.ActorMost));
        var policy = new DunningPolicy(1, zone, steps);
        if (problems.Count == 0) problems.AddRange(policy.Problems());
        if (problems.Count > 0) return new DunningReply.Unreadable(problems);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // Whoever else sets one for this legal entity waits.
        var entity = await connection.QuerySingleOrDefaultAsync<Guid?>(new CommandDefinition(
            "select id from customers.legal_entity where tenant = 1 and code = @legalEntity for no key update", new { legalEntity }, cancellationToken: cancel));
        if (entity is not { } id) return new DunningReply.NotFound("legal-entity", "No legal entity has this code.");
        var (text, last) = (Text(steps), await Newest(connection, legalEntity, cancel));
        if (last is not null && last.TimeZone == zone && Text(Read(last)) == text) return new DunningReply.Policy(Sheet(last), Again: true);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into cash.dunning_policy (legal_entity_id, version, time_zone, steps, reason, actor, created_at)
            values (@id, @version, @zone, @text::jsonb, @reason, @who, @now)
            """, new { id, version = (last?.Version ?? 0) + 1, zone, text, reason, who, now = clock.GetUtcNow() }, cancellationToken: cancel));
        await transaction.CommitAsync(cancel);
        return new DunningReply.Policy((await Find(legalEntity, cancel))!, Again: false);
    }

    /// <summary>All legal entities that remind, with the policy that counts.</summary>
    internal static async Task<IReadOnlyList<(Guid Entity, DunningPolicy Policy)>> All(NpgsqlConnection connection, CancellationToken cancel) =>
        [.. (await connection.QueryAsync<Row>(new CommandDefinition(Columns + " order by e.code", cancellationToken: cancel)))
            .Select(row => (row.Entity, Policy(row)))];

    /// <summary>That of one legal entity; null for none.</summary>
    internal static async Task<DunningPolicy?> Of(NpgsqlConnection connection, string legalEntity, CancellationToken cancel) =>
        await Newest(connection, legalEntity, cancel) is { } row ? Policy(row) : null;

    private const string Columns =
        """
        select e.id as entity, e.code, p.version, p.time_zone, p.steps::text as steps, p.reason, p.actor, p.created_at
        from cash.dunning_policy p join customers.legal_entity e on e.id = p.legal_entity_id
        where p.tenant = 1 and p.version = (select max(version) from cash.dunning_policy other where other.legal_entity_id = p.legal_entity_id)
        """;

    private static Task<Row?> Newest(NpgsqlConnection connection, string legalEntity, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(Columns + " and e.code = @legalEntity", new { legalEntity }, cancellationToken: cancel));

    private static DunningStep Step(JsonFields json, int no)
    {
        json.Allow("name", "days-overdue", "grace-days", "minimums");
        var minimums = json.Find("minimums")?.Members().Select(member => (member.Name, Amount: member.Value.AsNumber() ?? 0m)).ToList() ?? [];
        if (json.IsObject && json.Find("days-overdue") is null)
            json.AddAt("days-overdue", "missing", "'days-overdue' is missing.", "Say after how many days it comes.");
        return new DunningStep(
            no, json.Words("name", NameMost), json.IntegerOr("days-overdue", DaysMost, 0), json.IntegerOr("grace-days", DaysMost, 0),
            minimums.ToDictionary(one => one.Name, one => one.Amount, StringComparer.Ordinal));
    }

    private static DunningPolicy Policy(Row row) => new(row.Version, row.TimeZone, Read(row));

    private static DunningPolicySheet Sheet(Row row) => new(row.Code, row.Version, row.TimeZone, Read(row), row.Reason, row.Actor, row.CreatedAt);

    // As it is stored: small words, amounts as text.
    private static string Text(IReadOnlyList<DunningStep> steps) => new JsonArray([.. steps.Select(step => (JsonNode)new JsonObject
    {
        ["name"] = step.Name,
        ["days"] = step.DaysOverdue,
        ["grace"] = step.GraceDays,
        ["minimums"] = new JsonObject(step.Minimums.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair =>
            KeyValuePair.Create(pair.Key, (JsonNode?)JsonValue.Create(pair.Value.ToString("0.####", CultureInfo.InvariantCulture))))),
    })]).ToJsonString();

    private static List<DunningStep> Read(Row row)
    {
        using var json = JsonDocument.Parse(row.Steps);
        return [.. json.RootElement.EnumerateArray().Select((step, index) => new DunningStep(
            index + 1, step.GetProperty("name").GetString()!, step.GetProperty("days").GetInt32(), step.GetProperty("grace").GetInt32(),
            step.GetProperty("minimums").EnumerateObject().ToDictionary(
                pair => pair.Name, pair => decimal.Parse(pair.Value.GetString()!, CultureInfo.InvariantCulture), StringComparer.Ordinal)))];
    }

    private sealed record Row(Guid Entity, string Code, int Version, string TimeZone, string Steps, string Reason, string Actor, DateTimeOffset CreatedAt);
}
